"""A session stated anew from the archive, by a newer reader or on demand.

Its links, faults and what its reader had learnt are taken away, the archived
lines go through ``Store.apply`` again, and what is then shown by no session any
more is removed. All in one transaction: no one sees the session half told.
Records keep their rows, so that nothing that points to them breaks.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

from memtui.store.ingest import faults
from memtui.store.search.pending import PendingDocs

_GROUP: Final = """
    select id from transcript where path = ?1
    union
    select other.id from transcript one
    join transcript other on other.session_id = one.session_id
    where one.path = ?1 order by 1
"""
_LINKED: Final = "select record_id from link where session_id = ?"
_FORGET: Final = """
    update session set said_title = '', said_rank = 0, cwd = '', branch = '', turns = 0,
        records = 0, started_at = 0, ended_at = 0, distilled = 0
    where id = ?
"""
_CWD: Final = "select cwd from session where id = ?"
_STAYS: Final = "update session set cwd = ? where id = ? and cwd = ''"
_ORPHANS: Final = """
    select r.id from json_each(?) before cross join record r on r.id = before.value
    where not exists (select 1 from link where record_id = r.id)
"""


def group(conn: sqlite3.Connection, path: str) -> list[int]:
    """Rows of the transcripts that show the same session as this one, it included."""
    return [row[0] for row in conn.execute(_GROUP, (path,))]


class Before(NamedTuple):
    """What is to be compared with, once a session is stated anew."""

    session: int | None
    shown: set[int]
    """The records that it showed."""
    cwd: str


def begin(
    conn: sqlite3.Connection, transcripts: Iterable[int], session: int | None
) -> Before:
    """Take away what readers said."""
    for transcript in transcripts:
        faults.forget(conn, transcript)
    if session is None:
        return Before(None, set(), "")
    (cwd,) = conn.execute(_CWD, (session,)).fetchone()
    shown = {row[0] for row in conn.execute(_LINKED, (session,))}
    conn.execute("delete from link where session_id = ?", (session,))
    conn.execute("delete from delivery where session_id = ?", (session,))
    conn.execute(_FORGET, (session,))
    return Before(session, shown, cwd)


def forget(conn: sqlite3.Connection, session: int, untold: set[int]) -> Before:
    """Take away what readers said of a session, but for what it shows.

    Args:
        untold: rows of records that it is to show no more.
    """
    (cwd,) = conn.execute(_CWD, (session,)).fetchone()
    conn.execute(_FORGET, (session,))
    return Before(session, untold, cwd)


def finish(conn: sqlite3.Connection, before: Before, index: PendingDocs) -> None:
    """Remove the records that no session shows any more.

    A folder that only a file beside the transcript told, which is gone, stays.
    """
    conn.execute(_STAYS, (before.cwd, before.session))
    wanted = (json.dumps(list(before.shown)),)
    orphans = [row[0] for row in conn.execute(_ORPHANS, wanted)]
    index.drop_records(conn, orphans)
    conn.executemany("delete from record where id = ?", ((row,) for row in orphans))
