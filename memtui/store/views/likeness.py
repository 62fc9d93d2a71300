"""Projects as lists show them, and which of them may be one.

The same remote, or the same first commit, at another path is a proposal: a folder
that moved, or a second clone. Nothing follows from it until a person says so.

A project whose folders are all gone goes first: with the repository whose worktree
it was, else with the one that it seems to have become. What is living is asked
about beside the biggest of its like.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from memtui.git import linked_worktrees, same_remote
from memtui.model import Project
from memtui.store.curate.regroup import pair

_PROJECTS: Final = """
    select p.id, p.uuid, p.name, p.common_dir, p.remote, p.first_commit,
        (select count(*) from session s where s.project_id = p.id
            and s.kind = 'interactive') as sessions
    from project p where p.id not in (select id from project_joined)
    order by (select max(s.ended_at) from session s where s.project_id = p.id) desc,
        p.name
"""
_ROOTS: Final = """
    select project_id, path, first_at, last_at from project_root
    order by last_at desc, path
"""
_ALIASES: Final = "select project_id, id from project_alias order by id"
_APART: Final = "select id from project_apart"


@dataclass(frozen=True, kw_only=True)
class ListedProject:
    """A project with all that it is known by."""

    project: Project
    roots: tuple[str, ...]
    """Seen last first."""
    aliases: tuple[str, ...]
    sessions: int
    """Interactive ones."""
    common_dir: str
    """What the worktrees of its repository share; empty: no git."""
    remote: str
    """As ``same_remote`` has it."""
    first_commit: str
    row: int
    """It grows with every project that is met."""
    met: int
    """The earliest work that was seen there, Unix ms."""
    last: int
    """The latest, Unix ms."""

    @cached_property
    def is_there(self) -> bool:
        """Whether any of its folders is."""
        return any(map(os.path.isdir, self.roots))


@dataclass(frozen=True, slots=True, kw_only=True)
class SameProject:
    """Two projects that may be one."""

    into: Project
    """The one with more sessions, or the older."""
    other: Project
    why: str
    """What they have in common: ``the same remote``."""


def listed(conn: sqlite3.Connection) -> list[ListedProject]:
    """Every project, the last active first."""
    roots: dict[int, list[str]] = {}
    times: dict[int, tuple[int, int]] = {}
    for project, path, first_at, last_at in conn.execute(_ROOTS):
        roots.setdefault(project, []).append(path)
        met, last = times.get(project, (first_at, last_at))
        times[project] = min(first_at, met), max(last_at, last)
    aliases: dict[int, list[str]] = {}
    for project, name in conn.execute(_ALIASES):
        aliases.setdefault(project, []).append(name)
    return [
        _listed(
            row,
            tuple(roots.get(row["id"], ())),
            tuple(aliases.get(row["id"], ())),
            *times.get(row["id"], (0, 0)),
        )
        for row in conn.execute(_PROJECTS)
    ]


def same_projects(conn: sqlite3.Connection) -> list[SameProject]:
    """Pairs to be decided about, those with the newest work first.

    One question leads to each: what follows from the answers is not asked.
    """
    every = listed(conn)
    asked = _Questions({key for (key,) in conn.execute(_APART)})
    groups = [(why, group) for why, group in _alike(every) if len(group) > 1]
    for why, group in groups:
        asked.about_gone(why, group)
    for why, group in groups:
        asked.about_living(why, group)
    newest = {one.project.id: number for number, one in enumerate(every)}

    def last_active(pair: SameProject) -> int:
        return min(newest[pair.into.id], newest[pair.other.id])

    return sorted(asked.found, key=last_active)


class _Questions:
    """Pairs in the making, and what would be one if all were answered by yes."""

    def __init__(self, apart: set[str]) -> None:
        self.found: list[SameProject] = []
        self._apart = apart
        self._parts: dict[str, list[ListedProject]] = {}

    def about_gone(self, why: str, group: Iterable[ListedProject]) -> None:
        """Each that is gone, and the one that it became or was a worktree of."""
        living = [one for one in group if one.is_there]
        for gone in group:
            free = [one for one in living if self._is_free(gone, one)]
            if free and not gone.is_there and len(self._part(gone)) == 1:
                self._ask(why, gone, _become(gone, free))

    def about_living(self, why: str, group: Iterable[ListedProject]) -> None:
        """Each that is there, and the biggest of them; of those gone, if all are."""
        living = [one for one in group if one.is_there] or group
        hub = max(living, key=lambda one: (self._size(one), -one.met, one.project.id))
        for one in living:
            if self._is_free(one, hub):
                self._ask(why, one, hub)

    def _is_free(self, one: ListedProject, other: ListedProject) -> bool:
        """Whether it was not said, and does not follow, if they are one."""
        is_told = pair(one.project.id, other.project.id) in self._apart
        return not is_told and self._part(one) is not self._part(other)

    def _part(self, one: ListedProject) -> list[ListedProject]:
        return self._parts.setdefault(one.project.id, [one])

    def _size(self, one: ListedProject) -> int:
        return sum(member.sessions for member in self._part(one))

    def _ask(self, why: str, *two: ListedProject) -> None:
        into, other = sorted(two, key=lambda o: (-o.sessions, o.met, o.project.id))
        self.found.append(SameProject(into=into.project, other=other.project, why=why))
        part = self._part(into) + self._part(other)
        self._parts.update((one.project.id, part) for one in part)


def _become(gone: ListedProject, living: list[ListedProject]) -> ListedProject:
    """Its repository, else where work began next after it ended, else last."""
    for one in living:
        trees = linked_worktrees(one.common_dir) if one.common_dir else []
        if not set(gone.roots).isdisjoint(trees):
            return one
    since = [one for one in living if one.met >= gone.last]
    if since:
        return min(since, key=lambda one: (one.met, one.project.id))
    return max(living, key=lambda one: (one.met, one.row))


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
    row: sqlite3.Row,
    roots: tuple[str, ...],
    aliases: tuple[str, ...],
    met: int,
    last: int,
) -> ListedProject:
    path = roots[0] if roots else ""
    return ListedProject(
        project=Project(id=row["uuid"], name=row["name"], path=path),
        roots=roots,
        aliases=aliases,
        sessions=row["sessions"],
        common_dir=row["common_dir"] or "",
        remote=same_remote(row["remote"] or ""),
        first_commit=row["first_commit"] or "",
        row=row["id"],
        met=met,
        last=last,
    )
