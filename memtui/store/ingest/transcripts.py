"""Rows of transcripts: how far each was read, and what in it could not be."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from memtui.model import Agent
from memtui.store.ingest import archive, faults
from memtui.store.ingest.archive import Place
from memtui.store.ingest.batch import Batch, KnownTranscript, Position, Tail
from memtui.store.ingest.seen import DATABASE, HISTORY

_BY_PATH: Final = "select * from transcript where path = ?"
_BY_ROW: Final = "select * from transcript where id = ?"
_MEET: Final = "insert into transcript(agent, path) values (?, ?) returning id"
_ADVANCE: Final = """
    update transcript set
        session_id = coalesce(?, session_id), generation = ?, inode = ?, size = ?,
        mtime_ns = ?, head_hash = ?, tail_hash = ?, offset = ?, line = ?, tail = ?,
        state = ?, reader_version = ?, gone_at = null, quarantined = null
    where id = ?
"""
# what could not be read is to be looked at again, whether this run gets there or not
_PARSED: Final = """
    update transcript set session_id = coalesce(?, session_id), state = ?,
        reader_version = ?, mtime_ns = iif(quarantined is null, mtime_ns, 0)
    where id = ?
"""
_TALKED: Final = "update transcript set talked = 1 where id = ? and talked = 0"
_ASIDE: Final = "update transcript set talked = -1 where id = ?"
"""It stands beside a conversation and is never counted."""
_GONE: Final = "update transcript set gone_at = ? where path = ? and gone_at is null"
_BACK: Final = "update transcript set gone_at = null where path = ?"
_QUARANTINE: Final = """
    update transcript set quarantined = ?, inode = ?, size = ?, mtime_ns = ?,
        reader_version = ?
    where path = ?
"""
_RELEASE: Final = "update transcript set quarantined = null where path = ?"
_NOTE: Final = """
    insert into meta(key, value) values (?, ?)
    on conflict(key) do update set value = excluded.value
"""
_MOVE: Final = "update transcript set path = ?, gone_at = null where path = ?"
_RENAME_SESSION: Final = """
    update or ignore session set native_id = ?, distilled = 0
    where native_id <> ? and id = (select session_id from transcript where path = ?)
"""


def by_path(conn: sqlite3.Connection, path: str) -> KnownTranscript | None:
    """What is known of the transcript at this path."""
    row = conn.execute(_BY_PATH, (path,)).fetchone()
    return None if row is None else _known(row)


def by_row(conn: sqlite3.Connection, row: int) -> KnownTranscript:
    """What is known of the transcript in this row."""
    return _known(conn.execute(_BY_ROW, (row,)).fetchone())


def meet(conn: sqlite3.Connection, agent: Agent, path: str) -> int:
    """The row of a transcript, made if need be."""
    row = conn.execute(_BY_PATH, (path,)).fetchone()
    if row is None:
        row = conn.execute(_MEET, (agent.value, path)).fetchone()
    return int(row["id"])


def keep_lines(conn: sqlite3.Connection, place: Place, batch: Batch) -> None:
    """Put a batch's lines into the archive."""
    if batch.piece is not None:
        (piece,) = batch.lines
        first = batch.piece == 0
        archive.add_piece(conn, place, batch.first_line, piece, first=first)
        return
    if batch.retold is not None and batch.retold.replaced:
        archive.replace_lines(conn, place, batch.retold.replaced)
    archive.append(conn, place, batch.first_line, batch.lines)
    if batch.last_line is not None:
        number = batch.first_line + len(batch.lines)
        archive.set_tail(conn, place, number, batch.last_line)
    if place.generation:
        added = sum(map(len, batch.lines)) + len(batch.last_line or b"")
        for older in archive.drop_contained(conn, *place, added):
            faults.forget_reading(conn, Place(place.transcript, older))


def advance(
    conn: sqlite3.Connection, transcript: int, batch: Batch, session: int | None
) -> None:
    """Set how far a transcript was read; it is there, and it can be read."""
    p = batch.position
    if batch.anew:
        done = (session, batch.state, batch.reader_version, transcript)
        conn.execute(_PARSED, done)
        return
    conn.execute(
        _ADVANCE,
        (
            session, batch.generation, p.inode, p.size, p.mtime_ns, p.head_hash,
            p.tail_hash, p.offset, p.line, batch.tail, batch.state,
            batch.reader_version, transcript,
        ),
    )  # fmt: skip


def note_talk(conn: sqlite3.Connection, transcript: int, batch: Batch) -> bool:
    """Note a conversation if the batch holds one; whether it is the first here."""
    if not any(":" not in record.native_id for record in batch.records):
        return False
    return conn.execute(_TALKED, (transcript,)).rowcount > 0


def set_aside(conn: sqlite3.Connection, transcript: int) -> None:
    """Note that a transcript stands beside a conversation."""
    conn.execute(_ASIDE, (transcript,))


def mark_gone(conn: sqlite3.Connection, paths: Iterable[str], at: int) -> None:
    """These transcripts are not there any more; what they held stays."""
    conn.executemany(_GONE, ((at, path) for path in paths))


def mark_back(conn: sqlite3.Connection, paths: Iterable[str]) -> None:
    """These transcripts are there again."""
    conn.executemany(_BACK, ((path,) for path in paths))


def move(conn: sqlite3.Connection, old: str, new: str, session: str) -> None:
    """The file at ``old`` is at ``new`` now, and names its session so.

    Where another transcript already has that name, or ``session`` is empty, the
    session keeps its own.
    """
    conn.execute(_MOVE, (new, old))
    if session:
        conn.execute(_RENAME_SESSION, (session, session, new))


def quarantine(
    conn: sqlite3.Connection, path: str, marks: Position, why: str, version: int
) -> None:
    """Read a transcript no further until its marks or its reader change."""
    row = (why, marks.inode, marks.size, marks.mtime_ns, version, path)
    conn.execute(_QUARANTINE, row)


def note_database(conn: sqlite3.Connection, path: str, marks: Position) -> None:
    """Keep the marks of a database that was read; it can be read."""
    value = json.dumps([marks.inode, marks.size, marks.mtime_ns])
    conn.execute(_NOTE, (DATABASE + path, value))
    conn.execute(_RELEASE, (path,))


def note_history(conn: sqlite3.Connection, path: str, again: int) -> None:
    """A history was read; when to look into it again, Unix milliseconds."""
    conn.execute(_NOTE, (HISTORY + path, str(again)))


def _known(row: sqlite3.Row) -> KnownTranscript:
    return KnownTranscript(
        id=row["id"],
        agent=Agent(row["agent"]),
        path=row["path"],
        session=row["session_id"],
        generation=row["generation"],
        position=Position(
            inode=row["inode"],
            size=row["size"],
            mtime_ns=row["mtime_ns"],
            head_hash=row["head_hash"],
            tail_hash=row["tail_hash"],
            offset=row["offset"],
            line=row["line"],
        ),
        tail=Tail(row["tail"]),
        state=row["state"] or b"",
        reader_version=row["reader_version"],
        gone=row["gone_at"] is not None,
        quarantined=row["quarantined"] or "",
    )
