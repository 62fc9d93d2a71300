"""Finds files below a folder: plain strings, names first, every folder once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.readers.base import Sight

_LIST: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


def below(folder: Path, endings: tuple[str, ...]) -> Iterator[Sight]:
    """The files whose paths end so, as they are now, one folder after the other.

    Folders that cannot be read are passed over; links to folders are followed.
    """
    pending = [str(folder)]
    seen: set[tuple[int, int]] = set()
    while pending:
        place = pending.pop()
        try:
            with _entries(place) as entries:
                for entry in entries:
                    path = f"{place}/{entry.name}"
                    if path.endswith(endings) and not entry.is_dir(
                        follow_symlinks=False
                    ):
                        yield path, _stat(entry)
                    elif is_folder(entry) and (
                        not entry.is_symlink() or _is_new(entry, seen)
                    ):
                        pending.append(path)
        except OSError:
            continue


@contextmanager
def _entries(place: str) -> Iterator[Iterator[os.DirEntry[str]]]:
    """What is in a folder; it stays open, so that nobody looks for it at each."""
    if os.scandir not in os.supports_fd:
        with os.scandir(place) as entries:
            yield entries
        return
    handle = os.open(place, _LIST)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


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
