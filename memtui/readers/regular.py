"""Opens what an agent wrote: regular files only, and nothing that could block.

Whoever may write into an agent's folder can put a pipe there, whose reader waits
for ever, or a device, which never ends.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotRegular(OSError):
    """A folder, a pipe, a socket or a device stands where a file should."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(errno.EINVAL, "it is no regular file", os.fspath(path))


def open_regular(path: Path | str) -> BinaryIO:
    """The file, to be read without a buffer.

    Raises:
        NotRegular: it is another kind of thing.
        OSError: it is gone or cannot be read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NotRegular(path)  # opening a device may already do something
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):  # swapped in between
            raise NotRegular(path)
        return open(handle, "rb", buffering=0)
    except BaseException:  # an interrupt, too, leaves nothing behind
        os.close(handle)
        raise


def bytes_of(path: Path | str, most: int = -1) -> bytes:
    """All that the file holds.

    Args:
        most: no more than so many bytes of it; below zero: all.

    Raises:
        NotRegular: it is another kind of thing.
        OSError: it is gone or cannot be read.
    """
    with open_regular(path) as file:
        return _whole(file, most)


def _whole(file: BinaryIO, most: int) -> bytes:
    """A read without a buffer may give less than there is."""
    if most < 0:
        return file.read()
    parts, left = [], most
    while left > 0 and (part := file.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
