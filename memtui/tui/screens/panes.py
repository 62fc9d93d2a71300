"""Panes and the keys of every screen: motion, zoom, back, quit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from textual import events, on
from textual.widget import Widget

from memtui.tui.desk import Way
from memtui.tui.format import is_latin_letter
from memtui.tui.messages import ReadingAdvanced
from memtui.tui.screens.fitting import Armed
from memtui.tui.screens.frame import FrameScreen
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.thin_bar import ThinScroll

if TYPE_CHECKING:
    from memtui.tui.screens.fitting import Pane

_MOTION: Final = frozenset(
    {
        "j",
        "k",
        "up",
        "down",
        "pageup",
        "pagedown",
        "home",
        "end",
        "g",
        "G",
        "J",
        "K",
        "ctrl+d",
        "ctrl+u",
        "tab",
        "shift+tab",
        "left",
        "right",
        "h",
        "l",
    }
)


class PaneScreen(FrameScreen):
    """A frame whose keys go to the pane in focus."""

    # Arming ----------------------------------------------------------------------

    def arm(self, key: str, ids: Sequence[str], words: str) -> bool:
        """True when this is the second press of ``key`` on the same rows."""
        wanted = Armed(key, tuple(ids))
        if self.armed == wanted:
            self.armed = None
            return True
        self.armed = wanted
        self.say_line(
            [
                (key, "bold primary"),
                (f" again {words}, ", ""),
                ("esc", "bold primary"),
                (" leaves them" if len(ids) != 1 else " leaves it", "muted"),
            ]
        )
        return False

    def on_key(self, event: events.Key) -> None:
        """Clear what was said; any other key disarms."""
        if self.armed is not None and event.key not in (self.armed.key, "delete"):
            self.armed = None
            if event.key in _MOTION:
                self.said = []
        if event.key not in _MOTION and self.said and self.armed is None:
            self.said = []
            self.refresh_frame()
        letter = event.character
        if letter and letter.isalpha() and not is_latin_letter(letter):
            self._say_latin()

    def _say_latin(self) -> None:
        if not self._foreign_said:
            self._foreign_said = True
            self.say(
                "Keys are Latin letters. "
                "Arrows, Enter, digits and F1 work in any layout."
            )

    # Panes ----------------------------------------------------------------------

    @property
    def pane(self) -> "Pane":
        """The pane that has the focus, else the first."""
        focused = self.focused
        shown = isinstance(focused, ThinScroll) and focused in self._shown_panes()
        return cast("Pane", focused if shown else self.panes()[0])

    def action_cursor_down(self) -> None:
        """One down in the focused pane."""
        self.pane.action_cursor_down()

    def action_cursor_up(self) -> None:
        """One up in the focused pane."""
        self.pane.action_cursor_up()

    def action_page_down(self) -> None:
        """Half a page down."""
        self.pane.action_page_down()

    def action_page_up(self) -> None:
        """Half a page up."""
        self.pane.action_page_up()

    def action_first(self) -> None:
        """To the first line."""
        self.pane.action_first()

    def action_last(self) -> None:
        """To the last line."""
        self.pane.action_last()

    def action_next_group(self) -> None:
        """To the next header."""
        self.pane.action_next_group()

    def action_previous_group(self) -> None:
        """To the header before."""
        self.pane.action_previous_group()

    def action_right(self) -> None:
        """To the pane at the right."""
        self._to_pane(+1)

    def action_left(self) -> None:
        """To the pane at the left."""
        self._to_pane(-1)

    def _to_pane(self, step: int) -> None:
        panes = self._shown_panes()
        at = panes.index(self.pane) if self.pane in panes else 0
        if self.reading_whole and step < 0:
            self.close_reading()
        elif 0 <= at + step < len(panes):
            panes[at + step].focus()

    def _shown_panes(self) -> list[Widget]:
        return [pane for pane in self.in_order() if pane.display]

    def action_zoom(self) -> None:
        """Give the focused pane the whole body, or back."""
        self.zoomed = None if self.zoomed else self.pane
        self.fit()

    def open_reading(self) -> None:
        """Show the side pane: focused where it is in sight, else as the whole body."""
        self.reading_whole = not self.wide
        self.fit()
        self.set_focus(self.panes()[-1])
        self.refresh_frame()

    def close_reading(self) -> None:
        """Back to the list."""
        self.reading_whole, self.zoomed = False, None
        self.fit()
        self.set_focus(self.panes()[0])
        self.refresh_frame()

    def try_again(self) -> bool:
        """Read once more where the store could not be read; False where it could."""
        if not self.desk.machine.trouble:
            return False
        self.reload()
        return True

    # Keys of everywhere ---------------------------------------------------------

    def action_show(self, name: str) -> None:
        """Another screen."""
        self.desk.ways.pop(name, None)
        self.app.switch_mode(name)

    def leap(self, name: str, query: str | None = None) -> None:
        """Another screen, from which ``esc`` leads back to this one.

        Args:
            query: its filter from now on; None: the one it has.
        """
        before = self.desk.queries.get(name, "")
        self.desk.ways[name] = Way(self.NAME, before)
        if query is not None:
            self.desk.queries[name] = query
        self.app.switch_mode(name)

    def leap_back(self) -> bool:
        """Where ``leap`` came from, with the filter of then; False: from nowhere."""
        way = self.desk.ways.pop(self.NAME, None)
        if way is None:
            return False
        self.close_reading()
        self.desk.queries[self.NAME] = way.query
        if self.scope_line is not None:
            self.scope_line.set_text(way.query)
        self.app.switch_mode(way.screen)
        return True

    @property
    def landed(self) -> bool:
        """Nothing was opened since one came to this screen."""
        pane = self.panes()[0]
        return not (self.reading_whole or self.zoomed or self.focused is not pane)

    def step_back(self) -> bool:
        """One step back; False at the top level."""
        pane = self.panes()[0]
        if self.said or self.armed:
            self.said, self.armed = [], None
        elif isinstance(pane, LineList) and pane.clear_marks():
            pass
        elif self.landed and self.leap_back():
            return True
        elif self.reading_whole or self.zoomed or self.focused is not pane:
            self.close_reading()
        elif self.scope_line is not None and self.scope_line.text:
            self.scope_line.set_text("")
        else:
            return False
        self.refresh_frame()
        return True

    def action_back(self) -> None:
        """Esc: one step back, and no further."""
        self.step_back()

    def action_quit(self) -> None:
        """At the top level leave, else one step back."""
        if self.landed and self.leap_back():
            return
        if self.reading_whole or self.zoomed or self.pane is not self.panes()[0]:
            self.close_reading()
        else:
            self.app.exit(0)

    @on(ReadingAdvanced)
    def _reading(self, event: ReadingAdvanced) -> None:
        event.stop()
        self.refresh_frame()
