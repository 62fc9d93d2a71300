"""Memories, sessions and turns as an agent reads them: in a row, or whole."""

from collections.abc import Iterator
from typing import Final

from memtui.errors import NotFound
from memtui.mcp.answer import Row, long, short, when
from memtui.mcp.scope import Seen
from memtui.model import Evidence, Memory, RecordKind, Session
from memtui.records import Record, Turn
from memtui.store.queries import Hit

TITLE: Final = 140
SNIPPET: Final = 240
BODY: Final = 6_000
"""Characters of a memory's body."""
SAID: Final = 1_200
"""Units of a prompt or an answer where a session is leafed through."""
WHOLE: Final = 5_000
"""Characters of one record of a turn that was asked for by its id."""
RECORDS: Final = 40
"""Records of such a turn."""
STEPS: Final = 12
"""Tool calls of a turn that are named."""
OWN: Final = "an agent asking memtui, or memtui's own answer: nothing new"
EVIDENCE: Final = 8
FILES: Final = 8

_SPOKEN: Final = (RecordKind.PROMPT, RecordKind.RESPONSE, RecordKind.SUMMARY)


def memory_row(memory: Memory, seen: Seen, snippet: str = "") -> Row:
    """A memory in an index."""
    return {
        "id": memory.id,
        "type": memory.type,
        "title": short(memory.title, TITLE),
        "snippet": short(snippet, SNIPPET),
        "at": when(memory.at),
        "state": _standing(memory),
        "trust": memory.trust,
        "project": _other_project(memory, seen),
    }


def hit_row(hit: Hit, seen: Seen) -> Row:
    """A find in an index."""
    if hit.memory is not None:
        return memory_row(hit.memory, seen, hit.snippet.text)
    return {
        "id": turn_id(hit.session, hit.turn or 0),
        "type": "turn",
        "title": short(hit.title.text, TITLE),
        "snippet": short(hit.snippet.text, SNIPPET),
        "at": when(hit.at),
        "session": short(hit.session_title, 80),
        "note": OWN if _is_own(hit.record) else None,
        "project": hit.project if seen.everywhere else None,
    }


def _is_own(record: Record | None) -> bool:
    """Whether a record is an agent looking something up with memtui, or its answer."""
    if record is None or record.kind in _SPOKEN:
        return False
    return "memtui" in record.tool_name.lower() or "memtui " in record.command


def session_row(session: Session) -> Row:
    """A session in an index."""
    return {
        "id": session.id,
        "type": "session",
        "title": short(session.title, TITLE),
        "agent": session.agent,
        "branch": session.branch,
        "started": when(session.started_at),
        "ended": when(session.ended_at),
        "turns": session.turns,
        "memories": session.observations,
    }


def turn_row(turn: Turn) -> Row:
    """A turn in a session: what was asked and answered, what was done by name."""
    asked = [r.text for r in turn.records if r.kind is RecordKind.PROMPT]
    said = [r.text for r in turn.records if r.kind in _SPOKEN[1:]]
    steps = list(_steps(turn))
    rest = len(steps) - STEPS
    return {
        "id": turn_id(turn.session, turn.number),
        "at": when(turn.at),
        "prompt": short("\n".join(asked), SAID),
        "did": [*steps[:STEPS], *([f"and {rest} more"] if rest > 0 else [])] or None,
        "answer": short("\n".join(said[-2:]), SAID),
    }


def whole_memory(memory: Memory, seen: Seen) -> Row:
    """All that a memory says, and the turns that show it."""
    more = len(memory.evidence) - EVIDENCE
    return memory_row(memory, seen) | {
        "title": memory.title,
        "body": long(memory.body, BODY),
        "facts": list(memory.facts) or None,
        "tags": list(memory.tags) or None,
        "files": list(memory.files) or None,
        "branch": memory.branch,
        "scope": memory.scope,
        "rule": memory.rule,
        "superseded_by": memory.superseded_by,
        "session": short(memory.session_title, 80) if seen.holds(memory) else None,
        "evidence": [
            _evidence(one, seen, own=seen.holds(memory))
            for one in memory.evidence[:EVIDENCE]
        ],
        "evidence_left_out": more if more > 0 else None,
    }


def whole_turn(turn: Turn) -> Row:
    """A turn with each of its records, the long ones cut."""
    more = len(turn.records) - RECORDS
    return {
        "id": turn_id(turn.session, turn.number),
        "type": "turn",
        "at": when(turn.at),
        "records": [_record(record) for record in turn.records[:RECORDS]],
        "records_left_out": more if more > 0 else None,
    }


def turn_id(session: str, number: int) -> str:
    """How a turn is named: the session's id, ``#`` and its number."""
    return f"{session}#{number}"


def turn_named(id_: str) -> tuple[str, int | None]:
    """Session and number of a turn's id; None where it names no turn."""
    session, sign, number = id_.rpartition("#")
    if sign and number.isascii() and number.isdecimal() and len(number) < 10:
        return session, int(number)
    return id_, None


def _standing(memory: Memory) -> str:
    if memory.superseded_by:
        return "superseded"
    return "pinned" if memory.pinned else memory.state.value


def _other_project(memory: Memory, seen: Seen) -> str | None:
    """The name of where it comes from, unless that is where the agent works."""
    if memory.project is None or memory.project == seen.project:
        return None
    return memory.project.name if seen.everywhere else "shared"


def _evidence(evidence: Evidence, seen: Seen, *, own: bool) -> Row:
    if not own:  # another project's session, which this agent cannot look up
        return {"quote": short(evidence.quote, 400)}
    try:
        found = seen.store.turn_of(evidence)
    except NotFound:
        turn = None
    else:
        turn = turn_id(found.session, found.number)
    return {
        "turn": turn,
        "record": evidence.record,
        "line": evidence.line,
        "quote": short(evidence.quote, 400),
    }


def _record(record: Record) -> Row:
    return {
        "kind": record.kind,
        "tool": record.tool_name,
        "failed": record.failed or None,
        "command": short(record.command, SAID),
        "line": record.line,
        "text": long(record.text, WHOLE),
    }


def _steps(turn: Turn) -> Iterator[str]:
    for record in turn.records:
        if record.kind is RecordKind.TOOL_USE:
            names = (*record.writes, *record.reads)
            about = record.command or " ".join(names[:FILES]) or record.text
            yield short(f"{record.tool_name or record.tool}: {about}", 160)
