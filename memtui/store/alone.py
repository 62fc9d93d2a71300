"""One process at a time makes or migrates a store."""

import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy

SECONDS: Final = 60.0
"""How long a start waits for another one that makes or migrates the store."""
QUIET_SECONDS: Final = 2.0
"""How long it does not say so."""
_AGAIN_SECONDS: Final = 0.01
_NO_LOCKS: Final = frozenset({errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP})

_log = logging.getLogger(__name__)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else opens the store of a folder to write, or makes it, meanwhile.

    The lock is on the folder itself: there is no file to leave behind, and the
    kernel drops it with its holder.

    Raises:
        StoreBusy: somebody else has been at it for too long.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        began = time.monotonic()
        is_said = False
        while not _taken(handle):
            waited = time.monotonic() - began
            if waited > SECONDS:
                raise StoreBusy(
                    "Another memtui is preparing the store.",
                    hint="Try again in a moment.",
                )
            if waited > QUIET_SECONDS and not is_said:
                _log.warning("Waiting for another memtui that prepares the store.")
                is_said = True
            time.sleep(_AGAIN_SECONDS)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        # a file system without locks on folders: then SQLite's own must do
    return True
