"""How much of a text a record carries, and times as milliseconds.

The archive keeps every line whole; a record holds what a person may read,
search and distil. The same caps hold for every agent.
"""

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


_LAST_MS: Final = 253_402_300_799_999
"""The end of 9999: rounded up, the last microsecond of it is no time any more."""


def milliseconds(stamp: str) -> int | None:
    """Unix milliseconds of an ISO 8601 time; None where it is none.

    A time without a zone is UTC, as every client writes it.
    """
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return min(round(moment.timestamp() * 1000), _LAST_MS)
    except (ValueError, OverflowError):  # the years 1 and 9999 with a zone
        return None
