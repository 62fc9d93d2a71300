"""The dictionary of words as written, for search while typing.

A first sync writes many transactions, and nearly every word of one was in one
before. So a long run holds back how often known words were met: each new word is
there as soon as a row has it, the counts follow now and then.
"""

import sqlite3
from collections.abc import Mapping
from typing import Final

from memtui.search.words import stems

NEW: Final = """
    insert into term (surface, stem, df) values (?, ?, ?)
    on conflict (surface) do update set df = df + excluded.df
"""
_MOST_KNOWN: Final = 200_000
_TOGETHER: Final = 32
"""So many transactions may be missing in the counts when a run is killed: then what
is common there is thought a little rarer, and looked for a little longer."""


class Terms:
    """What a writer knows of the dictionary. Forget it when a transaction fails."""

    def __init__(self) -> None:
        self.is_late = False
        """Whether counts of known words may be held back."""
        self._known: set[str] = set()
        self._held: dict[str, int] = {}
        self._times = 0

    def add(self, conn: sqlite3.Connection, counted: Mapping[str, int]) -> None:
        """More rows with these words, inside the transaction that adds the rows."""
        if not self.is_late:
            write(conn, counted)
            return
        known, held = self._known, self._held
        news: dict[str, int] = {}
        for word, rows in counted.items():
            if word in known:
                held[word] = held.get(word, 0) + rows
            else:
                news[word] = rows
        write(conn, news)
        if len(known) > _MOST_KNOWN:
            known.clear()
        known.update(news)
        self._times += 1
        if self._times >= _TOGETHER:
            self.settle(conn)

    def settle(self, conn: sqlite3.Connection) -> None:
        """Write what was held back, inside a transaction."""
        write(conn, self._held)
        self._held.clear()
        self._times = 0

    @property
    def is_settled(self) -> bool:
        """Nothing is held back."""
        return not self._held

    def forget(self) -> None:
        """A transaction failed: the words it added are not there."""
        self._known.clear()


def write(conn: sqlite3.Connection, counted: Mapping[str, int]) -> None:
    """Add to the dictionary at once."""
    words = sorted(counted)
    rows = zip(words, stems(words), strict=True)
    conn.executemany(NEW, ((word, stem, counted[word]) for word, stem in rows))
