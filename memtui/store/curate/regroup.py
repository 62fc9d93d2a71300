"""Projects that a person joined, moved, named or told apart.

What ingest finds stays: a joined project keeps its row with its git identity, and
``project_joined`` says whose everything is that is found there. Nothing is read
through it but by ingest, which follows it (``projects``); all else that belonged to
the project is moved by the act.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from memtui.store.curate import changes
from memtui.store.curate.journal import Change, Named
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.rows import strings_column

_OWNED: Final = ("session", "place", "observation", "curation", "project_root")
"""Tables whose rows belong to a project."""

_ROW: Final = """
    select p.id, p.uuid, p.name, p.common_dir from project p
    where p.uuid = ? and p.id not in (select id from project_joined)
"""
_AT_PLACE: Final = """
    select distinct t.id from project p
    left join project_joined j on j.id = p.id
    join project t on t.id = coalesce(j.joined, p.id)
    where t.uuid <> :project and (p.common_dir = :common or p.id in
        (select project_id from project_root where path = :path))
        and exists (select 1 from project own where own.uuid = :project
            and own.id not in (select id from project_joined))
"""
_HOLDS: Final = "select exists (select 1 from project where common_dir = ?)"
_LAST_SESSION: Final = "select coalesce(max(id), 0) from session"
_JOINED_TO: Final = """
    select id, joined, last_session, acted_at from project_joined where joined = ?
"""
_ALIASES: Final = "select id from project_alias where project_id = ?"
_ALIAS: Final = "select id, project_id, acted_at from project_alias where id = ?"
_ROOT: Final = "select project_id, first_at, last_at from project_root where path = ?"
_NEWEST_ROOT: Final = """
    select path from project_root where project_id = ? order by last_at desc limit 1
"""
_STRAYS: Final = "select id, cwd from session where project_id = ? and id > ?"
_ROOTS: Final = "select path, project_id from project_root where project_id in (?, ?)"
_REVISIONS: Final = """
    update proposal set project_id = coalesce(
        (select c.project_id from curation c where c.id = memory), 0)
    where kind = 'revision' and memory in (select value from json_each(?))
"""
_OF_SESSION: Final = """
    update {table} set project_id = ? where project_id = ? and session_id = ?
