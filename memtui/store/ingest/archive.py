"""The raw archive: every source line, in zstd blocks of up to 1 MiB.

A transcript's lines are numbered from 1 within a generation; a new generation
begins when the file was replaced, truncated or rotated. A block holds whole
lines with their newlines. Two things stand in blocks of their own: an
unterminated last line, until it is read again complete, and each of the
sections of a line too long to be read at once.

Of a source without lines, each message or row is one: numbered in the order in
which it was met, and replaced in its place when it is written again.
"""

import sqlite3
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import zstandard

BLOCK_BYTES: Final = 1 << 20
"""Raw bytes of a block. A quarter of it packs 13 % worse (measured); more gains
nothing and costs every lookup, which unpacks one block: a millisecond."""

_LEVEL: Final = 3
_GROWTH: Final = 4
"""An appended block swallows one before it of up to this many times its size,
so that a transcript written line by line ends in few blocks, each line packed
again only a handful of times."""

_SHARED_BYTES: Final = 64 << 10
"""What a piece as older versions made them has in common with the one before."""

_INSERT = """
    insert into block(transcript_id, generation, first_line, lines, bytes, part, data)
    values (?, ?, ?, ?, ?, ?, ?)
"""
_LAST = """
    select id, first_line, lines, bytes, data from block
    where transcript_id = ? and generation = ? and part = 0
    order by first_line desc limit 1
"""
_SPANS = """
    select id, first_line, lines from block
    where transcript_id = ? and generation = ? and part = 0
"""
_DATA = "select data from block where id = ?"
_REPLACE = "update block set bytes = ?, data = ? where id = ?"
_MAKE_ROOM = """
    delete from block where transcript_id = ? and generation = ? and first_line >= ?
"""
_COVERING = """
    select first_line, lines, data from block
    where transcript_id = ? and generation = ? and first_line <= ?
    order by first_line desc limit 1
"""
_OF_GENERATION = """
    select first_line, part, data from block where transcript_id = ? and generation = ?
    order by first_line, id
"""
_GENERATIONS = """
    select distinct generation from block where transcript_id = ? order by generation
"""
_DROP = "delete from block where transcript_id = ? and generation = ?"
_COUNTED = """
    select first_line, lines from block where transcript_id = ? and generation = ?
    order by first_line, id
"""
_WEIGHT = """
    select coalesce(sum(bytes), 0) from block where transcript_id = ? and generation = ?
"""


_HELD: Final = 8
"""Blocks that are held while lines are asked for by their numbers."""


class Part(IntEnum):
    """What a block holds."""

    LINES = 0
    TAIL = 1
    """The unterminated last line."""
    PIECE = 2
    """A piece of an overlong line, as older versions made them: overlapping."""
    SECTION = 3
    """The same without overlap. All but the last of a line count no line."""


class Stretch(NamedTuple):
    """Some lines in a row as the archive gives them back."""

    first_line: int
    part: Part
    lines: list[bytes]


class Place(NamedTuple):
    """Where lines stand in the archive: which transcript, which reading of it."""

    transcript: int
    generation: int


def append(
    conn: sqlite3.Connection, place: Place, first_line: int, lines: Sequence[bytes]
) -> None:
    """Put complete lines, newlines included, after those that go before them."""
    conn.execute(_MAKE_ROOM, (*place, first_line))
    if not lines:
        return
    pending = list(lines)
    size = sum(map(len, pending))
    while size < BLOCK_BYTES and (last := conn.execute(_LAST, place).fetchone()):
        joins = last["bytes"] <= _GROWTH * size and last["bytes"] + size <= BLOCK_BYTES
        if not joins or last["first_line"] + last["lines"] != first_line:
            break
        conn.execute("delete from block where id = ?", (last["id"],))
        pending[:0] = _unpack(last["data"])
        first_line = last["first_line"]
        size += last["bytes"]
    conn.executemany(_INSERT, _blocks(place, first_line, pending))


def replace_lines(
    conn: sqlite3.Connection, place: Place, lines: Mapping[int, bytes]
) -> None:
    """Put other lines, newlines included, in the place of some that are kept."""
    numbers = sorted(lines)
    for block, first, count in conn.execute(_SPANS, place).fetchall():
        end = bisect_left(numbers, first + count)
        here = numbers[bisect_left(numbers, first) : end]
        if here:
            (packed,) = conn.execute(_DATA, (block,)).fetchone()
            held = _unpack(packed)
            for number in here:
                held[number - first] = lines[number]
            data = b"".join(held)
            conn.execute(_REPLACE, (len(data), _codec.pack(data), block))


def rewrite_block(
    conn: sqlite3.Connection,
    block: int,
    data: bytes,
    cut: Callable[[Sequence[bytes]], list[bytes]],
) -> bool:
    """Put other lines, as many, in a block's place; whether any is another."""
    before = _codec.unpack(data)
    after = b"".join(cut(_unpack(data)))
    if after == before:
        return False
    conn.execute(_REPLACE, (len(after), _codec.pack(after), block))
    return True


def set_tail(conn: sqlite3.Connection, place: Place, number: int, line: bytes) -> None:
    """Keep an unterminated last line, in place of the one kept before."""
    conn.execute(_MAKE_ROOM, (*place, number))
    conn.execute(_INSERT, (*place, number, 1, len(line), Part.TAIL, _codec.pack(line)))


def add_piece(
    conn: sqlite3.Connection, place: Place, number: int, piece: bytes, *,
    first: bool, part: Part = Part.SECTION,
) -> None:  # fmt: skip
    """Keep one piece of a line too long to be read at once, after those before."""
    if first:
        conn.execute(_MAKE_ROOM, (*place, number))
    whole = int(part is not Part.SECTION or piece.endswith(b"\n"))
    row = (*place, number, whole, len(piece), part, _codec.pack(piece))
    conn.execute(_INSERT, row)


