"""The dictionary of words as written, for search while typing.

A first sync writes many transactions, and nearly every word of one was in one
before. So a long run holds back how often known words were met: each new word is
there as soon as a row has it, the counts follow now and then. What is known is
counted as it stands in the text, piece by piece: that is done without a look at it.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from memtui.search.prepare import Pieces
from memtui.search.words import stems, surfaces

NEW: Final = """
    insert into {table} (surface, stem, df) values (?, ?, ?)
    on conflict (surface) do update set df = df + excluded.df
"""
_MOST_KNOWN: Final = 100_000
_TOGETHER: Final = 128
"""So many transactions may be missing in the counts when a run is killed: then what
is common there is thought a little rarer, and looked for a little longer."""


class Terms:
    """What a writer knows of the dictionary. Forget it when a transaction fails."""

    def __init__(self) -> None:
        self.is_late = False
        """Whether counts of known words may be held back."""
        self._pieces: set[bytes] = set()
        self._words: set[str] = set()
        """Those of the pieces: known ones."""
        self._held = Counter[bytes]()
        self._held_words: Counter[str] = Counter()
        self._times = 0

    def add(self, conn: sqlite3.Connection, rows: Iterable[Pieces]) -> None:
        """More rows of these pieces, inside the transaction that adds the rows."""
        # a transaction by itself: a dictionary of a few thousand is soon looked into
        counted = Counter(chain.from_iterable(rows))
        if not self.is_late:
            write(conn, surfaces(counted))
            return
        known = self._pieces
        fresh = set(counted).difference(known)
        first_met = {piece: counted.pop(piece) for piece in fresh}
        self._held.update(counted)
        news: dict[str, int] = {}
        for word, count in surfaces(first_met).items():
            if word in self._words:
                self._held_words[word] += count
            else:
                news[word] = count
        write(conn, news)
        if len(known) > _MOST_KNOWN:
            known.clear()
            self._words.clear()
        known.update(fresh)
        self._words.update(news)
        self._times += 1
        if self._times >= _TOGETHER:
            self.settle(conn)

    def settle(self, conn: sqlite3.Connection) -> None:
        """Write what was held back, inside a transaction."""
        write(conn, self._held_words + Counter(surfaces(self._held)))
        self._held.clear()
        self._held_words.clear()
        self._times = 0

    @property
    def is_settled(self) -> bool:
        """Nothing is held back."""
        return not (self._held or self._held_words)

    def forget(self) -> None:
        """A transaction failed: the words it added are not there."""
        self._pieces.clear()
        self._words.clear()


def write(
    conn: sqlite3.Connection, counted: Mapping[str, int], table: str = "term"
) -> None:
    """Add to the dictionary at once, or to the one that is to take its place."""
    words = sorted(counted)
    rows = zip(words, stems(words), strict=True)
    new = NEW.replace("{table}", table)
    # two of three are their own stem: then nothing is kept beside them
    said = ((word, "" if stem == word else stem, counted[word]) for word, stem in rows)
    conn.executemany(new, said)
