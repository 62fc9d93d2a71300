"""Sessions and their records: each record stored once, linked where it shows.

Forks and resumed sessions copy history. A record that is already known is not
stored again, only linked to the session that shows it too.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from memtui.model import Agent, Record, RecordKind
from memtui.search.prepare import record_text
from memtui.store.archive import Place
from memtui.store.docs import RecordDoc
from memtui.store.facts import storable
from memtui.store.pending import PendingDocs
from memtui.store.rows import detail_column, record_from

ASIDE: Final = frozenset({RecordKind.TITLE, RecordKind.CONTEXT})
"""Kinds that make no conversation: a session of these alone is empty."""

_COUNTED: Final = """
    update session set turns = ?, records = records + ?, distilled = 0 where id = ?
"""
_KNOWN: Final = """
    select r.native_id, r.part, r.id from json_each(?) wanted
    cross join record r on r.agent = ? and r.native_id = wanted.value
"""
_COUNTS: Final = """
    select turns, records,
        (select max(seq) from link where session_id = s.id and seq >= 0)
    from session s where id = ?
"""
_LINKS: Final = """
    select l.record_id, l.seq, l.transcript_id, l.generation from json_each(?) wanted
    cross join link l on l.record_id = wanted.value and l.session_id = ?
"""
_NEW_RECORD: Final = """
    insert into record(id, agent, native_id, part, kind, at, place_id, text, detail)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_NEW_LINK: Final = """
    insert into link(session_id, seq, record_id, turn, transcript_id, generation, line)
    values (?, ?, ?, ?, ?, ?, ?)
"""
_STORED: Final = """
    select r.id, r.kind, r.at, r.place_id, r.text, r.detail from json_each(?) wanted
    cross join record r on r.id = wanted.value
"""
_REWRITE: Final = """
    update record set kind = ?, at = ?, place_id = ?, text = ?, detail = ? where id = ?
"""
_MOVE_LINK: Final = """
    update link set transcript_id = ?, generation = ?, line = ?
    where session_id = ? and seq = ?
"""
_PLACE: Final = """
    insert into place(cwd, branch, project_id) values (?, ?, ?)
    on conflict(cwd, branch) do update set
        project_id = coalesce(excluded.project_id, project_id)
    returning id
"""
_RECORDS_OF: Final = """
    select r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line, p.cwd, p.branch
    from link l join record r on r.id = l.record_id
    left join place p on p.id = r.place_id
    where l.session_id = ? and l.seq >= ? order by l.seq limit ?
"""


@dataclass(slots=True)
class PlaceCache:
    """Rows of places met so far, good until a transaction is rolled back."""

    projects: dict[str, int] = field(default_factory=dict)
    """Project of a folder that is not its session's."""
    rows: dict[tuple[str, str], int] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget the rows: they may not exist."""
        self.projects.clear()
        self.rows.clear()

    def row(self, conn: sqlite3.Connection, cwd: str, branch: str) -> int | None:
        """The place of a record; None where it names none."""
        if not cwd and not branch:
            return None
        if (found := self.rows.get((cwd, branch))) is None:
            project = self.projects.get(cwd)
            (found,) = conn.execute(_PLACE, (cwd, branch, project)).fetchone()
            self.rows[(cwd, branch)] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What linking a batch of records added."""

    records: int = 0
    links: int = 0
    began: bool = False
    """The session had no conversation before."""
    length: int = 0
    """Conversation records that it shows now."""


class _Link(NamedTuple):
    seq: int
    transcript: int | None
    generation: int


def records_of(
    conn: sqlite3.Connection, session: int, start: int = 0, limit: int = -1
) -> list[Record]:
    """A session's own records, in order, from a place in it on."""
    rows = conn.execute(_RECORDS_OF, (session, start, limit))
    return [record_from(row) for row in rows]


def link_records(
    conn: sqlite3.Connection,
    session: int,
    place: Place,
    agent: Agent,
    records: Sequence[Record],
    places: PlaceCache,
    index: PendingDocs,
    *,
    anew: bool = False,
) -> Linked:
    """Store what is new of a batch and link all of it to its session.

    Args:
        index: gets what search will find.
        anew: a newer reader states known records again: they say this now.
    """
    if not records:
        return Linked()
    rows = _known_rows(conn, agent, records)
    known = set(rows.values())
    fresh = _new_records(conn, rows, records)
    _insert(conn, agent, fresh, places)
    restated = _rewrite(conn, rows, known, records, places) if anew else {}
    links = _known_links(conn, session, known)
    turns, count, last = conn.execute(_COUNTS, (session,)).fetchone()
    shown = _Shown(session, place, turns, -1 if last is None else last)
    for record in records:
        shown.take(record, rows[_key(record)], links)
    conn.executemany(_NEW_LINK, shown.new)
    conn.executemany(_MOVE_LINK, shown.moved)
    if shown.new:
        conn.execute(_COUNTED, (shown.turn, shown.talk, session))
    index.mask_records(restated)
    index.add_records(_docs(session, fresh | restated))
    return Linked(
        records=len(fresh),
        links=len(shown.new),
        began=count == 0 and shown.talk > 0,
        length=count + shown.talk,
    )


