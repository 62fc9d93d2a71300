"""Two memories side by side: choose what stays, see the result, decide."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.tui import editor, texts
from memtui.tui.lines import keys
from memtui.tui.look import look_of
from memtui.tui.merging import BOTH, Merge, Side, result, sides
from memtui.tui.widgets.edge import Edge, Rule
from memtui.tui.widgets.frame import NARROW, WIDE
from memtui.tui.widgets.text_pane import TextPane

if TYPE_CHECKING:  # they wait for the first act
    from memtui.curate import Change, Curator

    _Base = ModalScreen[Callable[[Curator], Change] | None]
else:
    _Base = ModalScreen

LOW: Final = 30
"""Rows below which there are no blank lines between the fields."""
RESULT: Final = 9
RESULT_LOW: Final = 5


class MergeScreen(_Base):
    """Dismissed with the act that was decided on, or None."""

    CSS = """
    MergeScreen { background: $background; }
    MergeScreen #pair { height: 1fr; }
    """
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("h,left,shift+tab", "side('A')", show=False),
        Binding("l,right,tab", "side('B')", show=False),
        Binding("j,down,J", "field(1)", show=False),
        Binding("k,up,K", "field(-1)", show=False),
        Binding("space", "take", show=False),
        Binding("e", "edit", show=False),
        Binding("m,enter", "merge", show=False),
        Binding("S", "replace", show=False),
        Binding("X", "not_alike", show=False),
        Binding("pagedown,ctrl+d", "scroll(8)", show=False),
        Binding("pageup,ctrl+u", "scroll(-8)", show=False),
    ]

    def __init__(self, merge: Merge, *, where: str, share: str) -> None:
        """
        Args:
            where: which of the groups it is, and of which project.
            share: how much alike they are.
        """
        super().__init__()
        self.merge = merge
        self._where = where
        self._share = share
        self._said = ""
        self._status, self._keys = Edge(), Edge()
        self._pair, self._result = TextPane(id="pair"), TextPane(id="result")
        for pane in (self._pair, self._result):
            pane.edge, pane.indent, pane.flush, pane.widest = False, 0, True, 400

    def compose(self) -> ComposeResult:
        """Where one is, both sides, the result, keys."""
        with Vertical():
            yield Edge(
                [(f" {clean_line(self._where)}", "bold foreground")],
                [(f"{self._share} ", "muted")],
            )
            yield self._pair
            yield Rule()
            yield self._result
            yield self._status
            yield self._keys

    def on_mount(self) -> None:
        """Draw."""
        self._draw()

    def on_resize(self) -> None:
        """Fewer lines where the terminal is low."""
        self._result.styles.height = (
            RESULT if self.app.size.height >= LOW else RESULT_LOW
        )
        self._draw()

    def _draw(self) -> None:
        look, merge = look_of(self), self.merge
        tight = self.app.size.height < LOW
        self._pair.show(lambda w: sides(merge, w, look, tight=tight), about="pair")
        self._result.show(lambda w: result(merge, w, look), about="result")
        told = self._said or "Nothing is lost: B becomes part of A, u takes it back."
        self._status.say([(f" {told}", "muted")])
        self._keys.say([(" ", ""), *keys(*self._pairs())])

    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [
            ("h l", "side"),
            ("j k", "field"),
            ("space", "with or without"),
            ("e", "edit"),
            ("m", "merge"),
            ("S", f"{self.merge.side} replaces {_other(self.merge.side)}"),
            ("X", "not alike"),
            ("esc", "leave"),
        ]
        if self.app.size.width >= WIDE:
            return pairs
        less = [pairs[0], ("space", "take"), *pairs[4:]]
        return less if self.app.size.width >= NARROW else [*less[:3], less[-1]]

    def _to(self, merge: Merge) -> None:
        self.merge, self._said = merge, ""
        self._draw()

    def action_side(self, side: Side) -> None:
        """To this side."""
        self._to(self.merge.moved(side))

    def action_field(self, step: int) -> None:
        """To the field below or above."""
        self._to(self.merge.moved(step=step))

    def action_take(self) -> None:
        """With or without what is under the cursor."""
        self._to(self.merge.toggled())

    def action_scroll(self, lines: int) -> None:
        """Scroll both sides."""
        at = self._pair.scroll_offset.y + lines
        self._pair.scroll_to(y=at, animate=False, immediate=True, force=True)

    def action_edit(self) -> None:
        """Write the result oneself."""
        before = f"{self.merge.title}\n\n{self.merge.body}\n"
        try:
            after = editor.edit_text(self.app, before)
        except MemtuiError as error:
            self._said = f"{error.message} {error.hint}".strip()
            self._draw()
            return
        title, body = texts.added(after)
        if title and after != before:
            self._to(replace(self.merge, own=(title, body)))

    def action_merge(self) -> None:
        """B becomes part of A."""
        merge = self.merge
        ids = (merge.a.id, merge.b.id)
        title = merge.title if merge.title != merge.a.title else None
        body = merge.body if merge.body != merge.a.body.strip() else None
        facts = merge.facts if merge.facts_of != BOTH else None
        self.dismiss(
            lambda curator: curator.merge(ids, title=title, body=body, facts=facts)
        )

    def action_replace(self) -> None:
        """The side under the cursor holds instead of the other."""
        new = self.merge.chosen.id
        old = self.merge.b.id if self.merge.side == "A" else self.merge.a.id
        self.dismiss(lambda curator: curator.supersede([old], new))

    def action_not_alike(self) -> None:
        """They are two things; never propose them together again."""
        ids = [self.merge.a.id, self.merge.b.id]
        self.dismiss(lambda curator: curator.not_alike(ids))

    def action_leave(self) -> None:
        """Decide nothing."""
        self.dismiss(None)


def _other(side: Side) -> Side:
    return "B" if side == "A" else "A"
