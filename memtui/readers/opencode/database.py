"""OpenCode's database, only ever read: which sessions it holds, and their rows.

Migrations come monthly: tables and columns are taken as they are found. A row is
told by its own columns; where it lacks a time, its row number tells that it is new.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from typing import Final

from memtui.readers.base import Cut, Item, Marks
from memtui.readers.foreign import reading
from memtui.readers.opencode.tables import Parts, Table

_BESIDE: Final = ("todo", "session_message", "session_input")
"""Tables whose rows belong to a session: newer messages, and what is only archived."""
_TELLING: Final = ("message", "part", "session_message")
_EVENTS: Final = """
    select s.id, coalesce(e.seq, -1), coalesce(s.time_updated, 0) from session s
    left join event_sequence e on e.aggregate_id = s.id
"""
_TIMED: Final = re.compile(r"[a-z]+_([0-9a-f]{12})")
_MILLISECONDS: Final = 1_000_000


def marks_of(database: str) -> Marks:
    """Of the file and of the log beside it that holds what is newest.

    Raises:
        OSError: there is no such file.
    """
    stat = os.stat(database)
    size, time = stat.st_size, stat.st_mtime_ns
    try:
        log = os.stat(f"{database}-wal")
    except FileNotFoundError:
        return Marks(stat.st_ino, size, time)
    if log.st_size:  # an empty one says nothing, and may come from a reader
        size, time = size + log.st_size, max(time, log.st_mtime_ns)
    return Marks(stat.st_ino, size, time)


def check(database: str) -> None:
    """Open it, to hear why it cannot be read.

    Raises:
        OSError: it cannot.
    """
    with reading(database) as conn:
        Table(conn, "session")


def sessions_in(database: str) -> Iterator[tuple[str, Marks]]:
    """Ids of all sessions and marks that move with any of their rows.

    Raises:
        OSError: the database cannot be read.
    """
    inode = os.stat(database).st_ino
    with reading(database) as conn:
        numbers = _by_events(conn)
        if numbers is None:
            numbers = _by_rows(conn)
        if not numbers or "id" not in Table(conn, "session").columns:
            return
        known = conn.execute("select id from session")
        for (session,) in known:
            count, at = numbers.get(str(session), (0, 0))
            yield str(session), Marks(inode, count, at * _MILLISECONDS)


def _by_events(conn: sqlite3.Connection) -> dict[str, tuple[int, int]] | None:
    """By session, the number of its last event and when its row changed.

    Newer versions write an event for each change, and a row for each session with
    the number of its last one: no message needs to be looked at. None where they do
    not, or where a part is newer than all events.
    """
    wanted = {"event_sequence": "aggregate_id", "event": "id"}
    if not all(of in Table(conn, name).columns for name, of in wanted.items()):
        return None
    if "time_updated" not in Table(conn, "session").columns:
        return None
    (last,) = conn.execute("select max(id) from event").fetchone()
    for table in ("message", "part"):
        if not Table(conn, table).columns:
            continue
        newest = conn.execute(f"select id from {table} order by rowid desc limit 1")  # noqa: S608
        for (identity,) in newest:
            if _when(identity) > _when(last):
                return None
    found = conn.execute(_EVENTS)
    return {str(session): (seq + 1, at) for session, seq, at in found}


def _when(identity: object) -> str:
    """The part of an id that goes up with time; empty where it is no such id."""
    timed = _TIMED.match(identity) if isinstance(identity, str) else None
    return timed[1] if timed else "" if identity is None else "~"


def _by_rows(conn: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """By session, how many rows it has and when the last of them changed."""
    newest: dict[str, tuple[int, int]] = {}
    for table in ("session", *_TELLING):
        columns = Table(conn, table).columns
        owner = "id" if table == "session" else "session_id"
        if owner not in columns:
            continue
        time = "time_updated" if "time_updated" in columns else "rowid"
        counted = conn.execute(
            f"select {owner}, count(*), max({time}) from {table}"  # noqa: S608
            f" not indexed group by {owner}"
        )
        for session, count, at in counted:
            before = newest.get(str(session), (0, 0))
            at = at if isinstance(at, int) else 0
            newest[str(session)] = (before[0] + count, max(before[1], at))
    return newest


def rows_of(database: str, session: str, cut: Cut) -> Iterator[Item]:
    """A session's rows: its own, each message with its parts, what is beside.

    Raises:
        OSError: the database cannot be read.
    """
    with reading(database) as conn:
        yield from Table(conn, "session").rows("id", session, cut)
        messages, parts = Table(conn, "message"), Table(conn, "part")
        order = "time_created, id" if "time_created" in messages.columns else "id"
        behind = Parts(parts, session, cut)
        for item in messages.rows("session_id", session, cut, order):
            yield item
            yield from behind.of(item.key.partition(":")[2])
        if {"id", "session_id"} <= set(messages.columns):
            yield from behind.without_message()
        for name in _BESIDE:
            table = Table(conn, name)
            order = "seq" if "seq" in table.columns else ""
            yield from table.rows("session_id", session, cut, order)
