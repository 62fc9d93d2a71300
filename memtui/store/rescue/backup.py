"""A whole copy of the store in one file, taken while others use it."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from memtui.errors import StoreError
from memtui.store.connect import open_reader
from memtui.store.trouble import explained


def copy_store(store: Path, target: Path) -> int:
    """Write a copy that opens like the store itself; whole or not at all.

    Returns:
        Bytes of the copy.

    Raises:
        StoreError: there is no store, or it cannot be read.
        OSError: the copy cannot be written.
    """
    target = target.absolute()
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=".memtui-backup-")
    os.close(handle)  # mkstemp: readable by its owner alone
    try:
        with closing(open_reader(store)) as source:
            with closing(sqlite3.connect(made)) as copy:
                source.backup(copy)
                # A copy is one file: nothing of it may wait in a log beside it.
                copy.execute("pragma journal_mode = delete")
                _refuse_damaged(copy, store)
        _to_disk(made)
        Path(made).replace(target)
    except BaseException:  # an interrupt, too, leaves nothing behind
        Path(made).unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _refuse_damaged(copy: sqlite3.Connection, store: Path) -> None:
    """Pages are copied as they are, and a damaged copy is worse than none."""
    with explained(store):
        (said,) = copy.execute("pragma quick_check(1)").fetchone()
    if said != "ok":
        raise StoreError(
            f"The store is damaged, and so would be its copy: malformed, {said} "
            f"({store}).",
            hint="Run: memtui doctor --fix",
        )


def _to_disk(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
