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

from memtui import git
from memtui.inject.values import TEXTS, Source
from memtui.model import Agent
from memtui.paths import can_exist, export_dir

DEFAULT: Final = "/_default"
"""Folder of the text for places that belong to no known project."""

AGENTS: Final = "/_agents"
"""Below it, a folder per agent: the texts that differ for it from those for all."""

_BESIDE: Final = 20
"""Characters in the name of a file that is being written."""
_BRANCH: Final = re.compile(r"[A-Za-z0-9._/+@-]+")
_ODD_PARTS: Final = frozenset({"", ".", ".."})
_OURS: Final = re.compile(rf"(?:{'|'.join(TEXTS)})(?:@.*|\.json)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder where a session may start."""

    root: str
    """The work tree round it, else the folder itself; physical, no final slash."""
    shared: str
    """Where the text of its repository stands: the main work tree, or the git
    directory where that lies elsewhere; ``root`` without a repository."""
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
    tree = git.work_tree(here) if os.path.isdir(here or "/") else None
    if tree is None:
        return Place(here, here, "")
    shared = main_tree(tree.common_dir) if tree.common_dir else tree.root
    return Place(tree.root, shared, _branch(tree.git_dir))


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
        and parts[0] not in (DEFAULT[1:], AGENTS[1:])
        and not _ODD_PARTS & set(parts)
        and not any(_OURS.fullmatch(part) for part in parts)
        and "\0" not in root
        and can_exist(root)
    )


def has_file(branch: str) -> bool:
    """Whether a branch of this name can have a text of its own."""
    parts = branch.split("/")
    return (
        bool(_BRANCH.fullmatch(branch))
        and not _ODD_PARTS & set(parts)
        and not any(part.endswith(".json") for part in parts)
    )


def file_of(
    data: Path, root: str, source: Source, branch: str = "", agent: Agent | None = None
) -> Path:
    """The file of one text: ``export/<root>/<source>[@<branch>].json``.

    Args:
        agent: of its own text, below ``export/_agents/<agent>``; None: for all.
    """
    name = f"{source.text}@{branch}" if branch else source.text
    tree = f"{AGENTS}/{agent}" if agent else ""
    return Path(f"{export_dir(data)}{tree}{root.rstrip('/')}/{name}.json")


def has_room(file: Path) -> bool:
    """Whether there can be a file of this name, and one beside it to write into."""
    return can_exist(os.fspath(file)) and can_exist(f"{file.parent}/{'x' * _BESIDE}")


def printed(
    data: Path,
    place: Place | None,
    source: Source,
    agent: Agent | None = Agent.CLAUDE_CODE,
) -> Path | None:
    """The file that an agent's hook prints for a session that starts at a place."""
    asked = filter(is_exportable, place.roots if place else ())
    for root in (*asked, DEFAULT):
        branch = place.branch if place and root != DEFAULT else ""
        branches = dict.fromkeys((branch, ""))
        for own in dict.fromkeys((agent, None)):
            for branch in branches:
                file = file_of(data, root, source, branch, own)
                if os.path.isfile(file) and not os.path.islink(file):
                    return file
    return None


def _physical(path: Path) -> str:
    text = os.fspath(path)
    try:
        return os.path.realpath(text, strict=True) if os.path.isdir(text) else text
    except OSError:
        return text


def _branch(git_dir: str) -> str:
    line = git.first_line(f"{git_dir}/HEAD") if git_dir else ""
    prefix = "ref: refs/heads/"
    name = line.removeprefix(prefix) if line.startswith(prefix) else ""
    return name if has_file(name) else ""
