"""Rows of the full-text index: written here for ingest and curation alike.

The index is contentless and append-only: SQLite 3.40 cannot delete such a row
without its old text. A changed text gets a new row; the old one is masked
(``doc.live = 0``) and passed over when read.

The word sets of ``alike`` follow the same texts, so they are kept from here.

A rowid says two things, so that the index alone can answer "newest first" and
"memories only": memories lie above ``FIRST_MEMORY``, records below; and within
both, numbers grow with time as far as the order of arrival allows. A first sync
reads the newest files first, so older rows are numbered downwards.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from memtui.later import later
from memtui.model import Evidence

if TYPE_CHECKING:  # who reads does not write
    from memtui.search import prepare
    from memtui.search.prepare import Prepared
    from memtui.store.curate import alike
    from memtui.store.search import terms
else:
    prepare = later("memtui.search.prepare")
    alike = later("memtui.store.curate.alike")
    terms = later("memtui.store.search.terms")

FIRST_MEMORY: Final = 1 << 40
_RECORDS_START: Final = 1 << 39
_MEMORIES_START: Final = FIRST_MEMORY + (1 << 39)
LAST: Final = (1 << 62) - 1

_DocRow = tuple[int, str | None, int | None, int | None, int]

NEW_DOC = """
    insert into doc (id, memory, record_id, session_id, at)
    values (?, ?, ?, ?, ?)
"""
INDEX: Final = """
create virtual table {table} using fts5 (
    body, title, context, ident,
    content='', tokenize='porter unicode61 remove_diacritics 2'
)
"""
"""The index, as its last migration makes it. The first column is the one with most of
the words: of any other FTS5 notes with each word that it is that one."""
NEW_ROW = """
    insert into fts (rowid, title, body, context, ident)
    values (?, ?, ?, ?, ?)
"""
SETTINGS: Final = (("hashsize", 8 << 20), ("automerge", 8))
"""Of the index: rows are added thousands at a time, so fewer and larger segments.
A quarter less to do for a first sync, and a sixth less to keep (measured)."""

SET = "insert into fts (fts, rank) values (?, ?)"
MASK = "update doc set live = 0 where memory = ? and live = 1"
MASK_RECORD = "update doc set live = 0 where record_id = ? and live = 1"
_GIVE: Final = """
    update doc set session_id = owner.id from (
        select wanted.value as record, (
            select s.id from link l join session s on s.id = l.session_id
            where l.record_id = wanted.value
            order by l.seq < 0, s.started_at, s.native_id limit 1) as id
        from json_each(?) wanted) owner
    where doc.record_id = owner.record and doc.live = 1
        and owner.id is not null and doc.session_id <> owner.id
"""
PREPARED: Final = "prepared"
"""The key in ``meta`` of how the texts of the index were prepared."""
_NOTE_PREPARED: Final = "insert or replace into meta (key, value) values (?, ?)"
_IS_EMPTY: Final = "select not exists (select 1 from doc)"
ENDS = """
    select (select min(id) from doc where id between :low and :high),
        (select max(id) from doc where id between :low and :high)
"""
AT = "select at from doc where id = ?"


class RecordDoc(NamedTuple):
    """A record that search will find."""

    record_id: int
    session_id: int
    at: int
    text: "Prepared"


class MemoryDoc(NamedTuple):
    """A memory that search will find by this text and no longer by another."""

    id: str
    session_id: int | None
    at: int
    text: "Prepared"


def memory_doc(
    id: str,  # noqa: A002  the model's own name
    *,
    session_id: int | None,
    at: int,
    title: str,
    body: str,
    facts: Iterable[str] = (),
    tags: Iterable[str] = (),
    files: Iterable[str] = (),
    evidence: Iterable[Evidence] = (),
) -> MemoryDoc:
    """A memory's row, built one way for what ingest and what a person writes."""
    quotes = " ".join(e.quote for e in evidence)
    text = prepare.memory_text(
        title, body, facts=facts, tags=tags, files=files, context=quotes
    )
    return MemoryDoc(id=id, session_id=session_id, at=at, text=text)


