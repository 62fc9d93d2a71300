"""What looks drawn by a machine, found in the bytes of a transcript's lines.

The same guess as ``masking`` makes of texts that are shown, made of JSON as it
stands: there a letter may belong to the escape in front of a value.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from memtui.masking import MASK, digest, is_let_through, looks_drawn

SCRUBBED: Final = b"[redacted:scrubbed]"
_RUN: Final = re.compile(
    rb"(?<![A-Za-z0-9+/_~-])(?<!SHA256:)(?<!(?:sha|SHA)(?:256|384|512)=)"
    rb"[A-Za-z0-9+/_~-]{24,520}+"
    rb"(?![A-Za-z0-9+/_~-])=*"
)
_SHORTEST: Final = 24
_ANY_RUN: Final = re.compile(rb"[A-Za-z0-9+/_~-]{24,}+=*")
_SIGNS: Final = re.compile(rb"([/~+-])")
_OF_THE_CLIENT: Final = re.compile(
    rb'"(?:signature|thoughtSignature|itemId|toolUseID|encrypted_content)\\*"'
    rb'\s*:\s*\\*"$'
)
"""Fields in which clients keep what only their servers read; no screen shows them."""
_FIELD_BYTES: Final = 48
_ESCAPES: Final = b"nrtbf"
_UNICODE: Final = ord("u")


class Drawn(NamedTuple):
    """A value that looks drawn, and where it stands."""

    start: int
    end: int
    id: str
    """Of the value: ``masking.digest``."""


def drawn(raw: bytes) -> Iterator[Drawn]:
    """Every such value in some bytes, JSON or not."""
    for found in _RUN.finditer(raw):
        start = _after_escape(raw, found.start())
        value = raw[start : found.end()].decode("ascii")
        before = raw[max(0, start - _FIELD_BYTES) : start]
        if looks_drawn(value) and not _OF_THE_CLIENT.search(before):
            yield Drawn(start, found.end(), digest(value))


def masked(raw: bytes) -> bytes:
    """The same bytes with ``[masked]`` for each; the very same if there is none."""
    parts: list[bytes] = []
    at = 0
    for found in drawn(raw):
        if not is_let_through(found.id):
            parts += (raw[at : found.start], MASK.encode())
            at = found.end
    return b"".join([*parts, raw[at:]]) if parts else raw


def scrubbed(raw: bytes, ids: Collection[str]) -> bytes:
    """The same bytes with a mark in place of the values with these ids.

    Also where such a value is all that stands between two signs of a path, an
    address or an assignment.
    """
    return _ANY_RUN.sub(lambda found: _without(found[0], ids), raw) if ids else raw


def _without(run: bytes, ids: Collection[str]) -> bytes:
    if _is_one(run, ids):
        return SCRUBBED
    escaped = 1 if run[:1] in (b"n", b"r", b"t", b"b", b"f") else 0
    if escaped and _is_one(run[1:], ids):
        return run[:1] + SCRUBBED
    parts = _SIGNS.split(run)
    if len(parts) == 1:
        return run
    return b"".join(SCRUBBED if _is_one(part, ids) else part for part in parts)


def _is_one(value: bytes, ids: Collection[str]) -> bool:
    return len(value) >= _SHORTEST and digest(value.decode("ascii")) in ids


def _after_escape(raw: bytes, start: int) -> int:
    if start == 0 or raw[start - 1] != ord("\\"):
        return start
    if raw[start] == _UNICODE:
        return start + 5
    return start + 1 if raw[start] in _ESCAPES else start
