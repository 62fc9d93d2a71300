"""Which project a folder belongs to, read from the file system without git.

The root is the git work tree round the folder. A linked worktree counts as the
repository's only if the repository points back at it: a ``.git`` file alone is
a claim that any folder can make. Where there is no work tree, or the folder is
gone, the session's first folder is the root.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from memtui.store.projects import ProjectRoot

_FILE_CAP: Final = 4096
"""Bytes read of a ``.git`` file: a path fits, a mistaken huge file does no harm."""
_CONFIG_CAP: Final = 256 * 1024


@dataclass(slots=True)
class ProjectFinder:
    """Finds roots, each folder looked up once for as long as it lives."""

    _trees: dict[str, ProjectRoot | None] = field(default_factory=dict)

    def session_root(self, cwd: str) -> ProjectRoot | None:
        """The root of a session that began here; None where it is no full path."""
        if not is_absolute(cwd):
            return None
        return self.work_tree(cwd) or ProjectRoot(
            path=_tidy(cwd), name=folder_name(cwd)
        )

    def place_root(self, cwd: str, session: ProjectRoot | None) -> ProjectRoot | None:
        """The root of a later folder, where it is not the session's own."""
        if not is_absolute(cwd):
            return None
        tree = self.work_tree(cwd)
        if tree is None or (session is not None and tree.path == session.path):
            return None
        return tree

    def work_tree(self, cwd: str) -> ProjectRoot | None:
        """The git work tree round a folder that exists; None without one."""
        if cwd not in self._trees:
            self._trees[cwd] = _work_tree(cwd)
        return self._trees[cwd]


def is_absolute(cwd: str) -> bool:
    """A full path on any system: transcripts travel between them."""
    return PurePosixPath(cwd).is_absolute() or PureWindowsPath(cwd).is_absolute()


def folder_name(path: str) -> str:
    """The last part of a path of any system."""
    pure = PurePosixPath(path) if path.startswith("/") else PureWindowsPath(path)
    return pure.name or str(pure)


def _tidy(path: str) -> str:
    if os.path.isdir(path):
        return os.path.realpath(path)  # as `pwd -P` spells it, which the hook uses
    return os.path.normpath(path) if path.startswith("/") else path.rstrip("\\/")


def _work_tree(cwd: str) -> ProjectRoot | None:
    if not cwd.startswith("/") or not os.path.isdir(cwd):
        return None
    folder = Path(os.path.realpath(cwd))
    for root in (folder, *folder.parents):
        dot_git = root / ".git"
        if dot_git.is_dir() and (dot_git / "HEAD").is_file():
            return _root(root, dot_git)
        if dot_git.is_file():
            return _linked(root, dot_git)
    return None


def _linked(root: Path, dot_git: Path) -> ProjectRoot:
    """The root whose ``.git`` is a file: a worktree, a submodule, or a claim."""
    alone = ProjectRoot(path=str(root), name=root.name)
    told = _first_line(dot_git)
    if not told.startswith("gitdir:"):
        return alone
    git_dir = Path(os.path.realpath(root / told.removeprefix("gitdir:").strip()))
    if not (git_dir / "HEAD").is_file():
        return alone
    if common := _first_line(git_dir / "commondir"):
        back = _first_line(git_dir / "gitdir")
        if not back or os.path.realpath(git_dir / back) != str(dot_git):
            return alone
        return _root(root, Path(os.path.realpath(git_dir / common)))
    return _root(root, git_dir, name=root.name)


def _root(root: Path, common: Path, name: str = "") -> ProjectRoot:
    if not name:
        home = common.parent if common.name == ".git" else common
        name = home.name.removesuffix(".git") or root.name
    return ProjectRoot(
        path=str(root), name=name, common_dir=str(common), remote=_remote(common)
    )


def _remote(common: Path) -> str:
    """Where ``origin`` points, credentials left out; empty where unknown."""
    section, found = "", ""
    for line in _text(common / "config", _CONFIG_CAP).splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == '[remote "origin"]' and not found:
            key, _, value = line.partition("=")
            found = value.strip() if key.strip() == "url" else ""
    scheme, mark, rest = found.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if mark else found


def _first_line(path: Path) -> str:
    return _text(path, _FILE_CAP).partition("\n")[0].strip()


def _text(path: Path, cap: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(cap).decode("utf-8", "replace")
    except OSError:
        return ""