def _storable_record(record: Record) -> Record:
    text = storable(record.text)
    return record if text is record.text else replace(record, text=text)


class _Shown:
    """Links of one batch in the making: order, turn, and what moved."""

    def __init__(self, session: int, place: Place, turn: int, seq: int) -> None:
        self.session = session
        self.place = place
        self.turn = turn
        self.seq = seq
        self.talk = 0
        self.new: list[tuple[int, int, int, int, int, int, int | None]] = []
        self.moved: list[tuple[int, int, int | None, int, int]] = []
        self._prompt = ""

    def take(self, record: Record, row: int, links: dict[int, _Link]) -> None:
        if (link := links.get(row)) is not None:
            if link.transcript is None or (
                link.transcript == self.place.transcript
                and link.generation < self.place.generation
            ):
                self.moved.append((*self.place, record.line, self.session, link.seq))
                links[row] = _Link(link.seq, *self.place)
            return
        if record.kind is RecordKind.PROMPT and record.native_id != self._prompt:
            self.turn += 1
            self._prompt = record.native_id
        self.seq += 1
        self.talk += record.kind not in ASIDE
        self.new.append(
            (self.session, self.seq, row, self.turn, *self.place, record.line)
        )
        links[row] = _Link(self.seq, *self.place)


def _key(record: Record) -> tuple[str, int]:
    return (record.native_id, record.part)


def _known_rows(
    conn: sqlite3.Connection, agent: Agent, records: Iterable[Record]
) -> dict[tuple[str, int], int]:
    wanted = json.dumps(list({record.native_id for record in records}))
    found = conn.execute(_KNOWN, (wanted, agent.value))
    return {(native_id, part): row for native_id, part, row in found}


def _new_records(
    conn: sqlite3.Connection,
    rows: dict[tuple[str, int], int],
    records: Iterable[Record],
) -> dict[int, Record]:
    (last,) = conn.execute("select coalesce(max(id), 0) from record").fetchone()
    fresh: dict[int, Record] = {}
    for record in records:
        key = _key(record)
        if key not in rows:
            last += 1
            rows[key] = last
            fresh[last] = _storable_record(record)
    return fresh


def _insert(
    conn: sqlite3.Connection, agent: Agent, fresh: dict[int, Record], places: PlaceCache
) -> None:
    conn.executemany(
        _NEW_RECORD,
        [
            (row, agent.value, r.native_id, r.part, *_said(conn, r, places))
            for row, r in fresh.items()
        ],
    )


def _rewrite(
    conn: sqlite3.Connection,
    rows: dict[tuple[str, int], int],
    known: set[int],
    records: Iterable[Record],
    places: PlaceCache,
) -> dict[int, Record]:
    """Known records that say something else now, rewritten."""
    wanted = (json.dumps(list(known)),)
    stored = {row: tuple(said) for row, *said in conn.execute(_STORED, wanted)}
    restated: dict[int, Record] = {}
    for record in records:
        row = rows[_key(record)]
        if row in stored and stored.pop(row) != _said(conn, record, places):
            restated[row] = _storable_record(record)
    conn.executemany(
        _REWRITE, [(*_said(conn, r, places), row) for row, r in restated.items()]
    )
    return restated


def _said(
    conn: sqlite3.Connection, record: Record, places: PlaceCache
) -> tuple[str, int, int | None, str, str]:
    """A record's own columns: kind, time, place, text, detail."""
    return (
        record.kind.value,
        record.at or 0,
        places.row(conn, record.cwd, record.branch),
        storable(record.text),
        storable(detail_column(record)),
    )


def _known_links(
    conn: sqlite3.Connection, session: int, rows: set[int]
) -> dict[int, _Link]:
    if not rows:
        return {}
    found = conn.execute(_LINKS, (json.dumps(list(rows)), session))
    return {row: _Link(seq, transcript, gen) for row, seq, transcript, gen in found}


def _docs(session: int, fresh: dict[int, Record]) -> Iterator[RecordDoc]:
    for row, record in fresh.items():
        text = record_text(
            record.kind,
            record.text,
            command=record.command,
            files=(*record.reads, *record.writes),
        )
        if text is not None:
            yield RecordDoc(
                record_id=row, session_id=session, at=record.at or 0, text=text
            )
