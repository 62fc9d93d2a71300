"""What a model proposes, until a person accepts or rejects it.

A proposal is no memory: no list, search, export or agent sees it. Accepting makes it
one, or changes those that are there, as one entry of the journal; rejecting only notes
that it was rejected. Both are rows of ``model_decided``.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from memtui.model import Evidence, Memory, Trust
from memtui.store.curate.frozen import MODEL
from memtui.store.rows import (
    evidence_column,
    memory_from,
    strings_column,
    strings_from,
)
from memtui.store.views.timeline import WITH_PLACE, by_ids


class ProposedKind(StrEnum):
    """What accepting does."""

    NEW = "new"
    """A memory more, which may replace others."""
    SUMMARY = "summary"
    """What a session was about, as a memory."""
    MERGE = "merge"
    """One memory in the place of several that say the same."""
    SUPERSEDE = "supersede"
    """One that is there holds, others do not any more."""
    PROMOTE = "promote"
    """One that is there gets a type of a higher rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A proposal to be stored: checked, cleaned, linked to what shows it."""

    id: str
    kind: ProposedKind
    type: str
    title: str
    body: str
    at: int
    """Unix ms: of the newest record that it stands on."""
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    branch: str = ""
    instead: tuple[str, ...] = ()
    """Ids of memories that it would replace."""
    holds: str = ""
    """The id of a memory that is there already, and would hold or be promoted."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was proposed before, for what must not be proposed again."""

    id: str
    kind: ProposedKind
    text: str
    session: str = ""
    """Native id."""
    instead: frozenset[str] = frozenset()
    accepted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proposal beside what it would replace."""

    kind: ProposedKind
    memory: Memory
    """As it would be, under the id of the proposal."""
    instead: tuple[Memory, ...]
    holds: Memory | None
    why: str
    model: str
    accepted: bool | None
    """None: nobody decided yet."""

    @property
    def id(self) -> str:
        """Of the proposal, and of the memory that it would be."""
        return self.memory.id


OF_ITS_OWN: Final = frozenset({ProposedKind.NEW, ProposedKind.SUMMARY})
"""Kinds that hold whatever became of the memories that they would replace."""
_OPEN: Final = """
    p.id not in (select id from model_decided) and (p.kind in ('new', 'summary')
        or not exists (
            select 1 from (
                select value as id from json_each(p.instead)
                union all select p.holds where p.holds <> '') a
            left join memory m on m.id = a.id
            where m.id is null or m.state = 'pruned' or m.superseded_by <> ''))
"""
_OF_PROJECT: Final = "p.project_id = (select id from project where uuid = :project)"
_COUNT: Final = f"select count(*) from model_proposal p where {_OPEN} and {{where}}"  # noqa: S608 - our own words
_FOUND: Final = (
    f"""
    with found as (
        select p.id, p.session_id, p.project_id, p.type, p.title, p.body, p.at,
            '{Trust.ASSISTANT.value}' as trust, '{MODEL}' as rule, p.confidence,
            p.facts, p.tags, p.files, p.evidence, p.branch, 'candidate' as state,
            0 as pinned, null as pin_order, 0 as excluded, '' as superseded_by,
            null as review_by, 'project' as scope, null as confirmed_at,
            null as acted_at, p.agent as frozen_agent, p.session as frozen_session,
            p.kind, p.instead, p.holds, p.why, p.model, p.proposed_at, d.accepted
        from model_proposal p left join model_decided d on d.id = p.id
        where {{where}} order by p.proposed_at desc, p.at desc, p.id limit :limit
    )"""  # noqa: S608 - our own words
    + WITH_PLACE
    + " order by f.proposed_at desc, f.at desc, f.id"
)
_ROWS: Final = """
    select p.*, coalesce(d.accepted, -1) as accepted
    from model_proposal p left join model_decided d on d.id = p.id
    where p.id in (select value from json_each(:ids))
"""
_IDS_FROM: Final = """
    select id from model_proposal where id >= :low and id < :high limit 2
"""
_EARLIER: Final = """
    select p.id, p.kind, p.title, p.body, p.session, p.instead, d.accepted
    from model_proposal p left join model_decided d on d.id = p.id
    where p.project_id is (select id from project where uuid = :project)
    order by d.accepted is 0 desc, p.proposed_at desc limit :limit
"""
_NEWER_SUMMARY: Final = """
    delete from model_proposal where kind = 'summary' and session = :session
        and agent = :agent and run_id is not :run
        and id not in (select id from model_decided)
