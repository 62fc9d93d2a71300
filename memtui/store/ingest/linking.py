"""Sessions and their records: each record stored once, linked where it shows.

Forks and resumed sessions copy history. A record that is already known is not
stored again, only linked to the session that shows it too.
"""

import json
import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from memtui.model import Agent, RecordKind
from memtui.records import Record
from memtui.store.connect import in_little
from memtui.store.ingest import claims
from memtui.store.ingest.apart import Link, line_of, told_apart
from memtui.store.ingest.archive import Place
from memtui.store.ingest.records import (
    LastSaid,
    PlaceCache,
    add_new,
    docs_of,
    key_of,
    known_rows,
    rewrite,
)
from memtui.store.record_rows import record_from
from memtui.store.search.pending import PendingDocs

ASIDE: Final = frozenset({RecordKind.TITLE, RecordKind.CONTEXT})
"""Kinds that make no conversation: a session of these alone is empty."""

_COUNTED: Final = """
    update session set turns = ?, records = records + ?, distilled = 0 where id = ?
"""
_COUNTS: Final = """
    select turns, records,
        (select max(seq) from link where session_id = s.id and seq >= 0)
    from session s where id = ?
"""
_LINKS: Final = """
    select l.record_id, l.seq, l.transcript_id, l.generation, l.line
    from json_each(?) wanted
    cross join link l on l.record_id = wanted.value and l.session_id = ?
"""
_NEW_LINK: Final = """
    insert into link(session_id, seq, record_id, turn, transcript_id, generation, line)
    values (?, ?, ?, ?, ?, ?, ?)
"""
_MOVE_LINK: Final = """
    update link set transcript_id = ?, generation = ?, line = ?
    where session_id = ? and seq = ?
"""
_RECORDS_OF: Final = """
    select r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line, p.cwd, p.branch
    from link l join record r on r.id = l.record_id
    left join place p on p.id = r.place_id
    where l.session_id = ? and l.seq >= 0 order by l.seq
"""

# As the distiller has it: by lines, and by times only where there are none.
# Numbers below zero are no lines: such records stand in the order of their times.
_IN_ORDER: Final = """
    select l.record_id from link l join record r on r.id = l.record_id
    where l.session_id = ? and l.seq >= 0
    order by max(coalesce(l.line, 0), 0), r.at, r.native_id, r.part, r.kind
"""
_SHOWN: Final = """
    select l.record_id, r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line,
        p.cwd, p.branch
    from json_each(?) wanted
    cross join link l on l.record_id = wanted.value and l.session_id = ?
    join record r on r.id = l.record_id
    left join place p on p.id = r.place_id
    order by wanted.key
"""
_STAMP: Final = """
    select s.kind, s.parent, s.project_id, s.cwd, s.branch, s.started_at, s.ended_at,
        s.turns, s.records, (select json_array(count(*), max(l.seq)) from link l
            where l.session_id = s.id and l.seq >= 0)
    from session s where s.id = ?
"""
_PROMPTS: Final = """
    select r.text from link l join record r on r.id = l.record_id
    where l.session_id = ? and r.kind = 'prompt' order by l.seq
"""
_DUE: Final = """
    update session set distilled = 0 where id in (
        select l.session_id from json_each(?) wanted
        cross join link l on l.record_id = wanted.value)
"""
_COUNT: Final = "select count(*) from link where session_id = ? and seq >= 0"
_TOGETHER: Final = 64
"""Records fetched at once."""
_LONG: Final = 50_000
"""Records whose order takes some 4 MB to find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What linking a batch of records added."""

    records: int = 0
    links: int = 0
    length: int = 0
    """Conversation records that it shows now."""
    changed: bool = False
    """Something that it showed says something else now, or is not shown."""
    numbered_on: bool = False
    """Some records have other parts than the reader gave them."""
    rows: Sequence[int] = ()
    """Of records stated anew, in the order in which they were told."""
    taken: Collection[int] = ()
    """Of what is stated anew: records that were told and are not shown any more."""


def records_of(conn: sqlite3.Connection, session: int) -> list[Record]:
    """A session's own records, in order."""
    rows = conn.execute(_RECORDS_OF, (session,))
    return [record_from(row) for row in rows]


def in_order(conn: sqlite3.Connection, session: int) -> Iterator[Record]:
    """The same in the order of the transcript, a few in memory at a time."""
    is_long = count_shown(conn, session) > _LONG
    with in_little(conn) if is_long else nullcontext():
        rows = array("q", (row[0] for row in conn.execute(_IN_ORDER, (session,))))
        for some in records_at(conn, session, rows):
            yield from some.values()


