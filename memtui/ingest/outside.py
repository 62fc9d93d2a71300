"""After a sync: which files of memories are gone, which names of code are no longer
in them, which told commits are there.

Also where the history of a repository began: two that began alike may be one.

Files are asked for by name and commits read from their objects; nothing is run.
A project whose folder is not on this machine is left alone: nothing is known
about its files.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from memtui import git
from memtui.ingest.git_objects import Repository
from memtui.ingest.symbols import held, symbols_of
from memtui.store.views.outside import NamedFiles, Outside

_SHA: Final = re.compile("[0-9a-f]{40}")
_MOST: Final = 20_000
"""Names asked for in one project: some 50 ms."""
_MOST_READ: Final = 16 << 20
"""Bytes read of the files of one project; of the others nothing is said."""


def look_outside(store: Path, projects: Collection[str] | None, *, now: int) -> None:
    """Note what became of the files and commits of these projects.

    Args:
        projects: UUIDs of those that a sync touched; None: of all there are.
        now: Unix ms.

    Raises:
        StoreBusy: another process wrote for too long; the next sync looks again.
    """
    with Outside(store) as outside:
        if projects is None:
            projects = outside.projects()
        for project in sorted(projects):
            roots = [root for root in outside.roots(project) if os.path.isdir(root)]
            if roots:
                named = outside.named_files(project)
                outside.note_gone(dict(_gone(named, roots)), now)
                outside.note_symbols(_held(named, roots), now)
        for common in outside.unseen_histories(projects):
            if (first := _first_commit(common)) is not None:
                outside.note_history(common, first)
        outside.note_vanished(
            {
                folder: first
                for common, first in outside.histories()
                for folder in git.linked_worktrees(common)
                if not os.path.exists(folder)
            }
        )
        outside.hear_commits()
        for common, told in outside.unfound_commits(projects).items():
            with Repository(Path(common)) as repository:
                found = {one: repository.commit(one) for one in told}
            outside.link_commits(common, {o: c.sha for o, c in found.items() if c})
        outside.looked()


def _first_commit(common: str) -> str | None:
    """Empty where it cannot be told; None where there is no commit yet."""
    sha = git.head(common)
    if not _SHA.fullmatch(sha):
        return None
    if git.is_shallow(common):
        return ""
    with Repository(Path(common)) as repository:
        return repository.first_commit(sha)


def _gone(
    named: Sequence[NamedFiles], roots: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """Each memory with those of its files that are in none of the folders."""
    asked: dict[str, bool] = {}

    def is_there(path: str) -> bool:
        if path not in asked:
            asked[path] = len(asked) >= _MOST or _is_there(path)
        return asked[path]

    for one in named:
        gone = []
        for name in one.files:
            places = _places(name, one.cwd, roots)
            if places and not any(map(is_there, places)):
                gone.append(name)
        yield one.memory, gone


def _held(
    named: Sequence[NamedFiles], roots: Sequence[str]
) -> dict[str, dict[str, bool]]:
    """Of each memory, which of the names it names stand in its files.

    Nothing is said of a memory of which a file could not be read.
    """
    wanted = {one.memory: symbols_of(one.text) for one in named if one.files}
    files = {
        one.memory: {p for n in one.files for p in _places(n, one.cwd, roots)}
        for one in named
        if wanted.get(one.memory)
    }
    asked: dict[str, set[str]] = {}
    for memory, paths in files.items():
        for path in paths:
            asked.setdefault(path, set()).update(wanted[memory])
    found: dict[str, set[str] | None] = {}
    read = 0
    for path, symbols in asked.items():
        there = _is_there(path)
        may_read = there and read < _MOST_READ and _is_really_in(path, roots)
        found[path] = held(path, symbols) if may_read else None
        if not there:
            found[path] = set()
        elif found[path] is not None:
            read += os.path.getsize(path)
    told: dict[str, dict[str, bool]] = {}
    for memory, paths in files.items():
        inside = [found[path] for path in paths]
        known = set().union(*(one for one in inside if one))
        sure = bool(paths) and None not in inside
        told[memory] = {
            symbol: symbol in known
            for symbol in wanted[memory]
            if sure or symbol in known
        }
    return told


def _places(name: str, cwd: str, roots: Sequence[str]) -> list[str]:
    """Where a file may lie; nothing where that cannot be told."""
    if "\\" in name or "*" in name or name.startswith("~"):
        return []
    if not name.startswith("/"):
        inside = [cwd] if any(_is_in(cwd, root) for root in roots) else []
        places = [f"{base}/{name}" for base in (*roots, *inside)]
    else:
        places = [name]
    # ``..`` leads out of a folder: what lies there is none of the project's
    meant = map(os.path.normpath, places)
    return [path for path in meant if any(_is_in(path, root) for root in roots)]


def _is_in(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root.rstrip('/')}/")


def _is_really_in(path: str, roots: Sequence[str]) -> bool:
    """Whether a file lies below one of the folders, wherever links lead."""
    try:
        real = os.path.realpath(path)
        return any(_is_in(real, os.path.realpath(root)) for root in roots)
    except (OSError, ValueError):
        return False


def _is_there(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True  # it may be: it cannot be looked at
    return True
