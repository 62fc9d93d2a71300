"""What search found, and which finds a view shows.

Search works in two steps: the index names rows (docs) by number and score; only
of the few that are shown is the text read, for its snippet.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from memtui.model import Memory, RecordKind
from memtui.records import Record
from memtui.search.grammar import Query
from memtui.search.marks import Snippet, snippet, snippets
from memtui.store.record_rows import record_from
from memtui.store.rows import strings_column
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.filters import View, memories_where, turns_where
from memtui.store.views import timeline

_TITLE = 120
"""Characters of a turn's first line."""
_SNIPPET = 160
"""And of what is shown below it."""

MEMORY_DOCS = """
    select id, memory from doc
    where id in (select value from json_each(:docs)) and live = 1 and memory is not null
"""
SHOWN_MEMORIES = """
    select m.id, m.at, m.session_id from memory m
    where m.id in (select value from json_each(:ids)) and {where}
"""
SHOWN_RECORDS = """
    select d.id, r.kind, r.at, d.session_id, l.turn
    from doc d join session s on s.id = d.session_id
    join record r on r.id = d.record_id
    join link l on l.record_id = r.id and l.session_id = s.id
    left join place pl on pl.id = r.place_id
    where d.id in (select value from json_each(:docs)) and d.live = 1 and {where}
"""
RECORDS = """
    select d.id, r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line,
        l.turn, pl.cwd, pl.branch, s.native_id as session, s.title as session_title,
        s.agent, p.name as project
    from doc d join session s on s.id = d.session_id
    join record r on r.id = d.record_id
    join link l on l.record_id = r.id and l.session_id = s.id
    left join place pl on pl.id = r.place_id
    left join project p on p.id = s.project_id
    where d.id in (select value from json_each(:docs))
"""


class HitKind(StrEnum):
    """What was found."""

    MEMORY = "memory"
    TURN = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One find, with the words that match."""

    kind: HitKind
    at: int
    score: float
    """The best is the highest; 0 where the order is by time."""
    doc: int = 0
    """The row of the index that was found; 0 where it was not asked."""
    title: Snippet
    snippet: Snippet
    session: str
    """Native id; empty for a memory added by hand."""
    session_title: str = ""
    project: str = ""
    """Its name."""
    agent: str = ""
    memory: Memory | None = None
    record: Record | None = None
    """The record of the turn that matches best."""
    turn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the index that the view shows."""

    doc: int
    at: int
    memory: str = ""
    """Id; empty for a turn."""
    kind: RecordKind | None = None
    session: int = 0
    """Its row; 0 for a memory without one."""
    turn: int = 0

    @property
    def thing(self) -> tuple[str, int, int]:
        """The memory or turn it belongs to: shown once, however often found."""
        return self.memory, self.session, self.turn


def shown(
    conn: sqlite3.Connection, docs: Sequence[int], query: Query, view: View
) -> list[Shown]:
    """Those of the docs that the query's fields and the view let through."""
    records = [doc for doc in docs if doc < FIRST_MEMORY]
    memories = [doc for doc in docs if doc >= FIRST_MEMORY]
    found: list[Shown] = []
    if memories:
        found += _shown_memories(conn, memories, query, view)
    if records:
        where = turns_where(query, view)
        params = where.params | {"docs": _numbers(records)}
        found += (
            Shown(
                doc=row["id"],
                at=row["at"],
                kind=RecordKind(row["kind"]),
                session=row["session_id"],
                turn=row["turn"],
            )
            for row in conn.execute(where.into(SHOWN_RECORDS), params)
        )
    return found


def hits(
    conn: sqlite3.Connection,
    chosen: Sequence[Shown],
    query: Query,
    scores: Mapping[int, float],
) -> list[Hit]:
    """The finds with their texts, in the order given."""
    memories = timeline.by_ids(conn, [one.memory for one in chosen if one.memory])
    by_id = {str(memory.id): memory_hit(memory, query) for memory in memories}
    docs = _numbers([one.doc for one in chosen if not one.memory])
    by_doc = dict(_turn_hits(conn, docs, query))
    found = []
    for one in chosen:
        hit = by_id.get(one.memory) if one.memory else by_doc.get(one.doc)
        if hit is not None:
            found.append(replace(hit, score=scores.get(one.doc, 0.0), doc=one.doc))
    return found


def memory_hit(memory: Memory, query: Query) -> Hit:
    """A memory as a find."""
    more = " ".join((memory.body, *memory.facts, *memory.files))
    return Hit(
        kind=HitKind.MEMORY,
        at=memory.at,
        score=0.0,
        title=snippet(memory.title, query),
        snippet=snippet(more, query),
        session=memory.session,
        session_title=memory.session_title,
        project=memory.project.name if memory.project else "",
        agent=memory.agent or "",
        memory=memory,
    )


def _shown_memories(
    conn: sqlite3.Connection, docs: Sequence[int], query: Query, view: View
) -> Iterator[Shown]:
    rows = conn.execute(MEMORY_DOCS, {"docs": _numbers(docs)})
    doc_of = {row["memory"]: row["id"] for row in rows}
    where = memories_where(query.without_text(), view)
    params = where.params | {"ids": strings_column(list(doc_of))}
    for row in conn.execute(where.into(SHOWN_MEMORIES), params):
        yield Shown(
            doc=doc_of[row["id"]],
            at=row["at"],
            memory=row["id"],
            session=row["session_id"] or 0,
        )


def _turn_hits(
    conn: sqlite3.Connection, docs: str, query: Query
) -> Iterator[tuple[int, Hit]]:
    for row in conn.execute(RECORDS, {"docs": docs}):
        record = record_from(row)
        said = record.text
        if record.command and record.command not in said:
            said = f"{record.command} {said}"
        title, below = snippets(said, query, _TITLE, _SNIPPET)
        yield (
            row["id"],
            Hit(
                kind=HitKind.TURN,
                at=record.at or 0,
                score=0.0,
                title=title,
                snippet=below,
                session=row["session"],
                session_title=row["session_title"],
                project=row["project"] or "",
                agent=row["agent"],
                record=record,
                turn=row["turn"],
            ),
        )


def _numbers(docs: Sequence[int]) -> str:
    return f"[{','.join(map(str, docs))}]"
