"""Turns of sessions with their records: what a transcript is read by."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from memtui.errors import NotFound
from memtui.model import Evidence, Session
from memtui.records import Record, Turn
from memtui.store.record_rows import record_from
from memtui.store.views.sessions import native_id_of, rowid

TURN_OF = """
    select l.turn, l.session_id from record r join link l on l.record_id = r.id
    join session s on s.id = l.session_id
    where r.agent = s.agent and r.native_id = :record and s.native_id = :session
    order by r.part <> :part, l.seq limit 1
"""
TURNS = """
    select r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line, l.turn,
        pl.cwd, pl.branch
    from link l join record r on r.id = l.record_id
    left join place pl on pl.id = r.place_id
    where l.session_id = :session and l.turn >= :first and l.turn < :after
    order by l.turn, l.seq
"""


def turns(
    conn: sqlite3.Connection, session: Session | str, *, first: int, limit: int
) -> list[Turn]:
    """Turns of a session in order, from number ``first`` on."""
    found = _turns(
        conn, native_id_of(session), rowid(conn, session), first, first + limit
    )
    return list(found)


def turn_of(conn: sqlite3.Connection, evidence: Evidence) -> Turn:
    """The turn that holds a piece of evidence.

    Raises:
        NotFound: no session shows that record.
    """
    row = conn.execute(
        TURN_OF,
        {
            "record": evidence.record,
            "session": evidence.session,
            "part": evidence.part,
        },
    ).fetchone()
    if row is None:
        raise NotFound("The turn of this memory is not in the store.")
    number, session = row
    found = list(_turns(conn, evidence.session, session, number, number + 1))
    return found[0]


def _turns(
    conn: sqlite3.Connection, native_id: str, session: int, first: int, after: int
) -> Iterator[Turn]:
    rows = conn.execute(TURNS, {"session": session, "first": first, "after": after})
    for number, group in groupby(rows, key=lambda row: int(row["turn"])):
        records: tuple[Record, ...] = tuple(map(record_from, group))
        at = next((r.at for r in records if r.at is not None), None)
        yield Turn(session=native_id, number=number, at=at, records=records)
