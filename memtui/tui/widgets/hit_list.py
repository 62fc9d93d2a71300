"""What a search found: memories and turns, two lines each."""

from typing import Final

from memtui.clean import clean_line
from memtui.model import RecordKind
from memtui.search.grammar import Query
from memtui.search.marks import Snippet, spans
from memtui.store.queries import Hit, HitKind
from memtui.tui.format import age, cut, fit, one_line
from memtui.tui.glyphs import kind_of, marks_of, word_of
from memtui.tui.lines import Line, Span, clip, marked, plain, width_of
from memtui.tui.look import Look, look_of
from memtui.tui.widgets.line_list import LineList

WORD: Final = 10
SIDE_TERMINAL: Final = 57
WORTH_A_LINE: Final = 16
"""Characters that are left to be said below the title; with fewer it is not."""
_TOOLS: Final = frozenset({RecordKind.TOOL_USE, RecordKind.TOOL_RESULT})


class HitList(LineList[Hit]):
    """Finds, best or newest first."""

    ROW_HEIGHT = 2
    MARKS = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.sought = Query()
        """What was looked for: its hits are underlined."""

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
        title = clip(self._title(row), room, more=look.glyphs.more)
        pad = (" " * (room - width_of(title)), "")
        indent = width_of(lead)
        shown = plain(title).removesuffix(look.glyphs.more)
        below = clip(_below(row, shown), width - indent - 1, more=look.glyphs.more)
        return [[*lead, *title, pad, *right], [(" " * indent, ""), *below]]

    def _title(self, row: Hit) -> Line:
        """A memory's own title from its beginning; of a turn the words round a hit."""
        if row.memory is None:
            return _marked(row.title, "")
        text = one_line(clean_line(row.memory.title))
        return marked(text, spans(text, self.sought))

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


def _below(row: Hit, shown: str) -> Line:
    """The snippet, from where the title ends; if that is all, where it is from."""
    text, head = row.snippet.text, shown.strip(" …")
    at = text.find(head)
    if text and at < 0 and text != row.title.text:
        return _marked(row.snippet, "muted")
    start = text.rfind(" ", 0, at + len(head) + 1) + 1
    if row.memory is None and start and len(text) - start >= WORTH_A_LINE:
        moved = ((a - start, b - start) for a, b in row.snippet.spans if a >= start)
        rest = Snippet(text[start:], tuple(moved))
        return [("… ", "muted"), *_marked(rest, "muted")]
    where = "  ".join(part for part in (row.session_title, row.project) if part)
    return [(clean_line(where), "faint")]


def _marked(text: Snippet, role: str) -> Line:
    line = marked(text.text, text.spans, role)
    return [(clean_line(part), style) for part, style in line]


def is_memory(hit: Hit) -> bool:
    """Whether the find is a memory."""
    return hit.kind is HitKind.MEMORY
