"""Writing exports: only where they change, one process at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui import files
from memtui.files import replace_file

UNTOUCHED_NS: Final = 1_000_000_000 * 10**9
"""The time that an export bears, and the lock beside it: a file of that very time is
as it was written, so that the hook need not look at what it prints. Any other hand,
or a disk that tore it, leaves another time."""


def replace_if_changed(path: Path, data: bytes, at_ns: int | None = None) -> bool:
    """``replace_file`` where the bytes differ; whether they did."""
    try:
        if path.read_bytes() == data:
            if at_ns is not None and path.stat().st_mtime_ns != at_ns:
                os.utime(path, ns=(at_ns, at_ns))
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, data, at_ns=at_ns)
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file of exports across processes.

    Raises:
        StoreBusy: another process has held it for over ten seconds.
    """
    with files.locked(path) as handle:
        if os.fstat(handle).st_mtime_ns != UNTOUCHED_NS:
            os.utime(handle, ns=(UNTOUCHED_NS, UNTOUCHED_NS))
        yield
