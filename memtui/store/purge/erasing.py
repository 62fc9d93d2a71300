"""Taking something out of the store for good: one transaction, then every byte anew.

What goes is removed, or rewritten, and the index made again, all or nothing. A note
in ``meta`` says that it is not finished: the file still holds the old bytes on free
pages and in its log, backups and exports hold them too. Whoever comes next, after a
kill as well, finishes it; see ``memtui.ingest.erase``.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from memtui.store.connect import Purpose, open_reader, open_writer, transaction
from memtui.store.curate import alike, journal
from memtui.store.ingest import archive
from memtui.store.ingest.archive import Place
from memtui.store.ingest.seen import UNFINISHED
from memtui.store.ingest.writes import Store
from memtui.store.purge import buried, removing, tombs, traces
from memtui.store.purge.removing import Removed, Touched
from memtui.store.purge.scrubbing import Rewrite, Scrub
from memtui.store.purge.traces import Counts, Target
from memtui.store.rescue import daily
from memtui.store.search import reindex
from memtui.store.trouble import explained

_NOTE: Final = "insert or replace into meta (key, value) values (?, ?)"
_WORDS: Final = {
    "record": ("text", "detail"),
    "observation": ("title", "body", "facts", "tags", "files", "evidence", "branch"),
    "session": ("title", "said_title"),
    "transcript": ("quarantined",),
    "fault": ("reason",),
    "fault_count": ("reason",),
    "commit_told": ("subject",),
    "proposal": ("why",),
    "named_symbol": ("symbol",),
    "compress_run": ("why",),
    "compress_item": ("why",),
    "compress_request": ("why",),
    "model_proposal": (
        "title",
        "body",
        "facts",
        "tags",
        "files",
        "evidence",
        "branch",
        "why",
    ),
}
"""Columns with words in tables that ingest writes. The decided ones: ``scrubbing``."""
_SMALL: Final = frozenset({"fault_count", "commit_told", "proposal", "named_symbol"})
"""Tables without an id."""
_BLOCKS: Final = "select id, transcript_id from block order by id"
_BLOCK: Final = "select data from block where id = ?"
WAIT_SECONDS: Final = 10.0
"""How long the log is waited for, which others may still read."""
_AGAIN_SECONDS: Final = 0.05

Cut = Callable[[Sequence[bytes]], list[bytes]]
"""Lines without what must not be in them; as many as before."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What is left to do when the store itself is clean."""

    removed: Removed
    named: bool = False
    """Named secrets were cut out of everything."""
    values: frozenset[str] = frozenset()
    """So were these values: ``masking.digest`` of each."""

    @property
    def act(self) -> str:
        """As the journal calls it."""
        return journal.REDACT if self.named else journal.PURGE

    def as_json(self) -> str:
        """As ``meta`` holds it."""
        told = {"removed": removing.as_json(self.removed), "named": self.named}
        return json.dumps(told | {"values": sorted(self.values)})

    @classmethod
    def of(cls, text: str) -> "Pending":
        """What ``as_json`` wrote."""
        told = json.loads(text)
        removed = removing.from_json(told["removed"])
        return cls(removed, told["named"], frozenset(told["values"]))


