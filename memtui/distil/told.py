"""What was delivered into a session, and whether a statement tells it again.

The person's words are news unless they are nearly the delivered ones. The agent
and the client put what they were told into words of their own, so theirs are
compared by what a statement is about: the words that carry it, cut to their
stems, and the things that it names. A statement that names something else, gives
another number or denies what was delivered is news all the same.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from memtui.distil import near
from memtui.distil.strip import delivered_lines
from memtui.distil.words import GENERAL
from memtui.records import Record
from memtui.search.near import Sign, Signs

MOST_LINES: Final = 20_000
"""Distinct lines that are remembered of a session; hooks may say any number."""

_KEPT_TEXTS = 64
"""Texts that are remembered: hooks and clients put the same into each session."""
_LEAST_WORDS = 4
"""A line of fewer says nothing that could be told again."""
_STEM = 6
"""``deploy`` and ``deployment``, ``Postgres`` and ``PostgreSQL`` begin alike."""
_ABOUT = 3
"""Words that two statements share at least, to be on one subject."""
_MOSTLY = 0.75
"""Share of what was delivered that is told again by whoever tells all of it."""
_LITTLE_ELSE = 0.5
"""Share of a statement that is then at least about that."""
_SAME_NAMES = 2
"""Things named alike by which a subject is known, however little else is."""

_PARTS = re.compile(r"[\W_]+")
_PLURAL = re.compile(r"[^s]s$")
_NAME = re.compile(
    r"`[^`\n]+`|[\w.-]*[/\\][\w./\\-]+|\b[\w-]+\.[a-z]{1,4}\b|\w+_\w+|[a-z]+[A-Z]\w*"
    r"|\b[A-Z]\w*[A-Z]\w*|[^\W\d_]+\d\w*|(?<=[\w,;] )[A-Z][\w-]+"
)
"""Code, paths, acronyms, and what has a capital inside a sentence."""


@dataclass(frozen=True)
class _Statement:
    text: str

    @cached_property
    def about(self) -> frozenset[str]:
        """The stems of the words that carry it."""
        return frozenset(
            stem for word in near.bag_of(self.text) for stem in _stems(word)
        )

    @cached_property
    def names(self) -> tuple[frozenset[str], ...]:
        """The stems of each thing it names."""
        found = (
            frozenset(_stems(name.casefold())) for name in _NAME.findall(self.text)
        )
        return tuple(stems for stems in found if stems)

    @cached_property
    def signs(self) -> Signs:
        """What can turn it into another statement."""
        return Signs(self.text)

    def tells(self, other: "_Statement", known: AbstractSet[str]) -> bool:
        """Whether it tells what the other does; ``known``: all that may be named."""
        shared = len(self.about & other.about)
        if not shared or any(known.isdisjoint(name) for name in self.names):
            return False
        told, of_it = shared / len(other.about), shared / len(self.about)
        mostly = shared >= _ABOUT and told >= _MOSTLY
        met = [not self.about.isdisjoint(name) for name in other.names]
        named = len(met) >= _SAME_NAMES and all(met)
        if of_it < _LITTLE_ELSE or not (mostly or named):
            return False
        if self.signs.numbers - other.signs.numbers:
            return False
        return self.signs.differ(other.signs) is not Sign.NEGATION


@dataclass(frozen=True, slots=True)
class _Delivered:
    """One text that was put into a session."""

    lines: tuple[frozenset[str], ...]
    """The words of each line that says enough."""
    numbers: frozenset[str]
    ours: tuple[tuple[str, _Statement, frozenset[str]], ...]
    """Our own lines: their words, and the stems of all they name."""


@lru_cache(maxsize=_KEPT_TEXTS)
def _delivered(text: str) -> _Delivered:
    said = [*delivered_lines(text)]
    bags = [near.bag_of(line) for line, _ in said]
    ours: list[tuple[str, _Statement, frozenset[str]]] = []
    for line, whole in said:
        if line != whole:
            named = _Statement(whole)
            ours.append((line, _Statement(line), named.about.union(*named.names)))
    return _Delivered(
        tuple(words for words in bags if len(words) >= _LEAST_WORDS),
        Signs("\n".join([line for line, _ in said])).numbers,
        tuple(ours),
    )


class Told:
    """What a session was told, line by line."""

    def __init__(self) -> None:
        self._lines: dict[frozenset[str], None] = {}
        self._ours: dict[str, _Statement] = {}
        self._by_word: dict[str, list[frozenset[str]]] | None = None
        self._known: set[str] = set()
        self._numbers: set[str] = set()

    def take(self, record: Record) -> None:
        """Text that a hook, the client or another tool put into the session."""
        delivered = _delivered(record.text)
        self._numbers |= delivered.numbers
        for words in delivered.lines:
            if len(self._lines) < MOST_LINES:
                self._lines[words] = None
        for line, statement, named in delivered.ours:
            if len(self._ours) < MOST_LINES:
                self._ours[line] = statement
                self._known |= named
        self._by_word = None

    @property
    def is_empty(self) -> bool:
        """Whether it was told nothing of ours."""
        return not self._ours

    def is_told(self, statement: str) -> bool:
        """Whether a statement of the agent or the client is no news."""
        return self.is_heard(statement) or self.is_told_again(statement)

    def is_heard(self, text: str) -> bool:
        """Whether a delivered line says this already, in nearly its words."""
        if not self._lines or Signs(text).numbers - self._numbers:
            return False
        words = near.bag_of(text)
        index = self._index()
        met = Counter(line for word in words for line in index.get(word, ()))
        return near.heard(words, met)

    def is_told_again(self, statement: str) -> bool:
        """Whether a statement of the agent or the client tells it in other words."""
        said = _Statement(statement)
        return any(said.tells(line, self._known) for line in self._ours.values())

    def _index(self) -> dict[str, list[frozenset[str]]]:
        if self._by_word is None:
            self._by_word = defaultdict(list)
            for line in self._lines:
                for word in line:
                    self._by_word[word].append(line)
        return self._by_word


def _stems(word: str) -> Iterator[str]:
    """What is left of a word, or of each part of a compound, to compare it by."""
    for part in _PARTS.split(word):
        stem = part[:-1] if len(part) > 3 and _PLURAL.search(part) else part
        if stem and stem not in GENERAL:
            yield stem[:_STEM] if stem.isascii() else stem
