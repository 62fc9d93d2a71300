"""Vectors of memories and session summaries, in a file of their own.

Derived from the store and made again where it is lost. A vector belongs to one row
of the index, whose text never changes: a new text is a new row without one.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from pathlib import Path
from typing import Final, NamedTuple

from memtui.paths import make_private_dir
from memtui.search import match
from memtui.search.grammar import Query
from memtui.search.meaning import NEAR, OF_NEIGHBOURS, Embedder, cosines
from memtui.store.connect import is_read_only, open_reader, quoted
from memtui.store.search.docs import FIRST_MEMORY

_SCHEMA: Final = """
    create table if not exists vector (
        doc integer primary key, key text not null, vec blob not null
    ) without rowid
"""
MOST: Final = 100
"""Rows that likeness of meaning brings in."""
_PASSES: Final = ("SQLITE_BUSY", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR")
"""Begin the names of errors that say nothing about what the file holds."""
_CHARS: Final = 2_000
"""Of a text that are embedded: the model reads no further."""
MEMORIES: Final = """
    select d.id, d.memory as key from doc d
    where d.id >= :first_memory and d.live = 1 order by d.id desc
"""
SUMMARIES: Final = """
    select d.id, r.native_id || '/' || r.part as key
    from record r cross join doc d on d.record_id = r.id and d.live = 1
    where r.kind = 'summary' and r.text <> '' order by d.id desc
"""
ROWS: Final = """
    select d.id, coalesce(d.memory, r.native_id || '/' || r.part) as key,
        substr(coalesce(m.title || '. ' || m.body, r.text), 1, :chars) as text
    from json_each(:docs) wanted cross join doc d on d.id = wanted.value and d.live = 1
    left join record r on r.id = d.record_id left join memory m on m.id = d.memory
"""
EXCLUDED: Final = """
    select rowid from fts
    where fts match :match and rowid in (select value from json_each(:docs))
"""
BESIDE: Final = """
    with wanted(id, session, low) as (
        select d.id, d.session_id, iif(d.id < :first_memory, 0, :first_memory)
        from json_each(:docs) w cross join doc d on d.id = w.value
    )
    select w.id, b.id from wanted w cross join doc b on b.id in (
        select o.id from doc o
        where o.session_id = w.session and o.live = 1 and o.id < w.id and o.id >= w.low
        order by o.id desc limit 2)
    union all
    select w.id, b.id from wanted w cross join doc b on b.id = (
        select o.id from doc o
        where o.session_id = w.session and o.live = 1 and o.id > w.id
            and (w.low > 0 or o.id < :first_memory)
        order by o.id limit 1)
"""
"""The two rows before each of some in its session, and the next one."""
KNOWN: Final = "select doc, key from vector"
ALL: Final = "select doc, key, vec from vector"
PUT: Final = "insert or replace into vector (doc, key, vec) values (?, ?, ?)"
DROP: Final = "delete from vector where doc = ?"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What rows of the index mean, beside what is looked for."""

    near: Mapping[int, float]
    """Cosine of those that are about the same, the nearest of all."""
    cosines: Mapping[int, float]
    """Of every row that has a vector."""

    def likeness(
        self, conn: sqlite3.Connection, docs: Iterable[int]
    ) -> dict[int, float]:
        """How like each of these rows is, of the most like 1, if it has a vector.

        The rows beside it in its session count a quarter: an answer seldom names
        what it answers.
        """
        own = {doc: self.cosines[doc] for doc in docs if doc in self.cosines}
        beside: dict[int, list[float]] = {}
        asked = {"docs": _numbers(own), "first_memory": FIRST_MEMORY}
        for doc, other in conn.execute(BESIDE, asked):
            if other in self.cosines:
                beside.setdefault(doc, []).append(self.cosines[other])
        for doc, others in beside.items():
            own[doc] += OF_NEIGHBOURS * (sum(others) / len(others) - own[doc])
        best = max(own.values(), default=1.0)
        if best <= 0:
            return dict.fromkeys(own, 0.0)
        return {doc: max(0.0, cosine) / best for doc, cosine in own.items()}


class Held(NamedTuple):
    """All vectors that were made."""

    rows: list[tuple[int, str]]
    """Row of the index and key of each."""
    vectors: bytes
    """In the same order, one behind the other."""


class Wanted(NamedTuple):
    """A row of the index that has no vector yet."""

    doc: int
    key: str
    text: str


Stamp = tuple[int, int, int, int]
"""Which file it is, its size and its times in ns: of content and of anything."""


