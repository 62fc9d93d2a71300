"""A bundle on disk: written whole or not at all, read in bounded memory.

A reader goes through a file twice: first to see that it is whole and that each line
can be understood, then to take it. So nothing of a torn one is ever taken.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Final

import msgspec
import zstandard

from memtui.bundle.lines import FORMAT, End, Header, Line, decode, encode, why_not
from memtui.errors import MemtuiError
from memtui.files import replacing

LINE_BYTES: Final = 16 << 20
"""A longer line is no line of ours."""
TOGETHER: Final = 10_000
"""Lines that are taken together, if they are not larger than one may be."""
_CHUNK: Final = 256 << 10
_WINDOW: Final = 8 << 20
"""What unpacking may hold; our own files need a quarter of it."""
_RATIO: Final = 1_000
_SMALL: Final = 64 << 20
"""What unpacks to more than this may be at most so many times its size."""

_NO_LINE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Cut = Callable[[bytes], bytes]
"""From a line to the same without secrets; it stays JSON."""


class BadBundle(MemtuiError):
    """A file that is no bundle, or a damaged one; nothing of it was taken."""


class _Start(msgspec.Struct):
    """As much of a header as every format has."""

    line: str = ""
    format: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What is in a bundle."""

    lines: int
    left_out: int
    """Lines that would have been longer than any reader takes."""


def write(target: Path, header: Header, lines: Iterable[Line], cut: Cut) -> Written:
    """Write a bundle.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    digest, count, left_out = _digest(), 0, 0
    packer = zstandard.ZstdCompressor(level=9)
    with (
        replacing(target) as file,
        packer.stream_writer(file, closefd=False) as packed,
    ):
        for line in chain([header], lines):
            raw = cut(encode(line)) + b"\n"
            if len(raw) > LINE_BYTES:
                left_out += 1
                continue
            digest.update(raw)
            packed.write(raw)
            count += 1
        packed.write(encode(End(lines=count, digest=digest.hexdigest())) + b"\n")
    return Written(count, left_out)


class Bundle:
    """A bundle that is whole, and of which each line can be understood.

    Raises:
        BadBundle: it is not; a newer one is named as such.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.header = self._checked()

    def batches(self, cut: Cut) -> Iterator[list[Line]]:
        """All that it holds, in its order, each line without secrets."""
        some: list[Line] = []
        size = 0
        for raw in self._raw():
            line = self._line(cut(raw))
            if not isinstance(line, Header | End):
                some.append(line)
                size += len(raw)
            if len(some) >= TOGETHER or size >= LINE_BYTES:
                yield some
                some, size = [], 0
        if some:
            yield some

    def _checked(self) -> Header:
        digest = _digest()
        header: Header | None = None
        for count, raw in enumerate(self._raw()):
            if header is None:
                header = self._header(raw)
                line: Header | Line | End = header
            else:
                line = self._line(raw)
            if isinstance(line, End):
                if (line.lines, line.digest) == (count, digest.hexdigest()):
                    return header
                break
            digest.update(raw)
        raise self._bad("it is torn: its end is missing or is not that of its lines")

    def _header(self, raw: bytes) -> Header:
        try:
            start = msgspec.json.decode(raw, type=_Start)
        except _NO_LINE:
            start = _Start()
        if start.line != "bundle":
            raise self._bad("it does not begin as one")
        if start.format > FORMAT:
            raise BadBundle(
                f"{self._path} was written by a newer memtui (format {start.format}).",
                hint="Update memtui here; nothing was taken of it.",
            )
        found = self._line(raw)
        assert isinstance(found, Header)
        return found

    def _line(self, raw: bytes) -> Header | Line | End:
        try:
            line: Header | Line | End = decode(raw)
        except _NO_LINE as error:
            raise self._bad(f"a line cannot be understood: {error}") from error
        if not isinstance(line, Header | End) and (why := why_not(line)):
            raise self._bad(f"a line cannot be understood: {why}")
        return line

    def _raw(self) -> Iterator[bytes]:
        """Its lines, newlines included; never more than one of them is held."""
        packed = self._path.stat().st_size
        left = max(_SMALL, _RATIO * packed)
        unpacking = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        with self._path.open("rb") as file:
            stream = unpacking.stream_reader(file, read_across_frames=True)
            held = b""
            while chunk := self._chunk(stream):
                left -= len(chunk)
                if left < 0:
                    raise self._bad(f"it unpacks to over {_RATIO:,} times its size")
                *whole, held = (held + chunk).split(b"\n")
                if len(held) > LINE_BYTES:
                    raise self._bad("a line is over 16 MiB")
                yield from (line + b"\n" for line in whole)
        if held:
            yield held

    def _chunk(self, stream: IO[bytes]) -> bytes:
        try:
            return stream.read(_CHUNK)
        except zstandard.ZstdError as error:
            raise self._bad("it cannot be unpacked") from error

    def _bad(self, why: str) -> BadBundle:
        return BadBundle(
            f"{self._path} is no whole bundle: {why}.", hint="Nothing was taken of it."
        )


def _digest() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=16)
