"""Subjects met so far, and whether one of them is another's: exact, not all pairs.

Two word sets with a Jaccard of three fifths share so many words that the rarest
ones of both must meet: ``n - ceil(3n/5) + 1`` of ``n`` are enough to look up, if
both sides sort their words alike.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

from memtui.distil import near

_MOST_TITLES = 2
"""Of one subject: whatever is asked about, one of two is worded otherwise."""


class Subjects:
    """What statements are about, with the titles they were put under."""

    def __init__(self, all_there_are: Iterable[frozenset[str]]) -> None:
        """``all_there_are``: every subject that will be asked about or added."""
        self._uses = Counter(chain.from_iterable(all_there_are))
        self._ranked: dict[frozenset[str], list[str]] = {}
        self._titles: dict[frozenset[str], list[str]] = {}
        self._by_word: dict[str, list[frozenset[str]]] = defaultdict(list)

    def add(self, subject: frozenset[str], title: str) -> None:
        """One more statement."""
        titles = self._titles.get(subject)
        if titles is None:
            titles = self._titles[subject] = []
            for word in self._rarest(subject):
                self._by_word[word].append(subject)
        if len(titles) < _MOST_TITLES and title not in titles:
            titles.append(title)

    def is_told(self, subject: frozenset[str], title: str) -> bool:
        """Whether one was added that is about the same and worded otherwise."""
        met: set[frozenset[str]] = set()
        for word in self._rarest(subject):
            for other in self._by_word.get(word, ()):
                if other in met:
                    continue
                met.add(other)
                if near.jaccard(subject, other) >= near.SAME and any(
                    title != told for told in self._titles[other]
                ):
                    return True
        return False

    def _rarest(self, subject: frozenset[str]) -> list[str]:
        rarest = self._ranked.get(subject)
        if rarest is None:
            size, uses = len(subject), self._uses
            ranked = sorted([(uses[word], word) for word in subject])
            rarest = [word for _, word in ranked[: size + (-3 * size // 5) + 1]]
            self._ranked[subject] = rarest
        return rarest
