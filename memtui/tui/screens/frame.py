"""The frame of every screen: tabs, scope line, body, status line, keys.

Also what a key means wherever one is: screens by number, help, palette, undo, back,
quit; a message that stays until the next key that is not motion; arming.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from memtui.errors import MemtuiError, StoreBusy, StoreError
from memtui.tui import actions
from memtui.tui.desk import Desk
from memtui.tui.format import clock, plural
from memtui.tui.lines import Line, Span, flow, message, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.facet_rail import RAIL, VERY_WIDE
from memtui.tui.widgets.frame import WIDE, Bar, KeyBar, StatusLine, TopBar
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.text_pane import TextPane

T = TypeVar("T")
Pane = LineList[object] | BlockList[object] | TextPane

LEAST: Final = (40, 10)
"""Columns and rows below which nothing can be shown."""
_BACK: Final = actions.Key("back", "esc", "back")


@dataclass(frozen=True, slots=True)
class Armed:
    """An act that waits for the same key on the same rows."""

    key: str
    ids: tuple[str, ...]


class FrameScreen(Screen[None]):
    """One of the six screens. A subclass fills the body and reads the store."""

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

    async def read(self) -> None:
        """Read the store and show it; the cursor stays."""
        raise NotImplementedError

    def position(self) -> Line:
        """``2 of 18,311``: the left of the status line when nothing is said."""
        return []

    def why_not(self, action: str) -> str:
        """Why this action cannot be done now; empty where it can."""
        return ""

    def keys(self) -> list[actions.Key]:
        """The footer's keys."""
        return actions.footer(self.NAME, wide=self.wide)

    # Frame ----------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Top, heading, body, bottom."""
        yield self.top_bar
        yield from self.heading()
        with self.body:
            yield from self.in_order()
        yield self.status
        yield self.key_bar

    def in_order(self) -> list[Widget]:
        """The rail and the panes, from left to right."""
        rail = [rail] if (rail := self.rail()) is not None else []
        panes = list(self.panes())
        return [*panes, *rail] if self.RAIL_AT_END else [*rail, *panes]

    def on_mount(self) -> None:
        """Fit, and read for the first time."""
        self.fit()
        self.set_focus(self.panes()[0])
        self.refresh_frame()

    def on_screen_resume(self) -> None:
        """Read again where something changed meanwhile."""
        self.fit()
        self.catch_up()
        self.refresh_frame()

    def catch_up(self) -> None:
        """Read when the store or the scope is not the one on screen."""
        if self._behind != self.desk.version and self.desk.machine.store_ready:
            self._behind = self.desk.version
            self.reload()

    @work(exclusive=True, group="read", exit_on_error=True)
    async def reload(self) -> None:
        """Read the store anew; a trouble is said, the old rows stay."""
        try:
            await self.reread()
        except StoreBusy:
            self.desk.machine.trouble = "store busy, trying again in 3 s"
            self.set_timer(3, self.reload)
        except StoreError as error:
            self.desk.machine.trouble = error.message
            self._show_lost(error.message)
        except MemtuiError as error:
            self.say(error.message)
        else:
            self.desk.machine.trouble = ""
        self.refresh_frame()

    def _show_lost(self, why: str) -> None:
        """A store that cannot be read: say so where the rows would be."""
        pane = self.panes()[0]
        lost: list[Line] = [
            [
                (f"The store cannot be read: {why.rstrip('.')}.  ", ""),
                ("enter", "bold primary"),
                (" tries again   ", "muted"),
                (":", "bold primary"),
                (" doctor", "muted"),
            ]
        ]
        if isinstance(pane, LineList | BlockList):
            pane.note = lost
        elif isinstance(pane, TextPane) and not pane.text:
            pane.show(lambda width: flow(lost[0], width))
        pane.refresh()

    async def reread(self) -> None:
        """Everything that is read when the store changed."""
        await self.read()

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
        rail.styles.width = self.RAIL_WIDTH
        return self.RAIL_WIDTH if rail.display else 0

    def first_width(self, width: int) -> int:
        """Columns of the first pane where another stands beside it."""
        return width * 5 // 8

    def refresh_frame(self) -> None:
        """Draw tabs, status and keys anew."""
        if not self.is_mounted:
            return
        self.top_bar.update(inbox=self.desk.counts.inbox, new=self.new_rows())
        self.status.update(
            self.said or self.marked_words() or self.position(), self._right()
        )
        keys = self.keys()
        if self.scope_line is not None and self.scope_line.editing:
            keys = [
                actions.Key("open", "enter", "keep"),
                actions.Key("back", "esc", "restore"),
                actions.Key("cursor_down", "↓", "to the list"),
            ]
        elif self.reading_whole:
            keys = [_BACK if key.action == "open" else key for key in keys]
        off = frozenset(key.action for key in keys if self.why_not(key.action))
        self.key_bar.update(keys, off, len(self.marks()))
        if not self.key_bar.display and not self.said:
            room = self.app.size.width - width_of(self.position()) - 5
            self.status.update(self.position(), self.key_bar.fitted(room))

    def new_rows(self) -> int:
        """Rows that came since the person last looked at the top."""
        return 0

    def marks(self) -> Sequence[str]:
        """Ids of the marked rows."""
        pane = self.panes()[0]
        return tuple(pane.marks) if isinstance(pane, LineList) else ()

    def marked_words(self) -> Line:
        """``3 marked   9 of 47   esc clears marks``."""
        count = len(self.marks())
        if not count:
            return []
        return [
            (f"{count:,} marked", "bold accent"),
            ("   ", ""),
            *self.position(),
            ("   ", ""),
            ("esc", "bold primary"),
            (" clears marks", "muted"),
        ]

    def _right(self) -> Line:
        machine = self.desk.machine
        if machine.trouble:
            return [(f"! {machine.trouble}", "warning")]
        if machine.reading:
            return [(machine.reading, "muted")]
        if self.desk.demo:
            return [("demo store, nothing of yours is read", "muted")]
        parts = []
        if machine.synced_at is not None:
            parts.append((f"synced {clock(machine.synced_at)}", "muted"))
        if machine.faults:
            parts.insert(0, (plural(machine.faults, "fault"), "muted"))
        if machine.delivery:
            role = "warning" if machine.broken else "muted"
            parts.append((machine.delivery, role))
        return self._joined(parts)

    def _joined(self, parts: list[Span]) -> Line:
        """As many of the parts as there is room for; the first ones give way."""
        left = width_of(self.said or self.marked_words() or self.position())
        room = self.app.size.width - left - 5
        between = look_of(self).glyphs.between
        while parts:
            line: Line = []
            for part in parts:
                line += [(between, "muted"), part] if line else [part]
            if width_of(line) <= room or len(parts) == 1:
                return line
            parts = parts[1:]
        return []

    # Messages, arming -----------------------------------------------------------

    def say(self, text: str) -> None:
        """A message that stays until the next key that is not motion."""
        self.said = message(text)
        self.refresh_frame()

    def say_line(self, line: Line) -> None:
        """The same with spans of its own."""
        self.said = line
        self.refresh_frame()

    @on(Bar.Pressed)
    async def _pressed(self, event: Bar.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)
