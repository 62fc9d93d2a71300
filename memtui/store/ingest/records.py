"""Rows of records and of the places where they were made.

A record is stored once, whatever shows it. What it says can be stated anew: by a
newer reader, or by an agent that writes again what it wrote before.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol, Self

from msgspec import structs

from memtui.model import Agent, RecordKind
from memtui.records import Record
from memtui.search.prepare import record_text
from memtui.store.ingest.facts import storable
from memtui.store.record_rows import detail_column
from memtui.store.search.docs import RecordDoc

Key = tuple[str, int]
"""Native id and part: of one agent's records, what tells one from all others."""

_KNOWN: Final = """
    select r.native_id, r.part, r.id from json_each(?) wanted
    cross join record r on r.agent = ? and r.native_id = wanted.value
"""
_NEW: Final = """
    insert into record(id, agent, native_id, part, kind, at, place_id, text, detail)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_STORED: Final = """
    select r.id, r.kind, r.at, r.place_id, r.text, r.detail from json_each(?) wanted
    cross join record r on r.id = wanted.value
"""
_REWRITE: Final = """
    update record set kind = ?, at = ?, place_id = ?, text = ?, detail = ? where id = ?
"""
_BEFORE: Final = """
    select substr(r.text, 1, ?3) from link l
    cross join link b on b.session_id = l.session_id and b.seq < l.seq and b.seq >= 0
    cross join record r on r.id = b.record_id and r.kind in ('prompt', 'response')
    where l.record_id = ?1 and l.session_id = ?2 and l.seq >= 0
    order by b.seq desc limit 2
"""
_PLACE: Final = """
    insert into place(cwd, branch, project_id) values (?, ?, ?)
    on conflict(cwd, branch) do update set
        project_id = coalesce(excluded.project_id, project_id)
    returning id
"""

_LAST_SAID: Final = """
    select substr(r.text, 1, ?) from link l
    cross join record r on r.id = l.record_id and r.kind in ('prompt', 'response')
    where l.session_id = ? and l.seq >= 0 order by l.seq desc limit 2
