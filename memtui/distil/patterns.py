"""Patterns that are dear to try, tried where the first letters of a text allow it.

Each is compiled when it is first tried: a short session needs few of them.
"""

import re
from functools import cached_property
from typing import Final

from ahocorasick_rs import AhoCorasick

from memtui.distil.spelling import first_two, spellings
from memtui.search.near import CJK

_ENOUGH: Final = 8
"""Letters by which a text is known that may hold what is sought."""
_MARKS: Final = r"\W*"


def any_of(*words: str, flags: int = re.I) -> re.Pattern[str]:
    """Whole words; substrings where a script sets no blanks between words."""
    return re.compile(either(*words), flags)


def either(*words: str) -> str:
    """The same as the text of a pattern."""
    dense = [word for word in words if not word.isascii() and CJK.search(word)]
    spaced = "|".join(word for word in words if word not in dense)
    parts = [rf"(?<!\w)(?:{spaced})(?!\w)"] if spaced else []
    return "|".join(parts + dense)


class Sought:
    """A pattern that is seldom found, looked for where a text has what begins it."""

    def __init__(self, pattern: str) -> None:
        """``pattern``: all that matches it begins with letters."""
        self._pattern = pattern

    def search(self, text: str) -> bool:
        """Whether it is found anywhere, in capitals or not, if it is in lower case."""
        low = text.lower()
        return self._may_be_in(low) and bool(self._compiled.search(low))

    def find(self, text: str) -> str:
        """The first that is found, as it is spelt; empty: there is none."""
        found = self._compiled.search(text) if self._may_be_in(text) else None
        return found[0] if found else ""

    def _may_be_in(self, text: str) -> bool:
        try:
            return bool(self._begins.find_matches_as_indexes(text))
        except UnicodeEncodeError:  # half of a surrogate pair: no UTF-8
            return True

    @cached_property
    def _begins(self) -> AhoCorasick:
        said, _ = spellings(self._pattern, _ENOUGH)
        begins = sorted({one.text for one in said})
        if not all(begins):
            raise ValueError(f"what does it begin with? {self._pattern}")
        return AhoCorasick(begins)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern)


class Opener:
    """A pattern for the beginning of a text, tried where its first letters allow it.

    Two letters tell of most sentences that they begin with no such words.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """``pattern``: may begin with ``\\W*``, anything else with letters."""
        self._pattern, self._flags = pattern, flags
        self._after_marks = _MARKS in pattern

    def may_open(self, text: str) -> bool:
        """Whether a text may begin so: if not, it does not."""
        begins = text[:2].lower()
        if begins in self.begins or not begins.isascii():
            return True
        return self._after_marks and not begins[:1].isalnum()

    def match(self, text: str) -> re.Match[str] | None:
        """What ``re`` finds at the beginning of a text."""
        return self.compiled.match(text) if self.may_open(text) else None

    @cached_property
    def begins(self) -> frozenset[str]:
        """The two ASCII letters, in lower case, that one may begin with."""
        return first_two(self._pattern.replace(_MARKS, ""))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself; most of a short session needs few of them."""
        return re.compile(self._pattern, self._flags)


def opener(*words: str) -> Opener:
    """Whole words at the beginning of a text in lower case, as ``any_of`` has them."""
    return Opener(either(*words))
