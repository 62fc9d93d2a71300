"""The memory under the cursor as lines: what, why we believe it, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from memtui.caution import reads_like_an_order, unseen
from memtui.clean import clean_line
from memtui.masking import safe, safe_line
from memtui.model import Evidence, Memory, RecordKind, Rung, State, Trust
from memtui.records import Record, Turn
from memtui.store.curate.frozen import BY_HAND
from memtui.tui.format import AGENT_WORDS, TRUST_WORDS, cut, fit, moment, tail
from memtui.tui.glyphs import kind_of, marks_of
from memtui.tui.lines import Line, paragraph, quote, width_of
from memtui.tui.look import Look

if TYPE_CHECKING:  # all that finds them
    from memtui.store.queries import Relation, ToldCommit

RUNG_WORDS: Final = {
    Rung.PERMANENT: "lasting",
    Rung.WORK: "work",
    Rung.EPHEMERAL: "passing",
}
QUOTED: Final = 700
"""Characters of a quote; the turn has the rest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of evidence with the turn that it stands in."""

    evidence: Evidence
    turn: Turn | None

    @property
    def record(self) -> Record | None:
        """The record that it names."""
        records = self.turn.records if self.turn else ()
        same = [r for r in records if r.native_id == self.evidence.record]
        exact = [r for r in same if r.part == self.evidence.part]
        return next(iter(exact or same), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the detail pane knows about a memory."""

    memory: Memory
    evidence: Sequence[Shown] = ()
    because: str = ""
    """The rule's own words; its name where it has none."""
    place: str = ""
    """Its rank in the injection, or where it would enter."""
    commits: "Sequence[ToldCommit]" = ()
    """Those that its evidence made."""
    related: "Sequence[Relation]" = ()
    told: str = ""
    """What came of it in the sessions that were told it."""


def lines_of(
    detail: Detail, width: int, look: Look, *, keys: bool = True
) -> list[Line]:
    """Type, rung, state; title; text; facts; files; evidence; why; history.

    Args:
        keys: name the key that opens the turn.
    """
    memory = detail.memory
    lines: list[Line] = [_first(memory, look)]
    lines += paragraph(safe_line(memory.title), width, "bold foreground")
    lines += _cautions(detail, width, look)
    if memory.body.strip():
        lines += [[], *_text(memory.body, width)]
    if memory.facts:
        lines += [[], heading("Facts")]
        for fact in memory.facts:
            lines += paragraph(safe_line(fact), width, lead=[("- ", "faint")])
    if memory.files:
        lines += [[], heading("Files")]
        lines += [[(tail(clean_line(name), width), "")] for name in memory.files[:8]]
        if len(memory.files) > 8:
            lines.append([(f"and {len(memory.files) - 8} more", "muted")])
    if memory.evidence:
        lines += [[], heading("Evidence"), *_evidence(detail, width, look)]
        if keys and _has_turn(detail):
            lines.append([("o", "bold primary"), (" opens the turn", "muted")])
    if detail.commits:
        lines += [[], heading("Commits"), *_commits(detail.commits, width)]
    lines += [[], *_because(detail, width)]
    if detail.related:
        lines += [[], heading("Related"), *_related(detail.related, width, look)]
    lines += [[], *_history(detail, width, look)]
    return lines


def _has_turn(detail: Detail) -> bool:
    """Whether the turn that ``o`` opens is there; who shared a memory kept theirs."""
    if detail.evidence:
        return detail.evidence[0].turn is not None
    return detail.memory.trust is not Trust.SHARED


def _cautions(detail: Detail, width: int, look: Look) -> list[Line]:
    """What to look at twice before it is kept."""
    said = []
    if reads_like_an_order(detail.memory):
        said.append("Reads like an instruction, and it is not your own words.")
    if hidden := unseen(one.record.text for one in detail.evidence if one.record):
        said.append(f"What it was learnt from holds invisible characters: {hidden}")
    lead: Line = [(f"{look.glyphs.review} ", "bold warning")]
    return [
        line for one in said for line in paragraph(one, width, "warning", lead=lead)
    ]


def heading(text: str) -> Line:
    """Title of a section in a pane."""
    return [(text, "bold muted")]


def _text(body: str, width: int) -> list[Line]:
    lines: list[Line] = []
    for part in safe(body).strip().split("\n"):
        lines += paragraph(part, width)
    return lines


def _first(memory: Memory, look: Look) -> Line:
    kind = kind_of(memory.type, look.types)
    line: Line = [
        (look.glyphs.of_type(kind) + " ", kind.role),
        (f"{clean_line(memory.type)}, {RUNG_WORDS[kind.rung]}", "muted"),
        ("      ", ""),
    ]
    if memory.state is State.CANDIDATE and not memory.superseded_by:
        return [*line, ("not decided yet", "muted")]
    glyph = marks_of(memory, look.glyphs)[0]
    return [*line, glyph, (f" {state_word(memory)}", "muted")]


