"""The full-text index made anew from what the store holds now.

The index is append-only and holds words without saying of whom, so a text that is to
vanish takes all of it with it. So does a damaged one. Inside the caller's transaction.
"""

import sqlite3
from array import array
from collections.abc import Iterator
from itertools import chain
from typing import Final

from memtui.store.curate import frozen
from memtui.store.ingest.records import docs_of
from memtui.store.record_rows import record_from
from memtui.store.search import docs, renewing

_TOGETHER: Final = 5_000
_MEMORIES_TOGETHER: Final = 500

_STANDING: Final = """
    create temp table standing as
    select row_number() over (order by at, id) as place, memory, record_id, session_id
    from doc where live = 1
        and (memory in (select id from memory)
            or record_id in (select id from record) and session_id is not null)
"""
_RECORDS: Final = """
    select w.place, w.session_id, r.id, r.native_id, r.part, r.kind, r.at, r.text,
        r.detail, null as line, '' as cwd, '' as branch
    from temp.standing w cross join record r on r.id = w.record_id
    where w.place > ? and w.record_id is not null order by w.place limit ?
"""
_MEMORIES: Final = """
    select place, memory from temp.standing
    where place > ? and memory is not null order by place limit ?
"""
_UNUSED: Final = """
    delete from alike_word where id not in (select value from json_each(?))
"""


def reindex(conn: sqlite3.Connection) -> None:
    """Index every record and memory that search finds now, and nothing else."""
    conn.execute("drop table if exists temp.standing")
    conn.execute(_STANDING)
    conn.execute("drop table fts")
    conn.execute(docs.INDEX.format(table="fts"))
    conn.execute("delete from doc")
    conn.execute("delete from term")
    for found in _records(conn):
        docs.add_records(conn, found)
    for memories in _memories(conn):
        rows = frozen.proposed(conn, memories) | frozen.curated(conn, memories)
        docs.add_memories(conn, list(frozen.docs_of_rows(rows)))
    conn.execute("drop table temp.standing")
    renewing.forget(conn)


def forget_unused_words(conn: sqlite3.Connection) -> None:
    """Words by which no memory is compared any more."""
    used: set[int] = set()
    for (packed,) in conn.execute("select words from alike"):
        used.update(array("I", packed))
    conn.execute(_UNUSED, (f"[{','.join(map(str, sorted(used)))}]",))


def _records(conn: sqlite3.Connection) -> Iterator[list[docs.RecordDoc]]:
    place = 0
    while rows := conn.execute(_RECORDS, (place, _TOGETHER)).fetchall():
        place = rows[-1]["place"]
        told = (docs_of(conn, r["session_id"], {r["id"]: record_from(r)}) for r in rows)
        yield list(chain.from_iterable(told))


def _memories(conn: sqlite3.Connection) -> Iterator[list[str]]:
    place = 0
    while rows := conn.execute(_MEMORIES, (place, _MEMORIES_TOGETHER)).fetchall():
        place = rows[-1]["place"]
        yield [row["memory"] for row in rows]
