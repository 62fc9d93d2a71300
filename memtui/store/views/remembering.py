"""Reading memories: the timeline, the inbox, what is told."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from memtui.later import later
from memtui.model import TYPES, Memory, ObservationType, State
from memtui.search.grammar import EVERYTHING, Query
from memtui.store.reading import Reading
from memtui.store.search.filters import Anchor, View
from memtui.store.views import inbox, numbers, timeline
from memtui.store.views.numbers import Counts
from memtui.store.views.timeline import Group
from memtui.store.views.zone import UTC, Zone

if TYPE_CHECKING:  # what is asked after the first paint
    from memtui.store.purge import tombs
    from memtui.store.views import feedback, outside, proposals, relations, review
else:
    tombs = later("memtui.store.purge.tombs")
    feedback = later("memtui.store.views.feedback")
    outside = later("memtui.store.views.outside")
    proposals = later("memtui.store.views.proposals")
    relations = later("memtui.store.views.relations")
    review = later("memtui.store.views.review")

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

    def purged(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these ids of which a person removed every trace."""
        return tombs.purged(self._conn, ids)

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

    def gone(self, memory: Memory) -> list[str]:
        """Files and names of code that the memory names and that are gone."""
        return review.gone_of(self._conn, memory.id)

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
        team: bool = False,
    ) -> list[Memory]:
        """What may be told of a project's own, pins first in their order.

        Kept, neither excluded nor superseded; candidates of ``auto_types`` with at
        least ``auto_confidence`` are in it too.

        Args:
            project: None: what is told beyond any one project: the global memories,
                and those of every group and agent, of which the caller picks.
            team: what was pulled of a team's files too, kept or not.
        """
        return timeline.injectable(
            self._conn,
            project,
            auto_types=auto_types,
            auto_confidence=auto_confidence,
            team=team,
        )

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
