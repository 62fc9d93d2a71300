"""Transcripts that a client has packed with zstd, read as if they were not.

The lines are the same as before, so what is known of the plain file holds: the
offset of a checkpoint counts unpacked bytes.
"""

from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

SUFFIX = ".zst"

MOST_BYTES = 32 << 30
"""What unpacks to more is no transcript."""

_STEP = 1 << 20


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
        zstandard.ZstdError: the file is damaged.
        ValueError: it unpacks to more than ``MOST_BYTES``.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rewind()
        self.size = self._skip(MOST_BYTES + 1)
        """Bytes of the whole content."""
        if self.size > MOST_BYTES:
            raise ValueError(f"unpacks to more than {MOST_BYTES >> 30} GiB")

    def seek(self, offset: int, /) -> int:
        """Go to a place, counted from the start."""
        if offset < self._at:
            self._rewind()
        return self._skip(offset)

    def read(self, length: int, /) -> bytes:
        """At most so many bytes from there; empty at the end."""
        data = self._stream.read(length)
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
