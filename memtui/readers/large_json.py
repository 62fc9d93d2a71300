"""A JSON object too large to be held, value by value of the one list that makes it so.

A first pass notes where each value begins and ends, and reads no words; a second one
gives them one at a time. Of a file that was cut, what is whole of it is given.
"""

import os
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from memtui.readers.base import Damaged, Item, TooLarge
from memtui.readers.loose_json import escaped, on_one_line, strict
from memtui.readers.regular import open_regular
from memtui.readers.tail import CHUNK_BYTES, LINE_BYTES

WHOLE_BYTES: Final = 4 << 20
"""A smaller file is better read at once: that takes five times its size in memory."""

_MOST_VALUES: Final = 2_000_000
_MARK: Final = re.compile(rb'["\[\]{}]')
_IN_STRING: Final = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BETWEEN: Final = b", \t\r\n"
_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


@dataclass(slots=True)
class _Outline:
    """Where in a file its list and the values of that are."""

    begin: int = 0
    """After the bracket that opens it; 0: there is none."""
    end: int = 0
    """Before the one that closes it; 0: the file ends before."""
    closed: int = 0
    """After the whole object."""
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))


def items_of(
    path: Path,
    name: str,
    of_rest: Callable[[bytes], Iterator[Item]],
    key_of: Callable[[int, bytes], str],
) -> Iterator[Item]:
    """What ``of_rest`` makes of the object with an empty list, then each value.

    Args:
        name: of the list.
        key_of: tells an item by its number in the list and its line.

    Raises:
        TooLarge: it is no such object.
        OSError: it is gone or cannot be read.
    """
    with open_regular(path) as file:
        found = _outline(file, name.encode())
        size = os.fstat(file.fileno()).st_size
        yield from _rest(file, found, size, of_rest)
        before = found.begin
        for number, (start, end) in enumerate(
            zip(found.starts, found.ends, strict=True)
        ):
            if lead := _read(file, before, start).strip(_BETWEEN):
                yield _text(lead, key_of, number)
            before = end
            if end - start > LINE_BYTES:
                yield Item("long", b"", partial(_pieces, file, start, end))
                continue
            line = on_one_line(_read(file, start, end))
            yield Item(key_of(number, line), line)
        end = found.end or size
        if end - before > LINE_BYTES:
            yield Item("long", b"", partial(_text_pieces, file, before, end))
        elif lead := _read(file, before, end).lstrip(_BETWEEN):
            yield _text(lead, key_of, len(found.starts))


def _rest(
    file: BinaryIO,
    found: _Outline,
    size: int,
    of_rest: Callable[[bytes], Iterator[Item]],
) -> list[Item]:
    """The items of what is beside the list."""
    behind = found.closed - found.end if found.closed else 0
    if not found.begin or found.begin + behind > LINE_BYTES:
        raise TooLarge("too large to be read; its bytes are kept")
    after = _read(file, found.end, found.closed) if found.closed else b"]}"
    left = _read(file, found.closed, min(size, found.closed + 4096))
    if found.closed and left.strip(b"\0 \t\r\n"):
        raise TooLarge("something follows its end; its bytes are kept, not read")
    try:
        return list(of_rest(_read(file, 0, found.begin) + after))
    except Damaged as error:
        raise TooLarge(f"{error}; its bytes are kept, not read") from None


def _outline(file: BinaryIO, name: bytes) -> _Outline:
    """One pass over the file; an outline without a list where it has none."""
    found = _Outline()
    depth, start, key = 0, 0, b""
    for at, mark, end in _marks(file):
        inside = bool(found.begin) and not found.end
        if mark == b'"':
            if depth == 1:
                key = _read(file, at + 1, min(end - 1, at + 99))
            elif inside and depth == 2:
                found.starts.append(at)
                found.ends.append(end)
        elif mark in b"{[":
            if depth == 0 and mark != b"{":
                return _Outline()
            if depth == 1 and mark == b"[" and key == name and not found.begin:
                found.begin = end
            elif inside and depth == 2:
                start = at
            depth += 1
        else:
            depth -= 1
            if inside and depth == 2:
                found.starts.append(start)
                found.ends.append(end)
            elif inside and depth == 1:
                found.end = at
            if depth <= 0:
                found.closed = end
                break
        if len(found.starts) > _MOST_VALUES:
            return _Outline()
    return found


def _marks(file: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Brackets and strings in order: where each begins, its first byte, its end."""
    at, string, held = 0, -1, b""
    while block := _read(file, at + len(held), at + len(held) + CHUNK_BYTES):
        data, pos = held + block, 0
        while True:
            if string >= 0:
                inside = _IN_STRING.match(data, pos)
                pos = inside.end() if inside else pos
                if data[pos : pos + 1] != b'"':
                    break  # the end of the block, or a backslash before it
                yield string, b'"', at + pos + 1
                string, pos = -1, pos + 1
            mark = _MARK.search(data, pos)
            if mark is None:
                pos = len(data)
                break
            pos = mark.end()
            if mark[0] == b'"':
                string = at + mark.start()
            else:
                yield at + mark.start(), mark[0], at + pos
        at, held = at + pos, data[pos:]


def _read(file: BinaryIO, start: int, end: int) -> bytes:
    """These bytes; less where the file was cut since."""
    file.seek(start)
    data = b""
    while len(data) < end - start and (more := file.read(end - start - len(data))):
        data += more
    return data


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, CHUNK_BYTES):
        yield _read(file, at, min(at + CHUNK_BYTES, end))


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """A value on one line: JSON has line ends between its words alone."""
    for chunk in _chunks(file, start, end):
        yield chunk.translate(_ONE_LINE)
    yield b"\n"


def _text_pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    yield b'"'
    yield from escaped(_chunks(file, start, end))
    yield b'"\n'


def _text(raw: bytes, key_of: Callable[[int, bytes], str], number: int) -> Item:
    line = strict(raw.decode("utf-8", "replace")) + b"\n"
    return Item(key_of(number, line), line)
