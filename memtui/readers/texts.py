"""How much of a text a record carries, and times as milliseconds.

The archive keeps every line whole; a record holds what a person may read,
search and distil. The same caps hold for every agent.
"""

import time
from datetime import UTC, datetime
from typing import Final

from memtui.model import Tool

SPOKEN_CHARS = 64 << 10
"""Prompts, responses, summaries and plans."""

THINKING_CHARS = 16 << 10

CONTEXT_CHARS = 16 << 10
"""Above the 10,000 that a client lets a hook say."""

TOOL_CHARS = 4 << 10
"""What a tool was told: its head and its tail. The archive has the rest."""

PRINTED_CHARS = 2 << 10
"""The same of what a tool printed: a screenful of it, the end above all."""

FILE_CHARS = 1 << 10
"""The same of a file that it read: enough to know it by."""

PATCH_CHARS = 4_000

_CUT = "\n[… {count:,} characters cut …]\n"


def head(text: str, limit: int = SPOKEN_CHARS) -> str:
    """The first ``limit`` characters."""
    return text if len(text) <= limit else text[:limit]


def head_and_tail(text: str, limit: int = TOOL_CHARS) -> str:
    """At most ``limit`` characters: two thirds from the head, the rest from the tail.

    Errors stand at the end of what a tool prints, its subject at the start.
    """
    if len(text) <= limit:
        return text
    cut = _CUT.format(count=len(text) - limit)
    room = limit - len(cut)
    first = room * 2 // 3
    return text[:first] + cut + text[len(text) - (room - first) :]


def printed(text: str, tool: Tool | None = None, *, failed: bool = False) -> str:
    """What a record carries of a tool's output."""
    is_file = tool is Tool.READ and not failed
    return head_and_tail(text, FILE_CHARS if is_file else PRINTED_CHARS)


_FIRST_MS: Final = 946_684_800_000
"""The year 2000: a clock that was never set says 1970."""
_WRITTEN_MS: Final = 1_795_000_000_000
"""November 2026, when this was written: a clock that says less is wrong itself."""
_AHEAD_MS: Final = 366 * 86_400_000


def plausible(at: int | None) -> int | None:
    """The same Unix milliseconds; None where nobody can have written then.

    A line of the year 2099 would make all others look old for ever. What is up to a
    year ahead stays: a clock may have been set back since.
    """
    if at is None or at < _FIRST_MS:
        return None
    return at if at <= max(time.time() * 1000, _WRITTEN_MS) + _AHEAD_MS else None


def milliseconds(stamp: str) -> int | None:
    """Unix milliseconds of an ISO 8601 time; None where it is none, or not plausible.

    A time without a zone is UTC, as every client writes it.
    """
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return plausible(round(moment.timestamp() * 1000))
    except (ValueError, OverflowError):  # the years 1 and 9999 with a zone
        return None
