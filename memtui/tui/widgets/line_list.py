"""A list of any length, drawn line by line: headers, rows, cursor, marks."""

from collections.abc import Iterable
from typing import Final, TypeVar

from textual import events
from textual.geometry import Size
from textual.strip import Strip

from memtui.tui.lines import Line, ends, flow, strip
from memtui.tui.look import look_of
from memtui.tui.widgets.marking_list import MarkingList
from memtui.tui.widgets.sections import Place, Section
from memtui.tui.widgets.thin_bar import use_thin_bar

T = TypeVar("T")
GUTTER: Final = 3
"""Cursor bar, mark, gap."""


class LineList(MarkingList[T], can_focus=True):
    """Rows of ``T`` in sections. A subclass says how a header and a row are drawn."""

    def draw_row(self, row: T, width: int, *, marked: bool) -> list[Line]:
        """``ROW_HEIGHT`` lines of ``width`` cells, without the gutter."""
        raise NotImplementedError

    def draw_nothing(self, width: int) -> Line:
        """A line below the last row."""
        return []

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """``section.head`` lines of ``width`` cells."""
        raise NotImplementedError

    # Drawing -------------------------------------------------------------------

    @property
    def _active(self) -> bool:
        return self.has_focus or self.lively

    KEEPS_LINES = True

    def kept_as(self, lines: Iterable[int]) -> Iterable[int]:
        """Numbers among all; of the line that repeats a header there is none."""
        top = self.scroll_offset.y
        return [-1 if not y and self.STICKY else y + top for y in lines]

    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        width = self.size.width
        paint = look_of(self).paint
        if not self.count and self.note:
            room = width - GUTTER - 1
            lines = [row for line in self.note for row in flow(line, room)]
            spans: Line = [(" " * GUTTER, ""), *lines[y]] if y < len(lines) else []
            return strip(spans, width, paint)
        place = self.sections.at_line(y + self.scroll_offset.y)
        if place is None:
            return strip(self.draw_nothing(width), width, paint)
        if y == 0 and self.STICKY:
            place = self._stuck(place)
        if place.row < 0:
            section = self.sections.all[place.section]
            lines = self.draw_head(section, self._row_width)
            return strip([(" " * GUTTER, ""), *lines[place.line]], width, paint)
        return self._row_strip(place, width)

    @property
    def _row_width(self) -> int:
        """Cells behind the gutter; a scrollbar covers the last one, a pad."""
        return self.size.width - GUTTER

    def _stuck(self, place: Place) -> Place:
        section = self.sections.all[place.section]
        if place.row < 0 or not section.head:
            return place
        return Place(place.section, -1, section.head - 1)

    def _row_strip(self, place: Place, width: int) -> Strip:
        look = look_of(self)
        row = self._rows.get(place.row)
        under = place.row == self.cursor
        marked = row is not None and self.id_of(row) in self.marks
        ground = "marked-row" if marked else "background"
        bar = " "
        if under:
            ground = "cursor-row" if self._active else "cursor-row-blurred"
            bar = look.glyphs.cursor if self._active else look.glyphs.cursor_blurred
            if marked and not self._active:
                ground = "marked-row"
        mark = look.glyphs.mark if marked and place.line == 0 else " "
        gutter: Line = [(bar, "primary"), (mark, "accent"), (" ", "")]
        body: Line = []
        if row is not None:
            body = self.draw_row(row, self._row_width, marked=marked)[place.line]
        return strip([*gutter, *body], width, look.paint, ground)

    def head(self, width: int, left: Line, right: Line) -> Line:
        """A header line with something at both ends and the pad of one cell."""
        return [*ends(width - 1, left, right), (" ", "")]

    def on_mount(self) -> None:
        """A scrollbar that touches no text."""
        use_thin_bar(self)

    def on_resize(self) -> None:
        """The lines are as wide as the widget."""
        self.virtual_size = Size(self.size.width, max(1, self.sections.height))
        if self.count:
            self.reveal()
        self._ask()

    def on_focus(self) -> None:
        """Focus is a shape, not a colour."""
        self.refresh()

    def on_blur(self) -> None:
        """See on_focus."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click selects, in the mark column of memories it marks, twice it opens."""
        place = self.sections.at_line(event.y + self.scroll_offset.y)
        if place is None or place.row < 0:
            return
        self.move_to(place.row)
        if event.x < GUTTER and event.chain == 1 and self.MARKS:
            self.action_mark()
        elif event.chain == 2:
            self.post_message(self.Opened(self._any))
