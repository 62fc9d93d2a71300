"""What a stat sweep needs to know, read without a writing connection."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from memtui.store.connect import is_there, open_reader
from memtui.store.ingest.batch import Position
from memtui.store.purge import tombs
from memtui.store.rescue.daily import last_day

DATABASE: Final = "database:"
"""How a key in ``meta`` begins that tells the marks of a database."""

SEEN: Final = """
    select path, agent, inode, size, mtime_ns, offset, tail, reader_version,
        gone_at is not null, coalesce(quarantined, '')
    from transcript
    where ?1 is null or path in (select value from json_each(?1))
"""
STANDING: Final = """
    select path, inode, size, mtime_ns,
        (gone_at is not null)
        + 2 * (reader_version <> 0 and reader_version is not case agent {cases} end)
        + 4 * (gone_at is null and (quarantined is not null or tail = 1))
    from transcript
    where agent in (select value from json_each(?))
"""
_DATABASES: Final = "select key, value from meta where key glob 'database:*'"
HISTORY: Final = "history:"
"""How a key in ``meta`` begins that tells when to look into a history again."""

UNFINISHED: Final = "erasing"
"""The key in ``meta`` of what a purge has left to do: see ``erasing``."""

UNLOOKED: Final = "look outside"
"""The key in ``meta`` of a run that did not get to look at files and commits."""

RULES_OFF: Final = "disabled rules"
"""The key in ``meta`` of those that sessions were distilled without last."""

_LEFT: Final = "select key from meta where key in (?, ?)"
_HISTORIES: Final = "select key, value from meta where key glob 'history:*'"
_RULES_OFF: Final = "select value from meta where key = ?"
_UNDISTILLED: Final = "select exists(select 1 from session where distilled < ?)"


class Seen(NamedTuple):
    """The marks of one transcript as it was read last."""

    path: str
    agent: str
    inode: int
    size: int
    mtime_ns: int
    offset: int
    tail: int
    reader_version: int
    gone: int
    quarantined: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows of that which is to be swept."""

    transcripts: dict[str, Seen] = field(default_factory=dict)
    """By their paths."""
    databases: dict[str, Position] = field(default_factory=dict)
    """Marks of those that hold transcripts, by their paths."""
    histories: dict[str, int] = field(default_factory=dict)
    """When to look into each again, Unix milliseconds, by their paths."""
    due: bool = False
    """Some session waits for the distiller, or a run has left something to do."""
    purged: frozenset[str] = frozenset()
    """Hashes of paths of transcripts that a person purged."""


Mark = tuple[str, int, int, int, int]
"""Path, inode, size, time of last change; 0, or 1: it is gone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a store expects of the next sweep if nothing happened."""

    marks: dict[str, Mark] = field(default_factory=dict)
    """Of what was read whole and what is gone, by path."""
    count: int = 0
    """How many of them should be there."""
    histories: dict[str, int] = field(default_factory=dict)
    """When to look into each again, Unix milliseconds, by their paths."""
    purged: frozenset[str] = frozenset()
    """Hashes of paths of transcripts that a person purged."""
    news: bool = True
    """There is work besides, or nothing is known yet."""
    decided: str = ""
    """The last day before today on which a person decided something."""


def rules_column(rules: Iterable[str]) -> str:
    """Names of rules as ``meta`` has them."""
    return json.dumps(sorted(set(rules)))


def what_is_known(
    path: Path,
    distiller_version: int,
    only: Collection[str] | None = None,
    *,
    rules_off: Iterable[str] = (),
) -> Known:
    """What was read before.

    Args:
        rules_off: every session is due if it was distilled without others.
        only: of transcripts these paths; None: all of them.

    A store that is not there yet knows nothing.

    Raises:
        StoreError: the store cannot be read.
    """
    if not is_there(path):
        return Known()
    conn = open_reader(path)
    try:
        cursor = conn.cursor()
        cursor.row_factory = None
        wanted = None if only is None else json.dumps(list(only))
        rows = map(Seen._make, cursor.execute(SEEN, (wanted,)))
        transcripts = {seen.path: seen for seen in rows}
        databases = {
            key.removeprefix(DATABASE): Position(inode=inode, size=size, mtime_ns=time)
            for key, value in cursor.execute(_DATABASES)
            for inode, size, time in [json.loads(value)]
        }
        histories = _histories(cursor)
        due = _is_due(conn, distiller_version, rules_off)
        purged = tombs.of_kind(conn, tombs.PATH)
    finally:
        conn.close()
    return Known(transcripts, databases, histories, due, purged)


def what_stands(
    path: Path,
    distiller_version: int,
    readers: Mapping[str, int],
    *,
    rules_off: Iterable[str],
) -> Standing:
    """What there is when nothing happened since the last run.

    Args:
        readers: versions by agent, of those that are asked.

    Raises:
        StoreError: the store cannot be read.
    """
    if not is_there(path):
        return Standing()
    cases = " ".join("when ? then ?" for _ in readers)
    versions = [value for pair in readers.items() for value in pair]
    conn = open_reader(path)
    try:
        decided = last_day(conn)
        if _is_due(conn, distiller_version, rules_off):
            return Standing(decided=decided)
        cursor = conn.cursor()
        cursor.row_factory = None
        asked = (*versions, json.dumps(list(readers)))
        rows = cursor.execute(STANDING.replace("{cases}", cases), asked).fetchall()
        histories = _histories(cursor)
        purged = tombs.of_kind(conn, tombs.PATH)
    finally:
        conn.close()
    states = Counter(map(itemgetter(4), rows))
    marks = dict(zip(map(itemgetter(0), rows), rows, strict=True))
    news = not states.keys() <= {0, 1}
    return Standing(marks, states[0], histories, purged, news, decided)


def is_unfinished(path: Path) -> bool:
    """Whether a purge has something left to do.

    Raises:
        StoreError: the store cannot be read.
    """
    return UNFINISHED in left_over(path)


def left_over(path: Path) -> frozenset[str]:
    """What runs before have left to do: ``UNFINISHED``, ``UNLOOKED``, mostly nothing.

    Raises:
        StoreError: the store cannot be read.
    """
    with closing(open_reader(path)) as conn:
        return _left(conn)


def _left(conn: sqlite3.Connection) -> frozenset[str]:
    rows = conn.execute(_LEFT, (UNFINISHED, UNLOOKED))
    return frozenset(row[0] for row in rows)


def _histories(cursor: sqlite3.Cursor) -> dict[str, int]:
    return {
        key.removeprefix(HISTORY): int(value)
        for key, value in cursor.execute(_HISTORIES)
    }


def _is_due(
    conn: sqlite3.Connection, distiller_version: int, rules_off: Iterable[str]
) -> bool:
    (due,) = conn.execute(_UNDISTILLED, (distiller_version,)).fetchone()
    without = conn.execute(_RULES_OFF, (RULES_OFF,)).fetchone()
    rules = without[0] if without else "[]"
    return bool(due or _left(conn)) or rules != rules_column(rules_off)
