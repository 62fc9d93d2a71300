"""Why a transcript is read no further, in words for the person."""

import logging

from memtui.ingest.found import UNREADABLE, Found
from memtui.readers.base import Damaged
from memtui.readers.regular import NotRegular

_log = logging.getLogger(__name__)


def why_not(found: Found, error: Exception) -> str:
    """The reason to note beside a transcript; one of ours is logged too."""
    if isinstance(error, (NotRegular, Damaged)):
        return error.strerror or str(error)
    if isinstance(error, OSError):
        return UNREADABLE + (error.strerror or str(error))
    _log.error("Cannot read %s", found.path, exc_info=error)
    return f"{type(error).__name__}: {error}"
