r"""Regular expressions over what was found: ``/lease \w+ expired/``.

Matched by RE2, in time that grows with the text alone: whatever a person or an agent
types, no pattern can stand still. It is imported with the first pattern of a process.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

_FLAGS: Final = "(?im)"
"""As in the rest of the language case does not count, and ``^`` begins a line."""
_MOST: Final = 500
"""Matches in one text that are worth marking."""


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
