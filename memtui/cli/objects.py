"""The three objects that reading verbs print as JSON, all with the same keys.

A key that means nothing for an object is null, false or empty there. Scripts
rely on these names: add, never rename.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from memtui.clean import clean_line
from memtui.model import Evidence, Memory, Project, RecordKind, Session, Tool
from memtui.records import Record, Turn
from memtui.search.reasons import Explanation
from memtui.store.queries import Hit
from memtui.store.views.feedback import Feedback

TITLE_LENGTH = 80
_SPEAKER = {
    RecordKind.PROMPT: "user",
    RecordKind.RESPONSE: "assistant",
    RecordKind.THINKING: "assistant",
    RecordKind.SUMMARY: "assistant",
}


def memory_object(memory: Memory) -> dict[str, Any]:
    """A memory as ``kind: observation``."""
    return {
        "kind": "observation",
        "id": memory.id,
        "type": memory.type,
        "title": memory.title,
        "body": memory.body,
        "project": project_object(memory.project),
        "session": memory.session or None,
        "agent": memory.agent,
        "at": memory.at,
        "state": memory.state,
        "pinned": memory.pinned,
        "excluded": memory.excluded,
        "scope": memory.scope,
        "trust": memory.trust,
        "rule": memory.rule,
        "confidence": memory.confidence,
        "tags": list(memory.tags),
        "files": list(memory.files),
        "evidence": [evidence_object(item) for item in memory.evidence],
        "facts": list(memory.facts),
        "branch": memory.branch,
        "superseded_by": memory.superseded_by or None,
    }


def feedback_object(feedback: Feedback) -> dict[str, Any]:
    """In how many sessions what came of a memory."""
    return {
        "delivered": feedback.delivered,
        "looked_up": feedback.looked_up,
        "touched": feedback.touched,
        "reused": feedback.reused,
        "used": feedback.used,
        "last": feedback.last,
    }


def session_object(session: Session) -> dict[str, Any]:
    """A session as ``kind: session``; ``type`` says who was talking."""
    return _blank("session") | {
        "id": session.id,
        "type": session.kind,
        "title": session.title,
        "project": project_object(session.project),
        "session": session.id,
        "agent": session.agent,
        "at": session.ended_at,
        "excluded": session.excluded,
        "branch": session.branch,
        "started_at": session.started_at,
        "turns": session.turns,
        "records": session.records,
        "observations": session.observations,
        "parent": session.parent or None,
        "source_gone": session.source_gone,
        "gone_at": session.gone_at,
    }


def turn_object(turn: Turn, session: Session | None = None) -> dict[str, Any]:
    """A turn as ``kind: turn``; its body holds what was said, its records all."""
    prompt = next((r for r in turn.records if r.kind is RecordKind.PROMPT), None)
    lead = prompt or (turn.records[0] if turn.records else None)
    said = [r.text for r in turn.records if r.kind in _SPEAKER and r.text]
    return _blank("turn") | {
        "id": turn_id(turn.session, turn.number),
        "type": lead.kind if lead else "",
        "title": first_line(lead.text) if lead else "",
        "body": "\n\n".join(said),
        "project": project_object(session.project) if session else None,
        "session": turn.session,
        "agent": session.agent if session else None,
        "at": _known_time(turn.at, session),
        "trust": _SPEAKER.get(lead.kind, "tool") if lead else None,
        "files": _files(turn.records),
        "evidence": [
            {"session": turn.session, "record": r.native_id, "line": r.line}
            for r in turn.records
        ],
        "records": [record_object(r) for r in turn.records],
    }


def hit_object(hit: Hit, session: Session) -> dict[str, Any]:
    """A turn that a search found, by the record in it that matches."""
    record = hit.record
    assert record is not None, "a memory is no turn"
    return _blank("turn") | {
        "id": turn_id(hit.session, hit.turn or 0),
        "type": record.kind,
        "title": first_line(record.text),
        "body": record.text,
        "project": project_object(session.project),
        "session": hit.session,
        "agent": session.agent,
        "at": _known_time(record.at, session),
        "trust": _SPEAKER.get(record.kind, "tool"),
        "files": _files([record]),
        "evidence": [
            {
                "session": hit.session,
                "record": record.native_id,
                "line": record.line,
            }
        ],
    }


def near_objects(near: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Words of a query that stand nowhere, and known ones that may be meant."""
    for word, meant in near.items():
        yield {"kind": "did_you_mean", "word": word, "near": list(meant)}


def explanation_object(told: Explanation) -> dict[str, Any]:
    """What ``search --explain`` says of the query, after its finds."""
    return {"kind": "explanation"} | {
        key: value for key, value in asdict(told).items() if key != "whys"
    }


def record_object(record: Record) -> dict[str, Any]:
    """One item of a turn, inside its turn."""
    shown: dict[str, Any] = {
        "kind": record.kind,
        "at": record.at,
        "record": record.native_id,
        "line": record.line,
        "text": record.text,
    }
    if record.tool is not None:
        shown |= {"tool": record.tool_name or record.tool, "failed": record.failed}
    if record.tool is Tool.SHELL and record.command:
        shown["command"] = record.command
    return shown


def project_object(project: Project | None) -> dict[str, Any] | None:
    """A project, or null."""
    if project is None:
        return None
    return {"id": project.id, "name": project.name, "path": project.path}


def evidence_object(evidence: Evidence) -> dict[str, Any]:
    """Where a memory comes from."""
    return {
        "session": evidence.session,
        "record": evidence.record,
        "line": evidence.line,
    }


def turn_id(session: str, number: int) -> str:
    """How ``show`` names a turn: the session's id, ``#`` and its number."""
    return f"{session}#{number}"


def first_line(text: str) -> str:
    """The first line that says something, cut to a title's length."""
    line = next((part for part in text.splitlines() if part.strip()), "")
    line = clean_line(line.strip())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def _known_time(at: int | None, session: Session | None) -> int:
    """A record without a time of its own has that of its session's start."""
    return at or (session.started_at if session else 0)


def _files(records: Sequence[Record]) -> list[str]:
    named = (path for r in records for path in (*r.writes, *r.reads))
    return list(dict.fromkeys(named))


def _blank(kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": "",
        "type": "",
        "title": "",
        "body": "",
        "project": None,
        "session": None,
        "agent": None,
        "at": 0,
        "state": None,
        "pinned": False,
        "excluded": False,
        "scope": None,
        "trust": None,
        "rule": None,
        "confidence": None,
        "tags": [],
        "files": [],
        "evidence": [],
    }
