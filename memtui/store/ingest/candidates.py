"""What the distiller says of a session, kept in step with what it said before.

An id that two sessions claim (a fork and its origin) belongs to the one with
the smaller (start, native id), whichever was read first. What a person acted
on is never removed and its text in search never changes; what they purged
never comes back.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from memtui.records import Observation
from memtui.search.prepare import memory_text
from memtui.store.curate import revisions
from memtui.store.ingest.facts import storable
from memtui.store.ingest.seen import RULES_OFF, rules_column
from memtui.store.rows import evidence_column, strings_column
from memtui.store.search.docs import MemoryDoc
from memtui.store.search.pending import PendingDocs

_SESSION: Final = """
    select agent, native_id, started_at, project_id from session where id = ?
"""
_STANDING: Final = """
    select o.*, s.started_at, s.native_id as session_native
    from json_each(?) wanted cross join observation o on o.id = wanted.value
    left join session s on s.id = o.session_id
"""
_MINE: Final = """
    select id, evidence, title, body, touched from observation where session_id = ?
"""
_SETTLED: Final = """
    select c.id from json_each(?) wanted cross join curation c on c.id = wanted.value
"""
_PURGED: Final = """
    select t.id from json_each(?) wanted cross join tombstone t on t.id = wanted.value
"""
_PROJECTS: Final = """
    select r.native_id, p.project_id from json_each(?) wanted
    cross join record r on r.agent = ? and r.native_id = wanted.value
    join place p on p.id = r.place_id
    where p.project_id is not null
"""
_COLUMNS: Final = (
    "session_id", "project_id", "type", "title", "body", "at", "trust", "rule",
    "confidence", "facts", "tags", "files", "evidence", "branch",
)  # fmt: skip
_SEARCHED: Final = (
    "project_id", "title", "body", "facts", "tags", "files", "evidence", "at",
)  # fmt: skip
"""Columns that the full-text row and the word sets are made of."""

_PUT: Final = """
    insert into observation(
        id, session_id, project_id, type, title, body, at, trust, rule, confidence,
        facts, tags, files, evidence, branch, distiller_version)
    values (
        :id, :session_id, :project_id, :type, :title, :body, :at, :trust, :rule,
        :confidence, :facts, :tags, :files, :evidence, :branch, :distiller_version)
    on conflict(id) do update set
        session_id = excluded.session_id, project_id = excluded.project_id,
        type = excluded.type, title = excluded.title, body = excluded.body,
        at = excluded.at, trust = excluded.trust, rule = excluded.rule,
        confidence = excluded.confidence, facts = excluded.facts,
        tags = excluded.tags, files = excluded.files, evidence = excluded.evidence,
        branch = excluded.branch, distiller_version = excluded.distiller_version
"""
_REMOVE: Final = "delete from observation where id = ? and touched = 0"
_SHARERS_DUE: Final = """
    update session set distilled = 0 where id <> ?1 and distilled <> 0 and id in (
        select l.session_id from json_each(?2) wanted
        cross join record r on r.agent = ?3 and r.native_id = wanted.value
        join link l on l.record_id = r.id)
"""
_RULES_OFF: Final = """
    insert into meta(key, value) select ?2, ?1
    where coalesce((select value from meta where key = ?2), '[]') <> ?1
    on conflict(key) do update set value = excluded.value
"""
_ALL_DUE: Final = "update session set distilled = 0"
SEEN: Final = "update session set distilled = ? where id = ?"


def distil_without(conn: sqlite3.Connection, rules: Iterable[str]) -> None:
    """Make every session due if these are not the rules that were off before."""
    wanted = rules_column(rules)
    if conn.execute(_RULES_OFF, (wanted, RULES_OFF)).rowcount:
        conn.execute(_ALL_DUE)


def replace(
    conn: sqlite3.Connection,
    session: int,
    observations: Sequence[Observation],
    version: int,
    index: PendingDocs,
) -> int:
    """Make a session's observations these; the number of ids never seen before."""
    before = conn.execute(_MINE, (session,)).fetchall()
    if not observations and not before:
        conn.execute(SEEN, (version, session))
        return 0
    owner = conn.execute(_SESSION, (session,)).fetchone()
    claimed = {o.id: o for o in observations}
    ids = json.dumps(list(claimed))
    standing = {row["id"]: row for row in conn.execute(_STANDING, (ids,))}
    refused = {row[0] for row in conn.execute(_PURGED, (ids,))}
    refused |= {i for i, row in standing.items() if _is_older(row, session, owner)}
    mine = [o for i, o in claimed.items() if i not in refused]
    _put(conn, session, owner, mine, standing, version, index)
    left = [r for r in before if r["id"] not in claimed]
    revisions.note(conn, mine, standing, left, version)
    _retire(conn, session, owner["agent"], left, index)
    conn.execute(SEEN, (version, session))
    settled = {row[0] for row in conn.execute(_SETTLED, (ids,))}
    return sum(o.id not in standing and o.id not in settled for o in mine)