def has_gaps(conn: sqlite3.Connection, place: Place, line: int, newest: int) -> bool:
    """Whether lines are missing that were kept once.

    Args:
        line: the last one of the newest reading, if that is this one.
    """
    after = 0
    for first, count in conn.execute(_COUNTED, place).fetchall():
        if first > after + 1:
            return True
        after = max(after, first + count - 1)
    return place.generation == newest and after < line


def raw_line(
    conn: sqlite3.Connection, transcript: int, generation: int, line: int
) -> bytes | None:
    """One source line without its newline; None where it is not kept."""
    row = conn.execute(_COVERING, (transcript, generation, line)).fetchone()
    if row is None or line >= row["first_line"] + row["lines"]:
        return None
    found: bytes = _unpack(row["data"])[line - row["first_line"]]
    return found.removesuffix(b"\n")


def raw_lines(
    conn: sqlite3.Connection, transcript: int, generation: int
) -> Iterator[bytes]:
    """The lines of one reading of a transcript, each as it stood in the file.

    A line too long to be read at once comes in pieces.
    """
    number, end = 0, b""
    for first, part, lines in stretches(conn, Place(transcript, generation)):
        if part is Part.PIECE:
            (piece,) = lines
            again = first == number and piece.startswith(end)
            number, before = first, end
            end = piece[-_SHARED_BYTES:]
            yield piece.removeprefix(before) if again else piece
        else:
            yield from lines


def stretches(conn: sqlite3.Connection, place: Place) -> Iterator[Stretch]:
    """One reading of a transcript, block by block, with the lines' numbers."""
    for first_line, part, data in conn.execute(_OF_GENERATION, place):
        yield Stretch(first_line, Part(part), _unpack(data))


class Kept:
    """One reading of a transcript: in its order, or some lines by their numbers."""

    def __init__(self, conn: sqlite3.Connection, place: Place) -> None:
        self._conn = conn
        self._place = place

    def __iter__(self) -> Iterator[Stretch]:
        """As ``stretches``, from the start each time."""
        return stretches(self._conn, self._place)

    def lines(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """These lines with their numbers; nearly in order they cost nearly as little.

        A few blocks are held at a time.
        """
        held: list[tuple[int, list[bytes]]] = []
        for number in numbers:
            block = next((b for b in held if b[0] <= number < b[0] + len(b[1])), None)
            if block is None:
                row = self._conn.execute(_COVERING, (*self._place, number)).fetchone()
                block = row["first_line"], _unpack(row["data"])
                held = [block, *held[: _HELD - 1]]
            yield number, block[1][number - block[0]]


def generations(conn: sqlite3.Connection, transcript: int) -> list[int]:
    """The readings of a transcript that the archive holds, oldest first."""
    return [row[0] for row in conn.execute(_GENERATIONS, (transcript,))]


def weight(conn: sqlite3.Connection, place: Place) -> int:
    """Bytes of one reading."""
    (size,) = conn.execute(_WEIGHT, place).fetchone()
    return int(size)


def drop_contained(
    conn: sqlite3.Connection, transcript: int, generation: int, added: int
) -> list[int]:
    """Drop older readings that this one holds from their first byte to their last.

    Compares only with readings that ``added`` new bytes have outgrown: the
    others were compared before, or still hold more. Returns those dropped.
    """
    older = [one for one in generations(conn, transcript) if one < generation]
    if not older:
        return []
    newer = Place(transcript, generation)
    size = weight(conn, newer)
    dropped = [
        one
        for one in older
        if size - added < weight(conn, Place(transcript, one)) <= size
        and continues(conn, Place(transcript, one), newer)
    ]
    conn.executemany(_DROP, ((transcript, one) for one in dropped))
    return dropped


def continues(conn: sqlite3.Connection, older: Place, newer: Place) -> bool:
    """Whether the newer reading begins with every byte of the older one.

    Reads block by block and stops at the first difference.
    """
    theirs = _bytes_of(conn, newer)
    ahead = b""
    for data in _bytes_of(conn, older):
        while len(ahead) < len(data):
            more = next(theirs, None)
            if more is None:
                return False
            ahead += more
        if not ahead.startswith(data):
            return False
        ahead = ahead[len(data) :]
    return True


def _bytes_of(conn: sqlite3.Connection, place: Place) -> Iterator[bytes]:
    for row in conn.execute(_OF_GENERATION, place):
        yield _codec.unpack(row["data"])


def _blocks(
    place: Place, first_line: int, lines: Iterable[bytes]
) -> Iterator[tuple[int, int, int, int, int, int, bytes]]:
    held: list[bytes] = []
    size = 0
    for line in lines:
        if held and size + len(line) > BLOCK_BYTES:
            yield _block(place, first_line, held, size)
            first_line += len(held)
            held, size = [], 0
        held.append(line)
        size += len(line)
    if held:
        yield _block(place, first_line, held, size)


def _block(
    place: Place, first_line: int, lines: list[bytes], size: int
) -> tuple[int, int, int, int, int, int, bytes]:
    data = _codec.pack(b"".join(lines))
    return (*place, first_line, len(lines), size, Part.LINES, data)


def _unpack(data: bytes) -> list[bytes]:
    raw = _codec.unpack(data)
    lines = raw.split(b"\n")
    last = lines.pop()
    whole = [line + b"\n" for line in lines]
    return [*whole, last] if last else whole


class _Codec(threading.local):
    """Costly to make and bound to one thread at a time: one of each per thread."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=_LEVEL).compress
        self.unpack = zstandard.ZstdDecompressor().decompress


_codec: Final = _Codec()
