"""A line for an agent's own status bar: what is kept here, what waits, what was told.

Written with the exports, so that the bar prints a file and asks nobody. One file for
each known root of a project, below a folder of their own, if the config asks for it.
"""

import os
import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.inject.files import replace_if_changed
from memtui.inject.place import has_room, is_exportable, main_tree
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.rescue.probe import LastDelivery, last_deliveries

FOLDER: Final = "status"
NAME: Final = "%line"
"""Below the root's own path, where hardly any folder is called so."""


def write_lines(
    data: Path, settings: Settings, view: StoreView, projects: Collection[str] | None
) -> None:
    """Write the lines of projects (UUIDs), or of all; none are left if they are off.

    Raises:
        OSError: one cannot be written.
    """
    if projects is None or not settings.status_line:
        _forget(data)  # what is not known any more is not named either
    if not settings.status_line:
        return
    paths.make_private_dir(data / FOLDER)
    weights = {name: type_.weight for name, type_ in settings.types.items()}
    told = last_deliveries(data / "memtui.db")
    last = next(reversed(told.values()), None)
    for place in view.places(projects):
        counts = view.counts(place.project.id, weights=weights, types=settings.types)
        line = line_of(counts.kept - counts.excluded, counts.inbox, last)
        for root in {main_tree(place.common_dir), *place.roots}:
            file = Path(f"{data}/{FOLDER}{root}/{NAME}")
            if root and is_exportable(root) and has_room(file):
                replace_if_changed(file, line.encode())


def line_of(kept: int, waiting: int, last: LastDelivery | None) -> str:
    """``memtui 12 kept, 3 to decide, told 20 Nov 13:52``; local time."""
    parts = [f"{kept:,} kept"]
    if waiting:
        parts.append(f"{waiting:,} to decide")
    if last is not None:
        parts.append(f"told {time.strftime('%d %b %H:%M', _local(last.at))}")
    return f"memtui {', '.join(parts)}\n"


def command(data: Path) -> str:
    """What a POSIX shell runs to print the line of the folder that it is in."""
    quoted = "'" + os.fspath(data / FOLDER).replace("'", "'\\''") + "'"
    return (
        'd=$PWD; while [ -n "$d" ] && [ ! -e "$d/.git" ]; do d=${d%/*}; done; '
        f'cat {quoted}"${{d:-$PWD}}/{NAME}" 2>/dev/null; :'
    )


def _forget(data: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(data / FOLDER)


def _local(at: int) -> time.struct_time:
    return time.localtime(at / 1000)
