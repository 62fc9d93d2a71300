"""Sessions that the list of recent ones leaves out, because a person said so."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from memtui.store.curate.journal import Change, Named
from memtui.store.rows import strings_column

HIDE: Final = "exclude session"
SHOW: Final = "include session"
ACTS: Final = frozenset({HIDE, SHOW})
"""Acts whose entries in the journal are about sessions, by native id."""

HIDDEN: Final = """
    select id, acted_at from hidden_session
    where id in (select value from json_each(:ids))
"""
KNOWN: Final = """
    select native_id, max(title) as title from session
    where native_id in (select value from json_each(:ids)) group by native_id
"""
PROJECTS: Final = """
    select distinct p.uuid from session s join project p on p.id = s.project_id
    where s.native_id in (select value from json_each(:ids))
"""
PUT: Final = "insert or replace into hidden_session (id, acted_at) values (:id, :at)"
DELETE: Final = "delete from hidden_session where id = :id"


def changed(
    conn: sqlite3.Connection, sessions: Sequence[str], *, hide: bool, at: int
) -> dict[str, Change]:
    """What hiding or showing these sessions changes; unknown ones are passed over."""
    ids = {"ids": strings_column(sessions)}
    known = {row["native_id"] for row in conn.execute(KNOWN, ids)}
    hidden = {row["id"]: row["acted_at"] for row in conn.execute(HIDDEN, ids)}
    wanted = (one for one in dict.fromkeys(sessions) if one in known)
    return {
        one: (None, {"acted_at": at}) if hide else ({"acted_at": hidden[one]}, None)
        for one in wanted
        if hide is (one not in hidden)
    }


def write(conn: sqlite3.Connection, made: Mapping[str, Change]) -> None:
    """Put rows as they are after a change. Inside the caller's transaction."""
    for session, (_, after) in made.items():
        if after is None:
            conn.execute(DELETE, {"id": session})
        else:
            conn.execute(PUT, {"id": session, "at": after["acted_at"]})


def named(conn: sqlite3.Connection, sessions: Sequence[str]) -> list[Named]:
    """Sessions with their titles, as the journal names them."""
    rows = conn.execute(KNOWN, {"ids": strings_column(sessions)})
    titles = {row["native_id"]: row["title"] for row in rows}
    return [Named(id=one, title=titles.get(one, "")) for one in sessions]


def projects(conn: sqlite3.Connection, sessions: Sequence[str]) -> frozenset[str]:
    """UUIDs of the projects that these sessions belong to."""
    rows = conn.execute(PROJECTS, {"ids": strings_column(sessions)})
    return frozenset(uuid for (uuid,) in rows)
