"""``StoreView``: everything that screens, commands and MCP read, on one connection.

The SQL lies beside the functions that ask it: ``timeline`` and ``inbox``
(memories), ``find`` (search), ``sessions`` (sessions and turns), ``numbers``
(counts and projects), ``journal``.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from memtui.errors import MemtuiError
from memtui.later import later, names_later
from memtui.model import Evidence, Project, Session
from memtui.search.grammar import EVERYTHING, Query
from memtui.store.compress.model_reading import ModelReading
from memtui.store.search.filters import ALL_STATES, OPEN_STATES, Anchor, View
from memtui.store.search.searching import SearchReading
from memtui.store.views import numbers, sessions
from memtui.store.views.numbers import Counts, StoredFault
from memtui.store.views.sessions import Delivery
from memtui.store.views.timeline import Group
from memtui.store.views.zone import Zone, local_zone

if TYPE_CHECKING:  # what is asked after the first paint
    from memtui.records import Turn
    from memtui.search.meaning import Embedder
    from memtui.store.curate import journal
    from memtui.store.curate.journal import JournalEntry
    from memtui.store.ingest import readings
    from memtui.store.moving import conflicts
    from memtui.store.moving.conflicts import OpenConflict
    from memtui.store.purge import aging
    from memtui.store.search import matching, sessions_found
    from memtui.store.search.hits import Hit, HitKind
    from memtui.store.views import evidence, likeness, sizes, surroundings, turns
    from memtui.store.views.outside import ToldCommit
    from memtui.store.views.proposals import Proposal, ProposalKind
    from memtui.store.views.relations import Relation, RelationKind
    from memtui.store.views.review import Due, Reason
else:
    conflicts = later("memtui.store.moving.conflicts")
    evidence = later("memtui.store.views.evidence")
    journal = later("memtui.store.curate.journal")
    aging = later("memtui.store.purge.aging")
    likeness = later("memtui.store.views.likeness")
    matching = later("memtui.store.search.matching")
    readings = later("memtui.store.ingest.readings")
    sessions_found = later("memtui.store.search.sessions_found")
    sizes = later("memtui.store.views.sizes")
    surroundings = later("memtui.store.views.surroundings")
    turns = later("memtui.store.views.turns")

__all__ = [
    "ALL_STATES", "EVERYTHING", "OPEN_STATES", "Anchor", "Counts", "Delivery", "Due",
    "Group", "Hit", "HitKind", "JournalEntry", "OpenConflict", "Proposal",
    "ProposalKind", "Reason", "Relation", "RelationKind", "StoreView", "StoredFault",
    "ToldCommit", "View", "Zone", "local_zone",
]  # fmt: skip

_FROM: Final = {
    "Due": "views.review", "Reason": "views.review",
    "Hit": "search.hits", "HitKind": "search.hits",
    "JournalEntry": "curate.journal",
    "OpenConflict": "moving.conflicts",
    "Proposal": "views.proposals", "ProposalKind": "views.proposals",
    "Relation": "views.relations", "RelationKind": "views.relations",
    "ToldCommit": "views.outside",
}  # fmt: skip
__getattr__ = names_later(
    __name__, {name: f"memtui.store.{module}" for name, module in _FROM.items()}
)


class StoreView(ModelReading, SearchReading):
    """A read-only look at the store. Belongs to one thread at a time.

    Raises:
        StoreError: there is no store at ``path``, or it cannot be read.
    """

    # sessions

    def sessions(
        self,
        query: Query = EVERYTHING,
        view: View | None = None,
        *,
        before: Anchor | None = None,
        limit: int = 200,
    ) -> list[Session]:
        """The next window of sessions, the last active first."""
        view = view or View()
        return sessions.newest(self._conn, query, view, before=before, limit=limit)

    def best_sessions(
        self, query: Query, view: View | None = None, limit: int = 50
    ) -> list[Session]:
        """Sessions that hold the query's words, by their best rows, best first."""
        return sessions_found.found(self._conn, query, view or View(), limit)

    def session(self, native_id: str) -> Session:
        """One session by its id or the only id that begins so; else NotFound."""
        return sessions.by_native(self._conn, native_id)

    def subagents(self, session: Session | str) -> list[Session]:
        """The sessions that a session started, in their order."""
        return sessions.children(self._conn, session)

    def turns(
        self,
        session: Session | str,
        *,
        around: int | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> "list[Turn]":
        """Turns of a session in order, from number ``first`` on.

        Turn 0 is what stands before the first prompt. ``around`` puts that turn in
        the middle instead.
        """
        if around is not None:
            first = max(0, around - limit // 2)
        return turns.turns(self._conn, session, first=first, limit=limit)

    def prompts(
        self, session: Session | str, *, most: int = 400
    ) -> list[tuple[int, str]]:
        """Every prompt of a session, by turn: at most so many characters of each."""
        return sessions.prompts(self._conn, session, most=most)

    def turn_times(self, session: Session | str) -> list[int | None]:
        """When each turn of a session began, UTC ms; None where no record says."""
        return sessions.turn_times(self._conn, session)

    def last_turn(self, session: Session | str) -> int:
        """The number of a session's last turn."""
        return sessions.last_turn(self._conn, session)

    def turn_of(self, evidence: Evidence) -> "Turn":
        """The turn that holds a piece of evidence; NotFound where none does."""
        return turns.turn_of(self._conn, evidence)

    def deliveries(self, session: Session | str) -> list[Delivery]:
        """What a session received, by its own transcript."""
        return sessions.deliveries(self._conn, session)

    def raw_lines(
        self, session: Session | str, *, every: bool = False
    ) -> Iterator[bytes]:
        """The source lines of a session, newline included, as ``raw_session``."""
        rowid = sessions.rowid(self._conn, session)
        return readings.raw_session(self._conn, rowid, every=every)

    def output_of(self, path: str) -> Iterator[bytes]:
        """All that a tool printed, from the file that ``Record.output`` names."""
        return readings.raw_file(self._conn, path)

    def raw_line_of(self, piece: Evidence) -> bytes | None:
        """The source line of a piece of evidence; None where none is kept."""
        return evidence.raw_line_of(self._conn, piece)

    def records_matching(self, query: Query, view: View) -> list[int]:
        """Rows of records that hold the query's words as they are written."""
        return matching.records_matching(self._conn, query, view)

    def memories_matching(self, query: Query, view: View) -> list[str]:
        """Ids of memories that do."""
        return matching.memories_matching(self._conn, query, view)

    # by meaning

    def embedder(self) -> "Embedder":
        """The model that searches by meaning, loaded.

        Raises:
            MemtuiError: nothing has a vector yet, or the extra is not installed.
        """
        if not self.has_vectors:
            raise MemtuiError(
                "No memory has a vector yet.", hint="memtui meaning makes them."
            )
        from memtui.search.meaning import Embedder

        return Embedder()

    # projects and numbers

    def projects(self) -> list[Project]:
        """Every project, the last active first."""
        return numbers.projects(self._conn)

    def listed_projects(self) -> "list[likeness.ListedProject]":
        """The same with every folder and name they are known by."""
        return likeness.listed(self._conn)

    def same_projects(self) -> "list[likeness.SameProject]":
        """Pairs of projects that may be one, to be decided about."""
        return likeness.same_projects(self._conn)

    def project_at(self, path: Path | str) -> Project | None:
        """The project with the longest known root that is ``path`` or above it."""
        return numbers.project_at(self._conn, path)

    def project_of_root(self, root: str) -> Project | None:
        """The project with exactly this root or git directory, never a parent's."""
        return surroundings.project_of_root(self._conn, root)

    def places(
        self, projects: Collection[str] | None = None
    ) -> "list[surroundings.KnownPlace]":
        """Projects with every folder they are known by; all, or these UUIDs."""
        return surroundings.places(self._conn, projects)

    def surroundings(self, project: Project) -> "surroundings.Surroundings":
        """Branches, newest sessions and their files: what work goes on there."""
        return surroundings.surroundings(self._conn, project)

    def sizes(self) -> "sizes.Sizes":
        """Where the bytes of the store are."""
        return sizes.sizes(self._conn, self._path)

    def aged(self, project: str, before: int) -> list[str]:
        """Sessions (native ids) of a project (UUID) that ended before a time.

        Oldest first, without those of which anything was decided; an empty project:
        sessions that belong to none.
        """
        return aging.due(self._conn, project, before)

    def stats(self) -> dict[str, Any]:
        """The object of ``memtui stats --json``."""
        return numbers.stats(self._conn, self._path)

    def faults(self, limit: int = 200) -> list[StoredFault]:
        """What could not be read, the newest transcripts first."""
        return numbers.faults(self._conn, limit)

    def conflict_count(self) -> int:
        """How many ``conflicts`` there are."""
        return numbers.conflicts(self._conn)

    def conflicts(self) -> "list[OpenConflict]":
        """Where another machine said something else, the newest first."""
        return conflicts.open_conflicts(self._conn)

    def journal(
        self, limit: int = 50, *, before: int | None = None
    ) -> "list[JournalEntry]":
        """Curation acts, the last one first."""
        return journal.entries(self._conn, limit=limit, before=before)
