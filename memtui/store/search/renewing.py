"""The full-text index made anew beside the one in use, some rows at a time.

The index is append-only: what was replaced is masked and stays in it, and how often
a word was met counts what is gone. When too much of it is masked, or texts are
prepared otherwise than when it was made, each sync indexes some more rows in a second
index, and the last step puts that in the first one's place. Every step is a
transaction of its own: a run that is killed loses one, and searches go on meanwhile.

Rows are taken in the order of their numbers, which stay. A row that is masked
meanwhile is masked in the new index too; one that comes has a higher number, or one
below all that there were: those are looked for at the end.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from memtui.search import prepare
from memtui.search.prepare import Prepared
from memtui.search.words import surfaces
from memtui.store import room
from memtui.store.closing import Closing
from memtui.store.connect import open_writer, transaction
from memtui.store.curate import frozen
from memtui.store.ingest.records import docs_of
from memtui.store.record_rows import record_from
from memtui.store.search import docs, terms
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.lanes import row_count

ROWS: Final = 2_000
"""Of one step: some tenths of a second."""
MASKED: Final = 20
"""One row in so many may be masked."""
_FEW: Final = 1_000
"""Masked rows that no search feels."""

_BEGUN: Final = "select 1 from sqlite_master where name = 'fts_anew'"
_MASKED_ROWS: Final = "select count(*) from doc where live = 0"
_TEMPORARY: Final = f"""
    {docs.INDEX.format(table="fts_anew")};
    create table term_anew (
        surface text primary key,
        stem text not null,
        df integer not null
    ) without rowid;
"""
_NEXT: Final = """
    select id, memory, record_id, session_id from doc
    where id > ? and live = 1 order by id limit ?
"""
_BELOW: Final = """
    select id, memory, record_id, session_id from doc
    where id >= ? and id < ? and live = 1 order by id
"""
_RECORDS: Final = """
    select r.id, r.native_id, r.part, r.kind, r.at, r.text, r.detail,
        null as line, '' as cwd, '' as branch
    from json_each(?) wanted cross join record r on r.id = wanted.value
"""
_FIRST: Final = "select min(id) from doc where id >= ? and id < ?"
_LEFT: Final = "select count(*) from doc where id > ? and live = 1"
_IN_PLACE: Final = """
    drop table fts;
    alter table fts_anew rename to fts;
    drop table term;
    alter table term_anew rename to term;
    delete from doc where live = 0 and id not in (select id from fts_docsize);
