"""A sheet over the screen: faults, the journal, a diff that asks for a yes."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from memtui.tui.lines import Line, keys
from memtui.tui.widgets.edge import Edge, Rule
from memtui.tui.widgets.text_pane import TextPane

Draw = Callable[[int], Sequence[Line]]


class Sheet(ModalScreen[bool | None]):
    """Rises from the bottom edge. True where the person said yes, None where they
    said no, False where they left it as it is."""

    CSS = """
    Sheet { background: $background 45%; }
    Sheet #sheet { dock: bottom; height: auto; background: $background; }
    Sheet Bar { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("y", "yes", show=False),
        Binding("n", "no", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,ctrl+d", "move(8)", show=False),
        Binding("pageup,ctrl+u", "move(-8)", show=False),
    ]

    def __init__(
        self, title: str, draw: Draw, *, right: str = "", yes: str = "", no: str = ""
    ) -> None:
        """
        Args:
            draw: the lines for a width.
            right: at the end of the title line.
            yes: what ``y`` does; empty: there is nothing to agree to.
            no: what ``n`` does; empty: nothing else than leaving.
        """
        super().__init__()
        self._title = title
        self._right = right
        self._draw = draw
        self._yes = yes
        self._no = no
        self._pane = TextPane()
        self._pane.edge = False

    def compose(self) -> ComposeResult:
        """Hairline, title, lines, keys."""
        pairs = [("y", self._yes)] if self._yes else []
        pairs += [("n", self._no)] if self._no else []
        pairs += [("j k", "scroll"), ("esc", "leave")]
        with Vertical(id="sheet"):
            yield Rule()
            yield Edge(
                [(f" {self._title}", "bold foreground")], [(f"{self._right} ", "muted")]
            )
            yield self._pane
            yield Edge([(" ", ""), *keys(*pairs)])

    def on_mount(self) -> None:
        """As high as it must be, at most two thirds."""
        lines = len(self._draw(max(20, min(88, self.app.size.width - 4))))
        self._pane.styles.height = max(1, min(lines, self.app.size.height * 2 // 3))
        self._pane.show(self._draw, about=self._title)

    def action_move(self, lines: int) -> None:
        """Scroll."""
        at = self._pane.scroll_offset.y + lines
        self._pane.scroll_to(y=at, animate=False, immediate=True, force=True)

    def action_yes(self) -> None:
        """Agree."""
        if self._yes:
            self.dismiss(True)

    def action_no(self) -> None:
        """Say no."""
        if self._no:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave it as it is."""
        self.dismiss(False)
