"""What ingest writes. ``Store`` owns the one writing connection of a sync.

Everything a batch brings goes in with the checkpoint after it, in one
transaction: a kill in between is a read that has not happened yet.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from memtui.model import Agent
from memtui.records import Observation, SessionFacts
from memtui.store import room
from memtui.store.closing import Closing
from memtui.store.connect import open_writer, transaction, trouble
from memtui.store.ingest import (
    archive,
    arranging,
    candidates,
    facts,
    faults,
    inherited,
    left_out,
    linking,
    naming,
    retelling,
    transcripts,
    voiding,
)
from memtui.store.ingest.archive import Kept, Place
from memtui.store.ingest.asked import Asked
from memtui.store.ingest.batch import (
    Applied,
    Batch,
    Delivered,
    KnownTranscript,
    Position,
    Tail,
    Unstorable,
)
from memtui.store.ingest.projects import ProjectRoot, project_row
from memtui.store.ingest.records import Key, PlaceCache
from memtui.store.ingest.restating import Restating
from memtui.store.search.pending import PendingDocs
from memtui.store.views import outside

__all__ = [
    "Applied",
    "Batch",
    "Delivered",
    "KnownTranscript",
    "Position",
    "ProjectRoot",
    "Store",
    "Tail",
    "Unstorable",
]

_OF_WHAT_IS_SAID: Final = (sqlite3.IntegrityError, sqlite3.DataError)
"""Errors that another transcript need not meet."""

_DELIVERED: Final = """
    insert or ignore into delivery(session_id, record_id, export, at, items)
    select ?, r.id, ?, r.at, ? from record r
    where r.agent = ? and r.native_id = ? and r.part = ?
