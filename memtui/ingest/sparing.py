"""Of a line, only what the rules keep out: a call's input and what came of it.

A message may hold words of the model, one call to leave out and others to keep. The
values of that call become ``"[redacted:ignored]"``; its names and ids stay, so that
the line can be read, and read anew, like any other.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import msgspec

from memtui.model import RecordKind
from memtui.readers.loose_json import Unreadable, decode_any, strict
from memtui.records import Record

LEFT_OUT: Final = b'"[redacted:ignored]"'
"""Stands in the archive for what the person's rules keep out of it."""
PURGED: Final = b'"[redacted:purged]"'
"""Stands there for what the person purged."""
_MARK: Final = "[redacted:ignored]"

_IDS: Final = (
    *("id", "call_id", "callID", "callId", "tool_use_id"),
    *("toolUseID", "parentToolUseID"),
)
_KEPT: Final = frozenset(
    {*_IDS, "type", "name", "tool", "status", "timestamp", "uuid", "parentUuid"}
    | {"cwd", "sessionId", "sessionID", "session_id", "messageID", "message_id"}
    | {"version", "gitBranch", "userType", "turn_id", "server"}
)
_OUTCOME: Final = "toolUseResult"
_TEXT: Final = "data"
"""Holds JSON as a string, in rows of OpenCode."""

_CALLS: Final = frozenset({RecordKind.TOOL_USE, RecordKind.TOOL_RESULT})
_BEHIND: Final = (1_000, 1_000_000, 2_000_000)
"""How far from an answer's part stand those of what else its text says."""
_NAMED: Final = re.compile(
    rb'"(?:filename|filePath|file_path|displayPath)"\s*:\s*("(?:[^"\\]|\\.){1,4000}+")'
)
_BETWEEN_WORDS: Final = re.compile(r"[\s'\"|;&<>()=:,`{}\[\]]+")
_MOST_WORDS: Final = 1_000


def spared(line: bytes, calls: Collection[str]) -> bytes | None:
    """The line without what belongs to these calls; None: nothing of it is there."""
    told = decode_any(line)
    if not _spare(told, frozenset(calls)):
        return None
    if isinstance(told, dict) and _OUTCOME in told:
        told[_OUTCOME] = _MARK
    try:
        left = msgspec.json.encode(told)
    except Unreadable:  # half a surrogate pair
        left = strict(told)
    return left + b"\n" if line.endswith(b"\n") else left


def spared_calls(line: bytes) -> set[str]:
    """Ids of the calls of which something was left out of a stored line."""
    if LEFT_OUT[1:-1] not in line:
        return set()
    return set(_marked(decode_any(line)))


def without(records: Sequence[Record], calls: Collection[str]) -> list[Record]:
    """The records but those of these calls, and what else their answers say."""
    gone = {
        (r.native_id, r.part + far)
        for r in records
        if r.kind in _CALLS and r.call in calls
        for far in (0, *_BEHIND)
    }
    return [r for r in records if (r.native_id, r.part) not in gone]


def files_of(record: Record) -> tuple[str, ...]:
    """Files that a record is about: those it names, and words of its command."""
    named = (*record.reads, *record.writes)
    if not record.command:
        return named
    words = _BETWEEN_WORDS.split(record.command, maxsplit=_MOST_WORDS)
    return (*named, *filter(None, words))


def files_named(line: bytes) -> list[str]:
    """Files that a line says to be attached to it."""
    names = (decode_any(found) for found in _NAMED.findall(line))
    return [name for name in names if isinstance(name, str)]


def _spare(told: object, calls: frozenset[str]) -> bool:
    """Put the mark in place; whether there was anything of these calls."""
    if isinstance(told, list):
        return sum(_spare(one, calls) for one in told) > 0
    if not isinstance(told, dict):
        return False
    if any(isinstance(told.get(key), str) and told[key] in calls for key in _IDS):
        for key, value in told.items():
            if key not in _KEPT and isinstance(value, str | list | dict):
                told[key] = _MARK
        return True
    found = [_spare(one, calls) for one in told.values()]
    inner = _inner(told)
    if inner is not None and _spare(inner, calls):
        told[_TEXT] = strict(inner).decode()
        return True
    return any(found)


def _marked(told: object) -> Iterator[str]:
    if isinstance(told, list):
        for one in told:
            yield from _marked(one)
    elif isinstance(told, dict):
        if _MARK in told.values():
            ids = (told.get(key) for key in _IDS)
            yield from (one for one in ids if isinstance(one, str))
        for one in (*told.values(), _inner(told)):
            yield from _marked(one)


def _inner(told: dict[str, Any]) -> object:
    text = told.get(_TEXT)
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    return decode_any(text.encode("utf-8", "replace"))
