"""The whole file of an older Gemini chat, as one line for each of its messages.

It is pretty-printed JSON, written anew with each message: whoever reads it then
may find half of it. What is whole of it is taken, the rest is a fault.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from memtui.readers import large_json
from memtui.readers.base import Damaged, Item
from memtui.readers.gemini_cli.lines import raw_items
from memtui.readers.loose_json import Unreadable, loose, strict
from memtui.readers.regular import bytes_of

_MESSAGES: Final = re.compile(r',?\s*"messages"\s*:\s*\[\s*')
_BETWEEN: Final = re.compile(r"\s*,?\s*")
_whole = msgspec.json.Decoder(dict[str, msgspec.Raw])
_decode = json.JSONDecoder(strict=False).raw_decode


class _Named(msgspec.Struct, gc=False):
    id: str


_named = msgspec.json.Decoder(_Named)


def items_in(path: Path) -> Iterator[Item]:
    """The header without the messages, then each message.

    Raises:
        TooLarge: it is too large for one that is no chat.
        Damaged: not even the header is whole, or it is no chat.
        OSError: it is gone or cannot be read.
    """
    raw = bytes_of(path, large_json.WHOLE_BYTES + 1)
    if len(raw) <= large_json.WHOLE_BYTES:
        return items_of(raw)
    key_of = _Keys().of
    return large_json.items_of(path, "messages", items_of, lambda _, line: key_of(line))


def items_of(raw: bytes) -> Iterator[Item]:
    """The same of the bytes of a file.

    Raises:
        Damaged: not even the header is whole, or it is no chat.
    """
    if not raw.strip(b"\0 \t\r\n"):
        return
    header, messages = _parted(raw)
    del raw
    yield Item("header", header)
    key_of = _Keys().of
    for line in messages:
        yield Item(key_of(line), line)


class _Keys:
    """Names of messages, each once."""

    def __init__(self) -> None:
        self._met: dict[str, int] = {}

    def of(self, line: bytes) -> str:
        key = _key(line)
        count = self._met[key] = self._met.get(key, 0) + 1
        return key if count == 1 else f"{key}#{count}"


def _parted(raw: bytes) -> tuple[bytes, list[bytes]]:
    try:
        told = _whole.decode(raw)
    except Unreadable:
        return _mended(raw)
    messages = [_on_one_line(one) for one in raw_items(told.pop("messages", _NONE))]
    fields = (msgspec.json.encode(key) + b":" + bytes(told[key]) for key in told)
    return _on_one_line(b"{" + b",".join(fields) + b"}"), messages


_NONE: Final = msgspec.Raw(b"[]")


def _mended(raw: bytes) -> tuple[bytes, list[bytes]]:
    try:
        told = loose(raw)
    except Unreadable:
        return _salvaged(raw.decode("utf-8-sig", "replace"))
    if not isinstance(told, dict):
        raise Damaged("no Gemini chat")
    messages = told.pop("messages", None)
    listed = messages if isinstance(messages, list) else []
    return _line(told), [_line(one) for one in listed]


def _salvaged(text: str) -> tuple[bytes, list[bytes]]:
    """As many messages as are whole, and the rest as a text."""
    begin = _MESSAGES.search(text)
    try:
        header, _ = _decode(f"{text[: begin.start()]}}}" if begin else "")
    except (ValueError, RecursionError):
        raise Damaged("no JSON, and not the beginning of a chat") from None
    assert begin is not None
    lines, at = [], begin.end()
    while at < len(text):
        try:
            told, end = _decode(text, at)
        except (ValueError, RecursionError):
            break
        lines.append(_line(told))
        between = _BETWEEN.match(text, end)
        at = between.end() if between else end
    return _line(header), [*lines, _line(text[at:])]


def _on_one_line(raw: bytes) -> bytes:
    try:
        return msgspec.json.format(bytes(raw), indent=-1) + b"\n"
    except Unreadable:
        return _line(loose(raw))


def _line(value: object) -> bytes:
    return strict(value) + b"\n"


def _key(line: bytes) -> str:
    try:
        return _named.decode(line).id
    except Unreadable:
        return f"unnamed:{len(line)}"
