"""The one chooser: for type, scope, project, facet, palette, theme.

Rises from the bottom edge, at most 14 rows, and leaves the list in sight. Typed
letters narrow, arrows and Enter take, Esc leaves.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from memtui.clean import clean_line
from memtui.tui.choices import Choice
from memtui.tui.format import cut, fit
from memtui.tui.lines import Line, ends, keys, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.edge import Rule
from memtui.tui.widgets.frame import Bar
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

ROWS: Final = 11
"""Rows of choices; with title, keys and hairline that is fourteen."""


class ChoiceList(LineList[Choice]):
    """The choices that the typed letters leave."""

    name_width = 14
    note_width = 24
    wide = False
    """The note is what one reads: it takes what room there is."""

    def id_of(self, row: Choice) -> str:
        """Its value."""
        return row.value

    def draw_row(self, row: Choice, width: int, *, marked: bool) -> list[Line]:
        """Glyph, name, note, and what is so now."""
        line: Line = [(f"{row.glyph} ", row.role)] if row.glyph else []
        line.append((fit(clean_line(row.name), self.name_width), ""))
        if self.wide:
            right = [(row.right, "faint"), (" ", "")]
            room = width - width_of(line) - width_of(right) - 4
            note = fit(
                clean_line(row.note), max(0, room), more=look_of(self).glyphs.more
            )
            return [[*line, ("  ", ""), (note, "muted"), ("  ", ""), *right]]
        if row.key:
            note = cut(clean_line(row.note), max(0, width - width_of(line) - 12))
            key: Line = [(row.right, "bold primary"), (" ", "")]
            return [ends(width, [*line, ("  ", ""), (note, "muted")], key)]
        line.append(("  " + fit(clean_line(row.note), self.note_width), "muted"))
        return [
            [
                *line,
                ("  " + cut(row.right, max(0, width - width_of(line) - 3)), "muted"),
            ]
        ]


class Head(Bar):
    """The title at the left of the typed letters, or the count at their right."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [self.line]


class Foot(Bar):
    """Its keys, each with what it does."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        super().__init__()
        self._pairs = pairs

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [[(" ", ""), *keys(*self._pairs)]]


class Chooser(ModalScreen[str | None]):
    """Dismissed with the chosen value, or None."""

    CSS = """
    Chooser { background: $background 45%; }
    Chooser #chooser { dock: bottom; height: auto; background: $background; }
    Chooser Bar { height: 1; }
    Chooser #narrow { height: 1; }
    Chooser Input {
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
        Binding("down", "down", show=False, priority=True),
        Binding("up", "up", show=False, priority=True),
        Binding("pagedown", "page_down", show=False, priority=True),
        Binding("pageup", "page_up", show=False, priority=True),
        Binding("enter", "take", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        counted: str = "",
        current: str = "",
        on_highlight: Callable[[str], None] | None = None,
        wide: bool = False,
        verb: str = "take",
    ) -> None:
        """
        Args:
            wide: the notes are what one reads.
            verb: what Enter does.
        """
        super().__init__()
        self._verb = verb
        self._title = title
        self._choices = tuple(choices)
        self._counted = counted
        self._current = current
        self._on_highlight = on_highlight
        self._list = ChoiceList()
        self._list.wide = wide
        names = [len(choice.name) for choice in choices] or [14]
        self._list.name_width = max(14, min(30, max(names)))

    def compose(self) -> ComposeResult:
        """Hairline, title with the letters, choices, keys."""
        head: Line = [(f" {self._title}  ", "bold foreground")]
        left = Head(head)
        left.styles.width = width_of(head)
        count: Line = [(f"{self._counted} ", "muted")]
        right = Head(count)
        right.styles.width = width_of(count)
        with Vertical(id="chooser"):
            yield Rule()
            with Horizontal(id="narrow"):
                yield left
                yield Input(placeholder="type to narrow")
                yield right
            yield self._list
            yield Foot(("enter", self._verb), ("↑ ↓", "choose"), ("esc", "leave"))

    def on_mount(self) -> None:
        """Everything at first, the current one under the cursor."""
        room = max(3, self.app.size.height - 8)
        self._list.styles.height = max(1, min(ROWS, len(self._choices), room))
        self._list.can_focus = False
        self._list.lively = True
        self._narrow("")
        values = [choice.value for choice in self._choices]
        if self._current in values:
            self._list.move_to(values.index(self._current))
        self.query_one(Input).focus()

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        left = [
            c
            for c in self._choices
            if all(word in f"{c.name} {c.note}".casefold() for word in words)
        ]
        if words:
            left.sort(key=lambda c: not c.name.casefold().startswith(words[0]))
        self._list.note = [
            [("Nothing matches. ", ""), ("esc", "bold primary"), (" leaves", "muted")]
        ]
        self._list.cursor = 0
        self._list.show([Section("all", None, 0, len(left))] if left else [], left)
        self._list.move_to(0)
        self._list.refresh()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        event.stop()
        row = self._list.current
        if row is not None and self._on_highlight is not None:
            self._on_highlight(row.value)

    @on(LineList.Opened)
    def _opened(self, event: LineList.Opened) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Take the choice under the cursor."""
        row = self._list.current
        if row is not None:
            self.dismiss(row.value)

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)

    def action_down(self) -> None:
        """One choice down."""
        self._list.action_cursor_down()

    def action_up(self) -> None:
        """One choice up."""
        self._list.action_cursor_up()

    def action_page_down(self) -> None:
        """Half a page down."""
        self._list.action_page_down()

    def action_page_up(self) -> None:
        """Half a page up."""
        self._list.action_page_up()
