"""Help: keys of the focused pane first, then those that work everywhere."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from memtui.tui.actions import ACTIONS, SCREENS, TITLES, help_columns
from memtui.tui.format import fit
from memtui.tui.keymap import Keymap
from memtui.tui.lines import Line, clip, ends, paragraph, width_of
from memtui.tui.widgets.edge import Edge
from memtui.tui.widgets.frame import NARROW, WIDE
from memtui.tui.widgets.text_pane import TextPane

Pairs = Sequence[tuple[str, str]]


class _Sheet(TextPane):
    """The help's columns; scrolls where the terminal is low."""

    GROUND = "surface"


class HelpScreen(ModalScreen[None]):
    """The only box. ``/`` finds, ``?`` again lists all screens."""

    CSS = """
    HelpScreen { align: center middle; background: $background 70%; }
    HelpScreen #sheet {
        width: 92; max-width: 96%; max-height: 94%;
        background: $surface; border: round $hairline; padding: 1 3;
    }
    HelpScreen.-narrow #sheet { padding: 0 2; max-height: 100%; }
    HelpScreen Bar { height: 1; }
    HelpScreen _Sheet { height: 1fr; margin: 1 0; background: $surface; }
    HelpScreen Input {
        display: none; height: 1; border: none; padding: 0; background: $surface;
        &:focus { background: $surface; border: none; background-tint: transparent; }
        & > .input--placeholder { color: $muted; }
        & > .input--cursor {
            color: $background; background: $primary; text-style: none;
        }
    }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("question_mark,f1", "all", show=False),
        Binding("slash", "find", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,ctrl+d", "move(8)", show=False),
        Binding("pageup,ctrl+u", "move(-8)", show=False),
    ]

    def __init__(self, screen: str, where: str, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self._screen = screen
        self._where = where
        self._all = False
        self._wanted = ""
        self._sheet = _Sheet()
        self._head, self._foot = Edge(ground="surface"), Edge(ground="surface")
        self._sheet.edge = False
        self._sheet.indent, self._sheet.flush = 0, True

    def compose(self) -> ComposeResult:
        """Title, columns, hint."""
        with Vertical(id="sheet"):
            yield self._head
            yield Input(placeholder="a key or an action")
            yield self._sheet
            yield self._foot

    def on_mount(self) -> None:
        """Draw for this screen."""
        self.on_resize()
        self._show()

    def on_resize(self) -> None:
        """A tighter box in a small terminal."""
        narrow = self.app.size.width < WIDE
        self.set_class(narrow, "-narrow")
        here, everywhere = map(len, help_columns(self._screen))
        rows = here + everywhere + 3 if self._is_slim else max(here, everywhere) + 1
        self._say_edges()
        room = self.app.size.height - (4 if narrow else 8)
        self.query_one("#sheet").styles.height = min(rows, room) + (6 if narrow else 8)

    @property
    def _is_slim(self) -> bool:
        """Two columns would have room for half of each sentence."""
        return self.app.size.width < NARROW

    def _say_edges(self) -> None:
        key = ("/", "bold primary")
        title: Line = [("Keys ", "bold foreground")]
        find, hints = " find a key or an action", "arrows, Enter and Esc work too      "
        if self._is_slim:
            find, hints = " find a key", ""
        else:
            title.append((f" in {self._where}", "muted"))
        self._head.say(title, [key, (find, "muted")])
        self._foot.say([(f"{hints}? all screens      esc closes", "muted")])

    def _show(self) -> None:
        self._sheet.show(self._lines, about=(self._all, self._wanted))

    def _lines(self, width: int) -> list[Line]:
        if self._all or self._wanted:
            return self._every(width)
        here, everywhere = (
            [(self._keymap.translated(key), what) for key, what in pairs]
            for pairs in help_columns(self._screen)
        )
        titles = ("This list", "Everywhere")
        if self._is_slim:
            return [
                *_wrapped(titles[0], here, width), [],
                *_wrapped(titles[1], everywhere, width),
            ]  # fmt: skip
        widest = max(len(what) for _, what in here)
        left_width = min(width * 4 // 7, widest + 11)
        left = _column(titles[0], here, 8)
        right = _column(titles[1], everywhere, 11)
        lines: list[Line] = []
        for number in range(max(len(left), len(right))):
            a = clip(left[number], left_width - 1) if number < len(left) else []
            b = right[number] if number < len(right) else []
            pad = " " * (left_width - width_of(a))
            lines.append([*a, (pad, ""), *clip(b, width - left_width)])
        return lines

    def _every(self, width: int) -> list[Line]:
        """Every action, and the screens where it works."""
        lines: list[Line] = []
        for action in ACTIONS:
            shown = self._keymap.shown(action)
            text = f"{shown} {action.label} {action.help}".casefold()
            if self._wanted and self._wanted.casefold() not in text:
                continue
            on = "" if action.on == SCREENS else ", ".join(TITLES[s] for s in action.on)
            key = [(fit(shown or ":", 11), "bold primary"), (action.help, "")]
            lines.append(ends(width, key, [(on.lower(), "muted")]))
        return lines or [[("No key or action has these letters.", "muted")]]

    def action_all(self) -> None:
        """All screens, or this one again."""
        self._all = not self._all
        self._show()

    def action_find(self) -> None:
        """Type what to look for."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._wanted = event.value.strip()
        self._show()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_focus(None)

    def action_move(self, lines: int) -> None:
        """Scroll."""
        sheet = self._sheet
        sheet.scroll_to(
            y=sheet.scroll_offset.y + lines, animate=False, immediate=True, force=True
        )

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _column(title: str, pairs: Pairs, keys: int) -> list[Line]:
    lines: list[Line] = [[(title, "bold muted")]]
    lines += [[(fit(key, keys), "bold primary"), (what, "")] for key, what in pairs]
    return lines


def _wrapped(title: str, pairs: Pairs, width: int) -> list[Line]:
    lines: list[Line] = [[(title, "bold muted")]]
    for key, what in pairs:
        lines += paragraph(what, width, lead=[(fit(key, 11), "bold primary")])
    return lines
