"""Changing a file of a person's: as it was shown to them, backed up, whole."""

import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import InstallError
from memtui.files import replace_file
from memtui.install.client import FileChange, read

KEPT: Final = 10
"""Backups of one file; older ones go when another comes."""
_OURS: Final = frozenset({"memtui", "memtui-mcp"})
"""Folders of these names in a client's own are ours, whoever remembers making them."""


def check(change: FileChange) -> None:
    """Make sure that a change may be made, and is still the one that was shown.

    Raises:
        InstallError: the file was changed since, or its owner protects it.
    """
    if read(change.path) != change.before:
        raise InstallError(
            f"{change.path} was changed in the meantime.",
            hint="Look at the diff again.",
        )
    if change.before is None or not change.changes:
        return
    if not change.path.stat().st_mode & 0o222:
        raise InstallError(
            f"{change.path} is protected from being written.",
            hint=f"If memtui may change it: chmod u+w {change.path}",
        )


def back_up(change: FileChange, data: Path, label: str) -> Path | None:
    """Copy the file as it is into the backups; None where there is nothing to copy.

    Args:
        label: what the name of the copy begins with.

    Raises:
        OSError: it could not be copied.
    """
    if change.before is None or not change.changes:
        return None
    paths.make_private_dir(data)
    folder = paths.make_private_dir(paths.backup_dir(data))
    # Files of one name are told apart by where they are.
    place = hashlib.sha256(os.fsencode(change.path)).hexdigest()[:8]
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    name = f"{label}-{change.path.name}-{place}-"
    backup = folder / f"{name}{stamp}"
    replace_file(backup, change.before)
    older = sorted(found for found in os.listdir(folder) if found.startswith(name))
    for gone in older[:-KEPT]:
        (folder / gone).unlink()
    return backup


def put(change: FileChange) -> list[Path]:
    """Write one file, or take it away; the folders that this made, inner first.

    Raises:
        OSError: it could not be written; the file is as it was, unless it has
            more names than one.
    """
    if not change.changes:
        return []
    if change.after is None:
        change.path.unlink()
        _drop_ours(change.path)
        return []
    if change.before is None:
        missing = [folder for folder in change.path.parents if not folder.exists()]
        change.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(change.path, change.after, mode=change.mode)
        return missing
    known = change.path.stat()
    if known.st_nlink > 1:  # another file in its place would be under one name only
        with change.path.open("r+b") as file:
            file.write(change.after)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    else:
        replace_file(change.path, change.after, mode=stat.S_IMODE(known.st_mode))
    return []


def _drop_ours(path: Path) -> None:
    """Take away folders of our name that nothing is left in, and what is in those."""
    inside = path.parent.name == "hooks" and path.parent.parent.name in _OURS
    for folder in path.parents[: 2 if inside else 1]:
        if not inside and folder.name not in _OURS:
            return
        try:
            folder.rmdir()
        except OSError:  # somebody else's file is in it
            return