"""

_SPOKEN: Final = frozenset({RecordKind.PROMPT, RecordKind.RESPONSE})
_SAID_BEFORE: Final = 200
"""Characters of each of the two prompts or answers before one. With 300 the index was a
fortieth larger and found no better (measured)."""

_Said = tuple[str, int, int | None, str, str]


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


def key_of(record: Record) -> Key:
    """What tells a record from all others of its agent."""
    return (record.native_id, record.part)


def known_rows(
    conn: sqlite3.Connection, agent: Agent, native_ids: Iterable[str]
) -> dict[Key, int]:
    """Rows of all that is stored under these ids."""
    wanted = json.dumps(list(set(native_ids)))
    found = conn.execute(_KNOWN, (wanted, agent.value))
    return {(native_id, part): row for native_id, part, row in found}


def add_new(
    conn: sqlite3.Connection,
    agent: Agent,
    rows: dict[Key, int],
    records: Iterable[Record],
    places: PlaceCache,
) -> dict[int, Record]:
    """Store the records that have no row yet, and put their rows into ``rows``."""
    (last,) = conn.execute("select coalesce(max(id), 0) from record").fetchone()
    fresh: dict[int, Record] = {}
    for record in records:
        key = key_of(record)
        if key not in rows:
            last += 1
            rows[key] = last
            fresh[last] = _storable(record)
    whose = str(agent)
    conn.executemany(
        _NEW,
        [
            (row, whose, r.native_id, r.part, *_said(conn, r, places))
            for row, r in fresh.items()
        ],
    )
    return fresh


def rewrite(
    conn: sqlite3.Connection,
    rows: Mapping[Key, int],
    known: Iterable[int],
    records: Iterable[Record],
    places: PlaceCache,
    *,
    unless_older: Collection[int] = (),
    placed: Collection[int] = (),
) -> dict[int, Record]:
    """Make known records say what these say; those that said something else.

    Args:
        known: rows that were there before.
        unless_older: those of them to leave where they were made later than they
            are told here.
        placed: those whose place another session states: they stay there.
    """
    wanted = (json.dumps(list(known)),)
    stored: dict[int, _Said] = {
        row: (kind, at, place, text, detail)
        for row, kind, at, place, text, detail in conn.execute(_STORED, wanted)
    }
    restated: dict[int, Record] = {}
    said: list[tuple[str, int, int | None, str, str, int]] = []
    for record in records:
        row = rows[key_of(record)]
        before = stored.pop(row, None)
        if before is None or (row in unless_older and (record.at or 0) < before[1]):
            continue
        kind, at, place, text, detail = _said(conn, record, places)
        if row in placed or place is None:
            place = before[2]
        now = (kind, at, place, text, detail)
        if before != now:
            restated[row] = _storable(record)
            said.append((*now, row))
    conn.executemany(_REWRITE, said)
    return restated


class LastSaid:
    """The last prompts and answers of a session, while records are added to it."""

    def __init__(self, newest_first: Iterable[str] = ()) -> None:
        self._said = tuple(newest_first)
        self.before: dict[int, str] = {}
        """By the row of a prompt or an answer: what was said just before it."""

    @classmethod
    def of(cls, conn: sqlite3.Connection, session: int) -> Self:
        """Of what the store shows of a session."""
        found = conn.execute(_LAST_SAID, (_SAID_BEFORE, session))
        return cls(text for (text,) in found)

    def hear(self, row: int, record: Record) -> None:
        """One more record of the session, in order."""
        if record.kind in _SPOKEN:
            self.before[row] = "\n".join(self._said)
            said = record.text[:_SAID_BEFORE].partition("\0")[0]  # as SQLite cuts it
            self._said = (said, *self._said[:1])


class _InOrder(Protocol):
    @property
    def row(self) -> int: ...
    @property
    def kind(self) -> str: ...


def _said_before(sequence: Iterable[_InOrder]) -> dict[int, tuple[int, ...]]:
    """By the row of each prompt and answer: those of the two before it."""
    last: tuple[int, ...] = ()
    found: dict[int, tuple[int, ...]] = {}
    for one in sequence:
        if one.kind in _SPOKEN:
            found[one.row] = last
            last = (one.row, *last[:1])
    return found


def behind_others(
    before: Iterable[_InOrder],
    after: Iterable[_InOrder],
    restated: AbstractSet[int],
) -> set[int]:
    """Rows that came to stand behind other words: the index holds some of those.

    Args:
        before: links of a session in their order, then; ``after``: now.
        restated: rows that say something else; they are not in the answer.
    """
    was, now = _said_before(before), _said_before(after)
    other = (row for row in was.keys() & now if was[row] != now[row])
    behind = (row for row, ones in now.items() if not restated.isdisjoint(ones))
    return {*other, *behind} - restated


def docs_of(
    conn: sqlite3.Connection,
    session: int,
    said: Mapping[int, Record],
    before: Mapping[int, str] = MappingProxyType({}),
) -> Iterator[RecordDoc]:
    """What search will find of records, by their rows; their links are there.

    Args:
        before: what was said just before some of them, where that is at hand.
    """
    for row, record in said.items():
        if record.names:
            continue  # it would lead to a session that it does not speak of
        if (context := before.get(row)) is None:
            context = _context(conn, session, row, record.kind)
        text = record_text(
            record.kind,
            record.text,
            command=record.command,
            files=(*record.reads, *record.writes),
            context=context,
            tool=record.tool,
            failed=record.failed,
        )
        if text is not None:
            yield RecordDoc(
                record_id=row, session_id=session, at=record.at or 0, text=text
            )


def _context(conn: sqlite3.Connection, session: int, row: int, kind: RecordKind) -> str:
    """What was said just before: an answer seldom names what it answers."""
    if kind not in _SPOKEN:
        return ""
    before = conn.execute(_BEFORE, (row, session, _SAID_BEFORE))
    return "\n".join(text for (text,) in before)


def _storable(record: Record) -> Record:
    text = storable(record.text)
    return record if text is record.text else structs.replace(record, text=text)


def _said(conn: sqlite3.Connection, record: Record, places: PlaceCache) -> _Said:
    """A record's own columns: kind, time, place, text, detail."""
    return (
        str(record.kind),  # a tenth of what ``value`` takes
        record.at or 0,
        places.row(conn, record.cwd, record.branch),
        storable(record.text),
        storable(detail_column(record)),
    )
