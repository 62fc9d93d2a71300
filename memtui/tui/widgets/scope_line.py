"""The scope line: the query as chips, or a sentence where there is none."""

from dataclasses import dataclass
from typing import Final

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from memtui.clean import clean_line
from memtui.search.grammar import PartKind, Query, parse
from memtui.tui.actions import SCREENS
from memtui.tui.format import cut
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.widgets.frame import Bar

DIGITS: Final = tuple(str(number) for number in range(1, len(SCREENS) + 1))


class _Chips(Highlighter):
    """Known fields on a panel, unknown ones underlined, words bold."""

    def __init__(self, owner: "ScopeLine") -> None:
        self._owner = owner

    def highlight(self, text: Text) -> None:
        """Style the parts that the grammar names."""
        look = look_of(self._owner)
        style = {
            PartKind.FILTER: look.paint.style("foreground on panel"),
            PartKind.UNKNOWN: look.paint.style("underline warning"),
        }
        words = look.paint.style("bold foreground")
        for part in parse(text.plain, now_ms=look.now()).parts:
            text.stylize(style.get(part.kind, words), part.start, part.end)


class QueryInput(Input):
    """The text of the query. ``enter`` and ``esc`` are the screen's."""

    untouched = False
    """It came to the focus by itself: a digit still opens a screen."""

    async def _on_key(self, event: events.Key) -> None:
        """Pass a first digit on to the screens; the rest is Textual's."""
        digit = event.character or ""
        if self.untouched and not self.value and digit in DIGITS:
            event.stop()
            event.prevent_default()
            await self.screen.run_action(f"show('{SCREENS[int(digit) - 1]}')")
            return
        self.untouched = False

    def _on_paste(self, event: events.Paste) -> None:
        """Pasted text passes the gate; Textual's own handler then takes it."""
        event.text = clean_line(event.text)


class _Edge(Bar):
    """The slash at the left, or the count at the right."""

    def __init__(self, line: Line, *, id: str) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.line = line

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [self.line]


class ScopeLine(Horizontal):
    """Row 2: edits the query; says the scope and the count."""

    DEFAULT_CSS = """
    ScopeLine { height: 1; }
    ScopeLine #slash { width: 3; height: 1; }
    ScopeLine #count { width: auto; height: 1; }
    ScopeLine QueryInput {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
        &:focus { background: $background; border: none; background-tint: transparent; }
        & > .input--placeholder, &> .input--suggestion { color: $muted; }
        & > .input--cursor {
            color: $background; background: $primary; text-style: none;
        }
    }
    """

    @dataclass
    class Changed(Message):
        """The query reads differently now."""

        text: str

    @dataclass
    class Left(Message):
        """The person is done typing: keep (Enter) or restore (Esc)."""

        keep: bool

    def __init__(self, sentence: str = "") -> None:
        super().__init__(id="scope")
        self._slash = _Edge([(" / ", "bold primary")], id="slash")
        self._count = _Edge([], id="count")
        self.input = QueryInput(
            placeholder=sentence, highlighter=_Chips(self), select_on_focus=False
        )
        self._before = ""

    def compose(self) -> ComposeResult:
        """The slash, the text, the count."""
        yield self._slash
        yield self.input
        yield self._count

    @property
    def text(self) -> str:
        """The query as typed."""
        return self.input.value

    @property
    def query_now(self) -> Query:
        """The query as understood."""
        return parse(self.text, now_ms=look_of(self).now())

    @property
    def editing(self) -> bool:
        """Whether letters go into the query."""
        return self.input.has_focus

    def set_text(self, text: str) -> None:
        """Replace the query."""
        self.input.value = text
        self.input.cursor_position = len(text)

    def say(self, sentence: str, count: str) -> None:
        """What is shown where there is no query, and the count at the right."""
        room = max(0, self.size.width - 3 - len(count) - 4)
        if self.size.width:
            while len(sentence) > room and ", " in sentence:
                sentence = sentence.rpartition(", ")[0]
            sentence = cut(sentence, room, more=look_of(self).glyphs.more)
        if self.input.placeholder != sentence:
            self.input.placeholder = sentence
        line: Line = [(f"  {count} ", "muted")] if count else []
        if self._count.line != line:
            self._count.line = line
            self._count.styles.width = sum(len(text) for text, _ in line)
            self._count.refresh()

    def edit(self, *, untouched: bool = False) -> None:
        """Let the person type.

        Args:
            untouched: nobody asked to type: a first digit opens a screen.
        """
        self._before = self.text
        self.input.untouched = untouched
        self.input.focus()
        self.input.cursor_position = len(self.text)

    def restore(self) -> None:
        """What it was before the person began to type."""
        self.set_text(self._before)

    def drop_chip(self) -> bool:
        """Take the last part away; False where there is none."""
        parts = self.query_now.parts
        if not parts:
            return False
        self.set_text(self.text[: parts[-1].start].rstrip())
        return True

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left(keep=True))

    def key_escape(self, event: events.Key) -> None:
        """Esc restores what was there."""
        if self.editing:
            event.stop()
            self.post_message(self.Left(keep=False))

    def key_down(self, event: events.Key) -> None:
        """Down goes to the list."""
        if self.editing:
            event.stop()
            self.post_message(self.Left(keep=True))
