"""Gemini's messages as typed values, only the fields that count.

A line of the event log is a header, a message, ``{"$set": …}`` with what changed
in the header, or ``{"$rewindTo": id}``. The older file has the same header and
messages in one object.
"""

import msgspec

from memtui.readers.loose_json import (
    Unreadable,
    decode_any,
    fitting,
    line_as,
)
from memtui.readers.told import dicts

_NO_RAW = msgspec.Raw(b"")


class Line(msgspec.Struct, gc=False):
    """One line of the event log, or one message of the older file."""

    id: str | None = None
    type: str | None = None
    timestamp: str | None = None
    content: msgspec.Raw = _NO_RAW
    displayContent: msgspec.Raw = _NO_RAW  # noqa: N815 the client's names
    thoughts: msgspec.Raw = _NO_RAW
    toolCalls: msgspec.Raw = _NO_RAW  # noqa: N815
    sessionId: str | None = None  # noqa: N815
    projectHash: str | None = None  # noqa: N815
    startTime: str | None = None  # noqa: N815
    kind: str | None = None
    summary: str | None = None
    messages: msgspec.Raw = _NO_RAW
    changes: msgspec.Raw = msgspec.field(default=_NO_RAW, name="$set")
    rewind: str | None = msgspec.field(default=None, name="$rewindTo")


class Part(msgspec.Struct, gc=False):
    """One part of a message's content."""

    text: str | None = None
    thought: bool | None = None
    functionCall: msgspec.Raw = _NO_RAW  # noqa: N815
    functionResponse: msgspec.Raw = _NO_RAW  # noqa: N815
    inlineData: msgspec.Raw = _NO_RAW  # noqa: N815
    fileData: msgspec.Raw = _NO_RAW  # noqa: N815


class ToolCall(msgspec.Struct, gc=False):
    """A call and, as soon as there is one, its answer."""

    id: str | None = None
    name: str | None = None
    status: str | None = None
    timestamp: str | None = None
    agentId: str | None = None  # noqa: N815
    args: msgspec.Raw = _NO_RAW
    result: msgspec.Raw = _NO_RAW
    resultDisplay: msgspec.Raw = _NO_RAW  # noqa: N815


_line = msgspec.json.Decoder(Line)
_part = msgspec.json.Decoder(Part)
_call = msgspec.json.Decoder(ToolCall)
_parts = msgspec.json.Decoder(str | list[str | Part] | Part)
_calls = msgspec.json.Decoder(list[ToolCall])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


def decode_line(raw: bytes) -> Line:
    """One line; raises as ``line_as``."""
    return line_as(raw, _line)


def decode_parts(raw: bytes) -> list[Part]:
    """The parts of a content, whichever way it is written."""
    if not raw:
        return []
    try:
        told: object = _parts.decode(raw)
    except Unreadable:
        told = decode_any(raw)
    return [_as_part(one) for one in (told if isinstance(told, list) else [told])]


def decode_calls(raw: bytes) -> list[ToolCall]:
    """Tool calls; what is none is left out."""
    if not raw:
        return []
    try:
        return _calls.decode(raw)
    except Unreadable:
        found = decode_any(raw)
    return [_call.decode(fitting(one, ToolCall)) for one in dicts(found)]


def raw_items(raw: bytes) -> list[msgspec.Raw]:
    """The values of a list, as they are written; empty for anything else."""
    try:
        return _raws.decode(raw) if raw else []
    except Unreadable:
        return []


def text_of(parts: list[Part]) -> str:
    """What is said in the parts, joined as the client joins them."""
    return "".join(part.text or "" for part in parts if not part.thought)


def _as_part(told: object) -> Part:
    if isinstance(told, Part):
        return told
    if isinstance(told, str):
        return Part(text=told)
    return _part.decode(fitting(told, Part)) if isinstance(told, dict) else Part()
