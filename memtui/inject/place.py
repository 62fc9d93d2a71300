"""Where a session starts, as ``hooks/session-start`` sees it, and the file it prints.

The hook does this in ``sh`` without git; this is the same in Python, for the
preview. A test runs both over the same trees. The folders under ``export/``
mirror the file system, so that the hook needs no table and no hash.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from memtui.git import first_line, work_tree
from memtui.inject.values import Source
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
_OURS: Final = re.compile(r"(?:startup|compact|resume)(?:@.*|\.json)", re.DOTALL)


class Place(NamedTuple):
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
    here = _without_links(path)
    if not here.startswith("/") or _ODD_PARTS & set(here[1:].split("/")) - {""}:
        return None
    here = here.rstrip("/")
    tree = work_tree(here) if os.path.isdir(here or "/") else None
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
    return Path(f"{export_dir(data)}{_name(root, source.text, branch, agent)}")


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
    for name in looked_for(place, source.text, agent):
        file = f"{export_dir(data)}{name}"
        if os.path.isfile(file) and not os.path.islink(file):
            return Path(file)
    return None


def looked_for(place: Place | None, text: str, agent: str | None) -> Iterator[str]:
    """Names of the files that a hook looks for, below ``export``, the first one first.

    Args:
        text: ``startup``, ``compact`` or ``resume``.
    """
    asked = filter(is_exportable, place.roots if place else ())
    for root in (*asked, DEFAULT):
        branch = place.branch if place and root != DEFAULT else ""
        for own in dict.fromkeys((agent, None)):
            for one in dict.fromkeys((branch, "")):
                yield _name(root, text, one, own)


def _name(root: str, text: str, branch: str, agent: str | None) -> str:
    name = f"{text}@{branch}" if branch else text
    tree = f"{AGENTS}/{agent}" if agent else ""
    return f"{tree}{root.rstrip('/')}/{name}.json"


def _without_links(path: Path) -> str:
    text = os.fspath(path)
    try:
        return os.path.realpath(text, strict=True) if os.path.isdir(text) else text
    except OSError:
        return text


def _branch(git_dir: str) -> str:
    line = first_line(f"{git_dir}/HEAD") if git_dir else ""
    prefix = "ref: refs/heads/"
    name = line.removeprefix(prefix) if line.startswith(prefix) else ""
    return name if has_file(name) else ""
