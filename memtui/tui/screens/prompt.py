"""One line to be typed: what a session is called, where a project is."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from memtui.clean import clean_line
from memtui.tui.lines import width_of
from memtui.tui.screens.chooser import Foot, Head
from memtui.tui.widgets.edge import Rule


class Prompt(ModalScreen[str | None]):
    """Rises as a chooser does. Dismissed with the line, or None."""

    CSS = """
    Prompt { background: $background 45%; }
    Prompt #prompt { dock: bottom; height: auto; background: $background; }
    Prompt Bar { height: 1; }
    Prompt #typed { height: 1; }
    Prompt Input {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
        &:focus { background: $background; border: none; background-tint: transparent; }
        & > .input--placeholder { color: $muted; }
        & > .input--cursor {
            color: $background; background: $primary; text-style: none;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
    ]

    def __init__(
        self,
        title: str,
        *,
        text: str = "",
        empty: str,
        verb: str,
        note: str = "",
        check: Callable[[str], str] = lambda _: "",
    ) -> None:
        """
        Args:
            text: stands there already, the cursor behind it.
            empty: what an empty line means, or what to type.
            verb: what Enter does.
            note: what it means, below the line.
            check: what is wrong with a line, in words; empty: it is taken.
        """
        super().__init__()
        self._check = check
        self._below = Head([(f" {clean_line(note)}", "muted")])
        self._below.display = bool(note)
        self._title, self._verb = title, verb
        self._input = Input(value=clean_line(text), placeholder=empty)
        self._input.select_on_focus = False

    def compose(self) -> ComposeResult:
        """Hairline, title with the line, keys."""
        head = Head([(f" {self._title}  ", "bold foreground")])
        head.styles.width = width_of(head.line)
        with Vertical(id="prompt"):
            yield Rule()
            with Horizontal(id="typed"):
                yield head
                yield self._input
            yield self._below
            yield Foot(("enter", self._verb), ("esc", "leave"))

    def on_mount(self) -> None:
        """Typing begins at once."""
        self._input.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        wrong = self._check(event.value)
        if not wrong:
            self.dismiss(event.value)
            return
        self._below.line = [(f" {clean_line(wrong)}", "warning")]
        self._below.display = True
        self._below.refresh()

    def action_leave(self) -> None:
        """Nothing is to be done."""
        self.dismiss(None)
