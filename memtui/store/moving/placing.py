"""Where what came from another machine belongs here: projects, sessions, hashes."""

import json
import re
import sqlite3
from typing import Final

from memtui.bundle.lines import HiddenSession, Project, Said, SessionName
from memtui.store.curate import session_names
from memtui.store.curate.hidden import HIDE, SHOW
from memtui.store.curate.journal import Row

BY_UUID: Final = """
    select coalesce(j.joined, p.id) from project p
    left join project_joined j on j.id = p.id where p.uuid = ?
"""
_BY_ROOT: Final = """
    select project_id from project_root where path in (select value from json_each(?))
    order by last_at desc limit 1
"""
_NEW: Final = """
    insert into project (uuid, name, remote, first_commit, resolved, created_at)
    values (?, ?, ?, ?, ?, ?) returning id
"""
_NEW_ROOT: Final = "insert or ignore into project_root values (?, ?, 0, 0)"
_UUID: Final = "select uuid from project where id = ?"
_SESSION: Final = "select id from session where agent = ? and native_id = ?"
_SAID: Final = """
    select max(at) from journal
    where act in (select value from json_each(?)) and about like ? escape '\\'
"""
_NAMED: Final = "select acted_at from session_name where id = ?"
_NAME: Final = (
    "insert or replace into session_name (id, title, acted_at) values (?, ?, ?)"
)
_HIDE: Final = "insert or ignore into hidden_session (id, acted_at) values (?, ?)"
_TOMB: Final = re.compile(r"[a-z2-7]{12}|(?:[srpljv]|ok):[0-9a-f]{16}")
_PATH: Final = re.compile(
    r"[A-Za-z]:|(?:/|[A-Za-z]:[\\/]|\\\\)[^\x00-\x1f\x7f]{0,4095}"
)


class Places:
    """The projects of a bundle, as this store numbers them."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._rows: dict[str, int] = {}
        self._uuids: dict[int, str] = {}

    def meet(self, project: Project) -> None:
        """Find the project of this store that is the one of a bundle, or make it."""
        roots = [root for root in project.roots if is_root(root)]
        found = self._conn.execute(BY_UUID, (project.id,)).fetchone()
        found = found or self._conn.execute(_BY_ROOT, (json.dumps(roots),)).fetchone()
        if found is None:
            values = (
                project.id, project.name, project.remote or None,
                project.first_commit or None, int(bool(roots)), project.at,
            )  # fmt: skip
            found = self._conn.execute(_NEW, values).fetchone()
            self._conn.executemany(_NEW_ROOT, ((root, found[0]) for root in roots))
        self._rows[project.id] = int(found[0])

    def of(self, said: Said) -> Row:
        """Project and session of a memory, by their rows here."""
        asked = (said.agent, said.session)
        session = self._conn.execute(_SESSION, asked).fetchone()
        return {
            "project_id": self.row_of(said.project),
            "session_id": session[0] if session else None,
        }

    def row_of(self, project: str) -> int | None:
        """The row here of a project of the bundle, by its UUID there."""
        return self._rows.get(project)

    def uuid_of(self, project: int | None) -> str:
        """The UUID of a row; empty: none."""
        if project is None:
            return ""
        if project not in self._uuids:
            found = self._conn.execute(_UUID, (project,)).fetchone()
            self._uuids[project] = found[0] if found else ""
        return self._uuids[project]


def is_root(path: str) -> bool:
    """Whether a project can be at this path, on any system."""
    parts = path.replace("\\", "/").split("/")
    return bool(_PATH.fullmatch(path)) and not {"..", "."} & set(parts)


def is_tomb(name: str) -> bool:
    """Whether this can be the hash or the id of something purged."""
    return bool(_TOMB.fullmatch(name))


def name_session(conn: sqlite3.Connection, line: SessionName) -> None:
    """Call a session as the later of two people did."""
    here = conn.execute(_NAMED, (line.id,)).fetchone()
    last = here[0] if here else _last_said(conn, ["rename session"], line.id)
    if line.at > last:
        conn.execute(_NAME, (line.id, line.title, line.at))
        session_names.show_named(conn, [line.id])


def hide_session(conn: sqlite3.Connection, line: HiddenSession) -> None:
    """Leave a session out of the recent ones, unless it was shown again since."""
    if line.at > _last_said(conn, [HIDE, SHOW], line.id):
        conn.execute(_HIDE, (line.id, line.at))


def _last_said(conn: sqlite3.Connection, acts: list[str], session: str) -> int:
    """When something was last decided about a session; 0: never."""
    escaped = session.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = (json.dumps(acts), f"%{json.dumps(escaped)[1:-1]}%")
    (at,) = conn.execute(_SAID, asked).fetchone()
    return int(at or 0)
