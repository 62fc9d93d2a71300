"""The frame of every screen: tabs, scope line, body, status line, keys.

Also what a key means wherever one is: screens by number, help, palette, undo, back,
quit; a message that stays until the next key that is not motion; arming.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from textual import on, work

from memtui.errors import MemtuiError, StoreBusy, StoreError
from memtui.tui import actions
from memtui.tui.format import clock, plural
from memtui.tui.lines import Line, Span, flow, message, width_of
from memtui.tui.look import look_of
from memtui.tui.screens.fitting import FittingScreen
from memtui.tui.widgets.frame import Bar
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:  # what two screens have
    from memtui.tui.widgets.block_list import BlockList

_WITHOUT_STORE: Final = frozenset({"open", "help"})
_BACK: Final = actions.Key("back", "esc", "back")


class FrameScreen(FittingScreen):
    """One of the six screens. A subclass fills the body and reads the store."""

    # What a subclass fills in ---------------------------------------------------

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
        keymap = self.desk.keymap
        return [
            key._replace(shown=keymap.translated(key.shown))
            for key in actions.footer(self.NAME, wide=self.wide)
        ]

    # Frame ----------------------------------------------------------------------

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

    def on_descendant_focus(self) -> None:
        """The keys are those of what has the focus now, however it came there."""
        self.refresh_frame()

    def catch_up(self) -> None:
        """Read when the store or the scope is not the one on screen."""
        if self._behind != self.desk.version and self.desk.machine.store_ready:
            self._behind = self.desk.version
            self.reload()

    @work(exclusive=True, group="read", exit_on_error=True)
    async def reload(self) -> None:
        """Read the store anew; a trouble is said, the old rows stay."""
        began = time.monotonic()
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
            self.desk.machine.trouble, self._lost = "", False
            self.desk.reread_s = time.monotonic() - began
        self.refresh_frame()

    def _show_lost(self, why: str) -> None:
        """A store that cannot be read: say so where the rows would be."""
        self._lost = True
        pane = self.panes()[0]
        lost: list[Line] = [
            [
                (f"{_cannot(why)}  ", ""),
                ("enter", "bold primary"),
                (" tries again   ", "muted"),
                (":", "bold primary"),
                (" doctor", "muted"),
            ]
        ]
        if not isinstance(pane, TextPane):
            cast("LineList[object] | BlockList[object]", pane).note = lost
        elif not pane.text:
            pane.show(lambda width: flow(lost[0], width))
        pane.refresh()

    async def reread(self) -> None:
        """Everything that is read when the store changed."""
        await self.read()

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
        off = frozenset(key.action for key in keys if self._is_off(key.action))
        self.key_bar.update(keys, off, len(self.marks()))
        if not self.key_bar.display and not self.said:
            room = self.app.size.width - width_of(self.position()) - 5
            self.status.update(self.position(), self.key_bar.fitted(room))

    def _is_off(self, action: str) -> bool:
        """Says why not when pressed; in a store that is lost nothing can be done."""
        return (self._lost and action not in _WITHOUT_STORE) or bool(
            self.why_not(action)
        )

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
            words = ("demo store", "nothing of yours is read")
            room = self._room()
            whole = ", ".join(words)
            return [(whole if len(whole) <= room else words[0], "muted")]
        parts = []
        if machine.synced_at is not None:
            parts.append((f"synced {clock(machine.synced_at)}", "muted"))
        if machine.same_projects:
            twice = f"{plural(machine.same_projects, 'project')} seen twice"
            parts.insert(0, (twice, "accent"))
        if machine.conflicts:
            changed = plural(machine.conflicts, "memory", "memories")
            parts.insert(0, (f"{changed} changed on two machines", "accent"))
        if machine.short:
            parts.append((machine.short, "warning"))
        if machine.faults:
            parts.insert(0, (plural(machine.faults, "fault"), "muted"))
        if machine.delivery:
            role = "warning" if machine.broken else "muted"
            parts.append((machine.delivery, role))
        return self._joined(parts)

    def _joined(self, parts: list[Span]) -> Line:
        """As many of the parts as there is room for; the first ones give way."""
        room = self._room()
        between = look_of(self).glyphs.between
        while parts:
            line: Line = []
            for part in parts:
                line += [(between, "muted"), part] if line else [part]
            if width_of(line) <= room or len(parts) == 1:
                return line
            parts = parts[1:]
        return []

    def _room(self) -> int:
        """Cells of the status line that its left leaves."""
        left = self.said or self.marked_words() or self.position()
        return self.app.size.width - width_of(left) - 5

    # Messages, arming -----------------------------------------------------------

    def say(self, text: str) -> None:
        """A message that stays until the next key that is not motion."""
        self.said = message(self.desk.keymap.told(text))
        self.refresh_frame()

    def say_line(self, line: Line) -> None:
        """The same with spans of its own."""
        self.said = line
        self.refresh_frame()

    @on(Bar.Pressed)
    async def _pressed(self, event: Bar.Pressed) -> None:
        event.stop()
        await self.run_action(event.action)


def _cannot(why: str) -> str:
    """The whole sentence; the store's own messages often are one."""
    said = why if why.endswith(".") else f"{why}."
    return said if said.startswith("The store") else f"The store cannot be read: {said}"
