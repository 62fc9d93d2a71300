"""Where a session starts, as ``hooks/session-start`` sees it, and the file it prints.

The hook does this in ``sh`` without git; this is the same in Python, for the
preview. A test runs both over the same trees. The folders under ``export/``
mirror the file system, so that the hook needs no table and no hash.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.inject.values import TEXTS, Source
from memtui.paths import export_dir

DEFAULT: Final = "/_default"
"""Folder of the text for places that belong to no known project."""

_BRANCH: Final = re.compile(r"[A-Za-z0-9._/+@-]+")
_ODD_PARTS: Final = frozenset({"", ".", ".."})
_OURS: Final = re.compile(rf"(?:{'|'.join(TEXTS)})(?:@.*|\.json)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder where a session may start."""

    root: str
    """The work tree round it, else the folder itself; physical, no final slash."""
    shared: str
    """The main work tree of a linked worktree's repository; else ``root``."""
    branch: str
    """Empty for a detached HEAD, no git, and names that have no file."""

    @property
    def roots(self) -> tuple[str, ...]:
        """Where its text is looked for, in this order."""
        return tuple(dict.fromkeys((self.shared or "/", self.root or "/")))


def locate(path: Path) -> Place | None:
    """The place of a folder; None where it has no absolute name."""
    here = _physical(path)
    if not here.startswith("/") or _ODD_PARTS & set(here[1:].split("/")) - {""}:
        return None
    here = here.rstrip("/")
    root = _work_tree(here) if os.path.isdir(here or "/") else None
    if root is None:
        return Place(here, here, "")
    marker = f"{root}/.git"
    if os.path.isdir(marker):
        return Place(root, root, _branch(marker))
    git = _git_dir(marker, root)
    if not git or not os.path.isfile(f"{git}/commondir"):
        return Place(root, root, _branch(git))
    shared = _main_tree(git, root)
    if shared is None:
        return Place(root, root, "")
    return Place(root, shared, _branch(git))


def main_tree(common_dir: str) -> str:
    """Where the text of all worktrees of a git directory stands."""
    return common_dir.removesuffix("/.git")


def is_exportable(root: str) -> bool:
    """Whether a project's root can have a folder under ``export/``."""
    if root == "/":
        return True
    first, *parts = root.split("/")
    return (
        first == ""
        and bool(parts)
        and parts[0] != DEFAULT[1:]
        and not _ODD_PARTS & set(parts)
        and not any(_OURS.fullmatch(part) for part in parts)
        and "\0" not in root
    )


def has_file(branch: str) -> bool:
    """Whether a branch of this name can have a text of its own."""
    parts = branch.split("/")
    return (
        bool(_BRANCH.fullmatch(branch))
        and not _ODD_PARTS & set(parts)
        and not any(part.endswith(".json") for part in parts)
    )


def file_of(data: Path, root: str, source: Source, branch: str = "") -> Path:
    """The file of one text: ``export/<root>/<source>[@<branch>].json``."""
    name = f"{source.text}@{branch}" if branch else source.text
    return Path(f"{export_dir(data)}{root.rstrip('/')}/{name}.json")


def printed(data: Path, place: Place | None, source: Source) -> Path | None:
    """The file that the hook prints for a session that starts at a place."""
    tried = []
    for root in place.roots if place else ():
        if is_exportable(root):
            if place and place.branch:
                tried.append(file_of(data, root, source, place.branch))
            tried.append(file_of(data, root, source))
    tried.append(file_of(data, DEFAULT, source))
    return next((path for path in tried if path.is_file()), None)


def _physical(path: Path) -> str:
    text = os.fspath(path)
    try:
        return os.path.realpath(text, strict=True) if os.path.isdir(text) else text
    except OSError:
        return text


def _work_tree(here: str) -> str | None:
    root = here
    while not os.path.isfile(f"{root}/.git/HEAD") and not os.path.isfile(
        f"{root}/.git"
    ):
        if not root:
            return None
        root = root.rpartition("/")[0]
    return root


def _git_dir(marker: str, root: str) -> str:
    line = _first_line(marker)
    if not line.startswith("gitdir: ") or line == "gitdir: ":
        return ""
    named = line.removeprefix("gitdir: ")
    return named if named.startswith("/") else f"{root}/{named}"


def _main_tree(git: str, root: str) -> str | None:
    """Of a linked worktree, if its repository names this very folder."""
    back = _joined(git, _first_line(f"{git}/gitdir"))
    if not back.endswith("/.git"):
        return None
    common = _joined(git, _first_line(f"{git}/commondir"))
    if not os.path.isdir(back[:-5]) or not os.path.isdir(common):
        return None
    if os.path.realpath(back[:-5]).rstrip("/") != root:
        return None
    return main_tree(os.path.realpath(common))


def _joined(folder: str, named: str) -> str:
    return named if named.startswith("/") else f"{folder}/{named}"


def _branch(git: str) -> str:
    if not git or not os.path.isfile(f"{git}/HEAD"):
        return ""
    line = _first_line(f"{git}/HEAD")
    prefix = "ref: refs/heads/"
    name = line.removeprefix(prefix) if line.startswith(prefix) else ""
    return name if has_file(name) else ""


def _first_line(path: str) -> str:
    try:
        with open(path, "rb") as file:
            line = file.readline(8_192)
    except OSError:
        return ""
    return os.fsdecode(line.removesuffix(b"\n"))
