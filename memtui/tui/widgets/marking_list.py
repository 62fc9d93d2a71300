"""Moving the cursor by hand, and marking rows as it passes."""

from collections.abc import Iterable
from typing import TypeVar

from textual.geometry import Region

from memtui.tui.widgets.row_window import RowWindow

T = TypeVar("T")


class MarkingList(RowWindow[T]):
    """A cursor that moves, and marks that stay with their rows."""

    MARKS = False
    """Its rows can be marked by hand."""
    STICKY = False
    """The last header line is repeated at the top when it scrolled away."""

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

    def _repaint(self, row: int) -> None:
        if row < self.count:
            y = self.sections.line_of(row) - self.scroll_offset.y
            self.refresh(Region(0, y, self.size.width, self.ROW_HEIGHT))
