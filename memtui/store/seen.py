"""What a stat sweep needs to know, read without a writing connection."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from memtui.store.batch import Position
from memtui.store.connect import open_reader

DATABASE: Final = "database:"
"""How a key in ``meta`` begins that tells the marks of a database."""

_SEEN: Final = """
    select path, agent, inode, size, mtime_ns, offset, tail, reader_version,
        gone_at is not null, coalesce(quarantined, '')
    from transcript
    where ?1 is null or path in (select value from json_each(?1))
"""
_DATABASES: Final = "select key, value from meta where key glob 'database:*'"
HISTORY: Final = "history:"
"""How a key in ``meta`` begins that tells when to look into a history again."""

RULES_OFF: Final = "disabled rules"
"""The key in ``meta`` of those that sessions were distilled without last."""

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
    """Some session waits for the distiller."""


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
    if not path.exists():
        return Known()
    conn = open_reader(path)
    try:
        cursor = conn.cursor()
        cursor.row_factory = None
        wanted = None if only is None else json.dumps(list(only))
        rows = map(Seen._make, cursor.execute(_SEEN, (wanted,)))
        transcripts = {seen.path: seen for seen in rows}
        databases = {
            key.removeprefix(DATABASE): Position(inode=inode, size=size, mtime_ns=time)
            for key, value in cursor.execute(_DATABASES)
            for inode, size, time in [json.loads(value)]
        }
        histories = {
            key.removeprefix(HISTORY): int(value)
            for key, value in cursor.execute(_HISTORIES)
        }
        (due,) = conn.execute(_UNDISTILLED, (distiller_version,)).fetchone()
        without = conn.execute(_RULES_OFF, (RULES_OFF,)).fetchone()
        due = due or (without[0] if without else "[]") != rules_column(rules_off)
    finally:
        conn.close()
    return Known(transcripts, databases, histories, bool(due))
