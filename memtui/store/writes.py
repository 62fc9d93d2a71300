"""What ingest writes. ``Store`` owns the one writing connection of a sync.

Everything a batch brings goes in with the checkpoint after it, in one
transaction: a kill in between is a read that has not happened yet.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from memtui.errors import StoreError
from memtui.model import Agent, Fault, Observation, Record, SessionFacts
from memtui.store import archive, candidates, linking
from memtui.store.archive import Place
from memtui.store.connect import open_writer, transaction
from memtui.store.projects import ProjectRoot, project_row

_TRANSCRIPT: Final = "select * from transcript where path = ?"
_TRANSCRIPTS: Final = "select * from transcript order by id"
_MEET: Final = "insert into transcript(agent, path) values (?, ?) returning id"
_ADVANCE: Final = """
    update transcript set
        session_id = coalesce(?, session_id), generation = ?, inode = ?, size = ?,
        mtime_ns = ?, head_hash = ?, tail_hash = ?, offset = ?, line = ?, tail = ?,
        state = ?, reader_version = ?, gone_at = null, quarantined = null
    where id = ?
"""
_FAULT: Final = """
    insert into fault(transcript_id, generation, line, reason)
    select ?, ?, ?, ? where not exists (
        select 1 from fault
        where transcript_id = ? and generation = ? and line is ? and reason = ?)
"""
_REREAD: Final = """
    delete from fault where transcript_id = ? and generation = ? and line >= ?
"""
_DUE: Final = "select id from session where distilled < ? order by ended_at desc"
_GONE: Final = "update transcript set gone_at = ? where path = ? and gone_at is null"
_BACK: Final = "update transcript set gone_at = null where path = ?"
_QUARANTINE: Final = """
    update transcript set quarantined = ?, inode = ?, size = ?, mtime_ns = ?
    where path = ?
"""
_PROJECTS_OF: Final = """
    select distinct p.uuid from json_each(?) wanted
    join session s on s.id = wanted.value
    join project p on p.id = s.project_id
        or p.id in (select project_id from observation where session_id = s.id)
"""
_DELIVERED: Final = """
    insert or ignore into delivery(session_id, record_id, export, at, items)
    select l.session_id, r.id, ?, r.at, ?
    from record r join link l on l.record_id = r.id
    where r.agent = ? and r.native_id = ? and r.part = ? and l.session_id = ?
