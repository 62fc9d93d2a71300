"""Writing a file so that a reader sees the old one or the new one, never a part."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy

LOCK_S: Final = 10.0
"""How long an export waits for another one."""
_LOOK_S: Final = 0.02


def replace_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write, flush to the disk, then put in place.

    Raises:
        OSError: nothing was changed.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def replace_if_changed(path: Path, data: bytes) -> bool:
    """``replace_file`` where the bytes differ; whether they did."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, data)
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
                        "Another memtui is writing the exports.",
                        hint="Try again in a moment.",
                    ) from None
                time.sleep(_LOOK_S)
        yield