class Vectors:
    """The file of vectors; made by whoever writes first."""

    def __init__(self, store: Path) -> None:
        """``store``: the file of the store that they belong to."""
        self._store = store
        self._path = store.with_name("meaning.db")

    @property
    def are_there(self) -> bool:
        """Whether any were ever made."""
        return self._path.exists()

    def missing(self, most: int) -> list[Wanted]:
        """Rows without a vector, memories first and of each the newest.

        Vectors of what is masked or gone from the index are dropped.
        """
        with closing(open_reader(self._store)) as store, closing(self._open()) as own:
            known = dict(own.execute(KNOWN).fetchall())
            lacking: list[int] = []
            for sql in (MEMORIES, SUMMARIES):
                for doc, key in store.execute(sql, {"first_memory": FIRST_MEMORY}):
                    if known.get(doc) == key:
                        del known[doc]
                    elif len(lacking) < most:
                        lacking.append(doc)
            with own:
                own.executemany(DROP, [(doc,) for doc in known])
            found = {row.doc: row for row in _rows(store, lacking)}
        return [found[doc] for doc in lacking if doc in found]

    def put(self, rows: Iterable[tuple[Wanted, bytes]]) -> None:
        """Keep vectors."""
        with closing(self._open()) as own, own:
            own.executemany(PUT, [(one.doc, one.key, vec) for one, vec in rows])

    def all(self) -> Held:
        """Row and key of each, and its vector; read anew when the file changed."""
        if not self.are_there:
            return Held([], b"")
        return _held(self, self._stamp())

    def read(self) -> Held:
        """The same from the file, which nothing is written into."""
        try:
            with closing(self._reading()) as own:
                rows = own.execute(ALL).fetchall()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.startswith(_PASSES):
                raise
            return Held([], b"")  # damaged: the next making begins anew
        return Held(
            [(doc, key) for doc, key, _ in rows], b"".join(vec for *_, vec in rows)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vectors) and other._path == self._path

    def __hash__(self) -> int:
        return hash(self._path)

    def _stamp(self) -> Stamp:
        """Another one than before: the file was replaced, or written in.

        Nothing is opened: to close a file drops the locks that SQLite holds on it
        for other threads of this process.
        """
        now = self._path.stat()
        return now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns

    def _reading(self) -> sqlite3.Connection:
        """A connection that writes nothing, in a folder that takes nothing, too."""
        how = "mode=ro&immutable=1" if is_read_only(self._path) else "mode=ro"
        return sqlite3.connect(f"file:{quoted(self._path)}?{how}", uri=True, timeout=8)

    def _open(self) -> sqlite3.Connection:
        make_private_dir(self._path.parent)
        self._make_private()
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.startswith(_PASSES):
                raise
            self._path.unlink()  # damaged: all of it can be made again
            self._make_private()
            return self._opened()

    def _make_private(self) -> None:
        """The file is there, is no link to another one, and its owner's alone."""
        if self._path.is_symlink():
            self._path.unlink()
        self._path.touch(mode=0o600)
        if self._path.stat().st_mode & 0o077:
            self._path.chmod(0o600)

    def _opened(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self._path, timeout=8)
        try:
            conn.execute(_SCHEMA)
        except sqlite3.DatabaseError:
            conn.close()
            raise
        return conn


def like(
    conn: sqlite3.Connection, vectors: Vectors, query: Query, embedder: Embedder
) -> Meaning:
    """What is about the same as a query's words, as far as it has vectors."""
    rows, made = vectors.all()
    (wanted,) = embedder.embed([" ".join((*query.phrases, *query.words))])
    every = cosines(wanted, made)
    about = (place for place, cosine in enumerate(every) if cosine >= NEAR)
    nearest = nlargest(MOST, about, key=every.__getitem__)
    docs = [rows[place][0] for place in nearest]
    there = {(row.doc, row.key) for row in _rows(conn, docs)}
    found = {rows[one][0]: every[one] for one in nearest if rows[one] in there}
    if expression := match.any_of(map(match.phrase, query.excluded)):
        asked = {"match": expression, "docs": _numbers(found)}
        for (doc,) in conn.execute(EXCLUDED, asked).fetchall():
            del found[doc]
    known = (doc for doc, _ in rows)
    return Meaning(found, dict(zip(known, every, strict=True)))


@lru_cache(maxsize=1)
def _held(vectors: Vectors, _stamp: Stamp) -> Held:
    """Kept from one search to the next: 100,000 take 50 MB and a tenth of a second."""
    return vectors.read()


def _rows(conn: sqlite3.Connection, docs: Iterable[int]) -> list[Wanted]:
    asked = {"docs": _numbers(docs), "chars": _CHARS}
    return [Wanted(*row) for row in conn.execute(ROWS, asked)]


def _numbers(docs: Iterable[int]) -> str:
    return f"[{','.join(map(str, docs))}]"
