"""How much of what should be watched the kernel really watches.

It drops watches without a word where there are too many, and folders of other
machines never send an event. What is not watched is swept, more often.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SWEEP_SECONDS: Final = 30.0
SHORT_SWEEP_SECONDS: Final = 3.0
"""Between sweeps where some folders are not watched."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what should be watched the kernel really watches."""

    folders: int
    watched: int
    is_deaf: bool = False
    """A sweep found what no event had told, as on mounts from elsewhere."""

    @property
    def is_whole(self) -> bool:
        """Whether every folder is watched, and events come from them."""
        return self.watched >= self.folders and not self.is_deaf

    @property
    def sweep_seconds(self) -> float:
        """How long it takes at most until a change is found without an event."""
        return SWEEP_SECONDS if self.is_whole else SHORT_SWEEP_SECONDS

    def __str__(self) -> str:
        """``watching 499 of 2,001 folders, sweeping every 3 s``."""
        watched = f"watching {self.watched:,} of {self.folders:,} folders"
        if self.is_whole:
            return watched
        if self.watched >= self.folders:
            watched = "some folders send no events"
        return f"{watched}, sweeping every {self.sweep_seconds:.0f} s"


def count_folders(folder: Path, *, deep: bool) -> int:
    """How many watches a folder takes; ``deep``: with all below it."""
    return sum(1 for _ in os.walk(folder)) if deep else 1


def count_watches(total: int) -> int:
    """Inotify watches of this process; ``total`` where the system does not tell."""
    count, told = 0, False
    try:
        for entry in os.scandir("/proc/self/fdinfo"):
            with open(entry.path, "rb") as file:
                lines = [line for line in file if line.startswith(b"inotify wd:")]
            told = told or bool(lines)
            count += len(lines)
    except OSError:
        return total if not told else count
    return count if told else total
