"""Transcripts that a client has packed with zstd, read as if they were not.

The lines are the same as before, so what is known of the plain file holds: the
offset of a checkpoint counts unpacked bytes.
"""

import os
import sys
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import zstandard

from memtui.readers.base import Damaged

SUFFIX = ".zst"

MOST_BYTES = 32 << 30
"""What unpacks to more is no transcript."""

MOST_TIMES = 1_000
"""Nor what unpacks to so many times its size: what people say does to some ten."""

_FEW_BYTES = 16 << 20
"""Below this no such proportion counts."""

_STEP = 1 << 20

# The format is RFC 8878: frames of blocks, each with its size in front.
_SKIPPED: Final = range(0x184D2A50, 0x184D2A60)
"""What frames begin with that hold no content."""
_HEADER_BYTES: Final = 18
_BLOCK_BYTES: Final = 3
_CHECKSUM_BYTES: Final = 4


class Bytes(Protocol):
    """What can be read from a place on."""

    def seek(self, offset: int, /) -> int:
        """Go to a place, counted from the start."""
        ...

    def read(self, length: int, /) -> bytes | None:
        """At most so many bytes from there; empty at the end."""
        ...


def is_packed(path: Path) -> bool:
    """Whether the name says that the file is packed."""
    return path.name.endswith(SUFFIX)


class Unpacked:
    """The content of a packed file. Going back costs a new start.

    Raises:
        Damaged: there is something else in the file, or far too much.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rewind()
        most = max(_FEW_BYTES, MOST_TIMES * os.fstat(file.fileno()).st_size)
        self.size = self._skip(min(MOST_BYTES, most) + 1)
        """Bytes of the whole content."""
        if self.size > MOST_BYTES:
            raise Damaged(f"it unpacks to more than {MOST_BYTES >> 30} GiB")
        if self.size > most:
            raise Damaged(f"it unpacks to more than {MOST_TIMES:,} times its size")

    def seek(self, offset: int, /) -> int:
        """Go to a place, counted from the start."""
        if offset < self._at:
            self._rewind()
        return self._skip(offset)

    def read(self, length: int, /) -> bytes:
        """At most so many bytes from there; empty at the end."""
        try:
            data = self._stream.read(length)
        except zstandard.ZstdError as error:
            raise Damaged(f"it cannot be unpacked: {error}") from error
        self._at += len(data)
        return data

    def _rewind(self) -> None:
        self._file.seek(0)
        unpacking = zstandard.ZstdDecompressor()
        self._stream = unpacking.stream_reader(
            self._file, read_across_frames=True, closefd=False
        )
        self._at = 0

    def _skip(self, offset: int) -> int:
        """Read up to a place, or to the end; where that is."""
        while self._at < offset and self.read(min(_STEP, offset - self._at)):
            continue
        return self._at


def is_whole(file: BinaryIO) -> bool:
    """Whether a packed file ends where a frame ends: else something is missing.

    Looks at the sizes of its blocks only.
    """
    size = file.seek(0, 2)
    at = 0
    while at < size:
        at = _end_of_frame(file, at)
    return at == size


def _end_of_frame(file: BinaryIO, at: int) -> int:
    """Where the frame ends that begins here; beyond the file, where it is cut."""
    start = _read_at(file, at, _HEADER_BYTES)
    if int.from_bytes(start[:4], "little") in _SKIPPED:
        return at + 8 + int.from_bytes(start[4:8], "little")
    try:
        parameters = zstandard.get_frame_parameters(start)
        at += zstandard.frame_header_size(start)
    except zstandard.ZstdError:
        return sys.maxsize  # not even its header is there
    while len(head := _read_at(file, at, _BLOCK_BYTES)) == _BLOCK_BYTES:
        block = int.from_bytes(head, "little")
        repeats, length = block >> 1 & 3 == 1, block >> 3
        at += _BLOCK_BYTES + (1 if repeats else length)
        if block & 1:
            return at + (_CHECKSUM_BYTES if parameters.has_checksum else 0)
    return sys.maxsize


def _read_at(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
