"""JSON of transcripts, strict first and then whatever can be made of it.

Clients write control characters and halves of surrogate pairs into strings, and
fields change their types with versions. Decoders of typed values take the fast
way; ``fitting`` makes of a refused object one that they take.
"""

import codecs
import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

Unreadable = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError)
"""What decoding hostile bytes may raise."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_anything = msgspec.json.Decoder()


def decode_any(raw: bytes) -> object:
    """Any JSON value; None when there is none."""
    if not raw:
        return None
    try:
        return _anything.decode(raw)
    except Unreadable:
        pass
    try:
        return loose(raw)
    except Unreadable:
        return None


def decode_object(raw: bytes) -> dict[str, Any]:
    """A JSON object; empty for anything else."""
    value = decode_any(raw)
    return value if isinstance(value, dict) else {}


def line_as(raw: bytes, decoder: msgspec.json.Decoder[S]) -> S:
    """One line as a typed value; fields of another type are left out.

    Raises:
        ValueError: it is no JSON object.
        RecursionError: it is nested beyond reason.
    """
    try:
        return decoder.decode(raw)
    except Unreadable:
        value = loose(raw)
        if not isinstance(value, dict):
            raise ValueError("not an object") from None
        return decoder.decode(fitting(value, decoder.type))


def object_as(raw: bytes, decoder: msgspec.json.Decoder[S]) -> S:
    """A part of a line as a typed value; with no fields, if it is no object."""
    try:
        return decoder.decode(raw)
    except Unreadable:
        return decoder.decode(fitting(decode_object(raw), decoder.type))


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


def loose(raw: bytes) -> object:
    """Whatever can be made of bytes that are no strict JSON.

    Raises:
        ValueError: nothing can.
        RecursionError: it is nested beyond reason.
    """
    text = bytes(raw).decode("utf-8-sig", "replace")
    return _DECODER.decode(text)


def _whole(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # thousands of digits
        return None


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


_DECODER: Final = json.JSONDecoder(
    strict=False,
    parse_int=_whole,
    parse_float=_finite,
    parse_constant=lambda name: None,
)
"""Numbers that no strict JSON could hold again are null."""


def strict(value: object) -> bytes:
    """JSON that the fast decoders take; half a surrogate pair is U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text).encode()


def on_one_line(raw: bytes) -> bytes:
    """JSON as a line of its own; what is none as a JSON string of what it holds."""
    try:
        return msgspec.json.format(raw, indent=-1) + b"\n"
    except Unreadable:
        pass
    try:
        return strict(loose(raw)) + b"\n"
    except Unreadable:
        return strict(raw.decode("utf-8", "replace")) + b"\n"


def fitting(value: dict[str, Any], shape: type[msgspec.Struct]) -> bytes:
    """The object without the fields that would not fit into ``shape``."""
    told = msgspec.structs.fields(shape)
    fields = {field.encode_name: field.type for field in told}
    return strict(
        {
            key: item
            for key, item in value.items()
            if key in fields and _fits(item, fields[key])
        }
    )


def _fits(value: object, kind: object) -> bool:
    if kind is msgspec.Raw:
        return value is not None
    if kind == (str | None):
        return value is None or isinstance(value, str)
    return value is None or isinstance(value, bool)


def escaped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A text as it stands in a JSON string, without its quotes; bit by bit."""
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    for piece in pieces:
        yield strict(decode(piece))[1:-1]
    yield strict(decode(b"", True))[1:-1]
