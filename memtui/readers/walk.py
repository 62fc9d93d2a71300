"""Finds files below a folder: plain strings, names first, every folder once."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def below(folder: Path, is_wanted: Callable[[str], bool]) -> Iterator[list[str]]:
    """Paths of the wanted files, those of one folder together.

    Folders that cannot be read are passed over; links to folders are followed.

    Args:
        is_wanted: told by its name whether an entry is a file to take.
    """
    pending = [str(folder)]
    seen: set[tuple[int, int]] = set()
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        found = []
        for entry in entries:
            if is_wanted(entry.name) and not entry.is_dir(follow_symlinks=False):
                found.append(entry.path)
            elif is_folder(entry) and (not entry.is_symlink() or _is_new(entry, seen)):
                pending.append(entry.path)
        if found:
            yield found


def closed_below(folder: Path, *, deep: bool = True) -> list[tuple[str, str]]:
    """Folders there that cannot be read, each with the reason."""
    closed: list[OSError] = []
    for _, names, _ in os.walk(folder, onerror=closed.append):
        if not deep:
            names.clear()
    return [(str(error.filename), str(error.strerror)) for error in closed]


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it can be walked into; one that is gone or links to itself cannot."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_new(entry: os.DirEntry[str], seen: set[tuple[int, int]]) -> bool:
    try:
        stat = entry.stat()
    except OSError:
        return False
    before = len(seen)
    seen.add((stat.st_dev, stat.st_ino))
    return len(seen) > before
