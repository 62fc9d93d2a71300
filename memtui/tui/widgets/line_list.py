"""A list of any length, drawn line by line: headers, rows, cursor, marks.

Rows may be known in part: ``WindowNeeded`` asks for those that come into sight and
``fill`` takes them. The cursor stands on a row's id; when rows come and go above it,
the lines on the screen stay where they are.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from memtui.tui.lines import Line, ends, strip
from memtui.tui.look import look_of
from memtui.tui.widgets.sections import Place, Section, Sections
from memtui.tui.widgets.thin_bar import use_thin_bar

T = TypeVar("T")
GUTTER: Final = 3
"""Cursor bar, mark, gap."""
CACHE_ROWS: Final = 4096
AHEAD: Final = 40
"""Rows asked for beyond what is in sight, so that scrolling meets no blanks."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where the cursor stood, in terms that outlive a reload."""

    key: Hashable
    inside: int
    id: str
    on_screen: int
    """Line of the viewport."""


class LineList(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """Rows of ``T`` in sections. A subclass says how a header and a row are drawn."""

    DEFAULT_CSS = """
    LineList { scrollbar-size-vertical: 1; scrollbar-gutter: auto; overflow-x: hidden; }
    """
    ROW_HEIGHT = 1
    STICKY = False
    """Repeat the last header line at the top when it scrolled away."""

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or its row has just become known."""

        list: "LineList[object]"

    @dataclass
    class Opened(Message):
        """Enter or a double click."""

        list: "LineList[object]"

    @dataclass
    class Marked(Message):
        """The marks changed."""

        list: "LineList[object]"

    @dataclass
    class WindowNeeded(Message):
        """Rows ``first`` to ``last`` come into sight and are not all known."""

        list: "LineList[object]"
        first: int
        last: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.sections = Sections(row_height=self.ROW_HEIGHT)
        self.cursor = 0
        self.marks: dict[str, None] = {}
        self.note: list[Line] = []
        """Shown instead of rows: why there are none, and the next key."""
        self._rows: dict[int, T] = {}
        self._anchor: _Anchor | None = None
        self._range_from: int | None = None
        self._told: str | None = None
        self.told_for = ""
        """What the owner last filled it for."""
        self.lively = False
        """Drawn as focused though an input above it has the focus."""

    # What a subclass says ------------------------------------------------------

    def id_of(self, row: T) -> str:
        """What stays the same about a row."""
        raise NotImplementedError

    def draw_row(self, row: T, width: int, *, marked: bool) -> list[Line]:
        """``ROW_HEIGHT`` lines of ``width`` cells, without the gutter."""
        raise NotImplementedError

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """``section.head`` lines of ``width`` cells."""
        raise NotImplementedError

    # Rows ----------------------------------------------------------------------

    @property
    def count(self) -> int:
        """Rows in all, known or not."""
        return self.sections.count

    @property
    def current(self) -> T | None:
        """The row under the cursor, where it is known."""
        return self._rows.get(self.cursor) if self.count else None

    @property
    def targets(self) -> tuple[str, ...]:
        """What an act means: the marked rows, else the one under the cursor."""
        if self.marks:
            return tuple(self.marks)
        row = self.current
        return () if row is None else (self.id_of(row),)

    def known(self) -> Iterable[T]:
        """The rows that are known, in order."""
        return (self._rows[n] for n in sorted(self._rows))

    def row(self, ordinal: int) -> T | None:
        """The row at a place, where it is known."""
        return self._rows.get(ordinal)

    def window_for(self, sections: Sequence[Section]) -> tuple[int, int]:
        """First and last row to read before these sections can be shown."""
        new = Sections(sections, row_height=self.ROW_HEIGHT)
        anchor = self._remember()
        number = new.find(anchor.key) if anchor else None
        at = (
            new.first_of(number) + anchor.inside if anchor and number is not None else 0
        )
        around = self._lines // self.ROW_HEIGHT + AHEAD
        return max(0, at - around), min(max(0, new.count - 1), at + around)

    def show(
        self, sections: Sequence[Section], rows: Sequence[T] = (), *, first: int = 0
    ) -> None:
        """Take new sections and the rows from ``first`` on.

        The cursor stays on its row; where that has left, on its place.
        """
        at_top = self.scroll_offset.y == 0
        self._anchor = self._remember()
        self.sections = Sections(sections, row_height=self.ROW_HEIGHT)
        self._rows = dict(enumerate(rows, first))
        self.virtual_size = Size(self.size.width, max(1, self.sections.height))
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self._return(first, rows, at_top=at_top)
        self.refresh()
        self._ask()
        self._tell()

    def fill(self, first: int, rows: Sequence[T]) -> None:
        """Take the rows that ``WindowNeeded`` asked for."""
        if len(self._rows) > CACHE_ROWS:
            near = range(self.cursor - 500, self.cursor + 500)
            top = self.sections.at_line(self.scroll_offset.y)
            sight = max(0, top.row if top else 0)
            seen = range(sight - 500, sight + 500)
            self._rows = {n: r for n, r in self._rows.items() if n in near or n in seen}
        self._rows.update(enumerate(rows, first))
        if self._anchor is not None and self._find_again(first, rows):
            self._scroll(self.sections.line_of(self.cursor) - self._anchor.on_screen)
            self._anchor = None
        self.refresh()
        self._tell()

    def _remember(self) -> _Anchor | None:
        row = self.current
        if row is None:
            return self._anchor
        number = self.sections.section_of(self.cursor)
        return _Anchor(
            self.sections.all[number].key,
            self.cursor - self.sections.first_of(number),
            self.id_of(row),
            self.sections.line_of(self.cursor) - self.scroll_offset.y,
        )

    def _return(self, first: int, rows: Sequence[T], *, at_top: bool) -> None:
        """Put the cursor back where its anchor says, as far as that is known."""
        anchor = self._anchor
        if anchor is None or not self.count:
            return
        if self._find_again(first, rows):
            self._anchor = None
        else:
            number = self.sections.find(anchor.key)
            if number is not None:
                last = max(0, self.sections.all[number].rows - 1)
                inside = min(anchor.inside, last)
                self.cursor = self.sections.first_of(number) + inside
            self.cursor = max(0, min(self.cursor, self.count - 1))
            if self.cursor in self._rows:
                self._anchor = None  # its row left: the next one slides under
        line = self.sections.line_of(self.cursor)
        if at_top and line < self._lines:
            return  # at the top rows simply appear above the cursor row
        self._scroll(line - anchor.on_screen)

    def _find_again(self, first: int, rows: Sequence[T]) -> bool:
        anchor = self._anchor
        if anchor is None:
            return True
        for place, row in enumerate(rows, first):
            if self.id_of(row) == anchor.id:
                self.cursor = place
                return True
        return False

    # Moving --------------------------------------------------------------------

    @property
    def _lines(self) -> int:
        return max(1, self.size.height)

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, immediate=True, force=True)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row and bring it into sight."""
        if not self.count:
            return
        self._anchor = None
        before, self.cursor = self.cursor, max(0, min(row, self.count - 1))
        if self._range_from is not None:
            self._mark_range(before)
        self.reveal()
        self._repaint(before)
        self._repaint(self.cursor)
        self._ask()
        self._tell()

    def reveal(self) -> None:
        """Scroll as little as shows the cursor row, a first row with its header."""
        top = self.sections.line_of(self.cursor)
        number = self.sections.section_of(self.cursor)
        first = self.cursor == self.sections.first_of(number)
        above = self.sections.all[number].head if first else int(self.STICKY)
        if self.cursor == 0:
            above = top
        if top - above < self.scroll_offset.y:
            self._scroll(top - above)
        elif top + self.ROW_HEIGHT > self.scroll_offset.y + self._lines:
            self._scroll(top + self.ROW_HEIGHT - self._lines)

    def action_cursor_down(self) -> None:
        """One row down."""
        self.move_to(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """One row up."""
        self.move_to(self.cursor - 1)

    def action_page_down(self) -> None:
        """Half a page down."""
        self.move_to(self.cursor + max(1, self._lines // 2 // self.ROW_HEIGHT))

    def action_page_up(self) -> None:
        """Half a page up."""
        self.move_to(self.cursor - max(1, self._lines // 2 // self.ROW_HEIGHT))

    def action_first(self) -> None:
        """The first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """The last row."""
        self.move_to(self.count - 1)

    def action_next_group(self) -> None:
        """The first row of the next section."""
        self._to_section(+1)

    def action_previous_group(self) -> None:
        """The first row of this section, then of the one before."""
        self._to_section(-1)

    def _to_section(self, step: int) -> None:
        if not self.count:
            return
        number = self.sections.section_of(self.cursor)
        if step < 0 and self.cursor > self.sections.first_of(number):
            self.move_to(self.sections.first_of(number))
            return
        number += step
        while (
            0 <= number < len(self.sections.all) and not self.sections.all[number].rows
        ):
            number += step
        if 0 <= number < len(self.sections.all):
            self.move_to(self.sections.first_of(number))

    # Marks ---------------------------------------------------------------------

    def action_mark(self) -> None:
        """Mark the row, or unmark it, and go to the next."""
        row = self.current
        if row is None:
            return
        key = self.id_of(row)
        if key in self.marks:
            del self.marks[key]
        else:
            self.marks[key] = None
        self.post_message(self.Marked(self._any))
        self._repaint(self.cursor)
        self.move_to(self.cursor + 1)

    def action_mark_range(self) -> None:
        """Start marking every row the cursor passes, or stop."""
        if self._range_from is not None:
            self._range_from = None
        elif self.current is not None:
            self._range_from = self.cursor
            self._mark_range(self.cursor)
        self.post_message(self.Marked(self._any))

    @property
    def in_range(self) -> bool:
        """Whether rows are being marked as the cursor passes."""
        return self._range_from is not None

    def _mark_range(self, before: int) -> None:
        start = self._range_from if self._range_from is not None else self.cursor
        wanted = range(min(start, self.cursor), max(start, self.cursor) + 1)
        passed = range(min(start, before), max(start, before) + 1)
        for n in (*passed, *wanted):
            row = self._rows.get(n)
            if row is None:
                continue
            if n in wanted:
                self.marks[self.id_of(row)] = None
            else:
                self.marks.pop(self.id_of(row), None)
        self.refresh()
        self.post_message(self.Marked(self._any))

    def mark_all(self, ids: Iterable[str]) -> None:
        """Mark these."""
        self.marks.update(dict.fromkeys(ids))
        self.refresh()
        self.post_message(self.Marked(self._any))

    def clear_marks(self) -> bool:
        """Unmark all; False where nothing was marked."""
        had = bool(self.marks) or self._range_from is not None
        self.marks.clear()
        self._range_from = None
        if had:
            self.refresh()
            self.post_message(self.Marked(self._any))
        return had

    # Drawing -------------------------------------------------------------------

    @property
    def _any(self) -> "LineList[object]":
        return self  # type: ignore[return-value]  # messages carry any list

    @property
    def _active(self) -> bool:
        return self.has_focus or self.lively

    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        width = self.size.width
        paint = look_of(self).paint
        if not self.count and self.note:
            lines = self.note
            spans: Line = [(" " * GUTTER, ""), *lines[y]] if y < len(lines) else []
            return strip(spans, width, paint)
        place = self.sections.at_line(y + self.scroll_offset.y)
        if place is None:
            return Strip.blank(width, paint.style(""))
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

    def _repaint(self, row: int) -> None:
        if row < self.count:
            y = self.sections.line_of(row) - self.scroll_offset.y
            self.refresh(Region(0, y, self.size.width, self.ROW_HEIGHT))

    def head(self, width: int, left: Line, right: Line) -> Line:
        """A header line with something at both ends and the pad of one cell."""
        return [*ends(width - 1, left, right), (" ", "")]

    # Asking and telling --------------------------------------------------------

    def _ask(self) -> None:
        if not self.count:
            return
        top = self.sections.at_line(min(self.scroll_offset.y, self.sections.height - 1))
        if top is None:
            return
        first = top.row if top.row >= 0 else self.sections.first_of(top.section)
        last = min(self.count - 1, first + self._lines // self.ROW_HEIGHT + AHEAD)
        first = max(0, first - AHEAD)
        if any(n not in self._rows for n in range(first, last + 1)):
            self.post_message(self.WindowNeeded(self._any, first, last))

    def _tell(self) -> None:
        """Say which row is under the cursor, once per row."""
        row = self.current
        key = "" if row is None else self.id_of(row)
        if row is None and self.count:
            return  # its window is on the way
        self._told = key
        self.post_message(self.Moved(self._any))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for what comes into sight."""
        super().watch_scroll_y(old_value, new_value)
        self._ask()

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
        """A click selects, in the mark column it marks, twice it opens."""
        place = self.sections.at_line(event.y + self.scroll_offset.y)
        if place is None or place.row < 0:
            return
        self.move_to(place.row)
        if event.x < GUTTER and event.chain == 1:
            self.action_mark()
        elif event.chain == 2:
            self.post_message(self.Opened(self._any))