def _is_older(row: sqlite3.Row, session: int, owner: sqlite3.Row) -> bool:
    """Whether an observation belongs to another session with the better claim."""
    if row["session_id"] is None or row["session_id"] == session:
        return False
    theirs = (row["started_at"], row["session_native"])
    return theirs < (owner["started_at"], owner["native_id"])


def _put(
    conn: sqlite3.Connection,
    session: int,
    owner: sqlite3.Row,
    observations: Sequence[Observation],
    standing: Mapping[str, sqlite3.Row],
    version: int,
    index: PendingDocs,
) -> None:
    projects = _projects(conn, owner["agent"], observations)
    changed: list[dict[str, Any]] = []
    searched: list[MemoryDoc] = []
    for observation in observations:
        project = projects.get(_record(observation), owner["project_id"])
        row = _row(observation, session, project, version)
        before = standing.get(observation.id)
        if before is not None and _same(row, before, _COLUMNS):
            continue
        changed.append(row)
        if before is None or not (before["touched"] or _same(row, before, _SEARCHED)):
            searched.append(_doc(observation, session))
    conn.executemany(_PUT, changed)
    settled = {
        row[0]
        for row in conn.execute(_SETTLED, (json.dumps([doc.id for doc in searched]),))
    }
    index.put_memories(doc for doc in searched if doc.id not in settled)


def _retire(
    conn: sqlite3.Connection,
    session: int,
    agent: str,
    rows: Sequence[sqlite3.Row],
    index: PendingDocs,
) -> None:
    """Remove what is claimed no more, unless a person acted on it."""
    gone = [row for row in rows if conn.execute(_REMOVE, (row["id"],)).rowcount > 0]
    if not gone:
        return
    index.mask_memories(row["id"] for row in gone)
    shown_by = {part[1] for row in gone for part in json.loads(row["evidence"])}
    conn.execute(_SHARERS_DUE, (session, json.dumps(list(shown_by)), agent))


def _projects(
    conn: sqlite3.Connection, agent: str, observations: Iterable[Observation]
) -> dict[str, int]:
    """Projects of the records that were made outside their session's own."""
    wanted = json.dumps(list({_record(o) for o in observations}))
    return dict(conn.execute(_PROJECTS, (wanted, agent)).fetchall())


def _record(observation: Observation) -> str:
    return observation.evidence[0].record if observation.evidence else ""


def _row(
    o: Observation, session: int, project: int | None, version: int
) -> dict[str, Any]:
    return {
        "id": o.id,
        "session_id": session,
        "project_id": project,
        "type": o.type,
        "title": storable(o.title),
        "body": storable(o.body),
        "at": o.at,
        "trust": o.trust.value,
        "rule": o.rule,
        "confidence": o.confidence,
        "facts": storable(strings_column(o.facts)),
        "tags": storable(strings_column(o.tags)),
        "files": storable(strings_column(o.files)),
        "evidence": storable(evidence_column(o.evidence)),
        "branch": storable(o.branch),
        "distiller_version": version,
    }


def _same(row: Mapping[str, Any], before: sqlite3.Row, columns: Iterable[str]) -> bool:
    return all(row[column] == before[column] for column in columns)


def _doc(observation: Observation, session: int) -> MemoryDoc:
    text = memory_text(
        observation.title,
        observation.body,
        facts=observation.facts,
        tags=observation.tags,
        files=observation.files,
        context="\n".join(e.quote for e in observation.evidence),
    )
    return MemoryDoc(
        id=observation.id, session_id=session, at=observation.at, text=text
    )
