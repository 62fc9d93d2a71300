"""Rows of projects: which one a folder belongs to, and when it was last seen."""

import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Final

# What a person merged is found as ever and belongs to what it was merged into.
_BY_COMMON_DIR: Final = """
    select coalesce(j.joined, p.id), p.remote from project p
    left join project_joined j on j.id = p.id where p.common_dir = ?
"""
_BY_ROOT: Final = """
    select p.id, p.common_dir from project_root r join project p on p.id = r.project_id
    where r.path = ?
"""
_NEW: Final = """
    insert into project(uuid, name, common_dir, remote, resolved, created_at)
    values (?, ?, ?, ?, 1, ?) returning id
"""
_REMOTE: Final = "update project set remote = ? where common_dir = ?"
_BECAME_GIT: Final = """
    update project set common_dir = ?, remote = coalesce(?, remote), first_commit = null
    where id = ?
"""
# 0 is no time: nothing was said there yet.
_SEEN: Final = """
    insert into project_root(path, project_id, first_at, last_at) values (?, ?, ?, ?)
    on conflict(path) do update set
        project_id = excluded.project_id,
        first_at = case 0 when first_at then excluded.first_at
            when excluded.first_at then first_at
            else min(first_at, excluded.first_at) end,
        last_at = max(last_at, excluded.last_at)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRoot:
    """A folder where work is done, as the file system or a session names it."""

    path: str
    name: str
    common_dir: str = ""
    """The git directory that all worktrees of a repository share; empty: no git."""
    remote: str = ""
    """Where ``origin`` points; only ever a proposal that two are one project."""


def project_row(
    conn: sqlite3.Connection, root: ProjectRoot, at: int, first_at: int = 0
) -> int:
    """The project of a root, made if need be, and its root marked as seen.

    One common git directory is one project; without git, one path is.

    Args:
        at: when work was seen there last, Unix milliseconds.
        first_at: when first; 0: then, too.
    """
    project = _find(conn, root)
    if project is None:
        row = conn.execute(
            _NEW,
            (
                str(uuid.uuid4()),
                root.name,
                root.common_dir or None,
                root.remote or None,
                # When we met it, not when it was worked on: the inbox tells what
                # was there already from what came since.
                time.time_ns() // 1_000_000,
            ),
        ).fetchone()
        project = int(row[0])
    conn.execute(_SEEN, (root.path, project, first_at or at, at))
    return project


def _find(conn: sqlite3.Connection, root: ProjectRoot) -> int | None:
    row = conn.execute(_BY_COMMON_DIR, (root.common_dir,)).fetchone()
    if row is not None:
        if root.remote and root.remote != row[1]:
            conn.execute(_REMOTE, (root.remote, root.common_dir))
        return int(row[0])
    row = conn.execute(_BY_ROOT, (root.path,)).fetchone()
    if row is None:
        return None
    if root.common_dir:
        # a plain folder that became a repository, or one cloned anew in its place
        conn.execute(_BECAME_GIT, (root.common_dir, root.remote or None, row[0]))
    return int(row[0])
