"""Why a transcript is read no further, in words for the person."""

import logging
from typing import Final

from memtui.ingest.found import UNREADABLE, Found
from memtui.readers.base import Damaged
from memtui.readers.regular import NotRegular
from memtui.store.ingest.batch import Position
from memtui.store.ingest.writes import Store

PURGED: Final = "you purged this session"
"""Why a transcript is not read that lies elsewhere than when it was purged."""

_log = logging.getLogger(__name__)


def why_not(found: Found, error: Exception) -> str:
    """The reason to note beside a transcript; one of ours is logged too."""
    if isinstance(error, (NotRegular, Damaged)):
        return error.strerror or str(error)
    if isinstance(error, OSError):
        return UNREADABLE + (error.strerror or str(error))
    _log.error("Cannot read %s", found.path, exc_info=error)
    return f"{type(error).__name__}: {error}"


def set_aside(store: Store, found: Found, why: str) -> None:
    """Read a transcript no further until it changes, or its reader does."""
    reader, seen = found.reader, found.marks
    marks = Position(inode=seen.inode, size=seen.size, mtime_ns=seen.mtime_ns)
    store.quarantine(reader.agent, found.path, marks, why, reader.version)
