"""Reads what is new in a transcript: whole lines, bounded memory, O(new bytes).

A checkpoint says how far a file was read and by which marks to know that it is
still the same file: its head and the bytes just before the offset. Shrunk,
replaced, rotated or rewritten: it is read again from the start (``fresh``),
and unique record ids make that harmless.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from memtui.readers.packed import Bytes, Unpacked, is_packed, is_whole
from memtui.readers.regular import open_regular

CHUNK_BYTES = 4 << 20
"""About how much of whole lines one chunk holds; one long line makes a longer one."""

LINE_BYTES = 16 << 20
"""A longer line is handed over in pieces and never decoded."""

OVERLAP_BYTES = 64 << 10
"""How much two pieces share: nothing is only on the cut between them."""

_MARK_BYTES = 1024

_LEAST_READ = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far a transcript was read, and how to recognise it."""

    inode: int
    size: int
    """Of the file at the end of a run; mid-run, just the offset."""
    mtime_ns: int
    head_hash: str
    """Of the first min(1024, offset) bytes."""
    tail_hash: str = ""
    """Of the last min(1024, offset) bytes before the offset; empty: not known."""
    offset: int
    """After the last complete newline that was handed over."""
    line: int
    """Lines before the offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some lines in a row and the checkpoint after them."""

    lines: tuple[bytes, ...]
    """Each with its newline; the unterminated last one without."""
    first_line: int
    """Number of ``lines[0]``, from 1."""
    data: bytes = b""
    """The same lines in one piece, as they were read; empty: they are not at hand."""
    checkpoint: Checkpoint
    """After these lines; before them where they end in no newline."""
    fresh: bool = False
    """The file was read from its start although a checkpoint was given."""
    unterminated: bool = False
    """The one line lacks its newline: it may still grow and comes again."""
    undecodable: bool = False
    """The one entry is a piece of a line over 16 MiB: archive it, do not parse."""
    cut_short: bool = False
    """Behind these lines something is missing: of a packed file, the end."""
    piece: int = 0
    """Which piece of that line, from 0; all pieces have the line's number."""
    last_piece: bool = True


@dataclass(slots=True)
class _Position:
    """Where in the file the reading stands, and the marks up to there."""

    offset: int = 0
    line: int = 0
    head: bytes = b""
    tail: bytes = b""

    def advance(self, data: bytes, lines: int) -> None:
        if len(self.head) < _MARK_BYTES:
            self.head += data[: _MARK_BYTES - len(self.head)]
        self.tail = (self.tail + data[-_MARK_BYTES:])[-_MARK_BYTES:]
        self.offset += len(data)
        self.line += lines

    def jump(self, file: Bytes, offset: int) -> None:
        """Pass one long line without holding it."""
        self.offset = offset
        self.line += 1
        length = min(_MARK_BYTES, offset)
        self.head = _read_at(file, 0, length)
        self.tail = _read_at(file, offset - length, length)


@dataclass(frozen=True, slots=True)
class _Content:
    """The bytes of a file and the marks of the file."""

    file: Bytes
    size: int
    stat: os.stat_result

    @property
    def is_plain(self) -> bool:
        """Whether the file's own size is that of its content."""
        return self.size == self.stat.st_size


def read_new(path: Path, checkpoint: Checkpoint | None = None) -> Iterator[Chunk]:
    """What the file holds beyond the checkpoint, in order.

    Yields chunks of whole lines, then at most one unterminated last line. Each
    carries the checkpoint after it, so a run may stop after any of them. A file
    that turned out to be another one yields ``fresh`` chunks from line 1; an
    unchanged one yields nothing; one that changed without new lines yields a
    chunk without lines. What is appended meanwhile is left to the next run.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    with open_regular(path) as file:
        stat = os.fstat(file.fileno())
        if checkpoint is not None and _unchanged(stat, checkpoint):
            return
        content = _Content(file, stat.st_size, stat)
        if is_packed(path):
            unpacked = Unpacked(file)
            content = _Content(unpacked, unpacked.size, stat)
        position = checkpoint and _resume(content, checkpoint)
        fresh = checkpoint is not None and checkpoint.offset > 0 and not position
        chunks = _Reading(content, position or _Position()).chunks()
        if is_packed(path):
            chunks = _to_its_end(chunks, file)
        for chunk in chunks:
            yield replace(chunk, fresh=True) if fresh else chunk


def in_pieces(path: Path) -> Iterator[Chunk]:
    """All of a file as if it were one line too long to be read at once.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    with open_regular(path) as file:
        stat = os.fstat(file.fileno())
        content = _Content(file, stat.st_size, stat)
        yield from _Reading(content, _Position()).pieces(content.size)