"""


class Tail(IntEnum):
    """What became of a last line without newline."""

    NONE = 0
    WAITS = 1
    """It may be torn: not kept yet, read again when the file grows or ages."""
    TAKEN = 2
    """It was whole, or it is old: kept, and read again if the file grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a transcript was read, and the marks to know it again by."""

    inode: int = 0
    size: int = 0
    mtime_ns: int = 0
    head_hash: str = ""
    tail_hash: str = ""
    offset: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTranscript:
    """What the store knows of a transcript."""

    id: int
    agent: Agent
    path: str
    session: int | None
    """Row of the session it holds; None: nothing of it was stored."""
    generation: int
    position: Position
    tail: Tail
    state: bytes
    reader_version: int
    gone: bool
    quarantined: str
    """Why it is not read any more; empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a record of kind CONTEXT proves to have reached its session."""

    record: str
    part: int
    export: str
    """Id of the export; empty: another tool's text."""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines of one transcript, in order, and what a reader made of them."""

    agent: Agent
    path: str
    facts: SessionFacts | None = None
    """None: nothing may be stored of the session but how far it was read."""
    records: Sequence[Record] = ()
    faults: Sequence[Fault] = ()
    lines: Sequence[bytes] = ()
    """Complete lines, redacted, newlines included."""
    first_line: int = 1
    last_line: bytes | None = None
    """An unterminated line after those, redacted, if it is to be kept."""
    piece: int | None = None
    """``lines`` is this piece, from 0, of a line too long to be read at once."""
    position: Position = field(default_factory=Position)
    generation: int = 0
    tail: Tail = Tail.NONE
    state: bytes = b""
    reader_version: int = 0
    root: ProjectRoot | None = None
    """Where the session began; None: unresolved."""
    places: Mapping[str, ProjectRoot] = field(default_factory=dict)
    """Roots of folders that the file system placed elsewhere than ``root``."""
    deliveries: Sequence[Delivered] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a batch added that was not there before."""

    transcript: int
    session: int | None
    records: int = 0
    """New records; those that another session already showed are only linked."""
    sessions: int = 0
    """1 when the session got its first conversation record."""
    faults: int = 0
    changed: bool = False
    """Whether the session shows anything it did not show before."""


class Store:
    """The writing side of the store. Belongs to one thread at a time.

    Raises:
        StoreBusy, StoreTooNew, StoreError: as ``connect.open_writer``.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "ingest")
        self._places = linking.PlaceCache()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._conn.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one: all or nothing of this part."""
        whole = self._part if self._conn.in_transaction else self._whole
        try:
            with whole():
                yield
        except sqlite3.Error as error:
            self._places.clear()
            raise StoreError(
                f"The store cannot be written: {error}.", hint="Run: memtui doctor"
            ) from error
        except BaseException:
            self._places.clear()  # rows it remembers may be gone
            raise

    def _whole(self) -> AbstractContextManager[None]:
        return transaction(self._conn)

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
        row = self._conn.execute(_TRANSCRIPT, (path,)).fetchone()
        return None if row is None else known_from(row)

    def transcripts(self) -> list[KnownTranscript]:
        """Every transcript ever read, gone ones too."""
        return [known_from(row) for row in self._conn.execute(_TRANSCRIPTS)]

    def apply(self, batch: Batch) -> Applied:
        """Store a batch and how far the transcript is read with it."""
        with self.transaction():
            known = self._conn.execute(_TRANSCRIPT, (batch.path,)).fetchone()
            transcript = known["id"] if known else self._meet(batch)
            place = Place(transcript, batch.generation)
            session, linked = None, linking.Linked()
            if batch.facts is not None:
                session, linked = self._show(batch, place)
            self._archive(batch, place)
            faults = self._note_faults(batch, place)
            self._advance(batch, transcript, session)
        return Applied(
            transcript=transcript,
            session=session,
            records=linked.records,
            sessions=int(linked.began),
            faults=faults,
            changed=linked.links > 0,
        )

    def _meet(self, batch: Batch) -> int:
        row = self._conn.execute(_MEET, (batch.agent.value, batch.path)).fetchone()
        return int(row[0])

    def _show(self, batch: Batch, place: Place) -> tuple[int, linking.Linked]:
        assert batch.facts is not None
        at = batch.facts.ended_at or 0
        project = project_row(self._conn, batch.root, at) if batch.root else None
        session = linking.put_session(self._conn, batch.facts, project)
        for cwd, root in batch.places.items():
            self._places.projects[cwd] = project_row(self._conn, root, at)
        linked = linking.link_records(
            self._conn, session, place, batch.facts.agent, batch.records, self._places
        )
        self._conn.executemany(
            _DELIVERED,
            (
                (d.export, json.dumps(d.items), batch.agent.value, d.record, d.part,
                 session)
                for d in batch.deliveries
            ),
        )  # fmt: skip
        return session, linked

    def _archive(self, batch: Batch, place: Place) -> None:
        if batch.piece is not None:
            (piece,) = batch.lines
            first = batch.piece == 0
            archive.add_piece(self._conn, place, batch.first_line, piece, first=first)
            return
        archive.append(self._conn, place, batch.first_line, batch.lines)
        if batch.last_line is not None:
            number = batch.first_line + len(batch.lines)
            archive.set_tail(self._conn, place, number, batch.last_line)

    def _note_faults(self, batch: Batch, place: Place) -> int:
        # a line that was torn when it was read last stands below the new ones
        if not batch.piece:
            self._conn.execute(_REREAD, (*place, batch.first_line))
        keys = [(*place, f.line, f.reason) for f in batch.faults]
        noted = self._conn.executemany(_FAULT, ((*key, *key) for key in keys))
        return max(0, noted.rowcount)  # -1 where there was nothing to insert

    def _advance(self, batch: Batch, transcript: int, session: int | None) -> None:
        p = batch.position
        self._conn.execute(
            _ADVANCE,
            (
                session, batch.generation, p.inode, p.size, p.mtime_ns, p.head_hash,
                p.tail_hash, p.offset, p.line, batch.tail, batch.state,
                batch.reader_version, transcript,
            ),
        )  # fmt: skip

    def mark_gone(self, paths: Iterable[str], at: int) -> None:
        """These transcripts are not there any more; what they held stays."""
        with self.transaction():
            self._conn.executemany(_GONE, ((at, path) for path in paths))

    def mark_back(self, paths: Iterable[str]) -> None:
        """These transcripts are there again."""
        with self.transaction():
            self._conn.executemany(_BACK, ((path,) for path in paths))

    def quarantine(self, agent: Agent, path: str, marks: Position, why: str) -> None:
        """Read this transcript no further until its marks change."""
        with self.transaction():
            if self.transcript(path) is None:
                self._conn.execute(_MEET, (agent.value, path))
            row = (why, marks.inode, marks.size, marks.mtime_ns, path)
            self._conn.execute(_QUARANTINE, row)

    def projects_of(self, sessions: Iterable[int]) -> set[str]:
        """UUIDs of the projects that these sessions and their memories belong to."""
        found = self._conn.execute(_PROJECTS_OF, (json.dumps(list(sessions)),))
        return {row[0] for row in found}

    def due(self, distiller_version: int) -> list[int]:
        """Sessions, newest first, that this distiller has not seen whole."""
        return [row[0] for row in self._conn.execute(_DUE, (distiller_version,))]

    def session_facts(self, session: int) -> SessionFacts:
        """What the store holds of a session, as a reader would state it."""
        return linking.facts_of(self._conn, session)

    def session_records(self, session: int) -> list[Record]:
        """Every record the session shows, in order."""
        return linking.records_of(self._conn, session)

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
                self._conn, session, observations, distiller_version
            )


def known_from(row: sqlite3.Row) -> KnownTranscript:
    """A transcript's row as a value."""
    return KnownTranscript(
        id=row["id"],
        agent=Agent(row["agent"]),
        path=row["path"],
        session=row["session_id"],
        generation=row["generation"],
        position=Position(
            inode=row["inode"],
            size=row["size"],
            mtime_ns=row["mtime_ns"],
            head_hash=row["head_hash"],
            tail_hash=row["tail_hash"],
            offset=row["offset"],
            line=row["line"],
        ),
        tail=Tail(row["tail"]),
        state=row["state"] or b"",
        reader_version=row["reader_version"],
        gone=row["gone_at"] is not None,
        quarantined=row["quarantined"] or "",
    )
