"""What a killed start left in the data folder: stores that were never finished."""

import os
import time
from pathlib import Path
from typing import Final

UNFINISHED: Final = ".memtui-new-"
"""How files begin that a store is made in, before it has its name."""

_OLD_SECONDS: Final = 3600
"""Making a store takes a second: after an hour nobody is at it."""


def remove_leftovers(folder: Path) -> None:
    """Remove unfinished stores that nobody works at any more."""
    old = time.time() - _OLD_SECONDS
    for entry in os.scandir(folder):
        if not entry.name.startswith(UNFINISHED):
            continue
        try:
            if entry.stat(follow_symlinks=False).st_mtime < old:
                os.unlink(entry.path)
        except OSError:
            continue  # gone meanwhile, or not ours: it harms nobody
