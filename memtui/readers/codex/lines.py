"""Codex's JSON lines as typed values, only the fields that count.

A line is ``{timestamp, type, payload}``. Most bytes are in payloads that nobody
asks for (counts of tokens, copies of what a tool printed): they stay raw.
"""

import msgspec

from memtui.readers.loose_json import (
    Unreadable,
    decode_any,
    fitting,
    line_as,
    object_as,
)

_NO_RAW = msgspec.Raw(b"")


class Line(msgspec.Struct, gc=False):
    """One line of a transcript."""

    type: str | None = None
    timestamp: str | None = None
    payload: msgspec.Raw = _NO_RAW
    metadata: msgspec.Raw = _NO_RAW


class Item(msgspec.Struct, gc=False):
    """The payload of a ``response_item``: what the model was sent, or sent."""

    type: str | None = None
    id: str | None = None
    role: str | None = None
    name: str | None = None
    namespace: str | None = None
    call_id: str | None = None
    arguments: msgspec.Raw = _NO_RAW
    input: msgspec.Raw = _NO_RAW
    action: msgspec.Raw = _NO_RAW
    output: msgspec.Raw = _NO_RAW
    content: msgspec.Raw = _NO_RAW
    summary: msgspec.Raw = _NO_RAW
    internal_chat_message_metadata_passthrough: msgspec.Raw = _NO_RAW


class Event(msgspec.Struct, gc=False):
    """The payload of an ``event_msg``, or the item in it: what the client showed."""

    type: str | None = None
    id: str | None = None
    call_id: str | None = None
    message: str | None = None
    thread_name: str | None = None
    content: msgspec.Raw = _NO_RAW
    num_turns: msgspec.Raw = _NO_RAW
    item: msgspec.Raw = _NO_RAW
    turn_attribution: msgspec.Raw = _NO_RAW


class Block(msgspec.Struct, gc=False):
    """One block of a message's content."""

    type: str | None = None
    text: str | None = None


_line = msgspec.json.Decoder(Line)
_item = msgspec.json.Decoder(Item)
_event = msgspec.json.Decoder(Event)
_block = msgspec.json.Decoder(Block)
_blocks = msgspec.json.Decoder(list[Block])


def decode_line(raw: bytes) -> Line:
    """One line; raises as ``line_as``."""
    return line_as(raw, _line)


def decode_item(raw: bytes) -> Item:
    """A response item; fields of another type are left out."""
    return object_as(raw, _item)


def decode_event(raw: bytes) -> Event:
    """An event; fields of another type are left out."""
    return object_as(raw, _event)


def decode_blocks(raw: bytes) -> list[Block]:
    """The blocks of a content; a plain string is one, what is no object none."""
    try:
        return _blocks.decode(raw) if raw else []
    except Unreadable:
        value = decode_any(raw)
    if isinstance(value, str):
        return [Block(type="text", text=value)]
    return [
        _block.decode(fitting(one, Block))
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict)
    ]
