"""Whose word counts on where a record was made: forks state it each in their way.

Of the sessions that show a record, the one with the smaller (start, native id)
says in which folder and on which branch it was made, whichever was read first.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import Final

from memtui.records import Record
from memtui.store.ingest.records import PlaceCache

_OURS: Final = """
    select wanted.value from json_each(:rows) wanted
    join session own on own.id = :session
    where not exists (
        select 1 from link l join session s on s.id = l.session_id
        where l.record_id = wanted.value and l.seq >= 0 and s.id <> own.id
            and (s.started_at, s.native_id) < (own.started_at, own.native_id))
"""
_SHARED: Final = """
    select distinct l.record_id from json_each(:rows) wanted
    cross join link l on l.record_id = wanted.value
    where l.session_id <> :session and l.seq >= 0
"""
_PLACES: Final = """
    select r.id, r.place_id from json_each(?) wanted
    cross join record r on r.id = wanted.value
"""
_MOVE: Final = "update record set place_id = ? where id = ?"
_DUE: Final = """
    update session set distilled = 0 where distilled <> 0 and id in (
        select l.session_id from json_each(?) wanted
        join link l on l.record_id = wanted.value)
"""


def of_others(
    conn: sqlite3.Connection, session: int, rows: Collection[int]
) -> set[int]:
    """Those of these records whose place another session states."""
    if not rows:
        return set()
    asked = {"session": session, "rows": json.dumps(list(rows))}
    return set(rows) - {row[0] for row in conn.execute(_OURS, asked)}


def restate(
    conn: sqlite3.Connection,
    session: int,
    said: Mapping[int, Record],
    places: PlaceCache,
) -> None:
    """Put known records where this session, whose word counts, says.

    Sessions that show one of them are to be distilled again.
    """
    if not said:
        return
    asked = {"session": session, "rows": json.dumps(list(said))}
    shared = json.dumps([row[0] for row in conn.execute(_SHARED, asked)])
    moved = [
        (place, row)
        for row, before in conn.execute(_PLACES, (shared,)).fetchall()
        if (place := places.row(conn, said[row].cwd, said[row].branch)) != before
    ]
    conn.executemany(_MOVE, moved)
    if moved:
        conn.execute(_DUE, (json.dumps([row for _, row in moved]),))
