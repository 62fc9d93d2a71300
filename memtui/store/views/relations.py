"""What else the store knows that bears on one memory, for its detail.

Every question is bounded by an index: proposals and replacements by id, the turn of
a commit by its session, files by the words of their paths in the full-text index.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memtui.model import Memory, State
from memtui.search import match
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.views import proposals
from memtui.store.views.proposals import ProposalKind
from memtui.store.views.timeline import by_ids

LIMIT: Final = 8
"""A detail has room for no more; what is closest comes first."""
_OF_EACH: Final = 3
"""So many of one kind: the first few say what there is."""
_FILES: Final = 4
_WINDOW: Final = 100
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
# Each half of the view is asked by itself: joined, it would be read whole.
OF_COMMIT: Final = """
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
    )
    select distinct r.native_id, l.session_id from committed
    cross join link l
        on l.session_id = committed.session_id and l.turn = committed.turn
    cross join record r on r.id = l.record_id
"""
OF_SESSIONS: Final = """
    select id from observation indexed by observation_session
        where touched = 0 and session_id in (select value from json_each(:sessions))
    union all select id from curation indexed by curation_session
        where session_id in (select value from json_each(:sessions))
"""
NAMING: Final = """
    select d.memory from fts
    cross join doc d on d.id = fts.rowid
    where fts match :match and fts.rowid >= :first_memory and d.live = 1
    order by fts.rowid desc limit :window
"""


def relations(conn: sqlite3.Connection, memory: Memory) -> list[Relation]:
    """At most ``LIMIT`` others, the closest kind first, none twice."""
    found: dict[str, Relation] = {}
    for kind, others in _kinds(conn, memory):
        new = [one for one in others if one.id != memory.id and one.id not in found]
        found.update((one.id, Relation(kind, one)) for one in new[:_OF_EACH])
    return list(found.values())[:LIMIT]


def _kinds(
    conn: sqlite3.Connection, memory: Memory
) -> Iterator[tuple[RelationKind, Sequence[Memory]]]:
    """Of each kind the memories, the closest kind first."""
    if memory.superseded_by:
        yield RelationKind.REPLACED_BY, by_ids(conn, [memory.superseded_by])
    asked = {"id": memory.id, "limit": _OF_EACH}
    yield RelationKind.REPLACES, by_ids(conn, _ids(conn, REPLACED, asked))
    later: list[Memory] = []
    earlier: list[Memory] = []
    alike: list[Memory] = []
    for proposal in proposals.related(conn, memory.id):
        beside = proposal.beside(memory.id)
        if proposal.kind is ProposalKind.DUPLICATE:
            alike.append(beside)
        elif proposal.kind is ProposalKind.SUPERSEDE:
            (later if proposal.other is beside else earlier).append(beside)
    yield RelationKind.CORRECTED, later
    yield RelationKind.CORRECTS, earlier
    yield RelationKind.DUPLICATE, alike
    yield RelationKind.COMMIT, _of_commit(conn, memory)
    yield RelationKind.FILE, _of_files(conn, memory)


def _of_commit(conn: sqlite3.Connection, memory: Memory) -> list[Memory]:
    """Memories of a turn that this one was made of too, and that committed."""
    if memory.agent is None or not memory.evidence:
        return []
    records = list(dict.fromkeys(e.record for e in memory.evidence))
    rows = conn.execute(
        OF_COMMIT, {"agent": memory.agent, "records": json.dumps(records)}
    ).fetchall()
    said = {row["native_id"] for row in rows}
    sessions = json.dumps(sorted({row["session_id"] for row in rows}))
    known = by_ids(conn, _ids(conn, OF_SESSIONS, {"sessions": sessions}))
    return _standing(
        one for one in known if any(e.record in said for e in one.evidence)
    )


def _of_files(conn: sqlite3.Connection, memory: Memory) -> list[Memory]:
    """Memories of the same project that name a file that this one names."""
    files = set(memory.files[:_FILES])
    expression = match.any_of(map(match.phrase, sorted(files)))
    if memory.project is None or not expression:
        return []
    asked = {
        "match": f"ident : ({expression})", "first_memory": FIRST_MEMORY,
        "window": _WINDOW,
    }  # fmt: skip
    return _standing(
        one
        for one in by_ids(conn, _ids(conn, NAMING, asked))
        if one.project == memory.project and files & set(one.files)
    )


def _standing(found: Iterable[Memory]) -> list[Memory]:
    """Those in force, the newest first."""
    standing = [
        one for one in found if one.state is not State.PRUNED and not one.superseded_by
    ]
    return sorted(standing, key=lambda one: (one.at, one.id), reverse=True)


def _ids(conn: sqlite3.Connection, sql: str, asked: Mapping[str, object]) -> list[str]:
    return [row[0] for row in conn.execute(sql, asked)]
