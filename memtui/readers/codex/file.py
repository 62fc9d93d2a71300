"""The whole file of Codex's first versions, as one line for its head and each item.

``rollout-….json`` is ``{"session": {…}, "items": [{…}, …]}``, written anew with each
answer. Its items are those of later versions, without a time of their own.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from memtui.readers import large_json
from memtui.readers.base import Damaged, Item
from memtui.readers.loose_json import Unreadable, loose, strict
from memtui.readers.regular import bytes_of

_whole = msgspec.json.Decoder(dict[str, msgspec.Raw])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


def items_in(path: Path) -> Iterator[Item]:
    """The session's own head, then each item.

    Raises:
        TooLarge: it is too large for one that is no such file.
        Damaged: it is no such file, or was cut.
        OSError: it is gone or cannot be read.
    """
    raw = bytes_of(path, large_json.WHOLE_BYTES + 1)
    if len(raw) <= large_json.WHOLE_BYTES:
        return items_of(raw)
    return large_json.items_of(path, "items", items_of, lambda n, _: f"item:{n}")


def items_of(raw: bytes) -> Iterator[Item]:
    """The same of the bytes of a file.

    Raises:
        Damaged: it is no such file, or was cut.
    """
    if not raw.strip(b"\0 \t\r\n"):
        return
    try:
        told = _whole.decode(raw)
        items = _raws.decode(told.get("items", b"[]"))
    except Unreadable:
        told, items = _mended(raw)
    if "session" in told:
        yield Item("session", _on_one_line(told["session"]))
    for number, item in enumerate(items):
        yield Item(f"item:{number}", _on_one_line(item))


def _mended(raw: bytes) -> tuple[dict[str, msgspec.Raw], list[msgspec.Raw]]:
    try:
        value = loose(raw)
    except Unreadable:
        raise Damaged("no JSON, or cut") from None
    items = value.get("items") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(items, list):
        raise Damaged("no Codex session")
    session = {"session": msgspec.Raw(strict(value.get("session")))}
    return session, [msgspec.Raw(strict(item)) for item in items]


def _on_one_line(raw: bytes) -> bytes:
    return msgspec.json.format(bytes(raw), indent=-1) + b"\n"