def add_records(
    conn: sqlite3.Connection,
    docs: Sequence[RecordDoc],
    known: "terms.Terms | None" = None,
) -> None:
    """Index new records. Inside the caller's transaction, many at a time."""
    _add(conn, docs, _RECORDS_START, (0, FIRST_MEMORY - 1), known)


def put_memories(conn: sqlite3.Connection, docs: Sequence[MemoryDoc]) -> None:
    """Index memories anew, masking what they said before; find what is alike."""
    ids = [doc.id for doc in docs]
    _mask(conn, ids)
    _add(conn, docs, _MEMORIES_START, (FIRST_MEMORY, LAST))
    alike.put(conn, ids)


def add_memories(conn: sqlite3.Connection, docs: Sequence[MemoryDoc]) -> None:
    """Index memories that the index lacks; what is alike is known already."""
    _add(conn, docs, _MEMORIES_START, (FIRST_MEMORY, LAST))


def mask_memories(conn: sqlite3.Connection, ids: Collection[str]) -> None:
    """Hide memories from search: they are gone, or are put again."""
    _mask(conn, ids)
    alike.drop(conn, ids)


def note_prepared(conn: sqlite3.Connection) -> None:
    """The texts of the whole index are prepared as they are now."""
    conn.execute(_NOTE_PREPARED, (PREPARED, str(prepare.VERSION)))


def _mask(conn: sqlite3.Connection, ids: Iterable[str]) -> None:
    conn.executemany(MASK, ((one,) for one in ids))


def mask_records(conn: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Hide records from search: they are gone, or are put again."""
    conn.executemany(MASK_RECORD, ((row,) for row in rows))


def give_records(conn: sqlite3.Connection, rows: Collection[int]) -> None:
    """Have records found in the session that began first, of those that show them.

    Of several that began together, as forks say they did, in the one whose native
    id is the smallest: the same one, whichever was read first.
    """
    if rows:
        conn.execute(_GIVE, (json.dumps(list(rows)),))


def _add(
    conn: sqlite3.Connection,
    docs: Sequence[RecordDoc | MemoryDoc],
    start: int,
    ends: tuple[int, int],
    known: "terms.Terms | None" = None,
) -> None:
    if not docs:
        return
    # Rising rowids: FTS5 flushes a segment each time one is not above the last.
    rising = sorted(docs, key=lambda doc: doc.at)
    first = _first_number(conn, start, ends, newest=rising[-1].at, count=len(rising))
    conn.executemany(NEW_DOC, [_doc_row(n, doc) for n, doc in enumerate(rising, first)])
    rows = [(n, *doc.text[:4]) for n, doc in enumerate(rising, first)]
    conn.executemany(NEW_ROW, rows)
    (known or terms.Terms()).add(conn, (doc.text.pieces for doc in rising))


def _doc_row(number: int, doc: RecordDoc | MemoryDoc) -> _DocRow:
    if isinstance(doc, RecordDoc):
        return (number, None, doc.record_id, doc.session_id, doc.at)
    return (number, doc.id, None, doc.session_id, doc.at)


def _first_number(
    conn: sqlite3.Connection,
    start: int,
    ends: tuple[int, int],
    *,
    newest: int,
    count: int,
) -> int:
    low, high = conn.execute(ENDS, {"low": ends[0], "high": ends[1]}).fetchone()
    if low is None:
        conn.executemany(SET, SETTINGS)
        if conn.execute(_IS_EMPTY).fetchone()[0]:
            note_prepared(conn)
        return start
    (oldest_known,) = conn.execute(AT, (low,)).fetchone()
    if newest < oldest_known and low - count > ends[0]:
        return int(low) - count
    return int(high) + 1
