"""Which project a folder belongs to, read from the file system without git.

The root is the git work tree round the folder (``memtui.git``); of a folder that is
gone, the one round what is left of the way to it. A bare repository is its own
root. Where there is none, the session's first folder is the root. A folder that
Windows and WSL spell differently is one folder.
"""

import ntpath
import os
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final

from memtui import git
from memtui.paths import can_exist, home, is_utf8
from memtui.store.ingest.projects import ProjectRoot

_SYSTEMS: Final = frozenset({"proc", "dev", "sys"})
_DRIVE: Final = re.compile(r"(?:\\\\\?\\)?([A-Za-z]):[\\/]+(.*)", re.S)
_MOUNTED: Final = re.compile(r"/([a-z])(?:/(.*))?", re.S)
_SHARED: Final = re.compile(
    r"[\\/]{2}wsl(?:\$|\.localhost)[\\/]([^\\/]+)[\\/]+(.*)", re.S | re.I
)
"""How Windows names the folders of a Linux beside it."""


@dataclass(slots=True)
class ProjectFinder:
    """Finds roots, each folder looked up once for as long as it lives."""

    mounts: str = "/mnt"
    """Where WSL has the drives of Windows."""
    _trees: dict[str, ProjectRoot | None] = field(default_factory=dict)
    _spelt: dict[str, str] = field(default_factory=dict)

    def session_root(self, cwd: str) -> ProjectRoot | None:
        """The root of a session that began here; None where that is no real place."""
        if not is_place(cwd) or not is_place(here := self.spelt(cwd)):
            return None
        return self.work_tree(cwd) or ProjectRoot(
            path=_tidy(here), name=folder_name(here)
        )

    def work_tree(self, cwd: str) -> ProjectRoot | None:
        """The git work tree round a folder, or round what is left of the way to it.

        None without one.
        """
        if cwd not in self._trees:
            there = is_place(cwd) and is_place(self.spelt(cwd))
            self._trees[cwd] = _work_tree(self.spelt(cwd)) if there else None
        return self._trees[cwd]

    def spelt(self, cwd: str) -> str:
        """The one spelling of a folder that Windows and WSL both have a name for.

        As this system spells it where it is there, else as Windows does.
        """
        if cwd not in self._spelt:
            self._spelt[cwd] = _spelt(_straight(cwd), self.mounts)
        return self._spelt[cwd]


def is_absolute(cwd: str) -> bool:
    """A full path on any system: transcripts travel between them."""
    return PurePosixPath(cwd).is_absolute() or PureWindowsPath(cwd).is_absolute()


def is_place(cwd: str) -> bool:
    """Whether a session can have been held here, and no other folder is meant.

    A way through the system's own folders (``/proc/self/root``) leads elsewhere
    for whoever asks; no folder has a name that long, or with a NUL.
    """
    return (
        is_absolute(cwd)
        and can_exist(cwd)
        and is_utf8(cwd)
        and "\0" not in cwd
        and not _is_systems(cwd)
    )


def _is_systems(path: str) -> bool:
    return path.startswith("/") and not _SYSTEMS.isdisjoint(
        PurePosixPath(path).parts[1:2]
    )


def _straight(cwd: str) -> str:
    """The same folder without ``..`` on the way to it."""
    if cwd.startswith("/"):
        if ".." not in cwd.split("/"):
            return cwd
        # a link on the way counts as the system takes it, as long as it is there
        flat = os.path.normpath(cwd)
        there = os.path.isdir(cwd) and not _is_systems(flat)
        return os.path.realpath(cwd) if there else flat
    odd = ".." in cwd.replace("\\", "/").split("/")
    return ntpath.normpath(cwd) if odd else cwd


def _spelt(cwd: str, mounts: str) -> str:
    if found := _SHARED.fullmatch(cwd):
        inside = "/" + found[2].replace("\\", "/").rstrip("/")
        if os.path.isdir(inside) and not _is_systems(inside):
            return inside
        return rf"\\wsl.localhost\{found[1]}" + inside.replace("/", "\\")
    if found := _DRIVE.fullmatch(cwd):
        drive, rest = found[1], found[2].replace("\\", "/").strip("/")
        here = f"{mounts}/{drive.lower()}/{rest}".rstrip("/")
        return here if os.path.isdir(here) else _of_drive(drive, rest)
    mounted = cwd.startswith(mounts + "/") and not os.path.isdir(cwd)
    if mounted and (found := _MOUNTED.fullmatch(cwd.removeprefix(mounts))):
        return _of_drive(found[1], (found[2] or "").strip("/"))
    return cwd


def _of_drive(drive: str, rest: str) -> str:
    return f"{drive.upper()}:\\" + rest.replace("/", "\\")


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
    if not cwd.startswith("/"):
        return None
    left = cwd
    while not os.path.isdir(left):
        left = os.path.dirname(left)
    here = os.path.realpath(left)
    tree = git.work_tree(here)
    if tree is None and left == cwd and git.is_bare(here):
        tree = git.WorkTree(here, here, here)
    if tree is None or (left != cwd and _holds_home(tree.root)):
        return None
    path = tree.root or "/"
    named = tree.is_linked or path == tree.common_dir
    return ProjectRoot(
        path=path,
        name=_repository_name(tree.common_dir) if named else folder_name(path),
        common_dir=tree.common_dir,
        remote=_remote(tree.common_dir) if tree.common_dir else "",
    )


def _holds_home(root: str) -> bool:
    """Whether anything may have been in there, as where dotfiles are kept in git."""
    own = os.path.realpath(home())
    return own == root or own.startswith(f"{root}/")


def _repository_name(common_dir: str) -> str:
    """That of the folder which holds a repository, or of a bare repository."""
    holder, _, name = common_dir.rpartition("/")
    tree = git.work_tree(holder)
    is_held = tree is not None and (tree.root, tree.common_dir) == (holder, common_dir)
    held = is_held or name.startswith(".")
    return folder_name(holder or "/") if held else name.removesuffix(".git")


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
    scheme, mark, rest = found.partition("?")[0].partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if mark else scheme
