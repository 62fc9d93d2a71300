"""Statements of agents' own files beside the memories of a project.

By the same measure of likeness by which memories are found to be duplicates.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memtui.model import Memory
from memtui.native.finding import NativeFile
from memtui.native.statements import Statement
from memtui.search.near import SAME, Sign, Signs, bag_of, contained, jaccard

FEWEST_WORDS: Final = 3
"""Of fewer words two statements say nothing of each other."""
WITHIN: Final = 0.85
"""From this part of its words on a statement stands in a longer text."""


class Relation(StrEnum):
    """What a statement is to a memory."""

    SAME = "says the same"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One statement, and the memory that it repeats or contradicts."""

    file: NativeFile
    statement: Statement
    relation: Relation | None = None
    memory: Memory | None = None


@dataclass(frozen=True)
class _Text:
    """One way to say a memory."""

    memory: Memory
    words: frozenset[str]
    signs: Signs


class Beside:
    """The memories of a project, ready to be compared with."""

    def __init__(self, memories: Iterable[Memory]) -> None:
        self._texts = [text for memory in memories for text in _texts(memory)]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(self._texts):
            for word in text.words:
                self._by_word[word].append(number)

    def found(self, file: NativeFile, said: Sequence[Statement]) -> Iterator[Found]:
        """Each statement of a file with what is nearest to it."""
        for statement in said:
            relation, memory = self._nearest(statement.text)
            yield Found(
                file=file, statement=statement, relation=relation, memory=memory
            )

    def _nearest(self, said: str) -> tuple[Relation | None, Memory | None]:
        words = bag_of(said)
        if len(words) < FEWEST_WORDS:
            return None, None
        shared = Counter(n for word in words for n in self._by_word.get(word, ()))
        signs = Signs(said)
        best: tuple[float, Relation, Memory] | None = None
        for number, _ in shared.most_common(20):
            text = self._texts[number]
            near = _likeness(words, text.words)
            sign = signs.differ(text.signs) if near else Sign.PATHS
            if sign is Sign.PATHS or (best and best[0] >= near):
                continue
            said_so = Relation.SAME if sign is Sign.NOTHING else Relation.CONTRADICTS
            best = near, said_so, text.memory
        return (best[1], best[2]) if best else (None, None)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How near two texts are; 0: they have nothing to do with each other."""
    near = jaccard(one, other)
    if near >= SAME:
        return near
    small, large = sorted((one, other), key=len)
    within = contained(small, large)
    return near if len(small) > FEWEST_WORDS and within >= WITHIN else 0.0


def _texts(memory: Memory) -> Iterator[_Text]:
    for said in dict.fromkeys((memory.title, f"{memory.title} {memory.body}".strip())):
        words = bag_of(said)
        if len(words) >= FEWEST_WORDS:
            yield _Text(memory, words, Signs(said))