def state_word(memory: Memory) -> str:
    """The state in a word or two."""
    if memory.state is State.PRUNED:
        return "in the trash"
    if memory.superseded_by:
        return "superseded"
    if memory.excluded:
        return "excluded"
    if memory.pinned:
        return "pinned"
    return "kept" if memory.state is State.KEPT else "not decided"


def _evidence(detail: Detail, width: int, look: Look) -> list[Line]:
    lines: list[Line] = []
    shown = detail.evidence or [Shown(e, None) for e in detail.memory.evidence]
    for number, piece in enumerate(shown[:3]):
        lines += [[]] if number else []
        lines.append([(_who(piece, detail.memory, look), "muted")])
        text = safe(piece.evidence.quote)[:QUOTED].strip()
        if text:
            lines += quote(text, width, look.glyphs.edge)
    if len(shown) > 3:
        lines.append([(f"and {len(shown) - 3} more", "muted")])
    return lines


def _who(piece: Shown, memory: Memory, look: Look) -> str:
    record, turn = piece.record, piece.turn
    if turn is None:
        line = f", line {piece.evidence.line}" if piece.evidence.line else ""
        return f"{TRUST_WORDS[memory.trust]}{line}"
    who = speaker(record, memory) if record else TRUST_WORDS[memory.trust]
    at = record.at if record and record.at is not None else turn.at
    when = f", {moment(at, look.now())}" if at is not None else ""
    return f"{who}, turn {turn.number}{when}"


def speaker(record: Record, memory: Memory | None = None) -> str:
    """Who said it, in a word."""
    agent = AGENT_WORDS[memory.agent] if memory and memory.agent else "agent"
    words: Mapping[RecordKind, str] = {
        RecordKind.PROMPT: "you",
        RecordKind.TOOL_RESULT: "tool output",
        RecordKind.TOOL_USE: f"{agent}, a tool",
        RecordKind.SUMMARY: f"summary by {agent}",
    }
    return words.get(record.kind, agent)


def _commits(commits: "Sequence[ToldCommit]", width: int) -> list[Line]:
    lines: list[Line] = []
    for commit in commits[:3]:
        lead: Line = [(f"{clean_line(commit.told)[:10]} ", "muted")]
        subject = safe_line(commit.subject)
        gone = "" if commit.sha else "  not in the repository"
        lines += paragraph(f"{subject}{gone}", width, lead=lead)
    return lines


def _related(related: "Sequence[Relation]", width: int, look: Look) -> list[Line]:
    """One line each, under what they are to this one."""
    lines: list[Line] = []
    said = None
    for one in related:
        if one.kind is not said:
            lines.append([(one.kind.value, "muted")])
            said = one.kind
        kind = kind_of(one.memory.type, look.types)
        marks = marks_of(one.memory, look.glyphs)
        lead: Line = [(f"{look.glyphs.of_type(kind)} ", kind.role)]
        tail: Line = [(" ", ""), *marks] if marks else []
        room = width - width_of([*lead, *tail])
        title = (
            fit(safe_line(one.memory.title), room)
            if tail
            else cut(safe_line(one.memory.title), room)
        )
        lines.append([*lead, (title, ""), *tail])
    return lines


def _because(detail: Detail, width: int) -> list[Line]:
    memory = detail.memory
    candidate = memory.state is State.CANDIDATE
    lines = [heading("Proposed because" if candidate else "Known because")]
    by_hand = memory.trust is Trust.USER and memory.rule == BY_HAND
    if by_hand and not memory.evidence and not memory.session:
        return [*lines, [("you wrote it yourself", "")]]
    lines += paragraph(detail.because or clean_line(memory.rule), width)
    trust = TRUST_WORDS[memory.trust]
    lines.append([(f"trust: {trust}   confidence {memory.confidence:.2f}", "muted")])
    if detail.place and candidate:
        lines += [[], heading("If kept")]
    if detail.place:
        lines += paragraph(detail.place, width)
    return lines


def _history(detail: Detail, width: int, look: Look) -> list[Line]:
    memory = detail.memory
    now = look.now()
    parts = []
    if memory.acted_at is not None:
        parts.append(f"{moment(memory.acted_at, now)} {state_word(memory)}")
    parts.append(f"{moment(memory.at, now)} recorded")
    lines = paragraph("   ".join(parts), width, "muted")
    where = [
        clean_line(memory.project.name) if memory.project else "no project",
        clean_line(memory.branch),
        "" if memory.scope == "project" else f"scope {clean_line(memory.scope)}",
    ]
    lines += paragraph("  ".join(part for part in where if part), width, "muted")
    if memory.tags:
        lines += paragraph(
            f"tags {', '.join(map(clean_line, memory.tags))}", width, "muted"
        )
    if detail.told:
        lines += paragraph(detail.told, width, "muted")
    lines.append([(memory.id, "faint")])
    return lines