"""
_PUT: Final = """
    insert or ignore into model_proposal (id, run_id, kind, session_id, project_id,
        agent, session, type, title, body, at, model, confidence, facts, tags, files,
        evidence, branch, instead, holds, why, proposed_at)
    values (:id, :run, :kind,
        (select id from session where native_id = :session and agent = :agent),
        (select id from project where uuid = :project), :agent, :session, :type, :title,
        :body, :at, :model, :confidence, :facts, :tags, :files, :evidence, :branch,
        :instead, :holds, :why, :proposed_at)
"""

CONFIDENCE: Final = 0.5
"""Of what a model says: nobody has said yet that it is so."""


def count(conn: sqlite3.Connection, project: str | None) -> int:
    """How many wait for a decision."""
    where = "1" if project is None else _OF_PROJECT
    sql = _COUNT.replace("{where}", where)
    return int(conn.execute(sql, {"project": project}).fetchone()[0])


def waiting(
    conn: sqlite3.Connection, project: str | None, limit: int
) -> list[Proposed]:
    """Those that wait for a decision, the newest first."""
    where = _OPEN if project is None else f"{_OPEN} and {_OF_PROJECT}"
    asked = {"project": project, "limit": limit}
    return _proposed(conn, conn.execute(_FOUND.replace("{where}", where), asked))


def whole_ids(conn: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """What begins so, two at most of each."""
    found = {}
    for one in dict.fromkeys(ids):
        bounds = {"low": one, "high": one + "\U0010ffff"}
        found[one] = [row[0] for row in conn.execute(_IDS_FROM, bounds)]
    return found


def by_proposal(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Proposed]:
    """Proposals by their ids, decided or not."""
    where = "p.id in (select value from json_each(:ids))"
    asked = {"ids": strings_column(ids), "limit": -1}
    return _proposed(conn, conn.execute(_FOUND.replace("{where}", where), asked))


def rows(conn: sqlite3.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The columns of proposals; ``accepted`` is -1 where nobody decided."""
    found = conn.execute(_ROWS, {"ids": strings_column(ids)})
    known = {row["id"]: dict(row) for row in found}
    return {one: known[one] for one in dict.fromkeys(ids) if one in known}


def earlier(conn: sqlite3.Connection, project: str | None, limit: int) -> list[Earlier]:
    """What was proposed in a project, decided or not, what was rejected first."""
    return [
        Earlier(
            id=row["id"], kind=ProposedKind(row["kind"]), session=row["session"],
            text=f"{row['title']}\n{row['body']}",
            instead=frozenset(strings_from(row["instead"])),
            accepted=None if row["accepted"] is None else bool(row["accepted"]),
        )
        for row in conn.execute(_EARLIER, {"project": project, "limit": limit})
    ]  # fmt: skip


def excluded_sessions(conn: sqlite3.Connection) -> set[str]:
    """Native ids of sessions of which no model is to read anything."""
    return {row[0] for row in conn.execute("select id from hidden_session")}


def put(
    conn: sqlite3.Connection,
    drafts: Sequence[Draft],
    *,
    run: int,
    model: str,
    project: str | None,
    agent: str,
    session: str,
    at: int,
) -> int:
    """Store proposals, inside the caller's transaction; how many are new.

    What a session was about is said once: one that nobody decided about gives way.
    """
    if any(one.kind is ProposedKind.SUMMARY for one in drafts):
        whose = {"session": session, "agent": agent, "run": run}
        conn.execute(_NEWER_SUMMARY, whose)
    before = conn.total_changes
    for one in drafts:
        row = {
            "id": one.id, "run": run, "kind": one.kind.value, "session": session,
            "agent": agent, "project": project, "type": one.type, "title": one.title,
            "body": one.body, "at": one.at, "model": model, "confidence": CONFIDENCE,
            "facts": strings_column(one.facts), "tags": strings_column(one.tags),
            "files": strings_column(one.files), "branch": one.branch,
            "evidence": evidence_column(one.evidence),
            "instead": strings_column(one.instead), "holds": one.holds,
            "why": one.why, "proposed_at": at,
        }  # fmt: skip
        conn.execute(_PUT, row)
    return conn.total_changes - before


def _proposed(conn: sqlite3.Connection, found: sqlite3.Cursor) -> list[Proposed]:
    every = found.fetchall()
    wanted = {one for row in every for one in strings_from(row["instead"])}
    wanted |= {row["holds"] for row in every if row["holds"]}
    known: dict[str, Memory] = {one.id: one for one in by_ids(conn, sorted(wanted))}
    return [
        Proposed(
            kind=ProposedKind(row["kind"]),
            memory=memory_from(row),
            instead=tuple(
                known[one] for one in strings_from(row["instead"]) if one in known
            ),
            holds=known.get(row["holds"]),
            why=row["why"],
            model=row["model"],
            accepted=None if row["accepted"] is None else bool(row["accepted"]),
        )
        for row in every
    ]
