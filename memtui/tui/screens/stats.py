"""Stats: figures first, shapes beside them, nothing that needs colour to be read."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from memtui.tui.actions import bindings
from memtui.tui.clipboard import copy_words
from memtui.tui.desk import Desk
from memtui.tui.figures import WEEKS, Entry, Figures, decided, read_figures, shapes
from memtui.tui.format import memories, plural
from memtui.tui.lines import Line, plain
from memtui.tui.look import look_of
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.scope_line import ScopeLine

COPIED: Final = 72
"""Cells of a line that is copied."""


class StatsScreen(FilteringScreen):
    """What there is, what was decided, how the reading does."""

    NAME = "stats"
    BINDINGS: ClassVar[list[BindingType]] = bindings("stats")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.left, self.right = self._pane("list"), self._pane("detail")
        self.figures: Figures | None = None

    def _pane(self, name: str) -> BlockList[Entry]:
        return BlockList(
            lambda entry, width: entry.draw(width),
            lambda entry: entry.id,
            can_choose=lambda entry: bool(entry.leads[0]),
            is_head=lambda entry: entry.first,
            id=name,
        )

    def heading(self) -> Iterable[Widget]:
        """The scope line."""
        return (self.scope_line,) if self.scope_line else ()

    def panes(self) -> Sequence[Widget]:
        """Two halves, or one column."""
        return (self.left, self.right)

    def first_width(self, width: int) -> int:
        """Two halves, the left one as wide as its weeks are at 120 columns."""
        return width // 2 + 2

    def fit(self) -> None:
        """One column in a narrow terminal holds both halves."""
        super().fit()
        self.right.edge = self.wide and not self.zoomed
        self._draw()

    async def read(self) -> None:
        """Count everything in the scope."""
        desk, now = self.desk, look_of(self).now()
        self.figures = await desk.lists.read(lambda view: read_figures(view, desk, now))
        assert self.scope_line is not None
        total = memories(sum(count for _, count in self.figures.types))
        self.scope_line.say(
            f"{desk.scope_words}, last {WEEKS} weeks",
            f"{total}, {plural(self.figures.sessions, 'session')}",
        )
        self._draw()

    def _draw(self) -> None:
        figures = self.figures
        if figures is None or not self.is_mounted:
            return
        look = look_of(self)
        left, right = shapes(figures, look), decided(figures, look)
        self.left.show(left if self.wide else [*left, *right])
        self.right.show(right)

    def position(self) -> Line:
        """What people ask first."""
        return [("nothing here leaves this machine", "muted")]

    @on(BlockList.Moved)
    def _moved(self, event: BlockList.Moved) -> None:
        event.stop()

    @on(BlockList.Opened)
    def _opened(self, event: BlockList.Opened) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """The list of what the figure under the cursor counts."""
        pane = self.right if self.focused is self.right else self.left
        screen, query = pane.current.leads if pane.current is not None else ("", "")
        if screen == "faults":
            self.action_faults()
        elif screen == "same":
            self.action_same_projects()
        elif screen:
            self.leap(screen, query)
        else:
            self.try_again()

    def action_copy(self) -> None:
        """Copy the figures as text."""
        entries = (
            self.left.blocks
            if not self.wide
            else [*self.left.blocks, *self.right.blocks]
        )
        lines = [plain(line).rstrip() for e in entries for line in e.draw(COPIED)]
        self.say(copy_words(self.app, "\n".join(lines)))

    def action_filter(self) -> None:
        """There is nothing to filter here."""
        self.say("Figures have no filter. P chooses a project")
