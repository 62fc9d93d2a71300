"""Writing a file so that a reader sees the old one or the new one, never a part.

And so that of two who read, change and write it none loses what the other wrote.
"""

import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from memtui.errors import StoreBusy

READ_ONLY: Final = "MEMTUI_READ_ONLY"
"""Set in a process that is only to be looked at: it writes neither store nor file."""
LOCK_S: Final = 10.0
"""How long one waits for another who holds the same lock."""
_LOOK_S: Final = 0.02


def may_write() -> bool:
    """Whether this process may write anything of the person's."""
    return not os.environ.get(READ_ONLY)


def replace_file(
    path: Path, data: bytes, *, mode: int = 0o600, at_ns: int | None = None
) -> None:
    """Write, flush to the disk, then put in place.

    Args:
        at_ns: the time that the file is to bear, in Unix ns; None: the present.

    Raises:
        OSError: nothing was changed.
    """
    with replacing(path, mode=mode, at_ns=at_ns) as file:
        file.write(data)


@contextmanager
def replacing(
    path: Path, *, mode: int = 0o600, at_ns: int | None = None
) -> Iterator[IO[bytes]]:
    """A file to write to, put in place once all of it is on the disk.

    Raises:
        OSError: nothing was changed.
    """
    if not may_write():
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fspath(path))
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        if at_ns is not None:
            os.utime(name, ns=(at_ns, at_ns))
        os.replace(name, path)
    except BaseException:  # an interrupt, too, leaves nothing behind
        os.unlink(name)
        raise


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold a lock file across processes; gives its descriptor.

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
        yield handle
