"""When two texts of a session say the same. The measure itself is ``search.near``."""

from collections.abc import Iterable

from memtui.search.near import (
    SAME,
    bag_of,
    contained,
    contradicts,
    jaccard,
    same,
    subject_of,
)

__all__ = [
    "SAME",
    "bag_of",
    "contained",
    "contradicts",
    "heard",
    "jaccard",
    "same",
    "subject_of",
]


def heard(words: frozenset[str], delivered: Iterable[frozenset[str]]) -> bool:
    """Whether a delivered text says this already."""
    return any(
        jaccard(words, other) >= SAME
        or contained(words, other) >= 0.8
        or (len(other) >= 6 and contained(other, words) >= 0.8)
        for other in delivered
    )
