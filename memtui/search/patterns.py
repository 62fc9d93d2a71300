r"""Regular expressions over what was found: ``/lease \w+ expired/``.

Matched by RE2, in time that grows with the text alone: whatever a person or an agent
types, no pattern can stand still. It is imported with the first pattern of a process.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

_FLAGS: Final = "(?im)"
"""As in the rest of the language case does not count, and ``^`` begins a line."""
_MOST: Final = 500
"""Matches in one text that are worth marking."""
_PIECE: Final = (
    r"(?s)\\.|\(\?[A-Za-z-]+\)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"
    r"|\{\d+(?:,\d*)?\}|."
)
"""A sign of an expression, with what belongs to it; compiled with the first one."""
_ONE: Final = frozenset("dDsSwWnrtfav")
"""Letters that behind a backslash stand for one character."""
_NONE: Final = frozenset("bBAz")
"""And for none."""
_SAME: Final = frozenset("abcdefghijlmnopqrtuvwxyz0123456789 -")
"""Letters that nothing but their capital is the same as: of k and s there are more."""
_ANY: Final = "_"


@lru_cache(maxsize=64)
def trouble(pattern: str) -> str:
    """Why this is no regular expression, in a few words; '' where it is one."""
    import re2

    try:
        _compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        plain = said.decode("utf-8", "replace")
        return plain.replace(_FLAGS, "").removesuffix(f": {pattern}")
    except UnicodeEncodeError:
        return "it holds half a character"
    return ""


@lru_cache(maxsize=64)
def needle(pattern: str) -> str:
    """What every match of a sound pattern holds, as SQL's ``like`` has it.

    ``_`` is any character. '' where nothing long enough can be told: rows that are
    not like it need not be held against the pattern, which costs five times as much.
    """
    depth, runs = 0, [""]
    for piece in re.findall(_PIECE, pattern):
        if piece in "()":
            depth += 1 if piece == "(" else -1
            runs.append("")
        elif (piece == "|" and not depth) or _is_long(piece):
            return ""
        elif piece in "*?" or (piece[0] == "{" and len(piece) > 1):
            runs[-1] = runs[-1][:-1]
            runs.append("")
        elif piece == "+":
            runs.append("")
        elif not depth and piece not in "^$" and piece[:2] != "(?":
            runs[-1] += _like(piece)
    best = max((run.strip(_ANY) for run in runs), key=_letters)
    return best if _letters(best) > 1 else ""


def _is_long(piece: str) -> bool:
    """Whether a backslash and its letter say something with what follows them."""
    return piece[0] == "\\" and piece[1:].isalnum() and piece[1] not in _ONE | _NONE


def _like(piece: str) -> str:
    if piece[0] == "\\" and piece[1].isalnum():
        return "" if piece[1] in _NONE else _ANY
    low = piece[-1].lower()
    return low if len(piece.lstrip("\\")) < 2 and low in _SAME else _ANY


def _letters(run: str) -> int:
    return len(run) - run.count(_ANY)


def matches(pattern: str, text: str) -> bool:
    """Whether a sound pattern matches anywhere in a text."""
    return _compiled(pattern).search(_whole(text)) is not None


def found(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of the first matches that are not empty; none of an unsound one."""
    if trouble(pattern):
        return
    for number, match in enumerate(_compiled(pattern).finditer(_whole(text))):
        if number >= _MOST:
            return
        start, end = match.span()
        if end > start:
            yield start, end


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:  # noqa: ANN401 - RE2 ships no types
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(f"{_FLAGS}{pattern}", options)


def _whole(text: str) -> str:
    """A half character (lone surrogate) as ``?``: RE2 reads UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
