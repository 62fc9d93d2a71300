"""``StoreView``: everything that screens, commands and MCP read, on one connection.

The SQL lies beside the functions that ask it: ``timeline`` (memories),
``find`` (search), ``sessions`` (sessions and turns), ``numbers`` (counts and
projects), ``journal``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from memtui.model import Evidence, Memory, Project, Session, State, Turn
from memtui.search.grammar import EVERYTHING, Query
from memtui.store import (
    archive,
    find,
    journal,
    numbers,
    sessions,
    surroundings,
    timeline,
)
from memtui.store.connect import open_reader
from memtui.store.evidence import raw_line_of
from memtui.store.filters import ALL_STATES, OPEN_STATES, Anchor, View
from memtui.store.find import Hit, HitKind
from memtui.store.journal import JournalEntry
from memtui.store.numbers import Counts, StoredFault
from memtui.store.sessions import Delivery
from memtui.store.timeline import INBOX_LIMIT, Group

__all__ = [
    "ALL_STATES", "EVERYTHING", "OPEN_STATES", "Anchor", "Counts", "Delivery", "Group",
    "Hit", "HitKind", "JournalEntry", "StoreView", "StoredFault", "View",
]  # fmt: skip

_STEPS: int = 2_000
"""Virtual machine steps between two looks at whether a read is still wanted."""


class StoreView:
    """A read-only look at the store. Belongs to one thread at a time.

    Raises:
        StoreError: there is no store at ``path``, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._conn = open_reader(path)

    def close(self) -> None:
        """Give the file back."""
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def until(self, stop: Callable[[], bool]) -> Iterator[None]:
        """Reads inside end in ``sqlite3.OperationalError`` once ``stop()`` holds."""
        self._conn.set_progress_handler(lambda: int(stop()), _STEPS)
        try:
            yield
        finally:
            self._conn.set_progress_handler(None, 0)

    def interrupt(self) -> None:
        """Stop the read that another thread runs on this view, if one runs."""
        self._conn.interrupt()

    def data_version(self) -> int:
        """Another number than before: some other connection has written."""
        (version,) = self._conn.execute("pragma data_version").fetchone()
        return int(version)

    # memories

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

    def group_memories(
        self,
        query: Query,
        view: View,
        group: Group,
        *,
        tz_ms: int = 0,
        before: Anchor | None = None,
        limit: int = 200,
    ) -> list[Memory]:
        """The next window down within one group of ``groups``, newest first."""
        return timeline.newest_of_group(
            self._conn, query, view, group, tz_ms=tz_ms, before=before, limit=limit
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
        self, query: Query = EVERYTHING, view: View | None = None, *, tz_ms: int = 0
    ) -> list[Group]:
        """Headers of the timeline: a session on a local day, newest first."""
        return timeline.groups(self._conn, query, view or View(), tz_ms=tz_ms)

    def memory(self, id_or_prefix: str) -> Memory:
        """One memory by its id or the only id that begins so; else NotFound."""
        return timeline.by_id(self._conn, id_or_prefix)

    def memories_by_id(self, ids: Sequence[str]) -> list[Memory]:
        """Memories in the order asked; ids that do not exist are left out."""
        return timeline.by_ids(self._conn, ids)

    def inbox(
        self,
        project: str | None = None,
        limit: int = INBOX_LIMIT,
        *,
        weights: Mapping[str, float] | None = None,
    ) -> list[Memory]:
        """Candidates worth a decision, best first, at most ``limit`` a project.

        Args:
            weights: injection weight by type; None: those of the built-in types.
        """
        chosen = weights or timeline.built_in_weights()
        return timeline.inbox(self._conn, project, limit=limit, weights=chosen)

    def backlog(
        self,
        project: str | None = None,
        *,
        before: Anchor | None = None,
        limit: int = 200,
        weights: Mapping[str, float] | None = None,
    ) -> list[Memory]:
        """Candidates that the inbox does not ask about, newest first."""
        asked = {m.id for m in self.inbox(project, weights=weights)}
        view = View(project=project, states=frozenset({State.CANDIDATE}))
        found = self.memories(view=view, before=before, limit=limit + len(asked))
        return [m for m in found if m.id not in asked][:limit]

    def injectable(
        self,
        project: str | None,
        *,
        groups: Sequence[str] = (),
        auto_types: Sequence[str] = (),
        auto_confidence: float = 1.0,
    ) -> list[Memory]:
        """Everything that may be told in a project, pins first in their order.

        Kept, neither excluded nor superseded, of the project itself, of the named
        groups, global, or of any agent (the caller picks the agent). Candidates of
        ``auto_types`` with at least ``auto_confidence`` are in it too.
        """
        return timeline.injectable(
            self._conn,
            project,
            groups=groups,
            auto_types=auto_types,
            auto_confidence=auto_confidence,
        )

    # search

    def search(
        self, query: Query, view: View | None = None, limit: int = 50
    ) -> list[Hit]:
        """Memories and turns together, best first; without words, newest first."""
        return find.ranked(self._conn, query, view or View(), limit)

    def search_typing(
        self, query: Query, view: View | None = None, limit: int = 50
    ) -> list[Hit]:
        """Memories and turns, newest first; the last word may be unfinished."""
        return find.typing(self._conn, query, view or View(), limit)

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
    ) -> list[Turn]:
        """Turns of a session in order, from number ``first`` on.

        Turn 0 is what stands before the first prompt. ``around`` puts that turn in
        the middle instead.
        """
        if around is not None:
            first = max(0, around - limit // 2)
        return sessions.turns(self._conn, session, first=first, limit=limit)

    def last_turn(self, session: Session | str) -> int:
        """The number of a session's last turn."""
        return sessions.last_turn(self._conn, session)

    def turn_of(self, evidence: Evidence) -> Turn:
        """The turn that holds a piece of evidence; NotFound where none does."""
        return sessions.turn_of(self._conn, evidence)

    def deliveries(self, session: Session | str) -> list[Delivery]:
        """What a session received, by its own transcript."""
        return sessions.deliveries(self._conn, session)

    def raw_lines(self, session: Session | str) -> Iterator[bytes]:
        """The source lines of a session, newline included, as archived."""
        rowid = sessions.rowid(self._conn, session)
        return archive.raw_session(self._conn, rowid)

    def raw_line_of(self, evidence: Evidence) -> bytes | None:
        """The source line of a piece of evidence; None where none is kept."""
        return raw_line_of(self._conn, evidence)

    # projects and numbers

    def projects(self) -> list[Project]:
        """Every project, the last active first."""
        return numbers.projects(self._conn)

    def project_at(self, path: Path | str) -> Project | None:
        """The project with the longest known root that is ``path`` or above it."""
        return numbers.project_at(self._conn, path)

    def project_of_root(self, root: str) -> Project | None:
        """The project with exactly this root or git directory, never a parent's."""
        return surroundings.project_of_root(self._conn, root)

    def places(
        self, projects: Collection[str] | None = None
    ) -> list[surroundings.KnownPlace]:
        """Projects with every folder they are known by; all, or these UUIDs."""
        return surroundings.places(self._conn, projects)

    def surroundings(self, project: Project) -> surroundings.Surroundings:
        """Branches, newest sessions and their files: what work goes on there."""
        return surroundings.surroundings(self._conn, project)

    def counts(
        self,
        project: str | None = None,
        *,
        weights: Mapping[str, float] | None = None,
    ) -> Counts:
        """How many memories stand where, in one project or all."""
        inbox = len(self.inbox(project, weights=weights))
        return numbers.counts(self._conn, project, inbox)

    def stats(self) -> dict[str, Any]:
        """The object of ``memtui stats --json``."""
        return numbers.stats(self._conn, self._path)

    def faults(self, limit: int = 200) -> list[StoredFault]:
        """What could not be read, the newest transcripts first."""
        return numbers.faults(self._conn, limit)

    def journal(
        self, limit: int = 50, *, before: int | None = None
    ) -> list[JournalEntry]:
        """Curation acts, the last one first."""
        return journal.entries(self._conn, limit=limit, before=before)
