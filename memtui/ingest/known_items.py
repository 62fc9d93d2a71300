"""Which items of a transcript the archive has, under which number, saying what.

A transcript without lines is read as a whole each time it changed. Sixteen bytes
for each of its items tell what of it is news, without a look into the archive.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

_KEY: Final = 8
_ENTRY: Final = 16


class KnownItems:
    """Items by their numbers, from 1, in the order in which they were met."""

    def __init__(self, packed: bytes = b"") -> None:
        """``packed``: as an earlier reading left it."""
        starts = range(0, len(packed) - _ENTRY + 1, _ENTRY)
        self._entries = [packed[start : start + _ENTRY] for start in starts]
        self._numbers = {
            entry[:_KEY]: number for number, entry in enumerate(self._entries, 1)
        }

    def __len__(self) -> int:
        return len(self._entries)

    def packed(self) -> bytes:
        """All of it, to be kept until the next reading."""
        return b"".join(self._entries)

    def note(self, key: str, line: bytes) -> tuple[int, bool]:
        """The number of an item, and whether what it says is news."""
        entry = _digest(key.encode("utf-8", "surrogatepass")) + _digest(line)
        number = self._numbers.get(entry[:_KEY])
        if number is None:
            self._entries.append(entry)
            number = self._numbers[entry[:_KEY]] = len(self._entries)
            return number, True
        is_news = self._entries[number - 1] != entry
        self._entries[number - 1] = entry
        return number, is_news


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_KEY).digest()


def digest_of(pieces: Iterable[bytes]) -> str:
    """What tells a text from others, of one that comes bit by bit."""
    told = hashlib.blake2b(digest_size=_KEY)
    for piece in pieces:
        told.update(piece)
    return told.hexdigest()
