"""What else the store knows that bears on one memory, for its detail.

Every question is bounded by an index: proposals and replacements by id, the turn of
a commit by its session, files by the words of their paths in the full-text index.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memtui.model import Memory
from memtui.search import match
from memtui.store import proposals
from memtui.store.docs import FIRST_MEMORY
from memtui.store.proposals import ProposalKind
from memtui.store.timeline import by_ids

LIMIT: Final = 8
"""A detail has room for no more; what is closest comes first."""
_OF_EACH: Final = 3
"""So many of one kind: the first few say what there is."""
_FILES: Final = 4
_WINDOW: Final = 500
"""So many rows that name the file are looked at, newest first."""


class RelationKind(StrEnum):
    """How another memory relates to the one that is shown, in words for its reader."""

    REPLACED_BY = "replaced by"
    REPLACES = "replaces"
    CORRECTED = "seems to correct this"
    CORRECTS = "seems corrected by this"
    DUPLICATE = "says nearly the same"
    COMMIT = "same commit"
    FILE = "same file"


@dataclass(frozen=True, slots=True)
class Relation:
    """Another memory, and how it relates to the one that was asked about."""

    kind: RelationKind
    memory: Memory


REPLACED: Final = """
    select id from curation where superseded_by = :id and superseded_by <> ''
    order by at desc, id desc limit :limit
"""
# The view would be read whole for the key of a record: each half has an index.
SAME_COMMIT: Final = """
    with committed as (
        select distinct l.session_id, l.turn from json_each(:records) shown
        cross join record r on r.agent = :agent and r.native_id = shown.value
        cross join link l on l.record_id = r.id
        where exists (
            select 1 from link beside
            cross join record made on made.id = beside.record_id
            cross join commit_told c
                on c.agent = made.agent and c.native_id = made.native_id
            where beside.session_id = l.session_id and beside.turn = l.turn)
    ),
    said as (
        select distinct r.native_id, committed.session_id from committed
        cross join link l
            on l.session_id = committed.session_id and l.turn = committed.turn
        cross join record r on r.id = l.record_id
    )
    select m.id from (select distinct session_id from said) s
    cross join memory m on m.session_id = s.session_id
    where m.id <> :id and m.state <> 'pruned' and m.superseded_by = ''
        and exists (select 1 from json_each(m.evidence) e
            where e.value ->> '$[1]' in (select native_id from said))
    order by m.at desc, m.id desc limit :limit
"""
SAME_FILE: Final = """
    with named as (
        select d.memory as id from fts
        cross join doc d on d.id = fts.rowid
        where fts match :match and fts.rowid >= :first_memory and d.live = 1
        order by fts.rowid desc limit :window
    )
    select m.id from named
    cross join memory m on m.id = named.id
    where m.id <> :id and m.state <> 'pruned' and m.superseded_by = ''
        and m.project_id = (select id from project where uuid = :project)
        and exists (select 1 from json_each(m.files) f
            where f.value in (select value from json_each(:files)))
    order by m.at desc, m.id desc limit :limit
"""


def relations(conn: sqlite3.Connection, memory: Memory) -> list[Relation]:
    """At most ``LIMIT`` others, the closest kind first, none twice."""
    found: dict[str, RelationKind] = {}
    for kind, ids in _kinds(conn, memory):
        known = [one for one in ids if one != memory.id and one not in found]
        found.update(dict.fromkeys(known[:_OF_EACH], kind))
    shown = list(found)[:LIMIT]
    rows: dict[str, Memory] = {one.id: one for one in by_ids(conn, shown)}
    return [Relation(found[one], rows[one]) for one in shown if one in rows]


def _kinds(
    conn: sqlite3.Connection, memory: Memory
) -> Iterator[tuple[RelationKind, Sequence[str]]]:
    """Of each kind the ids, the closest kind first."""
    if memory.superseded_by:
        yield RelationKind.REPLACED_BY, [memory.superseded_by]
    yield RelationKind.REPLACES, _ids(conn, REPLACED, {"id": memory.id})
    later: list[str] = []
    earlier: list[str] = []
    alike: list[str] = []
    for proposal in proposals.related(conn, memory.id):
        beside = proposal.beside(memory.id).id
        if proposal.kind is ProposalKind.DUPLICATE:
            alike.append(beside)
        elif proposal.kind is ProposalKind.SUPERSEDE:
            (later if proposal.other.id == beside else earlier).append(beside)
    yield RelationKind.CORRECTED, later
    yield RelationKind.CORRECTS, earlier
    yield RelationKind.DUPLICATE, alike
    yield RelationKind.COMMIT, _of_commit(conn, memory)
    yield RelationKind.FILE, _of_files(conn, memory)


def _of_commit(conn: sqlite3.Connection, memory: Memory) -> list[str]:
    """Memories of a turn that this one was made of too, and that committed."""
    if memory.agent is None or not memory.evidence:
        return []
    records = list(dict.fromkeys(e.record for e in memory.evidence))
    asked = {
        "agent": memory.agent, "records": json.dumps(records), "id": memory.id,
    }  # fmt: skip
    return _ids(conn, SAME_COMMIT, asked)


def _of_files(conn: sqlite3.Connection, memory: Memory) -> list[str]:
    """Memories of the same project that name a file that this one names."""
    files = memory.files[:_FILES]
    expression = match.any_of(map(match.phrase, files))
    if memory.project is None or not expression:
        return []
    asked = {
        "match": f"ident : ({expression})", "first_memory": FIRST_MEMORY,
        "window": _WINDOW, "id": memory.id, "project": memory.project.id,
        "files": json.dumps(files),
    }  # fmt: skip
    return _ids(conn, SAME_FILE, asked)


def _ids(conn: sqlite3.Connection, sql: str, asked: Mapping[str, object]) -> list[str]:
    rows = conn.execute(sql, {**asked, "limit": _OF_EACH})
    return [row[0] for row in rows]
