"""Claude Code's JSON lines as typed values, only the fields that count.

The fast way decodes straight into structs, leaving bodies raw until they are
needed. The slow way takes what the fast one refuses (control characters and
lone surrogates in strings, fields of another type) and is meant for few lines.
"""

import json
from typing import Any

import msgspec

Unreadable = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)
"""What decoding hostile bytes may raise."""

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
    hookEvent: str | None = None  # noqa: N815
    commandMode: str | None = None  # noqa: N815
    stdout: str | None = None
    content: msgspec.Raw = _NO_RAW
    prompt: msgspec.Raw = _NO_RAW
    response: msgspec.Raw = _NO_RAW


_line = msgspec.json.Decoder(Line)
_message = msgspec.json.Decoder(Message)
_attachment = msgspec.json.Decoder(Attachment)
_anything = msgspec.json.Decoder()


def decode_line(raw: bytes) -> Line:
    """One line.

    Raises:
        ValueError: it is no JSON object, or one nested beyond reason.
    """
    try:
        return _line.decode(raw)
    except Unreadable:
        return _line.decode(_mended(raw, Line))


def decode_message(raw: bytes) -> Message:
    """A message; blocks that are no objects are left out."""
    try:
        return _message.decode(raw)
    except Unreadable:
        return _mended_message(raw)


def decode_attachment(raw: bytes) -> Attachment:
    """An attachment; empty when it cannot be read."""
    try:
        return _attachment.decode(raw)
    except Unreadable:
        return Attachment()


def decode_object(raw: bytes) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    value = decode_any(raw)
    return value if isinstance(value, dict) else {}


def decode_any(raw: bytes) -> object:
    """Any JSON value; None when there is none."""
    if not raw:
        return None
    try:
        return _anything.decode(raw)
    except Unreadable:
        return None


def flat_text(raw: bytes) -> str:
    """The text of a string, or of a list of strings and text blocks."""
    value = decode_any(raw)
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    return "\n".join(filter(None, map(_block_text, value)))


def _block_text(block: object) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, dict):
        return ""
    if isinstance(text := block.get("text"), str):
        return text
    kind = block.get("type")
    if kind == "tool_reference":
        return str(block.get("tool_name", ""))
    return f"[{kind}]" if isinstance(kind, str) else ""


def _mended(raw: bytes, shape: type[msgspec.Struct]) -> bytes:
    """The same object as strict JSON, without fields of another type."""
    value = json.loads(raw.decode("utf-8-sig", "replace"), strict=False)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    fields = {field.name: field.type for field in msgspec.structs.fields(shape)}
    kept = {
        key: item
        for key, item in value.items()
        if key in fields and _fits(item, fields[key])
    }
    text = json.dumps(kept, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _fits(value: object, kind: object) -> bool:
    if kind is msgspec.Raw:
        return value is not None
    if kind == (str | None):
        return value is None or isinstance(value, str)
    if kind == (bool | None):
        return value is None or isinstance(value, bool)
    return True


def _mended_message(raw: bytes) -> Message:
    value = decode_object(raw)
    content = value.get("content")
    model = value.get("model")
    if isinstance(content, list):
        content = [_line_block(block) for block in content if isinstance(block, dict)]
    elif not isinstance(content, str):
        content = None
    return Message(model=model if isinstance(model, str) else None, content=content)


def _line_block(block: dict[str, Any]) -> Block:
    raw = msgspec.json.encode(block)
    return msgspec.json.decode(_mended(raw, Block), type=Block)
