"""When two texts say the same: word sets, with numbers, paths and negation."""

import re
from collections.abc import Iterable

from memtui.distil import words as vocabulary

SAME = 0.6
"""Jaccard of the word sets from which two texts are near-duplicates."""

_WORD = re.compile(r"[^\W_]+(?:[.'’/_-][^\W_]+)*", re.U)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")
_PATH = re.compile(r"[\w.-]*[/\\][\w./\\-]+|\b[\w-]+\.[a-z]{1,4}\b")


def bag_of(text: str) -> frozenset[str]:
    """The words that carry meaning; pairs of characters for CJK."""
    low = text.casefold()
    found = {_stem(w) for w in _WORD.findall(low) if w not in vocabulary.STOP_WORDS}
    for run in _CJK.findall(low):
        found.discard(run)
        found |= {run[i : i + 2] for i in range(max(1, len(run) - 1))}
    return frozenset(found)


def subject_of(text: str) -> frozenset[str]:
    """The words of a text without its numbers and negation: what it is about."""
    return frozenset(
        word
        for word in bag_of(vocabulary.NEGATION.sub(" ", text))
        if not word.replace(".", "").isdigit()
    )


def _stem(word: str) -> str:
    if len(word) > 5 and word.isascii() and word.isalpha():
        for end in ("ing", "ed", "es", "s"):
            if word.endswith(end):
                return word[: -len(end)]
    return word


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared words over all words."""
    if not a or not b:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def contained(small: frozenset[str], large: frozenset[str]) -> float:
    """How much of ``small`` stands in ``large``."""
    return len(small & large) / len(small) if small else 0.0


def contradicts(a: str, b: str) -> bool:
    """Whether numbers or negation tell the two texts apart."""
    if bool(vocabulary.NEGATION.search(a)) != bool(vocabulary.NEGATION.search(b)):
        return True
    one, two = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
    return bool(one) and bool(two) and one.isdisjoint(two)


def same(a: str, b: str) -> bool:
    """Near-duplicates: the same words, the same numbers, paths and negation."""
    if jaccard(bag_of(a), bag_of(b)) < SAME:
        return False
    ways = set(_PATH.findall(a)), set(_PATH.findall(b))
    if ways[0] and ways[1] and ways[0].isdisjoint(ways[1]):
        return False
    return not contradicts(a, b)


def heard(words: frozenset[str], delivered: Iterable[frozenset[str]]) -> bool:
    """Whether a delivered text says this already."""
    return any(
        jaccard(words, other) >= SAME
        or contained(words, other) >= 0.8
        or (len(other) >= 6 and contained(other, words) >= 0.8)
        for other in delivered
    )
