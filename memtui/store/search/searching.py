"""Searching the store: ranked, while typing, by meaning; why a find is one."""

from typing import TYPE_CHECKING

from memtui.later import later
from memtui.search.grammar import Query
from memtui.store.reading import Reading
from memtui.store.search.filters import View

if TYPE_CHECKING:  # what is asked after the first paint
    from memtui.search.meaning import Embedder
    from memtui.search.reasons import Explanation
    from memtui.store.search import (
        explained,
        find,
        find_newest,
        find_typed,
        spelling,
        vectors,
    )
    from memtui.store.search.hits import Hit
    from memtui.store.search.vectors import Meaning
else:
    explained = later("memtui.store.search.explained")
    find = later("memtui.store.search.find")
    find_newest = later("memtui.store.search.find_newest")
    find_typed = later("memtui.store.search.find_typed")
    spelling = later("memtui.store.search.spelling")
    vectors = later("memtui.store.search.vectors")


class SearchReading(Reading):
    """The questions that words are put to. See ``StoreView``."""

    def search(
        self,
        query: Query,
        view: View | None = None,
        limit: int = 50,
        *,
        embedder: "Embedder | None" = None,
    ) -> "list[Hit]":
        """Memories and turns together, best first; without words, newest first.

        Args:
            embedder: search by meaning too, among what has vectors.
        """
        meaning = self._meaning(query, embedder)
        return find.ranked(self._conn, query, view or View(), limit, meaning)

    def explained(
        self,
        query: Query,
        view: View | None = None,
        limit: int = 50,
        *,
        embedder: "Embedder | None" = None,
    ) -> "tuple[list[Hit], Explanation]":
        """What ``search`` finds, and why each find stands where it stands."""
        meaning = self._meaning(query, embedder)
        return explained.explained(self._conn, query, view or View(), limit, meaning)

    @property
    def has_vectors(self) -> bool:
        """Whether anything can be found by its meaning."""
        return vectors.Vectors(self._path).are_there

    def _meaning(self, query: Query, embedder: "Embedder | None") -> "Meaning | None":
        if embedder is None or not query.has_text:
            return None
        return vectors.like(self._conn, vectors.Vectors(self._path), query, embedder)

    def search_typing(
        self, query: Query, view: View | None = None, limit: int = 50
    ) -> "list[Hit]":
        """Memories and turns, newest first; the last word may be unfinished."""
        return find_typed.typed(self._conn, query, view or View(), limit)

    def newest_alone(self, query: Query, view: View | None = None) -> int:
        """How many records an expression was held against; 0: all that there are."""
        left_out = find_newest.leaves_out(self._conn, query, view or View())
        return find_newest.SCANNED if left_out else 0

    def did_you_mean(self, query: Query) -> dict[str, list[str]]:
        """By each word of a query that stands nowhere, known words near it."""
        return spelling.meant(self._conn, query)
