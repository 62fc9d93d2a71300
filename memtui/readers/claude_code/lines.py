"""Claude Code's JSON lines as typed values, only the fields that count.

The fast way decodes straight into structs, leaving bodies raw until they are
needed. The slow way takes what the fast one refuses (control characters and
lone surrogates in strings, fields of another type) and is meant for few lines.
"""

from typing import Any

import msgspec

from memtui.readers.loose_json import (
    Unreadable,
    decode_object,
    fitting,
    line_as,
    object_as,
    strict,
)

_NO_RAW = msgspec.Raw(b"")


class Line(msgspec.Struct, gc=False):
    """One line of a transcript; bodies stay raw."""

    type: str | None = None
    subtype: str | None = None
    uuid: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    gitBranch: str | None = None  # noqa: N815 the client's names
    sessionId: str | None = None  # noqa: N815
    parentUuid: str | None = None  # noqa: N815
    leafUuid: str | None = None  # noqa: N815
    entrypoint: str | None = None
    promptSource: str | None = None  # noqa: N815
    turnOrigin: str | None = None  # noqa: N815
    operation: str | None = None
    summary: str | None = None
    aiTitle: str | None = None  # noqa: N815
    customTitle: str | None = None  # noqa: N815
    isSidechain: bool | None = None  # noqa: N815
    isMeta: bool | None = None  # noqa: N815
    isCompactSummary: bool | None = None  # noqa: N815
    isApiErrorMessage: bool | None = None  # noqa: N815
    textNotTyped: bool | None = None  # noqa: N815
    message: msgspec.Raw = _NO_RAW
    content: msgspec.Raw = _NO_RAW
    attachment: msgspec.Raw = _NO_RAW
    toolUseResult: msgspec.Raw = _NO_RAW  # noqa: N815
    planContent: msgspec.Raw = _NO_RAW  # noqa: N815
    origin: msgspec.Raw = _NO_RAW


class Block(msgspec.Struct, gc=False):
    """One block of a message's content."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None
    id: str | None = None
    name: str | None = None
    tool_use_id: str | None = None
    is_error: bool | None = None
    input: msgspec.Raw = _NO_RAW
    content: msgspec.Raw = _NO_RAW


class Message(msgspec.Struct, gc=False):
    """The ``message`` of a conversation line."""

    model: str | None = None
    content: str | list[Block] | None = None


class Attachment(msgspec.Struct, gc=False):
    """The ``attachment`` of a line of that type."""

    type: str | None = None
    commandMode: str | None = None  # noqa: N815
    hookEvent: str | None = None  # noqa: N815
    content: msgspec.Raw = _NO_RAW
    prompt: msgspec.Raw = _NO_RAW
    response: msgspec.Raw = _NO_RAW


_line = msgspec.json.Decoder(Line)
_message = msgspec.json.Decoder(Message)
_attachment = msgspec.json.Decoder(Attachment)
_block = msgspec.json.Decoder(Block)


def decode_line(raw: bytes) -> Line:
    """One line; raises as ``line_as``."""
    return line_as(raw, _line)


def decode_message(raw: bytes) -> Message:
    """A message; blocks that are no objects are left out."""
    try:
        return _message.decode(raw)
    except Unreadable:
        return _mended_message(decode_object(raw))


def decode_attachment(raw: bytes) -> Attachment:
    """An attachment; fields of another type are left out."""
    return object_as(raw, _attachment)


def _mended_message(value: dict[str, Any]) -> Message:
    content = value.get("content")
    model = value.get("model")
    model = model if isinstance(model, str) else None
    if isinstance(content, str):
        return _message.decode(strict({"model": model, "content": content}))
    blocks = [
        _block.decode(fitting(block, Block))
        for block in (content if isinstance(content, list) else [])
        if isinstance(block, dict)
    ]
    return Message(model=model, content=blocks)