def records_at(
    conn: sqlite3.Connection, session: int, rows: Sequence[int]
) -> Iterator[dict[int, Record]]:
    """These records that a session shows, by their rows, a few at a time."""
    for first in range(0, len(rows), _TOGETHER):
        wanted = json.dumps(list(rows[first : first + _TOGETHER]))
        found = conn.execute(_SHOWN, (wanted, session)).fetchall()
        yield {row["record_id"]: record_from(row) for row in found}


def stamp(conn: sqlite3.Connection, session: int) -> tuple[object, ...]:
    """What differs once a session shows anything else or belongs elsewhere."""
    row = conn.execute(_STAMP, (session,)).fetchone()
    return () if row is None else tuple(row)


def prompts_of(conn: sqlite3.Connection, session: int) -> list[str]:
    """What the person said in a session, in order."""
    return [row[0] for row in conn.execute(_PROMPTS, (session,))]


def count_shown(conn: sqlite3.Connection, session: int) -> int:
    """How many records a session shows of its own, all kinds."""
    (count,) = conn.execute(_COUNT, (session,)).fetchone()
    return int(count)


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
    rows = known_rows(conn, agent, (record.native_id for record in records))
    known = set(rows.values())
    links = _known_links(conn, session, known)
    told = told_apart(conn, place, records, rows, links, anew=anew)
    numbered_on, records = told is not records, told
    fresh = add_new(conn, agent, rows, records, places)
    placed = claims.of_others(conn, session, known)
    ours: dict[int, Record] = {}
    for record in records:
        row = rows[key_of(record)]
        if row in known and row not in placed:
            ours.setdefault(row, record)
    claims.restate(conn, session, ours, places)
    again = known if anew else _of_older_readings(links, place)
    restated = (
        rewrite(conn, rows, again, records, places, placed=placed) if again else {}
    )
    turns, count, last = conn.execute(_COUNTS, (session,)).fetchone()
    said = LastSaid() if last is None else LastSaid.of(conn, session)
    shown = _Shown(session, place, turns, -1 if last is None else last, said)
    for record in records:
        shown.take(record, rows[key_of(record)], links)
    conn.executemany(_NEW_LINK, shown.new)
    conn.executemany(_MOVE_LINK, shown.moved)
    if shown.new:
        conn.execute(_COUNTED, (shown.turn, shown.talk, session))
    if restated and not anew:
        conn.execute(_DUE, (json.dumps(list(restated)),))
    index.mask_records(restated)
    index.add_records(docs_of(conn, session, fresh | restated, said.before))
    index.share_records(known & {row for _, _, row, *_ in shown.new} | restated.keys())
    return Linked(
        records=len(fresh),
        links=len(shown.new),
        length=count + shown.talk,
        changed=bool(restated) and not anew,
        numbered_on=numbered_on,
        rows=[rows[key_of(record)] for record in records] if anew else (),
    )


def _of_older_readings(links: Mapping[int, Link], place: Place) -> set[int]:
    """Records that this transcript told before it was replaced."""
    return {
        row
        for row, link in links.items()
        if link.transcript == place.transcript and link.generation < place.generation
    }


class _Shown:
    """Links of one batch in the making: order, turn, and what moved."""

    def __init__(
        self, session: int, place: Place, turn: int, seq: int, said: LastSaid
    ) -> None:
        self.session = session
        self.place = place
        self.turn = turn
        self.seq = seq
        self.said = said
        self.talk = 0
        self.new: list[tuple[int, int, int, int, int, int, int | None]] = []
        self.moved: list[tuple[int, int, int | None, int, int]] = []
        self._prompt = ("", 0)

    def take(self, record: Record, row: int, links: dict[int, Link]) -> None:
        if (link := links.get(row)) is not None:
            if link.transcript is None or (
                link.transcript == self.place.transcript
                and link.generation < self.place.generation
            ):
                self.moved.append((*self.place, record.line, self.session, link.seq))
                links[row] = Link(link.seq, *self.place, record.line)
            return
        if record.kind is RecordKind.PROMPT:
            prompt = line_of(record.native_id, record.part)
            self.turn += prompt != self._prompt
            self._prompt = prompt
        self.seq += 1
        self.talk += record.kind not in ASIDE
        self.new.append(
            (self.session, self.seq, row, self.turn, *self.place, record.line)
        )
        links[row] = Link(self.seq, *self.place, record.line)
        self.said.hear(row, record)


def _known_links(
    conn: sqlite3.Connection, session: int, rows: set[int]
) -> dict[int, Link]:
    if not rows:
        return {}
    found = conn.execute(_LINKS, (json.dumps(list(rows)), session))
    return {row: Link(*link) for row, *link in found}
