"""Rows that are known in part: sections, the window in sight, the cursor's place.

``WindowNeeded`` asks for the rows that come into sight and ``fill`` takes them. The
cursor stands on a row's id; when rows come and go above it, the lines on the screen
stay where they are.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from textual.geometry import Size
from textual.message import Message

from memtui.tui.lines import Line
from memtui.tui.widgets.sections import Section, Sections
from memtui.tui.widgets.thin_bar import ThinScroll

T = TypeVar("T")
CACHE_ROWS: Final = 4096
AHEAD: Final = 80
"""Rows asked for beyond what is in sight, so that scrolling meets no blanks."""
NEAR: Final = 30
"""They are asked for as soon as one so near is not known: not with every key."""


class _Anchor(NamedTuple):
    """Where the cursor stood, in terms that outlive a reload."""

    key: Hashable
    inside: int
    id: str
    on_screen: int
    """Line of the viewport."""


class RowWindow(ThinScroll, Generic[T], inherit_bindings=False):
    """Rows of ``T`` in sections, the ones in sight known, and a cursor on one."""

    DEFAULT_CSS = """
    RowWindow { scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    ROW_HEIGHT = 1

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or its row has just become known."""

        list: "RowWindow[object]"

    @dataclass
    class Opened(Message):
        """Enter or a double click."""

        list: "RowWindow[object]"

    @dataclass
    class Marked(Message):
        """The marks changed."""

        list: "RowWindow[object]"

    @dataclass
    class WindowNeeded(Message):
        """Rows ``first`` to ``last`` come into sight and are not all known."""

        list: "RowWindow[object]"
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
        self.back_to: str | None = None
        """The id of a row that the cursor goes to when it is shown again."""
        self.told_for = ""
        """What the owner last filled it for."""
        self.lively = False
        """Drawn as focused though an input above it has the focus."""

    # What a subclass says ------------------------------------------------------

    def id_of(self, row: T) -> str:
        """What stays the same about a row."""
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
        if not self._went_back():
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
        before, current = self._in_sight(), self.current
        self._rows.update(enumerate(rows, first))
        self.forget_lines()
        if self._anchor is not None and self._find_again(first, rows):
            self._scroll(self.sections.line_of(self.cursor) - self._anchor.on_screen)
            self._anchor = None
        if self._in_sight() != before:
            self.refresh()
        if self.current != current:
            self._tell()

    def _in_sight(self) -> list[T | None]:
        """The rows on the screen, as far as they are known."""
        first, last = self._seen_rows()
        return [self._rows.get(n) for n in range(first, last + 1)]

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

    def _went_back(self) -> bool:
        """Whether a row that an undone act brought back is under the cursor now."""
        wanted, self.back_to = self.back_to, None
        found = (n for n, row in self._rows.items() if self.id_of(row) == wanted)
        if (place := next(found, None)) is None:
            return False
        self.cursor, self._anchor = place, None
        self.reveal()
        return True

    def reveal(self) -> None:
        """Scroll as little as shows the cursor row."""
        raise NotImplementedError

    def _find_again(self, first: int, rows: Sequence[T]) -> bool:
        anchor = self._anchor
        if anchor is None:
            return True
        for place, row in enumerate(rows, first):
            if self.id_of(row) == anchor.id:
                self.cursor = place
                return True
        return False

    @property
    def _lines(self) -> int:
        return max(1, self.size.height)

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, immediate=True, force=True)

    @property
    def _any(self) -> "RowWindow[object]":
        return self  # type: ignore[return-value]  # messages carry any list

    # Asking and telling --------------------------------------------------------

    def _ask(self) -> None:
        if not self.count:
            return
        first, last = self._seen_rows()
        near = range(max(0, first - NEAR), min(self.count, last + NEAR + 1))
        if any(n not in self._rows for n in near):
            first, last = max(0, first - AHEAD), min(self.count - 1, last + AHEAD)
            self.post_message(self.WindowNeeded(self._any, first, last))

    def _seen_rows(self) -> tuple[int, int]:
        """First and last row on the screen; of headers in sight, a few rows more."""
        y = min(self.scroll_offset.y, self.sections.height - 1)
        top = self.sections.at_line(max(0, y))
        if top is None:
            return 0, -1
        first = top.row if top.row >= 0 else self.sections.first_of(top.section)
        return first, min(self.count - 1, first + self._lines // self.ROW_HEIGHT)

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
