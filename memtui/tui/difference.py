"""What differs between two texts, line by line. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Change:
    """A line and what became of it."""

    sign: str
    """``+``, ``-`` or empty."""
    text: str


def differences(old: str, new: str) -> Iterator[Change]:
    """Every line of both texts, in order, the old of a change before the new."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield from (Change("", line) for line in before[a:b])
        else:
            yield from (Change("-", line) for line in before[a:b])
            yield from (Change("+", line) for line in after[c:d])
