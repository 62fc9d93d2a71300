"""Folders that are not there yet: what to watch so that they are followed at once.

A client is installed, or its folder is deleted and made anew, while one watches.
The nearest folder that is there tells when the next one below it appears.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Awaited(NamedTuple):
    """What stands where folders are missing."""

    parents: frozenset[Path] = frozenset()
    """The nearest that are there: to be watched without what is below them."""
    news: frozenset[str] = frozenset()
    """Paths whose coming or going is news; all else in there is not ours."""


def awaited(folders: Iterable[Path]) -> Awaited:
    """What to watch for those of the folders that are not there."""
    parents: set[Path] = set()
    news: set[str] = set()
    for folder in folders:
        below = folder
        while not below.is_dir() and below != below.parent:
            news.add(str(below))
            below = below.parent
        if below != folder:
            parents.add(below)
            news.add(str(below))
    return Awaited(frozenset(parents), frozenset(news))


def identity(folder: Path) -> tuple[str, int]:
    """Differs once another folder stands in its place."""
    try:
        return str(folder), folder.stat().st_ino
    except OSError:
        return str(folder), 0
