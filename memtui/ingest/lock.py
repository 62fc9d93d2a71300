"""One ingester at a time, across processes: a lock that dies with its holder."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy
from memtui.paths import lock_path, make_private_dir
from memtui.store.trouble import unreachable

_AGAIN_SECONDS: Final = 0.05
_NUMBER_BYTES: Final = 20


@contextmanager
def ingesting(
    data: Path, *, wait: float = 0.0, stop: threading.Event | None = None
) -> Iterator[None]:
    """Hold the ingest lock of a data folder.

    The kernel drops it when the holder ends, however it ends: nobody ever takes it
    from a living one. The file stays; in it is the number of the last holder.

    Args:
        wait: seconds to wait for another holder.
        stop: once set, waiting is over.

    Raises:
        StoreBusy: another process or thread is ingesting.
        StoreError: the data folder cannot be used.
    """
    try:
        make_private_dir(data)
        handle = os.open(lock_path(data), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unreachable(lock_path(data), error) from error
    try:
        stop = stop or threading.Event()
        deadline = time.monotonic() + wait
        while not _taken(handle):
            if time.monotonic() >= deadline or stop.wait(_AGAIN_SECONDS):
                raise StoreBusy(
                    "Another memtui is reading transcripts into this store"
                    f"{_owner(handle)}.",
                    hint="It will be done in a moment; then try again.",
                )
        with suppress(OSError):  # a full disk: then nobody is named
            os.ftruncate(handle, 0)
            os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        yield
    finally:
        os.close(handle)


def _owner(handle: int) -> str:
    """Who holds the lock, as far as its file says so."""
    said = os.pread(handle, _NUMBER_BYTES, 0).strip()
    return f" (process {int(said)})" if said.isdigit() else ""


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
