"""Writing exports: only where they change, one process at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy
from memtui.files import replace_file

LOCK_S: Final = 10.0
"""How long an export waits for another one."""
_LOOK_S: Final = 0.02


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
    """Hold a lock file across processes.

    Raises:
        StoreBusy: another process has held it for over ten seconds.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "rb+") as file:
        os.fchmod(handle, 0o600)  # an older memtui let others read it
        deadline = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StoreBusy(
                        "Another memtui is writing the same files.",
                        hint="Try again in a moment.",
                    ) from None
                time.sleep(_LOOK_S)
        if os.fstat(handle).st_mtime_ns != UNTOUCHED_NS:
            os.utime(handle, ns=(UNTOUCHED_NS, UNTOUCHED_NS))
        yield
