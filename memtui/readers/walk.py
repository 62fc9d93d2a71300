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
            if is_wanted(entry.name):
                found.append(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif entry.is_symlink() and entry.is_dir():
                stat = entry.stat()
                if (key := (stat.st_dev, stat.st_ino)) not in seen:
                    seen.add(key)
                    pending.append(entry.path)
        if found:
            yield found
