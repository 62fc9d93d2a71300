"""Projects as lists show them, and which of them may be one.

The same remote, or the same first commit, at another path is a proposal: a folder
that moved, or a second clone. Nothing follows from it until a person says so.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memtui.git import same_remote
from memtui.model import Project
from memtui.store.regroup import pair

_PROJECTS: Final = """
    select p.id, p.uuid, p.name, p.remote, p.first_commit,
        (select count(*) from session s where s.project_id = p.id
            and s.kind = 'interactive') as sessions
    from project p where p.id not in (select id from project_joined)
    order by (select max(s.ended_at) from session s where s.project_id = p.id) desc,
        p.name
"""
_ROOTS: Final = """
    select project_id, path, first_at from project_root order by last_at desc, path
"""
_ALIASES: Final = "select project_id, id from project_alias order by id"
_APART: Final = "select id from project_apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProject:
    """A project with all that it is known by."""

    project: Project
    roots: tuple[str, ...]
    """Seen last first."""
    aliases: tuple[str, ...]
    sessions: int
    """Interactive ones."""
    remote: str
    """As ``same_remote`` has it."""
    first_commit: str
    met: int
    """The earliest work that was seen there, Unix ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameProject:
    """Two projects that may be one."""

    older: Project
    newer: Project
    """The one that work was seen in later."""
    why: str
    """What they have in common: ``the same remote``."""


def listed(conn: sqlite3.Connection) -> list[ListedProject]:
    """Every project, the last active first."""
    roots: dict[int, list[str]] = {}
    met: dict[int, int] = {}
    for project, path, first_at in conn.execute(_ROOTS):
        roots.setdefault(project, []).append(path)
        met[project] = min(first_at, met.get(project, first_at))
    aliases: dict[int, list[str]] = {}
    for project, name in conn.execute(_ALIASES):
        aliases.setdefault(project, []).append(name)
    return [
        _listed(row, roots.get(row["id"], []), aliases.get(row["id"], []), met)
        for row in conn.execute(_PROJECTS)
    ]


def same_projects(conn: sqlite3.Connection) -> list[SameProject]:
    """Pairs to be decided about, those with the newest work first."""
    apart = {key for (key,) in conn.execute(_APART)}
    every = listed(conn)
    found: dict[str, SameProject] = {}
    for likeness, group in _alike(every):
        older, *others = sorted(group, key=lambda one: (one.met, one.project.id))
        for one in others:
            key = pair(older.project.id, one.project.id)
            if key not in apart and key not in found:
                found[key] = SameProject(
                    older=older.project, newer=one.project, why=likeness
                )
    newest = {one.project.id: number for number, one in enumerate(every)}
    return sorted(found.values(), key=lambda one: newest[one.newer.id])


def _alike(every: list[ListedProject]) -> Iterator[tuple[str, list[ListedProject]]]:
    by_remote: dict[str, list[ListedProject]] = {}
    by_commit: dict[str, list[ListedProject]] = {}
    for one in every:
        if one.remote:
            by_remote.setdefault(one.remote, []).append(one)
        if one.first_commit:
            by_commit.setdefault(one.first_commit, []).append(one)
    for group in by_remote.values():
        yield "the same remote", group
    for group in by_commit.values():
        # another remote is another project: a fork, or made from a template
        if len({one.remote for one in group if one.remote}) < 2:
            yield "the same first commit", group


def _listed(
    row: sqlite3.Row, roots: list[str], aliases: list[str], met: dict[int, int]
) -> ListedProject:
    path = roots[0] if roots else ""
    return ListedProject(
        project=Project(id=row["uuid"], name=row["name"], path=path),
        roots=tuple(roots),
        aliases=tuple(aliases),
        sessions=row["sessions"],
        remote=same_remote(row["remote"] or ""),
        first_commit=row["first_commit"] or "",
        met=met.get(row["id"], 0),
    )
