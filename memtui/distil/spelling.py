"""What a simple pattern stands for, spelt out as far as that goes.

Literals, groups, ``|``, ``?`` and classes of letters are spelt out. Behind anything
else a text is open: what matches begins so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MOST: Final = 200
"""Spellings of one pattern; where there are more, it is open."""
_ALL: Final = 1_000
"""Letters, as many as there are."""
_TOKEN = re.compile(
    r"\(\?:|\(\?<?[!=]|\[\w+\]|\[\^?\]?[^\]]*\]|\{[\d,]*\}|\\."
    r"|(?:[\w ',-](?![?*+{]))+|.",
    re.DOTALL,
)
_SPECIAL = re.compile(r"[^\w' ,-]")
_MANY: Final = ("*", "+", "{")
_OPEN: Final = frozenset((".", "$"))
_ASCII: Final = "".join(map(chr, range(128)))
_RANGE = re.compile(r"([^\W\d_])-([^\W\d_])")

_Said = frozenset[tuple[str, bool]]
"""Texts, each with whether it is open."""
_NOTHING: Final[_Said] = frozenset({("", False)})
_ANYTHING: Final[_Said] = frozenset({("", True)})


@dataclass(frozen=True, slots=True)
class Spelling:
    """One text that a pattern matches, or what such a text begins with."""

    text: str
    is_open: bool


def spellings(pattern: str, letters: int = _ALL) -> tuple[list[Spelling], bool]:
    """All that a pattern stands for, and whether nothing round a text matters.

    Args:
        letters: behind so many a text is open, whatever follows.
    """
    if letters == _ALL and not _SPECIAL.search(pattern):
        return [Spelling(pattern, is_open=False)], True
    said, _, plain = _either(_TOKEN.findall(pattern), 0, letters)
    return [Spelling(*one) for one in sorted(said)], plain


def first_two(pattern: str) -> frozenset[str]:
    """The first two letters, in lower case, of all ASCII that a pattern matches.

    Raises:
        ValueError: it may begin with anything.
    """
    begins = {one.text[:2].lower() for one in spellings(pattern, 2)[0]}
    if not all(begins):
        raise ValueError(f"what does it begin with? {pattern}")
    longer = {one + char for one in begins if len(one) == 1 for char in _ASCII}
    return frozenset(begins | longer)


def _letters_in(found: re.Match[str]) -> str:
    first, last = ord(found[1]), ord(found[2])
    # too many to be spelt out stay a range, which may be anything
    return (
        "".join(map(chr, range(first, last + 1))) if last - first < _MOST else found[0]
    )


def _either(tokens: Sequence[str], at: int, letters: int) -> tuple[_Said, int, bool]:
    """Alternatives up to the end of their group: their texts, the end, if plain."""
    said, at, plain = _sequence(tokens, at, letters)
    while at < len(tokens) and tokens[at] == "|":
        more, at, sure = _sequence(tokens, at + 1, letters)
        said, plain = said | more, plain and sure
    return said, at, plain


def _sequence(tokens: Sequence[str], at: int, letters: int) -> tuple[_Said, int, bool]:
    said, plain = _NOTHING, True
    while at < len(tokens) and tokens[at] not in "|)":
        ended = [text for text, is_open in said if not is_open]
        if not ended:
            return said, _end(tokens, at), plain
        item, at, sure = _item(tokens, at, letters)
        plain = plain and sure
        longer = {(text + more, is_open) for text in ended for more, is_open in item}
        if len(longer) > _MOST:
            longer = {(text, True) for text in ended}
        said = frozenset(
            {one for one in said if one[1]}
            | {
                (text[:letters], opens or len(text) >= letters)
                for text, opens in longer
            }
        )
    return said, at, plain


def _end(tokens: Sequence[str], at: int) -> int:
    """Where an alternative ends of which nothing more can be told."""
    depth = 0
    while at < len(tokens) and (depth or tokens[at] not in "|)"):
        depth += (tokens[at][0] == "(") - (tokens[at] == ")")
        at += 1
    return at


def _item(tokens: Sequence[str], at: int, letters: int) -> tuple[_Said, int, bool]:
    """A letter, a class or a group, with how often it may occur."""
    token, plain = tokens[at], True
    if token[0] == "(":
        said, at, plain = _either(tokens, at + 1, letters)
        if token == "(?=":
            said, plain = frozenset((text, True) for text, _ in said), False
        elif token not in ("(?:", "("):
            said, plain = _NOTHING, False
    elif token[0] == "[":
        chars = _RANGE.sub(_letters_in, token[1:-1])
        said = frozenset((char, False) for char in chars)
        said = said if chars.isalnum() else _ANYTHING
    elif token == "^":
        said, plain = _NOTHING, False
    elif token in _OPEN or (token[0] == "\\" and token[1].isalnum()):
        said = _ANYTHING
    else:
        said = frozenset({(token.removeprefix("\\"), False)})
    at += 1
    often = tokens[at][0] if at < len(tokens) else ""
    if often == "?":
        return said | _NOTHING, at + 1, plain
    if often in _MANY and often:
        many = frozenset((text, True) for text, _ in said)
        seldom = {"+": frozenset[tuple[str, bool]](), "*": _NOTHING, "{": _ANYTHING}
        return many | seldom[often], at + 1, plain
    return said, at, plain