"""

Made = dict[str, Change]


def merged(
    conn: sqlite3.Connection, into: str, others: Iterable[str], at: int
) -> tuple[Made, list[Named]]:
    """What it changes that these projects (UUIDs) are one; unknown ones are out."""
    target = conn.execute(_ROW, (into,)).fetchone()
    made: Made = {}
    about: list[Named] = []
    for uuid in dict.fromkeys(others):
        row = conn.execute(_ROW, (uuid,)).fetchone()
        if row is not None and target is not None and row["id"] != target["id"]:
            made |= _joined(conn, row["id"], target["id"], at)
            about.append(Named(id=uuid, title=row["name"]))
    return made, [_named(target), *about] if made else []


def moved(
    conn: sqlite3.Connection, project: str, root: ProjectRoot, at: int
) -> tuple[Made, list[Named]]:
    """What it changes that a project (UUID) is at another root now.

    A project that was found there already is the same one.
    """
    target = conn.execute(_ROW, (project,)).fetchone()
    if target is None:
        return {}, []
    ours = target["id"]
    made: Made = {}
    for other in others_at(conn, project, root):
        made |= _joined(conn, other, ours, at)
    if root.common_dir and not conn.execute(_HOLDS, (root.common_dir,)).fetchone()[0]:
        before = {"common_dir": target["common_dir"]}
        made[f"project:{ours}"] = (before, {"common_dir": root.common_dir})
    known = conn.execute(_ROOT, (root.path,)).fetchone()
    if known is None:
        row = {"project_id": ours, "first_at": at, "last_at": at}
        made[f"project_root:{root.path}"] = (None, row)
    elif (root.path,) != tuple(conn.execute(_NEWEST_ROOT, (ours,)).fetchone() or ()):
        row = {"project_id": ours, "last_at": max(at, known["last_at"])}
        before = {name: known[name] for name in row}
        made[f"project_root:{root.path}"] = (before, row)
    return made, [_named(target)]


def others_at(conn: sqlite3.Connection, project: str, root: ProjectRoot) -> list[int]:
    """Rows of the projects but this (UUID) at a root; none where it is a part now."""
    place = {"common": root.common_dir, "path": root.path, "project": project}
    return [row for (row,) in conn.execute(_AT_PLACE, place)]


def led(
    conn: sqlite3.Connection, project: str, root: ProjectRoot, at: int
) -> tuple[Made, list[Named]]:
    """What it changes that a root nobody knows is a way to a project (UUID)."""
    target = conn.execute(_ROW, (project,)).fetchone()
    known = conn.execute(_ROOT, (root.path,)).fetchone()
    if target is None or known is not None:
        return {}, []
    row = {"project_id": target["id"], "first_at": at, "last_at": 0}
    return {f"project_root:{root.path}": (None, row)}, [_named(target)]


def aliased(
    conn: sqlite3.Connection, project: str, name: str, at: int, *, remove: bool
) -> tuple[Made, list[Named]]:
    """What it changes that a project (UUID) is also called so, or no longer."""
    target = conn.execute(_ROW, (project,)).fetchone()
    row = conn.execute(_ALIAS, (name,)).fetchone()
    ours = row is not None and target is not None and row["project_id"] == target["id"]
    if target is None or ours is not remove:
        return {}, []
    after = {"project_id": target["id"], "acted_at": at}
    before = None if row is None else {key: row[key] for key in after}
    key = f"project_alias:{row['id'] if row else name}"
    return {key: (before, None if remove else after)}, [_named(target)]


def apart(
    conn: sqlite3.Connection, one: str, other: str, at: int
) -> tuple[Made, list[Named]]:
    """What it changes that two projects (UUIDs) are not one."""
    rows = [conn.execute(_ROW, (uuid,)).fetchone() for uuid in (one, other)]
    key = pair(one, other)
    known = conn.execute("select 1 from project_apart where id = ?", (key,)).fetchone()
    if known or None in rows:
        return {}, []
    return {f"project_apart:{key}": (None, {"acted_at": at})}, list(map(_named, rows))


def pair(one: str, other: str) -> str:
    """How two projects are named that are told apart."""
    return " ".join(sorted((one, other)))


def write(conn: sqlite3.Connection, made: Mapping[str, Change]) -> None:
    """Put rows as they are after an act, or after taking it back.

    What came since the act follows: it was found at one place and is whose that is.
    The words that memories are compared by follow later (``alike.astray``).
    """
    changes.write(conn, made)
    for name in changes.keys_of(made, "project_joined"):
        before, after = made[f"project_joined:{name}"]
        if before is None and after is not None:
            _sweep(conn, int(name), after["joined"])
        elif after is None and before is not None:
            _part(conn, int(name), before)
    moved_memories = {
        *changes.keys_of(made, "observation"),
        *changes.keys_of(made, "curation"),
    }
    conn.execute(_REVISIONS, (strings_column(sorted(moved_memories)),))


def _joined(conn: sqlite3.Connection, row: int, into: int, at: int) -> Made:
    """Everything of one project as another's."""
    made: Made = {}
    for table in _OWNED:
        key = changes.KEYS[table]
        rows = conn.execute(f"select {key} from {table} where project_id = ?", (row,))  # noqa: S608 - names of our own
        for (one,) in rows:
            made[f"{table}:{one}"] = ({"project_id": row}, {"project_id": into})
    for (name,) in conn.execute(_ALIASES, (row,)):
        made[f"project_alias:{name}"] = ({"project_id": row}, {"project_id": into})
    (last,) = conn.execute(_LAST_SESSION).fetchone()
    for earlier in conn.execute(_JOINED_TO, (row,)):
        before = {"joined": row}
        made[f"project_joined:{earlier['id']}"] = (before, {"joined": into})
    after = {"joined": into, "last_session": last, "acted_at": at}
    made[f"project_joined:{row}"] = (None, after)
    return made


def _sweep(conn: sqlite3.Connection, row: int, into: int) -> None:
    """What a project got between taking its merge back and doing it again."""
    for table in _OWNED:
        conn.execute(
            f"update {table} set project_id = ? where project_id = ?",  # noqa: S608 - names of our own
            (into, row),
        )


def _part(conn: sqlite3.Connection, row: int, joined: Mapping[str, Any]) -> None:
    """Sessions that were found at a joined project since are its own again."""
    into = joined["joined"]
    roots = dict(conn.execute(_ROOTS, (row, into)).fetchall())
    since = (into, joined["last_session"])
    for session, cwd in conn.execute(_STRAYS, since).fetchall():
        if _whose(cwd, roots) != row:
            continue
        conn.execute("update session set project_id = ? where id = ?", (row, session))
        for table in ("observation", "curation"):
            asked = (row, into, session)
            conn.execute(_OF_SESSION.replace("{table}", table), asked)


def _whose(cwd: str, roots: Mapping[str, int]) -> int | None:
    """The project with the longest root that is this folder or above it."""
    above = [
        root for root in roots if cwd == root or cwd.startswith(f"{root.rstrip('/')}/")
    ]
    return roots[max(above, key=len)] if above else None


def _named(row: sqlite3.Row) -> Named:
    return Named(id=row["uuid"], title=row["name"])
