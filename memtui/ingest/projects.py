"""Which project a folder belongs to, read from the file system without git.

The root is the git work tree round the folder (``memtui.git``). Where there is
none, or the folder is gone, the session's first folder is the root.
"""

import os
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from memtui import git
from memtui.paths import can_exist, is_utf8
from memtui.store.projects import ProjectRoot

_SYSTEMS: Final = frozenset({"proc", "dev", "sys"})


@dataclass(slots=True)
class ProjectFinder:
    """Finds roots, each folder looked up once for as long as it lives."""

    _trees: dict[str, ProjectRoot | None] = field(default_factory=dict)

    def session_root(self, cwd: str) -> ProjectRoot | None:
        """The root of a session that began here; None where that is no real place."""
        if not is_place(cwd):
            return None
        return self.work_tree(cwd) or ProjectRoot(
            path=_tidy(cwd), name=folder_name(cwd)
        )

    def work_tree(self, cwd: str) -> ProjectRoot | None:
        """The git work tree round a folder that exists; None without one."""
        if cwd not in self._trees:
            self._trees[cwd] = _work_tree(cwd) if is_place(cwd) else None
        return self._trees[cwd]


def is_absolute(cwd: str) -> bool:
    """A full path on any system: transcripts travel between them."""
    return PurePosixPath(cwd).is_absolute() or PureWindowsPath(cwd).is_absolute()


def is_place(cwd: str) -> bool:
    """Whether a session can have been held here, and no other folder is meant.

    A way through ``..`` or the system's own folders (``/proc/self/root``) leads
    elsewhere for whoever asks; no folder has a name that long, or with a NUL.
    """
    parts = (cwd if cwd.startswith("/") else cwd.replace("\\", "/")).split("/")
    return (
        is_absolute(cwd)
        and can_exist(cwd)
        and is_utf8(cwd)
        and "\0" not in cwd
        and ".." not in parts
        and not _is_systems(cwd)
    )


def _is_systems(path: str) -> bool:
    return path.startswith("/") and not _SYSTEMS.isdisjoint(
        PurePosixPath(path).parts[1:2]
    )


def folder_name(path: str) -> str:
    """The last part of a path of any system."""
    pure = PurePosixPath(path) if path.startswith("/") else PureWindowsPath(path)
    return pure.name or str(pure)


def _tidy(path: str) -> str:
    if os.path.isdir(path):
        return os.path.realpath(path)  # as `pwd -P` spells it, which the hook uses
    if path.startswith("/"):
        return "/" + os.path.normpath(path).lstrip("/")  # it keeps two slashes
    return path.rstrip("\\/")


def _work_tree(cwd: str) -> ProjectRoot | None:
    if not cwd.startswith("/") or not os.path.isdir(cwd):
        return None
    tree = git.work_tree(os.path.realpath(cwd))
    if tree is None:
        return None
    path = tree.root or "/"
    name = _repository_name(tree.common_dir) if tree.is_linked else ""
    return ProjectRoot(
        path=path,
        name=name or folder_name(path),
        common_dir=tree.common_dir,
        remote=_remote(tree.common_dir) if tree.common_dir else "",
    )


def _repository_name(common_dir: str) -> str:
    """That of the main work tree, or of a bare repository."""
    return folder_name(common_dir.removesuffix("/.git")).removesuffix(".git")


def _remote(common_dir: str) -> str:
    """Where ``origin`` points, credentials left out; empty where unknown."""
    section, found = "", ""
    for line in git.config_text(common_dir).splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == '[remote "origin"]' and not found:
            key, _, value = line.partition("=")
            found = value.strip() if key.strip() == "url" else ""
    scheme, mark, rest = found.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if mark else found
