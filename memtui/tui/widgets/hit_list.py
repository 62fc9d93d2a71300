"""What a search found: memories and turns, two lines each."""

from typing import Final

from memtui.clean import clean_line
from memtui.model import RecordKind
from memtui.search.marks import Snippet
from memtui.store.queries import Hit, HitKind
from memtui.tui.format import age, cut, fit
from memtui.tui.glyphs import kind_of, marks_of, word_of
from memtui.tui.lines import Line, Span, clip, marked, width_of
from memtui.tui.look import Look, look_of
from memtui.tui.widgets.line_list import LineList

WORD: Final = 10
SIDE_TERMINAL: Final = 57
_TOOLS: Final = frozenset({RecordKind.TOOL_USE, RecordKind.TOOL_RESULT})


class HitList(LineList[Hit]):
    """Finds, best or newest first."""

    ROW_HEIGHT = 2

    def id_of(self, row: Hit) -> str:
        """The memory's id, or the record's with its part."""
        if row.memory is not None:
            return row.memory.id
        part = row.record.part if row.record else 0
        return f"{row.session}/{row.record.native_id if row.record else ''}/{part}"

    @property
    def targets(self) -> tuple[str, ...]:
        """Memories alone can be decided about."""
        if self.marks:
            return tuple(key for key in self.marks if "/" not in key)
        row = self.current
        return (row.memory.id,) if row is not None and row.memory is not None else ()

    def draw_row(self, row: Hit, width: int, *, marked: bool) -> list[Line]:
        """Glyph, word, title, age; below it the snippet."""
        look = look_of(self)
        lead = self._lead(row, width, look)
        states = marks_of(row.memory, look.glyphs) if row.memory else []
        right: Line = [
            (fit(age(row.at, look.now()), 5, right=True), "faint"),
            (" ", ""),
        ]
        if states:
            right = [(" ", ""), *states, *right]
        room = width - width_of(lead) - width_of(right)
        title = clip(_marked(row.title, ""), room, more=look.glyphs.more)
        pad = (" " * (room - width_of(title)), "")
        indent = width_of(lead)
        below = clip(_below(row), width - indent - 1, more=look.glyphs.more)
        return [[*lead, *title, pad, *right], [(" " * indent, ""), *below]]

    def _lead(self, row: Hit, width: int, look: Look) -> list[Span]:
        if row.memory is not None:
            kind = kind_of(row.memory.type, look.types)
            glyph, role = look.glyphs.of_type(kind), kind.role
            word = word_of(row.memory.type, look.types)
        else:
            glyph, word = _source(row, look)
            role = "muted"
        lead = [(f"{glyph} ", role)]
        if width >= SIDE_TERMINAL:
            lead.append((fit(word, WORD) + " ", "muted"))
        return lead


def _source(row: Hit, look: Look) -> tuple[str, str]:
    record = row.record
    if record is not None and record.kind in _TOOLS:
        return look.glyphs.ran, "tool"
    if record is not None and record.kind is RecordKind.PROMPT:
        return look.glyphs.said, "you"
    return look.glyphs.said, cut(row.agent.partition("-")[0] or "agent", WORD)


def _below(row: Hit) -> Line:
    """The snippet; where it only repeats the title, the session it is from."""
    if row.snippet.text and row.snippet.text != row.title.text:
        return _marked(row.snippet, "muted")
    where = "  ".join(part for part in (row.session_title, row.project) if part)
    return [(clean_line(where), "faint")]


def _marked(text: Snippet, role: str) -> Line:
    line = marked(text.text, text.spans, role)
    return [(clean_line(part), style) for part, style in line]


def is_memory(hit: Hit) -> bool:
    """Whether the find is a memory."""
    return hit.kind is HitKind.MEMORY