def overlapping(pieces: Iterable[bytes], overlap: int) -> Iterator[tuple[bytes, bool]]:
    """The same in pieces of a chunk, each with the end of the one before at its start.

    With each, whether it is the last.
    """
    held, fresh = b"", 0
    for piece in pieces:
        held, fresh = held + piece, fresh + len(piece)
        if fresh >= CHUNK_BYTES and len(held) > overlap:
            yield held, False
            held, fresh = held[-overlap:], 0
    yield held, True


def _to_its_end(chunks: Iterator[Chunk], file: BinaryIO) -> Iterator[Chunk]:
    """The same; the last one says whether the packed file is all there."""
    last = next(chunks, None)
    for chunk in chunks:
        if last is not None:
            yield last
        last = chunk
    if last is not None:
        yield last if is_whole(file) else replace(last, cut_short=True)


def _unchanged(stat: os.stat_result, checkpoint: Checkpoint) -> bool:
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) == (
        checkpoint.inode,
        checkpoint.size,
        checkpoint.mtime_ns,
    )


def _resume(content: _Content, checkpoint: Checkpoint) -> _Position | None:
    """Where to go on, or None when this is not the file we read."""
    if content.is_plain and content.size <= checkpoint.size:
        return None  # shrunk, or rewritten at equal size: only a full read tells
    length = min(_MARK_BYTES, checkpoint.offset)
    head = _read_at(content.file, 0, length)
    tail = _read_at(content.file, checkpoint.offset - length, length)
    if _hash(head) != checkpoint.head_hash or tail[-1:] not in (b"", b"\n"):
        return None
    if checkpoint.tail_hash and _hash(tail) != checkpoint.tail_hash:
        return None
    return _Position(checkpoint.offset, checkpoint.line, head, tail)


class _Reading:
    """One pass over a file, from a position to the size it had at the start."""

    def __init__(self, content: _Content, position: _Position) -> None:
        self._file = content.file
        self._stat = content.stat
        self._size = content.size
        self._position = position

    def chunks(self) -> Iterator[Chunk]:
        rest = b""
        start = at = self._position.offset
        while at < self._size:
            wanted = max(CHUNK_BYTES - len(rest), _LEAST_READ)
            data = _read_at(self._file, at, min(wanted, self._size - at))
            if not data:
                break  # cut while we read; the next run sees it
            at += len(data)
            rest += data
            end = rest.rfind(b"\n") + 1
            if end:
                yield self._whole_lines(rest[:end])
                rest = rest[end:]
            elif len(rest) > LINE_BYTES:
                rest = b""
                at = self._end_of_line(at)
                yield from self.pieces(at)
        if rest:
            yield self._chunk((rest,), unterminated=True)
        elif start == self._size:
            yield self._chunk(())  # no new line, but new marks

    def _whole_lines(self, data: bytes) -> Chunk:
        lines = BytesIO(data).readlines()  # a third of what splitlines takes
        first = self._position.line + 1
        self._position.advance(data, len(lines))
        return self._chunk(tuple(lines), first=first, data=data)

    def pieces(self, end: int) -> Iterator[Chunk]:
        """The line from the position to ``end``, in overlapping pieces."""
        start = self._position.offset
        number = self._position.line + 1
        terminated = _read_at(self._file, end - 1, 1) == b"\n"
        at, index = start, 0
        while True:
            data = _read_at(self._file, at, min(CHUNK_BYTES, end - at))
            last = at + len(data) >= end or not data
            if last and terminated:
                self._position.jump(self._file, end)
            piece = self._chunk((data,), first=number, unterminated=not terminated)
            yield replace(piece, undecodable=True, piece=index, last_piece=last)
            if last:
                return
            at += len(data) - OVERLAP_BYTES
            index += 1

    def _end_of_line(self, at: int) -> int:
        while at < self._size:
            data = _read_at(self._file, at, min(CHUNK_BYTES, self._size - at))
            if not data:
                break
            found = data.find(b"\n")
            if found >= 0:
                return at + found + 1
            at += len(data)
        return at

    def _chunk(
        self,
        lines: tuple[bytes, ...],
        *,
        first: int | None = None,
        data: bytes = b"",
        unterminated: bool = False,
    ) -> Chunk:
        position = self._position
        # Only the last chunk may say that the file needs no look before it
        # changes: a run that stops earlier has to come back for the rest.
        done = unterminated or position.offset >= self._size
        return Chunk(
            lines=lines,
            first_line=position.line + 1 if first is None else first,
            data=data,
            checkpoint=Checkpoint(
                inode=self._stat.st_ino,
                size=self._stat.st_size if done else position.offset,
                mtime_ns=self._stat.st_mtime_ns if done else 0,
                head_hash=_hash(position.head),
                tail_hash=_hash(position.tail),
                offset=position.offset,
                line=position.line,
            ),
            unterminated=unterminated,
        )


def _read_at(file: Bytes, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = b""
    while len(data) < length and (more := file.read(length - len(data))):
        data += more
    return data


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