"""


class Store(Closing, Asked, Restating):
    """The writing side of the store. Belongs to one thread at a time.

    Raises:
        StoreBusy, StoreTooNew, StoreError: as ``connect.open_writer``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._conn = open_writer(path, self._purpose)
        self._places = PlaceCache()
        self._index = PendingDocs()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one: all or nothing of this part.

        Raises:
            Unstorable: of a part, where it is what is to be written that is wrong.
            StoreError: the store cannot be written.
        """
        mark = self._index.mark()
        is_part = self._conn.in_transaction
        try:
            with self._part() if is_part else self._whole():
                yield
        except sqlite3.Error as error:
            self._forget(mark)
            if is_part and isinstance(error, _OF_WHAT_IS_SAID):
                raise Unstorable(str(error)) from error
            raise trouble(self._path, error) from error
        except BaseException:
            self._forget(mark)
            raise

    @contextmanager
    def counting_late(self) -> Iterator[None]:
        """A run of many transactions, which calls ``rest`` at its end."""
        self._index.terms.is_late = True
        try:
            yield
        finally:
            self._index.terms.is_late = False

    def rest(self) -> None:
        """Write how often words were met; give back the room that nothing takes."""
        if not self._index.terms.is_settled:
            with self.transaction():
                self._index.terms.settle(self._conn)
        while room.is_idle(self._conn):
            with self.transaction():
                room.give_back(self._conn)

    def _forget(self, mark: int) -> None:
        self._places.clear()  # rows it remembers may be gone
        self._index.back_to(mark)
        if not self._conn.in_transaction:
            self._index.terms.forget()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        with transaction(self._conn):
            yield
            self._index.flush(self._conn)

    @contextmanager
    def _part(self) -> Iterator[None]:
        self._conn.execute("savepoint part")
        try:
            yield
        except BaseException:
            if self._conn.in_transaction:
                self._conn.execute("rollback to part")
                self._conn.execute("release part")
            raise
        self._conn.execute("release part")

    def transcript(self, path: str) -> KnownTranscript | None:
        """What is known of the transcript at this path."""
        return transcripts.by_path(self._conn, path)

    def apply(self, batch: Batch) -> Applied:
        """Store a batch and how far the transcript is read with it."""
        with self.transaction():
            transcript = transcripts.meet(self._conn, batch.agent, batch.path)
            place = Place(transcript, batch.generation)
            session, linked = None, linking.Linked()
            if batch.facts is not None and batch.facts.is_aside:
                session = facts.entitle(self._conn, batch.facts)
                transcripts.set_aside(self._conn, transcript)
            elif batch.facts is not None:
                session, linked = self._show(batch, batch.facts, place)
            if not batch.anew:
                transcripts.keep_lines(self._conn, place, batch)
            faulty = faults.note(self._conn, place, batch)
            left_out.note(self._conn, batch.left_out)
            transcripts.advance(self._conn, transcript, batch, session)
            began = transcripts.note_talk(self._conn, transcript, batch)
            if session is not None and not batch.anew:
                inherited.join(self._conn, session)
        return Applied(
            transcript=transcript,
            session=session,
            records=linked.records,
            sessions=int(began),
            length=linked.length,
            faults=faulty,
            changed=linked.links > 0 or linked.changed,
            numbered_on=linked.numbered_on,
            rows=linked.rows,
            taken=linked.taken,
        )

    def _show(
        self, batch: Batch, learnt: SessionFacts, place: Place
    ) -> tuple[int, linking.Linked]:
        at, since, root = learnt.ended_at or 0, learnt.started_at or 0, batch.root
        project = project_row(self._conn, root, at, since) if root else None
        session = facts.put_session(self._conn, learnt, project)
        if learnt.base:
            inherited.note(self._conn, session, learnt.base, learnt.base_end)
        for cwd, root in batch.places.items():
            self._places.projects[cwd] = project_row(self._conn, root, at, since)
        linked = self._link(session, place, batch)
        agent = batch.agent.value
        told = (
            (session, d.export, json.dumps(d.items), agent, d.record, d.part)
            for d in batch.deliveries
        )
        self._conn.executemany(_DELIVERED, told)
        return session, linked

    def _link(self, session: int, place: Place, batch: Batch) -> linking.Linked:
        conn, places, index = self._conn, self._places, self._index
        if batch.retold is not None and batch.retold.order is not None:
            return arranging.arrange(conn, session, batch, batch.retold.order, index)
        if batch.retold is not None:
            return retelling.retell(
                conn, session, place, batch, batch.retold, places, index
            )
        dropped = set[int]()
        if batch.void:
            dropped = voiding.forget(conn, session, place, batch, places, index)
        linked = linking.link_records(
            conn, session, place, batch.agent, batch.records, places, index,
            anew=batch.anew,
        )  # fmt: skip
        if dropped:
            taken = dropped if batch.anew else ()
            linked = replace(linked, changed=True, taken=taken)
        if linked.links and place.generation:
            retelling.put_in_order(conn, session, place, linked.links)
        return linked

    def archived(self, transcript: int) -> Iterator[tuple[int, Kept]]:
        """Every reading of a transcript that is kept, oldest first, with its lines."""
        for generation in archive.generations(self._conn, transcript):
            yield generation, Kept(self._conn, Place(transcript, generation))

    def mark_gone(self, paths: Iterable[str], at: int) -> None:
        """These transcripts are not there any more; what they held stays."""
        with self.transaction():
            transcripts.mark_gone(self._conn, paths, at)

    def take_back(self, path: str, only: Collection[Key] | None = None) -> None:
        """What this transcript told is told elsewhere: it stays, and is not shown."""
        with self.transaction():
            known = self.transcript(path)
            if known is not None and known.session is not None:
                retelling.unshow(
                    self._conn, known.session, known, self._places, self._index, only
                )

    def begin(self, back: Iterable[str], rules_off: Iterable[str]) -> None:
        """Transcripts that are there again; all sessions are due to other rules.

        From now on somebody is to look outside, even if this run ends before it can.
        """
        with self.transaction():
            outside.owe_a_look(self._conn)
            transcripts.mark_back(self._conn, back)
            candidates.distil_without(self._conn, rules_off)

    def move(self, old: str, new: str, session: str) -> None:
        """The transcript at ``old`` is at ``new`` now, and names its session so."""
        with self.transaction():
            transcripts.move(self._conn, old, new, session)

    def quarantine(
        self, agent: Agent, path: str, marks: Position, why: str, version: int
    ) -> None:
        """Read this transcript no further until its marks or its reader change."""
        with self.transaction():
            transcripts.meet(self._conn, agent, path)
            transcripts.quarantine(self._conn, path, marks, why, version)

    def note_database(self, path: str, marks: Position) -> None:
        """All that a database of transcripts holds was read at these marks."""
        with self.transaction():
            transcripts.note_database(self._conn, path, marks)

    def note_history(self, path: str, again: int) -> None:
        """A history was read; when to look into it again, Unix milliseconds."""
        with self.transaction():
            transcripts.note_history(self._conn, path, again)

    def place(self, session: int, folder: str, root: ProjectRoot) -> None:
        """A session without a project was held in this folder."""
        with self.transaction():
            facts.place(self._conn, session, folder, root)

    def name_by_messages(self, agent: Agent) -> set[int]:
        """Let sessions have the titles that others' transcripts give; which ones."""
        with self.transaction():
            return naming.name_by_messages(self._conn, agent.value)

    def mark_distilled(self, session: int, distiller_version: int) -> None:
        """Leave a session's observations as they are, whatever is new in it."""
        with self.transaction():
            self._conn.execute(candidates.SEEN, (distiller_version, session))

    def replace_observations(
        self, session: int, observations: Sequence[Observation], distiller_version: int
    ) -> int:
        """State anew what a session's records show; the number of new ids.

        What a person acted on stays as it is. Sessions that share a record
        with something no longer claimed here become due again.
        """
        with self.transaction():
            return candidates.replace(
                self._conn, session, observations, distiller_version, self._index
            )
