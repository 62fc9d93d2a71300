"""Reading memories: the timeline, the inbox, what is told, what search finds."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from memtui.later import later
from memtui.model import TYPES, Memory, ObservationType, State
from memtui.search.grammar import EVERYTHING, Query
from memtui.store import inbox, numbers, timeline
from memtui.store.filters import Anchor, View
from memtui.store.numbers import Counts
from memtui.store.reading import Reading
from memtui.store.timeline import Group
from memtui.store.zone import UTC, Zone

if TYPE_CHECKING:  # what is asked after the first paint
    from memtui.search.meaning import Embedder
    from memtui.search.reasons import Explanation
    from memtui.store import (
        explained,
        feedback,
        find,
        find_newest,
        find_typed,
        outside,
        proposals,
        relations,
        review,
        spelling,
        vectors,
    )
    from memtui.store.hits import Hit
    from memtui.store.vectors import Meaning
else:
    explained = later("memtui.store.explained")
    feedback = later("memtui.store.feedback")
    find = later("memtui.store.find")
    find_newest = later("memtui.store.find_newest")
    find_typed = later("memtui.store.find_typed")
    outside = later("memtui.store.outside")
    proposals = later("memtui.store.proposals")
    relations = later("memtui.store.relations")
    review = later("memtui.store.review")
    spelling = later("memtui.store.spelling")
    vectors = later("memtui.store.vectors")

_WEIGHTS: Final = {name: one.weight for name, one in TYPES.items()}
"""Injection weights of the types that every config has."""

_Asked = tuple[str | None, int, frozenset[tuple[str, float]]]


class MemoryReading(Reading):
    """The questions about memories. See ``StoreView``."""

    _known: tuple[int, dict[_Asked, list[str]]] = (-1, {})

    def memories(
        self,
        query: Query = EVERYTHING,
        view: View | None = None,
        *,
        before: Anchor | None = None,
        limit: int = 200,
    ) -> list[Memory]:
        """The next window down the timeline, newest first."""
        view = view or View()
        return timeline.newest(self._conn, query, view, before=before, limit=limit)

    def newer(
        self,
        query: Query = EVERYTHING,
        view: View | None = None,
        *,
        after: Anchor,
        limit: int = 200,
    ) -> list[Memory]:
        """The next window up the timeline from a row, newest first."""
        view = view or View()
        return timeline.newer(self._conn, query, view, after=after, limit=limit)

    def group_memories(
        self,
        query: Query,
        view: View,
        group: Group,
        *,
        zone: Zone = UTC,
        before: Anchor | None = None,
        limit: int = 200,
    ) -> list[Memory]:
        """The next window down within one group of ``groups``, newest first."""
        return timeline.newest_of_group(
            self._conn, query, view, group, zone=zone, before=before, limit=limit
        )

    def memory_ids(
        self, query: Query = EVERYTHING, view: View | None = None
    ) -> list[str]:
        """Every id shown, newest first: what an act on a whole filter takes."""
        return timeline.ids(self._conn, query, view or View())

    def count(
        self, query: Query = EVERYTHING, view: View | None = None, cap: int = 10_001
    ) -> int:
        """How many memories are shown, counted up to ``cap``."""
        return timeline.count(self._conn, query, view or View(), cap)

    def groups(
        self, query: Query = EVERYTHING, view: View | None = None, *, zone: Zone = UTC
    ) -> list[Group]:
        """Headers of the timeline: a session on a local day, newest first."""
        return timeline.groups(self._conn, query, view or View(), zone=zone)

    def memory(self, id_or_prefix: str) -> Memory:
        """One memory by its id or the only id that begins so; else NotFound."""
        return timeline.by_id(self._conn, id_or_prefix)

    def memories_by_id(self, ids: Sequence[str]) -> list[Memory]:
        """Memories in the order asked; ids that do not exist are left out."""
        return timeline.by_ids(self._conn, ids)

    def inbox(
        self,
        project: str | None = None,
        limit: int = inbox.LIMIT,
        *,
        weights: Mapping[str, float] | None = None,
    ) -> list[Memory]:
        """Candidates worth a decision, best first, at most ``limit`` a project.

        Args:
            weights: injection weight by type; None: those of the built-in types.
        """
        asked = self._asked(project, limit, weights)
        return timeline.by_ids(self._conn, asked)

    def backlog(
        self,
        project: str | None = None,
        *,
        before: Anchor | None = None,
        limit: int = 200,
        weights: Mapping[str, float] | None = None,
    ) -> list[Memory]:
        """Candidates that the inbox does not ask about, newest first."""
        asked = set(self._asked(project, inbox.LIMIT, weights))
        view = View(project=project, states=frozenset({State.CANDIDATE}))
        found = self.memories(view=view, before=before, limit=limit + len(asked))
        return [m for m in found if m.id not in asked][:limit]

    def counts(
        self,
        project: str | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        now: int | None = None,
        types: Mapping[str, ObservationType] | None = None,
    ) -> Counts:
        """How many memories stand where, in one project or all.

        Args:
            weights, types: as in ``inbox`` and ``review``.
            now: Unix ms, for the dates of ``review``; None: this moment.
        """
        moment = time.time_ns() // 1_000_000 if now is None else now
        known = TYPES if types is None else types
        asked = self._asked(project, inbox.LIMIT, weights)
        view = View(project=project, states=frozenset({State.CANDIDATE}))
        return numbers.counts(
            self._conn,
            project,
            inbox=len(asked),
            candidates=self.count(EVERYTHING, view),
            review=review.count(self._conn, project, now=moment, types=known),
            duplicates=proposals.count(self._conn, project),
        )

    def duplicates(
        self, project: str | None = None, *, limit: int = 200
    ) -> "list[proposals.Proposal]":
        """Pairs that say the same, or where one corrects a kept one; newest first."""
        return proposals.duplicates(self._conn, project, limit)

    def related(self, memory: str) -> "list[proposals.Proposal]":
        """Everything proposed about one memory: alike, correcting, revised."""
        return proposals.related(self._conn, memory)

    def relations(self, memory: Memory) -> "list[relations.Relation]":
        """What bears on a memory: replaced, alike, of the same commit or file."""
        return relations.relations(self._conn, memory)

    def review(
        self,
        project: str | None = None,
        *,
        now: int,
        types: Mapping[str, ObservationType] | None = None,
        limit: int = 5_000,
    ) -> "list[review.Due]":
        """Kept memories to look at again: a date came, a file went, or they faded.

        Args:
            now: Unix ms, for the dates that a person set.
            types: those of the config; None: the built-in ones.
        """
        known = TYPES if types is None else types
        return review.due(self._conn, project, now=now, types=known, limit=limit)

    def commits(self, memory: Memory) -> "list[outside.ToldCommit]":
        """The commits that the memory's evidence made, found in a repository or not."""
        return outside.commits(self._conn, memory.agent or "", memory.evidence)

    def feedback(self, memory: Memory) -> "feedback.Feedback":
        """What came of a memory in the sessions that were told it."""
        return feedback.of_memory(self._conn, memory.id)

    def injectable(
        self,
        project: str | None,
        *,
        auto_types: Sequence[str] = (),
        auto_confidence: float = 1.0,
    ) -> list[Memory]:
        """What may be told of a project's own, pins first in their order.

        Kept, neither excluded nor superseded; candidates of ``auto_types`` with at
        least ``auto_confidence`` are in it too.

        Args:
            project: None: what is told beyond any one project: the global memories,
                and those of every group and agent, of which the caller picks.
        """
        return timeline.injectable(
            self._conn,
            project,
            auto_types=auto_types,
            auto_confidence=auto_confidence,
        )

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

    def _asked(
        self, project: str | None, limit: int, weights: Mapping[str, float] | None
    ) -> list[str]:
        """Ids of the inbox; found once for each state of the store."""
        chosen = weights or _WEIGHTS
        version = self.data_version()
        if self._known[0] != version:
            self._known = (version, {})
        key = (project, limit, frozenset(chosen.items()))
        if key not in self._known[1]:
            self._known[1][key] = inbox.ids(
                self._conn, project, limit=limit, weights=chosen
            )
        return self._known[1][key]
