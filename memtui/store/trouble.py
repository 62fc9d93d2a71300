"""What SQLite and the file system say of the store, in words that say what to do."""

import errno
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy, StoreError, StoreReadOnly

_LEAST_BYTES: Final = 1 << 20
"""With less room on the disk, what cannot be read or written has no room."""
_LEAST_GROWTH: Final = 64 << 20
"""So much a file of the store may grow by in one run."""
_NO_SHARING: Final = (
    "SQLITE_IOERR_SHM", "SQLITE_IOERR_LOCK", "SQLITE_IOERR_UNLOCK",
    "SQLITE_IOERR_RDLOCK", "SQLITE_PROTOCOL", "SQLITE_NOLFS",
)  # fmt: skip
_NO_DAMAGE: Final = (
    *_NO_SHARING, "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY",
    "SQLITE_LOCKED", "SQLITE_PERM", "SQLITE_NOMEM", "SQLITE_INTERRUPT",
    "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_NOMEM",
)  # fmt: skip
"""What is said of a store that may well be sound."""
_NO_FOLDER: Final = frozenset({errno.EEXIST, errno.ENOTDIR})


@contextmanager
def busy_is_said() -> Iterator[None]:
    """Turn SQLite's lock errors into StoreBusy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreBusy(
                "Another process is writing to the store.",
                hint="Try again in a moment.",
            ) from error
        raise


def trouble(path: Path, error: sqlite3.Error) -> StoreError:
    """What SQLite says of the store, in words that say what to do."""
    name = getattr(error, "sqlite_errorname", "")
    no_room = name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR")
    if no_room and (known := no_room_for(path)):
        return known
    if name == "SQLITE_FULL":
        return _full(path)
    if name.startswith("SQLITE_READONLY"):
        return read_only(path)
    if name.startswith(_NO_SHARING):
        return StoreError(
            f"The file system cannot share or lock the store: {error} ({path}).",
            hint="A network folder? Let MEMTUI_DATA_DIR name a local one.",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreError(
            f"The store is damaged: {error} ({path}).",
            hint="Run: memtui doctor --fix  Nothing is thrown away by it.",
        )
    return StoreError(
        f"The store cannot be used: {error} ({path}).", hint="Run: memtui doctor"
    )


def is_damage(path: Path, error: Exception) -> bool:
    """Whether a store cannot be opened or read because it is broken."""
    cause = error.__cause__
    if not isinstance(cause, sqlite3.DatabaseError) or no_room_for(path):
        return False
    return not getattr(cause, "sqlite_errorname", "").startswith(_NO_DAMAGE)


def no_room_for(path: Path) -> StoreError | None:
    """Why the store cannot grow, if the disk or a limit of this process is it."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(map(_size, (path, path.with_name(f"{path.name}-wal"))))
    if limit != resource.RLIM_INFINITY and limit < largest + _LEAST_GROWTH:
        return StoreError(
            f"No file may grow beyond {limit:,} bytes here: the store cannot grow.",
            hint="Raise that limit (ulimit -f). What the store holds is safe.",
        )
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return None
    return _full(path) if disk.f_bavail * disk.f_frsize < _LEAST_BYTES else None


def read_only(path: Path) -> StoreReadOnly:
    """Nothing can be written where the store lies."""
    return StoreReadOnly(
        f"The store is read-only: {path}.",
        hint=f"See whose it is, and its modes: ls -la {path.parent}",
    )


def _full(path: Path) -> StoreError:
    return StoreError(
        f"The disk is full: nothing more can be written to {path.parent}.",
        hint="Free some space, then try again. What the store holds is safe.",
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def unreachable(path: Path, error: OSError) -> StoreError:
    """What the file system says of a file or folder of ours."""
    if error.errno in _NO_FOLDER:
        return StoreError(
            f"There is a file where a folder should be: {error.filename or path}.",
            hint="Move it away, or let MEMTUI_DATA_DIR name another folder.",
        )
    hint = "Check the folder's owner and free space."
    if error.errno in (errno.EACCES, errno.EPERM):
        hint = f"See whose it is, and its modes: ls -la {path.parent}"
    return StoreError(
        f"The store cannot be opened: {error.strerror or error} ({path}).", hint=hint
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into StoreError and StoreBusy."""
    try:
        with busy_is_said():
            yield
    except sqlite3.DatabaseError as error:
        raise trouble(path, error) from error
    except OSError as error:
        raise unreachable(path, error) from error
