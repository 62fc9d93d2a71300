"""Sessions that begin with the history of another one, by reference.

The transcript of such a session holds its own lines alone. The links of its base
are copied in front of its own, as far as its history goes: ``seq`` below zero
says that a link was taken over. What was taken over is shown, but neither
counted among the session's records nor distilled a second time. The base may
become known before or after, and may itself have a base.
"""

import sqlite3
from typing import Final

_SHIFT: Final = 1 << 40
"""More than the links of any session: order is kept through many generations."""

_NOTE: Final = """
    insert or ignore into continues(session_id, base, base_end) values (?, ?, ?)
"""
# Breadth first: whoever takes over comes after its base.
_HEIRS: Final = """
    with recursive family(id) as (
        select :session
        union
        select s.id from family f join session b on b.id = f.id
        join continues c on c.base = b.native_id
        join session s on s.id = c.session_id and s.agent = b.agent
    )
    select c.session_id, c.base_end, (
        select b.id from session b where b.agent = s.agent
            and b.native_id = c.base and b.id <> s.id)
    from family f join session s on s.id = f.id
    join continues c on c.session_id = f.id and c.whole <= :whole
"""
_PART: Final = "delete from link where session_id = ? and seq < 0"
_TAKE_OVER: Final = """
    insert into link(session_id, seq, record_id, turn, transcript_id, generation, line)
    select :heir, l.seq - :shift, l.record_id, l.turn, l.transcript_id, l.generation,
        l.line
    from link l join transcript t on t.id = l.transcript_id
    left join continues c on c.session_id = t.session_id
    where l.session_id = :base and l.line + coalesce(c.base_end, 0) <= :end
        and not exists (select 1 from link own
            where own.session_id = :heir and own.record_id = l.record_id)
"""
_TURNS: Final = """
    select coalesce(max(l.turn), 0), c.turns from continues c
    left join link l on l.session_id = c.session_id and l.seq < 0
    where c.session_id = ?
"""
_RENUMBER: Final = "update link set turn = turn + ? where session_id = ? and seq >= 0"
_RECOUNT: Final = "update session set turns = turns + ? where id = ?"
_TAKEN: Final = "update continues set turns = ?, whole = ? where session_id = ?"
_IS_WHOLE: Final = """
    select coalesce(max(t.line), 0) + coalesce(max(c.base_end), 0) >= :end
        and coalesce(max(c.whole), 1)
    from transcript t left join continues c on c.session_id = t.session_id
    where t.session_id = :base
"""


def note(conn: sqlite3.Connection, session: int, base: str, end: int) -> None:
    """Keep which history a session begins with, and how much of it."""
    conn.execute(_NOTE, (session, base, end))


def join(conn: sqlite3.Connection, session: int) -> None:
    """Take over what is there: for a session, and for those that continue it."""
    for heir, end, base in _heirs(conn, session, whole=0):
        if base is not None:
            places = {"heir": heir, "base": base, "end": end, "shift": _SHIFT}
            conn.execute(_PART, (heir,))
            conn.execute(_TAKE_OVER, places)
            (whole,) = conn.execute(_IS_WHOLE, places).fetchone()
            _renumber(conn, heir, whole)


def part(conn: sqlite3.Connection, session: int) -> None:
    """Give back what was taken over: the history is about to be stated anew."""
    for heir, _, _ in _heirs(conn, session, whole=1):
        conn.execute(_PART, (heir,))
        _renumber(conn, heir, whole=0)


def _heirs(
    conn: sqlite3.Connection, session: int, *, whole: int
) -> list[tuple[int, int, int | None]]:
    """Who takes over, how much, and from whom, as far as that one is known."""
    found = conn.execute(_HEIRS, {"session": session, "whole": whole})
    return [tuple(row) for row in found]


def _renumber(conn: sqlite3.Connection, heir: int, whole: int) -> None:
    """Let the session's own turns follow those that it took over."""
    turns, before = conn.execute(_TURNS, (heir,)).fetchone()
    if turns != before:
        conn.execute(_RENUMBER, (turns - before, heir))
        conn.execute(_RECOUNT, (turns - before, heir))
    conn.execute(_TAKEN, (turns, whole, heir))
