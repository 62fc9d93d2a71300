"""A store put in the place of another, which stays beside it."""

import os
from pathlib import Path


def swap(made: Path, path: Path, aside: Path) -> None:
    """Put ``made`` in the place of ``path``, which is called ``aside`` from now on.

    A kill in between leaves the old one in its place, and whole under its new name.
    The log goes before the new store comes: SQLite would play it into that.

    Raises:
        OSError: it cannot be done.
    """
    if path.exists():
        try:
            os.link(path, aside)
        except OSError:  # a file system without a second name for a file
            path.rename(aside)
    for side in ("-wal", "-shm"):
        old = path.with_name(path.name + side)
        if old.exists():
            old.rename(aside.with_name(aside.name + side))
    made.replace(path)
