"""What a sweep saw that found nothing: the next one need not ask the store again.

A note holds on the day it was written and while the store is the file that it was.
Whatever is written into the store, by whomever, changes the size or the time of that
file or of its log. So that a change within one tick of the clock shows too, there is
no note of a store that was written a moment ago.
"""

import hashlib
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from memtui import paths
from memtui.files import replace_file
from memtui.store.ingest.seen import Mark

NAME: Final = "swept"
"""Its file in the data folder."""

_FINE_NS: Final = 1_000_000
_TICK_NS: Final = 100_000_000
_COARSE_TICK_NS: Final = 3_000_000_000
"""File systems that say milliseconds and less count in ticks of ten at most, others in
seconds, or in two."""
_DAY_NS: Final = 86_400_000_000_000

_log = logging.getLogger(__name__)

Stamp = tuple[tuple[int, int, int], tuple[int, int, int]]
"""Of the store and of its log: inode, size, time of the last change in ns; zeros where
there is no log, or none with anything in it."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep saw, and what the store said of it."""

    store: Stamp
    at: int
    """When the store had not been asked yet, Unix ns."""
    seen: str
    """The digest of every transcript that is there, and of who looked for what."""
    files: dict[str, int]
    """How many transcripts each agent has."""
    histories: dict[str, int]
    """When to look into each again, Unix milliseconds, by their paths."""
    decided: str
    """The last day before the day of ``at`` on which a person decided something."""


def stamp(data: Path) -> Stamp:
    """What differs once anything was written into the store."""
    store = paths.store_path(data)
    # who only reads makes an empty log
    return _times(store), _times(store.with_name(f"{store.name}-wal"))


def _times(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    if not found.st_size:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def digest(asked: object, seen: Sequence[Sequence[Mark]]) -> str:
    """What differs once a sweep sees anything else, or asks for anything else.

    Raises:
        UnicodeEncodeError: a path is no text.
    """
    told = msgspec.msgpack.encode((asked, seen))
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def note_of(data: Path) -> Note | None:
    """What was noted of the store as it is now; None: nothing that holds."""
    try:
        noted = (data / NAME).read_bytes()
        note = msgspec.json.decode(noted, type=Note)
    except (OSError, ValueError):
        return None
    holds = note.store == stamp(data) and _day_of(note.at) == _day_of(time.time_ns())
    return note if holds else None


def write(data: Path, note: Note) -> None:
    """Note it, unless the store was written since its stamp or just before."""
    if note.store != stamp(data) or not _is_settled(note):
        return
    try:
        replace_file(data / NAME, msgspec.json.encode(note))
    except OSError as error:
        _log.debug("Cannot note what was seen: %s", error)


def _is_settled(note: Note) -> bool:
    """Whether any later change bears another time than the last one."""
    return all(
        note.at - changed > (_TICK_NS if changed % _FINE_NS else _COARSE_TICK_NS)
        for *_, changed in note.store
    )


def _day_of(at: int) -> int:
    return at // _DAY_NS
