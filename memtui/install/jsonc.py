"""JSON with comments, as OpenCode reads it: changed in one place, no comment lost.

Comments and the commas before a closing bracket are blanked out, a character for a
character; what is changed in that text is then changed at the same place in the
person's own.
"""

import re
from collections.abc import Callable
from typing import Final

_COMMENT: Final = r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/"
_STRING: Final = r'"(?:[^"\\]|\\.)*+"'
_PART: Final = re.compile(
    rf"{_STRING}|{_COMMENT}|,(?=(?:\s|{_COMMENT})*+[}}\]])", re.DOTALL
)


def plain(text: str) -> str:
    """The same without comments and last commas, every other character in its place."""
    return _PART.sub(_blank, text)


def changed(text: str, change: Callable[[str], str]) -> str:
    """The text with what ``change`` does to it as plain JSON.

    Raises:
        ValueError: ``change`` refuses, or a comment would be lost.
    """
    before = plain(text)
    after = change(before)
    start = _alike(before, after)
    tail = _alike(before[start:][::-1], after[start:][::-1])
    end = len(text) - tail
    done = text[:start] + after[start : len(after) - tail] + text[end:]
    if _comments(done) != _comments(text) or plain(done) != after:
        raise ValueError("a comment stands in the way")
    return done


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    shorter = min(len(one), len(other))
    return next((at for at, (a, b) in pairs if a != b), shorter)


def _comments(text: str) -> list[str]:
    return [part for part in _PART.findall(text) if part.startswith("/")]


def _blank(found: re.Match[str]) -> str:
    if found[0].startswith('"'):
        return found[0]
    return re.sub(r"[^\n]", " ", found[0])
