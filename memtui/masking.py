"""What looks drawn by a machine, and has no name: stored, but masked on a way out.

A wrong guess must not destroy the only copy, so nothing is cut from the store. Hashes
are in every log and no secrets: what is of hex digits alone stays. So do the ids that
agents give to what they say, names made of words, and data too long to be a key.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from memtui.clean import clean, clean_line

MASK: Final = "[masked]"
_MASKED_FROM: Final = 24
_DRAWN: Final = re.compile(
    r"(?<![A-Za-z0-9+/_~-])(?<!SHA256:)(?<!(?:sha|SHA)(?:256|384|512)=)"
    r"[A-Za-z0-9+/_~-]{24,512}+"
    r"(?![A-Za-z0-9+/_~-])=*"
)
_HEX_DIGITS: Final = re.compile(r"(?:0x)?[0-9a-fA-F]+(?:-[0-9a-fA-F]+)*")
_KNOWN_ID: Final = re.compile(
    r"(?:^|/)(?:AAAA[A-Z]3|sha(?:1|256|384|512)-|chatcmpl-|[A-Z]{1,4}_kw|tmp\.?"
    r"|(?:srvtoolu|tooluse|toolu|msg|req|call|resp|rs|fc|ctc|ws|item|prt|ses|session"
    r"|run|turn|thread|asst|part|message|event|evt|per|batch|job|task)[_-])"
)
_NOBODYS: Final = re.compile(
    r"example|placeholder|redacted|sample|dummy|([^A])\1{5}|12345678|abcdefg|0123456",
    re.IGNORECASE,
)
_JOINTS: Final = re.compile(r"[/_~+=-]+")
_WORDLIKE: Final = re.compile(r"[A-Za-z]?[a-z]{3,}|[A-Z]{3,}|(?:[A-Z][a-z]{2,})+")
_TELLING_RUN: Final = 20
"""Letters and digits in a row from which on they tell by themselves."""
_TURNS: Final = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_FEWEST_TURNS: Final = 4
_CLEARED: set[str] = set()


def safe(text: str) -> str:
    """``clean``, and masked: a text as any way out may show it."""
    return masked(clean(text))


def safe_line(text: str) -> str:
    """``clean_line``, and masked."""
    return masked(clean_line(text))


def masked(text: str) -> str:
    """The text with ``[masked]`` for each find; the very same one if there is none."""
    return _DRAWN.sub(_mask, text) if len(text) >= _MASKED_FROM else text


def looks_drawn(value: str) -> bool:
    """Whether a run of letters, digits and signs of base64 would be masked.

    Values that the person said are no secrets would, too.
    """
    return len(value) >= _MASKED_FROM and _looks_secret(value)


def digest(value: str) -> str:
    """What a drawn value is called: it names it and gives nothing of it away."""
    import hashlib

    raw = value.rstrip("=").encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def let_through(digests: Iterable[str]) -> None:
    """Mask these values no more in this process: a person said they are no secrets."""
    _CLEARED.clear()
    _CLEARED.update(digests)


def is_let_through(digest: str) -> bool:
    """Whether a person said of the value that it is no secret."""
    return digest in _CLEARED


def _mask(found: re.Match[str]) -> str:
    if not _looks_secret(found[0]) or (_CLEARED and digest(found[0]) in _CLEARED):
        return found[0]
    return MASK


@lru_cache(maxsize=4_096)
def _looks_secret(value: str) -> bool:
    if value.startswith("~") or _KNOWN_ID.search(value) or _NOBODYS.search(value):
        return False
    parts = [part for part in _JOINTS.split(value) if not _HEX_DIGITS.fullmatch(part)]
    told = max(parts, key=len, default="")
    if len(told) < _TELLING_RUN:
        if any(map(_WORDLIKE.fullmatch, parts)):
            return False
        told = "".join(parts)
    if len(told) < _TELLING_RUN:
        return False
    mixed = any(c.islower() for c in told) and any(c.isupper() for c in told)
    turns = len(_TURNS.findall(told))
    return mixed and turns >= max(_FEWEST_TURNS, len(told) // 10)
