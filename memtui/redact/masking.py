"""What looks drawn by a machine, and has no name: stored, but masked on a way out.

A wrong guess must not destroy the only copy, so nothing is cut from the store.
Hashes are in every log and no secrets: what is of hex digits alone stays.
"""

import re
from typing import Final

from memtui.redact.guess import is_drawn

MASK: Final = "[masked]"
_LONG: Final = re.compile(
    r"[A-Za-z0-9+_~-](?:[A-Za-z0-9+/_~-]{22,510}[A-Za-z0-9+_~-])=*"
)
_HEX: Final = re.compile(r"(?:0x)?[0-9a-fA-F]+(?:-[0-9a-fA-F]+)*")
_KINDS: Final = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


def masked(text: str) -> str:
    """The text with ``[masked]`` for each find; the very same one if there is none."""
    return _LONG.sub(_mask, text) if len(text) >= 24 else text


def _mask(found: re.Match[str]) -> str:
    value = found[0]
    if _HEX.fullmatch(value) or not all(kind.search(value) for kind in _KINDS):
        return value
    return MASK if is_drawn(value.encode()) else value
