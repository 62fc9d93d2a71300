"""What came of the memories that sessions were told: what ingest notes, what is read.

Never used to refresh the age of a memory: that an agent repeats what it was told
is no sign that it is still true.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from memtui.store.closing import Closing
from memtui.store.connect import open_writer, transaction
from memtui.store.rows import strings_from

TEXT: Final = 4_000
"""Characters of a record that are looked through."""

DUE: Final = """
    select d.session_id, s.records, coalesce(f.seq, -1) as seq,
        (select max(l.seq) from link l where l.session_id = s.id) as last
    from (select distinct session_id from delivery where items <> '[]') d
    join session s on s.id = d.session_id
    left join feedback_seen f on f.session_id = d.session_id
    where f.records is null or f.records <> s.records
    order by s.ended_at desc limit ?
"""
DELIVERED: Final = """
    select l.seq, d.at, d.items from delivery d
    join link l on l.session_id = d.session_id and l.record_id = d.record_id
    where d.session_id = ? order by l.seq
"""
MEMORIES: Final = """
    select id, title, files from memory where id in (select value from json_each(?))
"""
SAID: Final = """
    select l.seq, r.kind, substr(r.text, 1, ?) as text, r.detail
    from link l join record r on r.id = l.record_id
    where l.session_id = ? and l.seq > ? and r.kind in ('tool_use', 'response')
    order by l.seq
"""
NOTE: Final = """
    insert into feedback (session_id, memory, at, looked_up, touched, reused)
    values (?, ?, ?, ?, ?, ?)
    on conflict (session_id, memory) do update set
        at = min(at, excluded.at),
        looked_up = max(looked_up, excluded.looked_up),
        touched = max(touched, excluded.touched),
        reused = max(reused, excluded.reused)
"""
SEEN: Final = "insert or replace into feedback_seen values (?, ?, ?)"
OF_MEMORY: Final = """
    select count(*) as delivered, coalesce(sum(looked_up), 0) as looked_up,
        coalesce(sum(touched), 0) as touched, coalesce(sum(reused), 0) as reused,
        coalesce(sum(looked_up or touched or reused), 0) as used, max(at) as last
    from feedback where memory = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """In how many sessions what came of a memory."""

    delivered: int = 0
    """Sessions that were told it."""
    looked_up: int = 0
    """Of those: where it was asked for by its id."""
    touched: int = 0
    """Where a file that it is about was read or changed."""
    reused: int = 0
    """Where its words were used."""
    used: int = 0
    """Where any of the three is so."""
    last: int | None = None
    """When a session was told it last, Unix ms."""

    @property
    def told(self) -> str:
        """In a line; empty where no session was told."""
        if not self.delivered:
            return ""
        ways = (
            (self.looked_up, "looked up in"),
            (self.touched, "its files touched in"),
            (self.reused, "its words used in"),
        )
        came = ", ".join(f"{words} {count:,}" for count, words in ways if count)
        many = "1 session" if self.delivered == 1 else f"{self.delivered:,} sessions"
        return f"delivered to {many}{f': {came}' if came else ''}"


class ToldMemory(NamedTuple):
    """A memory that a session was told."""

    id: str
    title: str
    files: tuple[str, ...]
    seq: int
    """After which record of the session."""
    at: int


class Said(NamedTuple):
    """A record as far as it is looked through."""

    seq: int
    text: str
    detail: Mapping[str, Any]
    """A tool's own fields; empty for what was said."""


class Came(NamedTuple):
    """What came of a memory in one session so far."""

    looked_up: bool = False
    touched: bool = False
    reused: bool = False


class DueSession(NamedTuple):
    """A told session that has said more since it was looked through."""

    session: int
    records: int
    seq: int
    """Looked through up to here."""
    last: int


class FeedbackNotes(Closing):
    """Where ingest notes what came of memories. One transaction a session.

    Raises:
        StoreBusy: another process has been writing for too long.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "ingest")

    def due(self, limit: int) -> list[DueSession]:
        """Sessions to look through, the newest first."""
        return [DueSession(*row) for row in self._conn.execute(DUE, (limit,))]

    def told(self, session: int) -> list[ToldMemory]:
        """What a session was told, each memory where it was told first."""
        first: dict[str, tuple[int, int]] = {}
        for seq, at, items in self._conn.execute(DELIVERED, (session,)):
            for memory in strings_from(items):
                first.setdefault(memory, (seq, at))
        rows = self._conn.execute(MEMORIES, (json.dumps(list(first)),))
        return [
            ToldMemory(row["id"], row["title"], strings_from(row["files"]),
                       *first[row["id"]])
            for row in rows
        ]  # fmt: skip

    def said(self, session: int, after: int) -> Iterator[Said]:
        """What was said and done in a session after one of its records."""
        for row in self._conn.execute(SAID, (TEXT, session, after)):
            detail = json.loads(row["detail"]) if row["detail"] else {}
            yield Said(row["seq"], row["text"], detail)

    def note(
        self, due: DueSession, told: Iterable[ToldMemory], came: Mapping[str, Came]
    ) -> None:
        """What came of the memories of a session, added to what was noted."""
        rows = [
            (due.session, one.id, one.at, *map(int, came.get(one.id, Came())))
            for one in told
        ]
        with transaction(self._conn):
            self._conn.executemany(NOTE, rows)
            self._conn.execute(SEEN, (due.session, due.last, due.records))


def of_memory(conn: sqlite3.Connection, memory: str) -> Feedback:
    """The counts of one memory."""
    row = conn.execute(OF_MEMORY, (memory,)).fetchone()
    return Feedback(**dict(row))