"""
PIECES: Final = "select count(*) from fts_idx group by segid"
"""Of the index: each large transaction adds one, and all hold the same words."""
_APART: Final = 8
"""What lies beside the largest piece may be one part in so many."""
_FEW_PAGES: Final = 64
_MERGE: Final = "insert into fts (fts, rank) values ('merge', -1000)"
"""So many pages of 4 KB: a twentieth of a second. SQLite goes on where it was."""
_META: Final = "select value from meta where key = ?"
_SET: Final = "insert or replace into meta (key, value) values (?, ?)"
_AT: Final = "renewed"
"""The key in ``meta`` of how far it is: ``[last row, first record, first memory]``."""


class _Doc(NamedTuple):
    id: int
    memory: str | None
    record: int | None
    session: int | None


def is_due(conn: sqlite3.Connection) -> bool:
    """Whether the index is to be made anew, or is being."""
    if conn.execute(_BEGUN).fetchone():
        return True
    rows = row_count(conn)
    if rows and _prepared(conn) != prepare.VERSION:
        return True
    (masked,) = conn.execute(_MASKED_ROWS).fetchone()
    return bool(masked > _FEW and masked * MASKED > rows)


def forget(conn: sqlite3.Connection) -> None:
    """All of the index was made anew in one go: what was begun is not needed."""
    conn.execute("drop table if exists fts_anew")
    conn.execute("drop table if exists term_anew")
    conn.execute("delete from meta where key = ?", (_AT,))
    docs.note_prepared(conn)


class Renewal(Closing):
    """One run of steps. Opened by the one process that ingests.

    Raises:
        StoreBusy, StoreTooNew, StoreError: as ``connect.open_writer``.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "ingest")

    def left(self) -> int:
        """Rows still to be indexed anew, about; 0: nothing is to be done."""
        if not is_due(self._conn):
            return 0
        last = self._marks()[0] if self._conn.execute(_BEGUN).fetchone() else -1
        return max(1, int(self._conn.execute(_LEFT, (last,)).fetchone()[0]))

    def step(self) -> bool:
        """Index some more rows; False: that was all, and the new index is in use."""
        conn = self._conn
        with transaction(conn):
            if not conn.execute(_BEGUN).fetchone():
                self._begin()
            last, *first = self._marks()
            if found := list(map(_Doc._make, conn.execute(_NEXT, (last, ROWS)))):
                self._add(found)
                self._mark(found[-1].id, *first)
                return True
            for low, below in zip((0, FIRST_MEMORY), first, strict=True):
                self._add(list(map(_Doc._make, conn.execute(_BELOW, (low, below)))))
            _run(conn, _IN_PLACE)
            conn.execute("delete from meta where key = ?", (_AT,))
            docs.note_prepared(conn)
            return False

    def join(self) -> bool:
        """Put some pages of the index together; False: nothing is to be joined.

        It is a fifteenth smaller in one piece, and a search reads each word once.
        """
        conn = self._conn
        pages = [count for (count,) in conn.execute(PIECES)]
        apart = sum(pages) - max(pages, default=0)
        if apart < _FEW_PAGES or apart * _APART < sum(pages):
            return False
        with transaction(conn):
            before = conn.total_changes
            conn.execute(_MERGE)
            return conn.total_changes - before > 1

    def rest(self) -> None:
        """Give back the room that the older pieces took."""
        while room.is_idle(self._conn):
            with transaction(self._conn):
                room.give_back(self._conn)

    def _begin(self) -> None:
        conn = self._conn
        _run(conn, _TEMPORARY)
        for name, value in docs.SETTINGS:
            conn.execute("insert into fts_anew (fts_anew, rank) values (?, ?)",
                         (name, value))  # fmt: skip
        ends = ((0, FIRST_MEMORY), (FIRST_MEMORY, docs.LAST))
        firsts = [conn.execute(_FIRST, bounds).fetchone()[0] for bounds in ends]
        none = [low for low, _ in ends]
        self._mark(-1, *(n if one is None else one
                         for one, n in zip(firsts, none, strict=True)))  # fmt: skip

    def _marks(self) -> list[int]:
        (marks,) = self._conn.execute(_META, (_AT,)).fetchone()
        return [int(mark) for mark in json.loads(marks)]

    def _mark(self, *marks: int) -> None:
        self._conn.execute(_SET, (_AT, json.dumps(marks)))

    def _add(self, found: Sequence[_Doc]) -> None:
        conn = self._conn
        made = dict(chain(self._records(found), self._memories(found)))
        rising = sorted(made.items())
        new = docs.NEW_ROW.replace("into fts ", "into fts_anew ")
        conn.executemany(new, [(number, *text[:4]) for number, text in rising])
        pieces = Counter(chain.from_iterable(text.pieces for text in made.values()))
        terms.write(conn, surfaces(pieces), "term_anew")

    def _records(self, found: Sequence[_Doc]) -> Iterator[tuple[int, Prepared]]:
        of_record = {doc.record: doc for doc in found if doc.record is not None}
        rows = self._conn.execute(_RECORDS, (json.dumps(list(of_record)),)).fetchall()
        for row in rows:
            doc = of_record[row["id"]]
            if doc.session is not None:
                said = {row["id"]: record_from(row)}
                for one in docs_of(self._conn, doc.session, said):
                    yield doc.id, one.text

    def _memories(self, found: Sequence[_Doc]) -> Iterator[tuple[int, Prepared]]:
        of_memory = {doc.memory: doc.id for doc in found if doc.memory is not None}
        ids = list(of_memory)
        rows = frozen.proposed(self._conn, ids) | frozen.curated(self._conn, ids)
        for one in frozen.docs_of_rows(rows):
            yield of_memory[one.id], one.text


def _prepared(conn: sqlite3.Connection) -> int:
    row = conn.execute(_META, (docs.PREPARED,)).fetchone()
    return int(row[0]) if row else 1


def _run(conn: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";"):
        conn.execute(statement)
