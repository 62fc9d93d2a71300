"""The whole file of Codex's first versions, as one line for its head and each item.

``rollout-….json`` is ``{"session": {…}, "items": [{…}, …]}``, written anew with each
answer. Its items are those of later versions, without a time of their own.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from memtui.readers.base import Damaged, Item, TooLarge
from memtui.readers.loose_json import Unreadable, loose, strict

MOST_BYTES: Final = 20 << 20
"""Reading it takes five times its size in memory."""

_whole = msgspec.json.Decoder(dict[str, msgspec.Raw])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


def items_of(raw: bytes) -> Iterator[Item]:
    """The session's own head, then each item.

    Raises:
        TooLarge: it is over ``MOST_BYTES``.
        Damaged: it is no such file, or was cut.
    """
    if not raw.strip(b"\0 \t\r\n"):
        return
    if len(raw) > MOST_BYTES:
        raise TooLarge(f"over {MOST_BYTES >> 20} MiB; its bytes are kept, not read")
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
