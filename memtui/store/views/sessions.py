"""Sessions, when their turns began, and what they received."""
# ruff: noqa: S608  questions are put together from our own constants alone

import sqlite3
from typing import NamedTuple

from memtui.errors import NotFound
from memtui.model import Session
from memtui.search.grammar import Query
from memtui.store.rows import session_from, strings_from
from memtui.store.search.filters import Anchor, View, sessions_where

AS_SHOWN = """
    select s.*, p.uuid as project_uuid, p.name as project_name,
        (select g.path from project_root g where g.project_id = p.id
            order by g.last_at desc limit 1) as project_path,
        (select t.path from transcript t where t.session_id = s.id
            order by t.gone_at is not null, t.mtime_ns desc limit 1) as path,
        coalesce((select min(t.gone_at is not null) from transcript t
            where t.session_id = s.id), 0) as source_gone,
        (select max(t.gone_at) from transcript t where t.session_id = s.id) as gone_at,
        exists (select 1 from hidden_session h where h.id = s.native_id) as excluded,
        (select count(*) from curation c where c.session_id = s.id)
            + (select count(*) from observation o
                where o.session_id = s.id and o.touched = 0) as observations
    from found s left join project p on p.id = s.project_id
"""
NEWEST = (
    """
    with found as (
        select * from session s where {where}
        order by s.ended_at desc, s.id desc limit :limit
    )"""
    + AS_SHOWN
    + "order by s.ended_at desc, s.id desc"
)
BY_NATIVE = (
    """
    with found as (
        select * from session where native_id = :id
        order by kind = 'interactive' desc, ended_at desc limit 1
    )"""
    + AS_SHOWN
)
NATIVE_FROM = """
    select native_id from session
    where native_id >= :low and native_id < :high limit 2
"""
CHILDREN = (
    "with found as (select * from session where parent = :id and parent <> '')"
    + AS_SHOWN
    + "order by s.started_at, s.id"
)
ROWID = """
    select id from session where native_id = :id and agent = coalesce(:agent, agent)
    order by kind = 'interactive' desc, ended_at desc limit 1
"""
PROMPTS = """
    select l.turn, substr(r.text, 1, :most) as said, min(l.seq)
    from link l cross join record r on r.id = l.record_id
    where l.session_id = :session and r.kind = 'prompt'
    group by l.turn order by l.turn
"""
TURN_TIMES = """
    select min(r.at) from link l cross join record r on r.id = l.record_id
    where l.session_id = :session and l.turn > 0
    group by l.turn order by l.turn
"""
LAST_TURN = "select max(turn) from link where session_id = :session"
DELIVERIES = """
    select d.export, d.at, d.items, r.text from delivery d
    join record r on r.id = d.record_id
    where d.session_id = :session order by d.at, d.record_id
"""


class Delivery(NamedTuple):
    """The transcript's own proof that a session received a text."""

    session: str
    export: str
    """Id of the exported text; empty for a text that is not ours."""
    at: int
    items: tuple[str, ...]
    """Ids of the memories in it."""
    text: str
    """What the transcript shows, with what the client wrote round it."""


def newest(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    *,
    before: Anchor | None,
    limit: int,
) -> list[Session]:
    """The next window of sessions, the last active first."""
    where = sessions_where(query, view)
    if before is not None:
        where.add(
            "(s.ended_at, s.id) < (:before_at, "
            "(select max(b.id) from session b where b.native_id = :before_id))",
            before_at=before.at,
            before_id=before.id,
        )
    rows = conn.execute(where.into(NEWEST), where.params | {"limit": limit})
    return [session_from(row) for row in rows]


def by_native(conn: sqlite3.Connection, native_id: str) -> Session:
    """The session of this id, or of the only id that begins so.

    Raises:
        NotFound: none, or more than one.
    """
    row = conn.execute(BY_NATIVE, {"id": native_id}).fetchone()
    if row is not None:
        return session_from(row)
    bounds = {"low": native_id, "high": native_id + "\U0010ffff"}
    found = [one for (one,) in conn.execute(NATIVE_FROM, bounds)] if native_id else []
    if len(found) == 1:
        return session_from(conn.execute(BY_NATIVE, {"id": found[0]}).fetchone())
    if found:
        raise NotFound(f"More than one session begins with {native_id}.")
    raise NotFound(
        f"There is no session {native_id or 'without an id'}.",
        hint="memtui sessions --all shows their ids.",
    )


def children(conn: sqlite3.Connection, session: Session | str) -> list[Session]:
    """The subagents that a session started, in their order."""
    rows = conn.execute(CHILDREN, {"id": native_id_of(session)})
    return [session_from(row) for row in rows]


def rowid(conn: sqlite3.Connection, session: Session | str) -> int:
    """The store's own number of a session.

    Raises:
        NotFound: there is no such session.
    """
    agent = session.agent if isinstance(session, Session) else None
    named = {"id": native_id_of(session), "agent": agent}
    row = conn.execute(ROWID, named).fetchone()
    if row is None:
        raise NotFound(f"There is no session {native_id_of(session)}.")
    return int(row["id"])


def prompts(
    conn: sqlite3.Connection, session: Session | str, *, most: int
) -> list[tuple[int, str]]:
    """The turns that a person began: their number and the first words."""
    named = {"session": rowid(conn, session), "most": most}
    return [(int(turn), said) for turn, said, _ in conn.execute(PROMPTS, named)]


def turn_times(conn: sqlite3.Connection, session: Session | str) -> list[int | None]:
    """When each turn of a session began, UTC ms; None where no record says."""
    wanted = {"session": rowid(conn, session)}
    return [at for (at,) in conn.execute(TURN_TIMES, wanted)]


def last_turn(conn: sqlite3.Connection, session: Session | str) -> int:
    """The number of a session's last turn, 0 where it has none."""
    params = {"session": rowid(conn, session)}
    (last,) = conn.execute(LAST_TURN, params).fetchone()
    return int(last or 0)


def deliveries(conn: sqlite3.Connection, session: Session | str) -> list[Delivery]:
    """What a session received, in order."""
    rows = conn.execute(DELIVERIES, {"session": rowid(conn, session)})
    return [
        Delivery(
            session=native_id_of(session),
            export=row["export"],
            at=row["at"],
            items=strings_from(row["items"]),
            text=row["text"],
        )
        for row in rows
    ]


def native_id_of(session: Session | str) -> str:
    """The agent's own id of a session."""
    return session.id if isinstance(session, Session) else session
