"""How a screen is laid out for the terminal's size: panes snap, none is dragged."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from memtui.tui.desk import Desk
from memtui.tui.lines import Line
from memtui.tui.widgets.facet_rail import RAIL, VERY_WIDE
from memtui.tui.widgets.frame import WIDE, KeyBar, StatusLine, TopBar
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:  # what two screens have
    from memtui.tui.widgets.block_list import BlockList

    Pane = LineList[object] | BlockList[object] | TextPane

T = TypeVar("T")

LEAST: Final = (40, 10)
"""Columns and rows below which nothing can be shown."""


class Armed(NamedTuple):
    """An act that waits for the same key on the same rows."""

    key: str
    ids: tuple[str, ...]


class FittingScreen(Screen[None]):
    """Tabs, heading, panes side by side or one after the other, status, keys."""

    NAME: ClassVar[str] = "timeline"
    AUTO_FOCUS = ""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.top_bar = TopBar(self.NAME)
        self.status = StatusLine()
        self.key_bar = KeyBar()
        self.scope_line: ScopeLine | None = None
        self.body = Horizontal(id="body")
        self.armed: Armed | None = None
        self.said: Line = []
        self.reading_whole = False
        """Below 100 columns: the detail has the whole body."""
        self.zoomed: Widget | None = None
        """The pane that has the whole body."""
        self._behind = -1
        self._lost = False
        """The store cannot be read."""
        self._foreign_said = False

    # What a subclass fills in ---------------------------------------------------

    def heading(self) -> Iterable[Widget]:
        """Rows between the tabs and the body."""
        return ()

    def panes(self) -> Sequence[Widget]:
        """The body's widgets from left to right, the list first."""
        raise NotImplementedError

    RAIL_WIDTH: ClassVar[int] = RAIL
    RAIL_AT_END: ClassVar[bool] = False

    def rail(self) -> Widget | None:
        """A pane at the side of very wide terminals."""
        return None

    def refresh_frame(self) -> None:
        """Draw tabs, status and keys anew."""
        raise NotImplementedError

    # Frame ----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Top, heading, body, bottom."""
        yield self.top_bar
        yield from self.heading()
        with self.body:
            yield from self.panes()
        yield self.status
        yield self.key_bar

    def in_order(self) -> list[Widget]:
        """The rail and the panes, from left to right."""
        rail = [rail] if (rail := self.rail()) is not None else []
        panes = list(self.panes())
        return [*panes, *rail] if self.RAIL_AT_END else [*rail, *panes]

    @property
    def wide(self) -> bool:
        """Room for a pane beside the list."""
        return self.app.size.width >= WIDE

    def on_resize(self) -> None:
        """Panes snap."""
        self.fit()

    def fit(self) -> None:
        """Lay the panes out for the terminal's size."""
        width, height = self.app.size
        small = width < LEAST[0] or height < LEAST[1]
        self.top_bar.too_small = small
        self.top_bar.styles.height = 2 if height >= 20 else 1
        self.key_bar.display = height >= 16 and not small
        self.status.display = self.body.display = not small
        for row in self.heading():
            row.display = not small
        panes = self.panes()
        if self.wide:
            self.reading_whole = False
        whole = panes[-1] if self.reading_whole else self.zoomed
        for number, pane in enumerate(panes):
            beside = self.wide or number == 0
            pane.display = pane is whole if whole else beside
            if isinstance(pane, TextPane):
                pane.edge = number > 0 and self.wide and not whole
        width -= self._fit_rail(width, whole)
        first = self.first_width(width) if self.wide and not whole else None
        panes[0].styles.width = "1fr" if first is None else first
        self._keep_focus(whole or panes[0])
        self.refresh_frame()

    def _keep_focus(self, pane: Widget) -> None:
        """A pane that went took the focus with it: give it to one in sight."""
        focused = self.focused
        typing = self.scope_line is not None and self.scope_line.editing
        if not typing and (focused is None or not focused.display):
            self.set_focus(pane)

    def _fit_rail(self, width: int, whole: Widget | None) -> int:
        """Show the rail where there is room; the columns that it takes."""
        rail = self.rail()
        if rail is None:
            return 0
        rail.display = width >= VERY_WIDE and whole is None
        if rail.display and rail.parent is None:  # few terminals are so wide
            self.body.mount(rail, before=None if self.RAIL_AT_END else 0)
        rail.styles.width = self.RAIL_WIDTH
        return self.RAIL_WIDTH if rail.display else 0

    def first_width(self, width: int) -> int:
        """Columns of the first pane where another stands beside it."""
        return width * 5 // 8