class Eraser(Store):
    """A store that may be taken from. Belongs to one thread at a time."""

    _purpose: Purpose = "curation"

    def counts(self, target: Target) -> Counts:
        """What purging this would take away; nothing is changed."""
        self._conn.execute("begin")
        try:
            traces.note(self._conn, target)
            return traces.counts(self._conn)
        finally:
            self._conn.execute("rollback")

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """One transaction, after which nothing that was searched for is left over."""
        self._conn.execute("pragma secure_delete = on")
        with explained(self._path), transaction(self._conn):
            self._conn.execute("insert into purging values (1)")
            yield
            self._index.flush(self._conn)
            reindex.forget_unused_words(self._conn)
            reindex.reindex(self._conn)
            self._conn.execute("delete from purging")

    def bury(self, ids: Collection[str]) -> list[Target]:
        """Let what another store has purged not come back here; what is to go."""
        return buried.bury(self._conn, ids)

    def find(self, target: Target) -> list[Touched]:
        """Note what is to go; the sessions that stay and lose something."""
        traces.note(self._conn, target)
        return removing.touched(self._conn)

    def noted(self) -> int:
        """How much that is."""
        return traces.counts(self._conn).total

    def remove(self, *, with_project: bool) -> Removed:
        """Take out what was noted."""
        return removing.remove(self._conn, with_project=with_project)

    def leave_pending(self, pending: Pending, *, count: int) -> None:
        """Note what is to be done after this transaction, and that it was done."""
        self._conn.execute(_NOTE, (UNFINISHED, pending.as_json()))
        entry = {
            "at": time.time_ns() // 1_000_000, "act": pending.act, "target": None,
            "actor": journal.PERSON, "count": count, "note": "", "about": "[]",
            "payload": b"",
        }  # fmt: skip
        self._conn.execute(journal.NEW, entry)

    def scrub(self, scrub: Scrub) -> None:
        """What a person decided, and the journal of it, as it may stay."""
        changed: list[str] = []
        for table in daily.TABLES:
            if table == "tombstone":
                continue
            every = f"select * from {table} order by id"  # noqa: S608
            for before in map(dict, self._conn.execute(every).fetchall()):
                after = scrub.row(table, before)
                if after != before:
                    _put(self._conn, table, before["id"], after)
                    if table == "curation" and after is not None:
                        changed.append(before["id"])
        alike.put(self._conn, changed)

    def stub_lines(self, place: Place, lines: dict[int, bytes]) -> None:
        """Put marks in the place of archived lines that were purged."""
        archive.replace_lines(self._conn, place, lines)

    def keep_out(self, kind: str, hashes: Iterable[str]) -> None:
        """Let these not come back."""
        tombs.put(self._conn, kind, hashes)

    def rewrite_archive(self, cut: Cut) -> list[int]:
        """Cut every archived line again; transcripts in which that did something."""
        changed: set[int] = set()
        for block, transcript in self._conn.execute(_BLOCKS).fetchall():
            (data,) = self._conn.execute(_BLOCK, (block,)).fetchone()
            if archive.rewrite_block(self._conn, block, data, cut):
                changed.add(transcript)
        return sorted(changed)

    def paths_of(self, transcripts: Iterable[int]) -> list[str]:
        """Paths of transcripts by their rows."""
        wanted = json.dumps(list(transcripts))
        rows = self._conn.execute(
            "select path from transcript where id in (select value from json_each(?))",
            (wanted,),
        )
        return [row[0] for row in rows]

    def rewrite_words(self, rewrite: Rewrite) -> int:
        """Rewrite what ingest stored; how many values that changed."""
        count = 0
        memories: list[str] = []
        for table, columns in _WORDS.items():
            for row in _rows(self._conn, table):
                after = {name: rewrite(row[name]) for name in columns if row[name]}
                news = {name: text for name, text in after.items() if text != row[name]}
                if news:
                    count += len(news)
                    _reword(self._conn, table, row, news)
                    memories += [row["id"]] if table == "observation" else []
        alike.put(self._conn, memories)
        return count


def pending(path: Path) -> Pending | None:
    """What an erasure before has left to do; None, as nearly always: nothing."""
    with closing(open_reader(path)) as conn:
        question = "select value from meta where key = ?"
        row = conn.execute(question, (UNFINISHED,)).fetchone()
    return None if row is None else Pending.of(row[0])


def settle(path: Path) -> None:
    """Nothing is left to do."""
    with closing(open_writer(path, "curation")) as conn, transaction(conn):
        conn.execute("delete from meta where key = ?", (UNFINISHED,))


def wipe(path: Path) -> bool:
    """Write every page of the store anew and empty its log.

    Returns:
        Whether the log could be emptied: not while another one still reads from it.

    Raises:
        StoreError: no room for it, or another one writes.
    """
    with explained(path), closing(open_writer(path, "curation")) as conn:
        conn.execute("pragma secure_delete = on")
        conn.execute("vacuum")
        deadline = time.monotonic() + WAIT_SECONDS
        while conn.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(_AGAIN_SECONDS)
    return True


def _rows(conn: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """All rows; of those with an id some thousands at a time."""
    if table in _SMALL:
        yield from map(dict, conn.execute(f"select * from {table}").fetchall())  # noqa: S608
        return
    (last,) = conn.execute(f"select min(id) from {table}").fetchone()  # noqa: S608
    some = f"select * from {table} where id >= ? order by id limit 2000"  # noqa: S608
    while last is not None:
        rows = conn.execute(some, (last,)).fetchall()
        yield from map(dict, rows[:1] if len(rows) == 1 else rows[:-1])
        last = rows[-1]["id"] if len(rows) > 1 else None


def _put(
    conn: sqlite3.Connection, table: str, key: object, row: dict[str, Any] | None
) -> None:
    if row is None:
        conn.execute(f"delete from {table} where id = ?", (key,))  # noqa: S608
        return
    names = ", ".join(f"{name} = :{name}" for name in row)
    change = f"update or replace {table} set {names} where id = :known_by"  # noqa: S608
    conn.execute(change, row | {"known_by": key})  # no column is called so


def _reword(
    conn: sqlite3.Connection, table: str, row: dict[str, Any], news: dict[str, str]
) -> None:
    """Columns of a row that is known by all of it."""
    keys = ["id"] if "id" in row else list(row)
    sets = ", ".join(f"{name} = :new_{name}" for name in news)
    where = " and ".join(f"{name} is :{name}" for name in keys)
    values = row | {f"new_{name}": text for name, text in news.items()}
    conn.execute(f"update or replace {table} set {sets} where {where}", values)  # noqa: S608
