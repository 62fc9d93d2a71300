"""The journal of curation acts: reading it, and what undo and redo take next."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import zstandard

UNDO: Final = "undo"
REDO: Final = "redo"
PURGE: Final = "purge"
REDACT: Final = "redact"
FINAL: Final = frozenset({PURGE, REDACT})
"""Acts that nothing takes back: undo and redo pass over them."""
PERSON: Final = "person"
"""The actor of what a person does; any other one is an agent or a program."""

HEADS = "select id, act, target, actor from journal order by id desc"
ENTRIES = """
    select id, at, act, actor, target, count, note, about from journal
    where id < :before order by id desc limit :limit
"""
ENTRY = """
    select id, at, act, actor, target, count, note, about from journal where id = :id
"""
PAYLOAD = "select payload from journal where id = :id"
NEW = """
    insert into journal (at, act, actor, target, count, note, about, payload)
    values (:at, :act, :actor, :target, :count, :note, :about, :payload)
"""

NAMED: Final = 50
"""So many of an act's memories are named in its entry; all are in its payload."""

Row = dict[str, Any]
Change = tuple[Row | None, Row | None]
"""The columns of a curation row before and after; None: there was no row. Where
both are there, they hold only the columns that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an act was about: a memory, or a session by its native id."""

    id: str
    title: str
    """As it stood then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act as it went into the journal."""

    act: str
    entry: int | None = None
    """None: nothing changed, nothing was written."""
    undone: str = ""
    """The act that an undo or redo was about."""
    about: tuple[Named, ...] = ()
    """What it was about, the first of them."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    projects: frozenset[str] | None = frozenset()
    """UUIDs whose exports may differ now; None: any may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One act as the journal lists it."""

    id: int
    at: int
    act: str
    actor: str
    target: int | None
    """The entry that an undo or redo was about."""
    count: int
    note: str
    about: tuple[Named, ...] = ()
    """The first ``NAMED`` of what it was about."""
    undone: bool = False


def entries(
    conn: sqlite3.Connection, *, limit: int, before: int | None = None
) -> list[JournalEntry]:
    """Acts, the last one first."""
    undone = _undone(conn)
    bounds = {"before": before or 1 << 62, "limit": limit}
    return [
        _entry(row, undone=row["id"] in undone) for row in conn.execute(ENTRIES, bounds)
    ]


def entry(conn: sqlite3.Connection, number: int) -> JournalEntry:
    """One act; it must be there."""
    return _entry(conn.execute(ENTRY, {"id": number}).fetchone())


def next_undo(conn: sqlite3.Connection, actor: str) -> int | None:
    """The last act that still stands; what agents asked for is passed over.

    Only an agent itself takes that back: what it put into the inbox meanwhile does
    not stand between a person and the act they mean.
    """
    standing: dict[int, bool] = {}
    for number, act, target, by in _heads(conn):
        if is_elsewhere(by):
            continue
        if act in (UNDO, REDO):
            standing.setdefault(target, act == REDO)
        elif act in FINAL:
            continue
        elif standing.get(number, True) and not _asked(act, by, actor):
            return number
    return None


def next_redo(conn: sqlite3.Connection, actor: str) -> int | None:
    """The act undone last, if nothing else was done since, agents' asking aside."""
    standing: dict[int, bool] = {}
    for _number, act, target, by in _heads(conn):
        if act in FINAL or is_elsewhere(by) or _asked(act, by, actor):
            continue
        if act not in (UNDO, REDO):
            return None
        if target not in standing and act == UNDO:
            return target
        standing.setdefault(target, act == REDO)
    return None


def is_elsewhere(actor: str) -> bool:
    """Whether an act was done on another machine, ``person@MACHINE``.

    A bundle brought its entry, to be read; what it did came beside it.
    """
    return "@" in actor


def changes(conn: sqlite3.Connection, number: int) -> dict[str, Change]:
    """What an act changed, by memory."""
    (payload,) = conn.execute(PAYLOAD, {"id": number}).fetchone()
    whole = zstandard.ZstdDecompressor().decompress(payload)
    decoded: dict[str, Change] = msgspec.json.decode(whole, type=dict[str, Change])
    return decoded


def payload_of(made: Mapping[str, Change]) -> bytes:
    """What ``changes`` reads back."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(made))


def about_column(about: Sequence[Named]) -> str:
    """What an entry names, as one column."""
    pairs = [[one.id, one.title] for one in about[:NAMED]]
    return json.dumps(pairs, ensure_ascii=False)


def _entry(row: sqlite3.Row, *, undone: bool = False) -> JournalEntry:
    about = tuple(Named(id=id_, title=title) for id_, title in json.loads(row["about"]))
    return JournalEntry(**dict(row) | {"about": about}, undone=undone)


def _asked(act: str, by: str, actor: str) -> bool:
    """Whether somebody else, who is no person, put a memory into the inbox."""
    return act == "add" and by not in (actor, PERSON)


def _heads(conn: sqlite3.Connection) -> Iterator[tuple[int, str, int, str]]:
    for row in conn.execute(HEADS):
        yield row["id"], row["act"], row["target"], row["actor"]


def _undone(conn: sqlite3.Connection) -> set[int]:
    standing: dict[int, bool] = {}
    for _number, act, target, _by in _heads(conn):
        if act in (UNDO, REDO):
            standing.setdefault(target, act == REDO)
    return {number for number, stands in standing.items() if not stands}
