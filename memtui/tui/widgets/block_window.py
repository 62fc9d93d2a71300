"""Blocks of several lines each, laid out for a width, and a cursor on one."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.geometry import Size
from textual.message import Message

from memtui.tui.lines import Line
from memtui.tui.widgets.thin_bar import ThinScroll

T = TypeVar("T")


class BlockWindow(ThinScroll, Generic[T], inherit_bindings=False):
    """Blocks of ``T``. The owner says how one is drawn, and which can be chosen."""

    DEFAULT_CSS = """
    BlockWindow { scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    INDENT = 3

    @dataclass
    class Moved(Message):
        """The cursor is on another block."""

        list: "BlockWindow[object]"

    @dataclass
    class Opened(Message):
        """Enter or a double click."""

        list: "BlockWindow[object]"

    @dataclass
    class EndReached(Message):
        """The cursor is on the first or last block and was asked to go further."""

        list: "BlockWindow[object]"
        step: int

    def __init__(
        self,
        draw: Callable[[T, int], list[Line]],
        id_of: Callable[[T], str],
        *,
        can_choose: Callable[[T], bool] = lambda _: True,
        is_head: Callable[[T], bool] = lambda _: False,
        id: str | None = None,  # noqa: A002 (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._id_of = id_of
        self._can_choose = can_choose
        self._is_head = is_head
        self.blocks: list[T] = []
        self.cursor = 0
        self.note: list[Line] = []
        self.edge = False
        self.head: Callable[[int], Line] | None = None
        """A first line that stays when the rest scrolls."""
        self._lines: list[list[Line]] = []
        self._tops: list[int] = []
        self._drawn_for = -1
        self._centre = False
        """The cursor's block is to be centred once its lines are known."""

    # Blocks -------------------------------------------------------------------------

    @property
    def current(self) -> T | None:
        """The block under the cursor."""
        return self.blocks[self.cursor] if 0 <= self.cursor < len(self.blocks) else None

    def show(self, blocks: Sequence[T], *, at: str = "") -> None:
        """Take other blocks; the cursor stays on its id, or goes to ``at``."""
        wanted = at or (self._id_of(self.current) if self.current is not None else "")
        on_screen = self._top(self.cursor) - self.scroll_offset.y
        self.blocks = list(blocks)
        found = [n for n, b in enumerate(self.blocks) if self._id_of(b) == wanted]
        choosable = [n for n, b in enumerate(self.blocks) if self._can_choose(b)]
        nearest = min(choosable, key=lambda n: abs(n - self.cursor), default=0)
        self.cursor = found[0] if found else nearest
        self._forget_lines()
        self.redraw()
        if at:
            self.reveal(centre=True)
        elif found:
            self._scroll(self._top(self.cursor) - on_screen)
        self.post_message(self.Moved(self._any))

    def _forget_lines(self) -> None:
        """What was drawn belongs to other blocks; while hidden nothing replaces it."""
        self._lines, self._tops = [], []
        self._drawn_for = -1

    def redraw(self) -> None:
        """Draw all blocks anew: width, folds or marks changed."""
        self._drawn_for = -1
        self._lay_out()
        self.refresh()

    def redraw_current(self) -> None:
        """Draw the block under the cursor anew, folded or open; the rest stays."""
        if self.current is None or self.cursor >= len(self._lines):
            return
        self._lines[self.cursor] = self._draw(self.current, self.text_width)
        self._stack()
        self.refresh()

    @property
    def text_width(self) -> int:
        """Cells of a line."""
        return max(8, self.size.width - self.INDENT - 2 - int(self.edge))

    def _lay_out(self) -> None:
        if self._drawn_for == self.text_width or not self.size.width:
            return
        self._drawn_for = self.text_width
        self._lines = [self._draw(block, self.text_width) for block in self.blocks]
        self._stack()

    def _stack(self) -> None:
        """Put the blocks below each other."""
        self._tops, top = [], 0
        for lines in self._lines:
            self._tops.append(top)
            top += len(lines)
        self.virtual_size = Size(self.size.width, max(1, top + self._above))

    @property
    def _above(self) -> int:
        return 0 if self.head is None else 1

    @property
    def _height(self) -> int:
        return max(1, self.size.height - self._above)

    def _top(self, block: int) -> int:
        return self._tops[block] if 0 <= block < len(self._tops) else 0

    def on_resize(self) -> None:
        """Wrap again, the cursor in sight."""
        self._lay_out()
        self.reveal()

    # Moving -------------------------------------------------------------------------

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=max(0, y), animate=False, immediate=True, force=True)

    def reveal(self, *, centre: bool = False) -> None:
        """Scroll as little as shows the block, its first lines where it is long."""
        if self.cursor >= len(self._lines):
            self._centre = centre  # hidden, or without blocks: nothing is laid out
            return
        centre, self._centre = centre or self._centre, False
        top, height = self._top(self.cursor), self._height
        end = top + len(self._lines[self.cursor])
        if all(not self._can_choose(b) for b in self.blocks[: self.cursor]):
            self._scroll(0)
        elif centre:
            self._scroll(top - height // 4)
        elif top < self.scroll_offset.y:
            self._scroll(top)
        elif end > self.scroll_offset.y + height:
            self._scroll(min(top, end - height))

    def move_to(self, block: int) -> None:
        """Put the cursor on a block."""
        if 0 <= block < len(self.blocks) and self._can_choose(self.blocks[block]):
            self.cursor = block
            self.reveal()
            self.refresh()
            self.post_message(self.Moved(self._any))

    def step(self, step: int, wanted: Callable[[T], bool]) -> None:
        """To the next block that is wanted, down or up."""
        at = self.cursor + step
        while 0 <= at < len(self.blocks):
            if self._can_choose(self.blocks[at]) and wanted(self.blocks[at]):
                self.move_to(at)
                return
            at += step
        self.post_message(self.EndReached(self._any, step))

    def _longer_than_sight(self, step: int) -> bool:
        """A block longer than the screen is read line by line before it is left."""
        if not self._lines or self.cursor >= len(self._lines):
            return False
        top, height = self._top(self.cursor), self._height
        end = top + len(self._lines[self.cursor])
        at = self.scroll_offset.y
        if step > 0 and end > at + height:
            self._scroll(at + 3)
            return True
        if step < 0 and top < at:
            self._scroll(at - 3)
            return True
        return False

    def action_cursor_down(self) -> None:
        """The next block."""
        if not self._longer_than_sight(+1):
            self.step(+1, lambda _: True)

    def action_cursor_up(self) -> None:
        """The block before."""
        if not self._longer_than_sight(-1):
            self.step(-1, lambda _: True)

    def action_page_down(self) -> None:
        """Half a page down."""
        self._page(max(1, self.size.height // 2))

    def action_page_up(self) -> None:
        """Half a page up."""
        self._page(-max(1, self.size.height // 2))

    def _page(self, lines: int) -> None:
        self._scroll(self.scroll_offset.y + lines)
        at = self.scroll_offset.y + (0 if lines < 0 else self.size.height // 2)
        self._choose_near(bisect_right(self._tops, max(0, at)) - 1)

    def _choose_near(self, block: int) -> None:
        choosable = [n for n, b in enumerate(self.blocks) if self._can_choose(b)]
        if choosable:
            self.cursor = min(choosable, key=lambda n: abs(n - block))
            self.refresh()
            self.post_message(self.Moved(self._any))

    def action_first(self) -> None:
        """The first block."""
        self._scroll(0)
        self._choose_near(0)

    def action_last(self) -> None:
        """The last block."""
        self._choose_near(len(self.blocks) - 1)
        self.reveal()

    def action_next_group(self) -> None:
        """The next prompt or heading."""
        self.step(+1, self._is_head)

    def action_previous_group(self) -> None:
        """The prompt or heading before."""
        self.step(-1, self._is_head)

    @property
    def _any(self) -> "BlockWindow[object]":
        return self  # type: ignore[return-value]  # messages carry any list
