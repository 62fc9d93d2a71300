"""Rows of the store as values, and values as columns. One mapper for each."""

import json
import sqlite3
from collections.abc import Sequence

from memtui.model import (
    Agent,
    Evidence,
    Memory,
    ObservationId,
    Project,
    Session,
    SessionKind,
    State,
    Trust,
)


def strings_column(values: Sequence[str]) -> str:
    """A tuple of strings as one column."""
    return json.dumps(list(values), ensure_ascii=False) if values else "[]"


def evidence_column(evidence: Sequence[Evidence]) -> str:
    """Evidence as one column; ``evidence_from`` reads it back."""
    return json.dumps(
        [[e.session, e.record, e.part, e.line, e.quote] for e in evidence],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def evidence_from(column: str) -> tuple[Evidence, ...]:
    """What ``evidence_column`` wrote."""
    if column == "[]":
        return ()
    return tuple(
        Evidence(session=session, record=record, part=part, line=line, quote=quote)
        for session, record, part, line, quote in json.loads(column)
    )


def strings_from(column: str) -> tuple[str, ...]:
    """What ``strings_column`` wrote."""
    return () if column == "[]" else tuple(json.loads(column))


def project_from(row: sqlite3.Row, prefix: str = "project_") -> Project | None:
    """A project from a row that may have none."""
    uuid = row[f"{prefix}uuid"]
    if uuid is None:
        return None
    name, path = row[f"{prefix}name"], row[f"{prefix}path"]
    return Project(id=uuid, name=name, path=path or "")


def memory_from(row: sqlite3.Row) -> Memory:
    """A memory from the ``memory`` view joined with session and project."""
    agent = row["session_agent"] or row["frozen_agent"]
    return Memory(
        id=ObservationId(row["id"]),
        type=row["type"],
        title=row["title"],
        body=row["body"],
        at=row["at"],
        trust=Trust(row["trust"]),
        rule=row["rule"],
        confidence=row["confidence"],
        state=State(row["state"]),
        pinned=bool(row["pinned"]),
        pin_order=row["pin_order"],
        excluded=bool(row["excluded"]),
        superseded_by=row["superseded_by"],
        review_by=row["review_by"],
        scope=row["scope"],
        facts=strings_from(row["facts"]),
        tags=strings_from(row["tags"]),
        files=strings_from(row["files"]),
        evidence=evidence_from(row["evidence"]),
        branch=row["branch"],
        project=project_from(row),
        session=row["session_native"] or row["frozen_session"],
        session_title=row["session_title"] or "",
        agent=Agent(agent) if agent else None,
        confirmed_at=row["confirmed_at"],
        acted_at=row["acted_at"],
    )


def session_from(row: sqlite3.Row) -> Session:
    """A session from ``session`` joined with transcript and project."""
    return Session(
        id=row["native_id"],
        agent=Agent(row["agent"]),
        kind=SessionKind(row["kind"]),
        title=row["title"],
        project=project_from(row),
        branch=row["branch"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        turns=row["turns"],
        records=row["records"],
        observations=row["observations"],
        parent=row["parent"],
        source_gone=bool(row["source_gone"]),
        gone_at=row["gone_at"] if row["source_gone"] else None,
        path=row["path"] or "",
        excluded=bool(row["excluded"]),
    )
