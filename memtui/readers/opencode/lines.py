"""OpenCode's sessions, messages and parts as typed values.

A line is a row of the database as JSON of its columns, with the JSON of ``data``
in it as a string, or a file of the older tree. Either way it is a session, a
message, a part, or something else that gives no records.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import msgspec

from memtui.readers.loose_json import Unreadable, decode_any, decode_object, line_as
from memtui.readers.opencode.told import KINDS
from memtui.readers.texts import plausible

_NO_RAW = msgspec.Raw(b"")


class Row(msgspec.Struct, gc=False):
    """A line of either generation, undecided what it is."""

    id: str | None = None
    type: str | None = None
    session_id: str | None = None
    message_id: str | None = None
    parent_id: str | None = None
    directory: str | None = None
    title: str | None = None
    data: str | None = None
    sessionID: str | None = None  # noqa: N815 the older tree's names
    messageID: str | None = None  # noqa: N815
    parentID: str | None = None  # noqa: N815
    role: str | None = None
    time_created: msgspec.Raw = _NO_RAW
    time: msgspec.Raw = _NO_RAW
    revert: msgspec.Raw = _NO_RAW
    seq: msgspec.Raw = _NO_RAW
    prompt: msgspec.Raw = _NO_RAW

    @property
    def message(self) -> str:
        """Of a part: the id of its message."""
        return self.message_id or self.messageID or ""


class Is(IntEnum):
    """What a line is, in the order in which a parser wants them."""

    SESSION = 0
    MESSAGE = 1
    PART = 2
    TOLD = 3
    """A message with all that is in it."""
    OTHER = 4


_row = msgspec.json.Decoder(Row)


def decode_row(raw: bytes) -> Row:
    """One line; raises as ``line_as``."""
    return line_as(raw, _row)


def kind_of(row: Row) -> Is:
    """What a line is."""
    if not row.id:
        return Is.OTHER
    if row.message:
        return Is.PART
    if row.session_id:
        if row.data is None or row.prompt:
            return Is.OTHER
        if row.seq:
            return Is.TOLD if row.type in KINDS else Is.OTHER
        return Is.MESSAGE
    if row.sessionID:
        return Is.MESSAGE if row.role else Is.OTHER
    return Is.SESSION if row.directory is not None else Is.OTHER


def body_of(row: Row, raw: bytes) -> dict[str, Any]:
    """What a message or part says, wherever its generation keeps it."""
    if row.data is not None:
        return decode_object(row.data.encode("utf-8", "replace"))
    return decode_object(raw)


def is_told(row: Row) -> bool:
    """Whether what a row says can be read: a file says it by being read."""
    if row.data is None:
        return True
    return isinstance(decode_any(row.data.encode("utf-8", "replace")), dict)


def created(row: Row, body: dict[str, Any] | None = None) -> int | None:
    """When it was made: by its column, or by what it says itself, if it can be."""
    return plausible(_stated(row, body))


def _stated(row: Row, body: dict[str, Any] | None = None) -> int | None:
    time = (body or {}).get("time") or decode_object(row.time)
    said = time.get("created") if isinstance(time, dict) else None
    return whole(_number(row.time_created) if said is None else said)


def whole(value: object) -> int | None:
    """Milliseconds as a whole number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 < value < 1 << 53 else None


def in_order(lines: Iterable[tuple[int, bytes]]) -> list[int]:
    """The numbers of lines: session, messages in their time with parts, then the rest.

    Messages that are told as a whole have an order of their own.
    """
    rows = [(number, *_sorted_by(line)) for number, line in lines]
    times = {identity: at for _, kind, identity, at, _ in rows if kind is Is.MESSAGE}

    def place(entry: tuple[int, Is, str, int, str]) -> tuple[object, ...]:
        number, kind, identity, at, message = entry
        if kind is Is.MESSAGE:
            return (1, times[identity], identity, 0, "", number)
        if kind is Is.PART and message in times:
            return (1, times[message], message, 1, identity, number)
        if kind is Is.TOLD:
            return (2, at, "", 0, "", number)
        return (0 if kind is Is.SESSION else 3, 0, "", 0, "", number)

    return [number for number, *_ in sorted(rows, key=place)]


def _sorted_by(line: bytes) -> tuple[Is, str, int, str]:
    try:
        row = decode_row(line)
    except Unreadable:
        return Is.OTHER, "", 0, ""
    kind = kind_of(row)
    at = whole(_number(row.seq)) if kind is Is.TOLD else _stated(row)
    return kind, row.id or "", at or 0, row.message


def _number(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw) if raw else None
    except Unreadable:
        return None
