"""Search without words: the newest of what fields and expressions leave.

Fields alone ask for memories; a regular expression also looks through what was
said, as far down as ``SCANNED`` records unless the view is whole: the index cannot
help it.
"""

import sqlite3
from typing import Final

from memtui.model import RecordKind
from memtui.search.grammar import Query
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.filters import View, records_looked_at, turns_where
from memtui.store.search.hits import Hit, Shown, hits, memory_hit
from memtui.store.views import timeline

SCANNED: Final = 20_000
"""Records that an expression alone is held against, the newest ones in sight."""
_MOST: Final = 100_000
"""Records with a match that are told apart by their turns, the newest ones."""

SAID: Final = """
    with recent as (
        select d.id, d.session_id, d.record_id from doc d
        cross join session s on s.id = d.session_id
        where d.id < :first_memory and d.live = 1 and {sessions}
        order by d.id desc limit :scanned)
    select d.id, r.kind, r.at, d.session_id, l.turn from recent d
    cross join session s on s.id = d.session_id
    cross join record r on r.id = d.record_id
    cross join link l on l.record_id = r.id and l.session_id = s.id
    left join place pl on pl.id = r.place_id
    where {where} order by r.at desc, d.id desc limit :most
"""
IN_SIGHT: Final = """
    select count(*) from (
        select 1 from doc d cross join session s on s.id = d.session_id
        where d.id < :first_memory and d.live = 1 and {where} limit :beyond)
"""


def newest(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[Hit]:
    """The newest finds, first the newest."""
    memories = timeline.newest(conn, query, view, before=None, limit=limit)
    found = [memory_hit(memory, query) for memory in memories]
    if query.patterns:
        turns: dict[tuple[str, int, int], Shown] = {}
        for one in said(conn, query, view):
            turns.setdefault(one.thing, one)
            if len(turns) >= limit:
                break
        found += hits(conn, list(turns.values()), query, {})
        found.sort(key=lambda hit: -hit.at)
    return found[:limit]


def said(conn: sqlite3.Connection, query: Query, view: View) -> list[Shown]:
    """Records that a query without words shows, the newest first."""
    where, inside = turns_where(query, view), records_looked_at(query, view)
    scanned = -1 if view.whole else SCANNED
    bounds = {"first_memory": FIRST_MEMORY, "scanned": scanned, "most": _MOST}
    sql = where.into(SAID).replace("{sessions}", " and ".join(inside.clauses) or "1")
    rows = conn.execute(sql, where.params | inside.params | bounds)
    return [
        Shown(
            doc=row["id"],
            at=row["at"],
            kind=RecordKind(row["kind"]),
            session=row["session_id"],
            turn=row["turn"],
        )
        for row in rows
    ]


def leaves_out(conn: sqlite3.Connection, query: Query, view: View) -> bool:
    """Whether there are records that an expression alone was not held against."""
    if query.has_text or not query.patterns or view.whole:
        return False
    where = records_looked_at(query, view)
    bounds = {"first_memory": FIRST_MEMORY, "beyond": SCANNED + 1}
    (count,) = conn.execute(where.into(IN_SIGHT), where.params | bounds).fetchone()
    return bool(count > SCANNED)
