"""A damaged store: what a person decided is copied out, then the rest saved.

A broken full-text index is made anew in place. Broken pages mean a new store, into
which every row is copied that can still be read; the old file is kept beside it. What
is missing then comes again from the archive and from the agents' own files.
"""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from memtui.errors import StoreError
from memtui.paths import make_private_dir
from memtui.store import connect, making
from memtui.store.alone import alone
from memtui.store.curate import alike
from memtui.store.ingest.restating import LINES_LOST
from memtui.store.rescue import daily, restoring, swapping
from memtui.store.rescue.salvage import Salvaged, salvage
from memtui.store.search import reindex
from memtui.store.trouble import explained, is_damage

DAMAGED: Final = "damaged"
_FTS_CHECK: Final = "insert into fts (fts) values ('integrity-check')"
_FTS_PROBE: Final = "select rowid from fts where fts match ? limit 1"
_PROBED: Final = ("a", "error", "file", "test", "zz")
"""Words that lie far from each other: looking them up reads the index's own lists
and some leaves, which takes a moment in a store of any size."""
_STEPS: Final = 1_000
_AT_ONCE: Final = 128 << 20
"""Bytes of a store that are looked at in a fraction of a second."""
_STOPS_INSIDE: Final = sqlite3.sqlite_version_info >= (3, 42)
"""Whether a look at the pages of one table can be ended; else only between two."""
_READ_AGAIN: Final = (
    """update transcript set inode = 0, state = null
    where gone_at is null and quarantined is null""",
    "delete from meta where key glob 'database:*' or key glob 'history:*'",
    "update session set distilled = 0",
)
"""All of the agents' own files."""
_PARSE_AGAIN: Final = """
    update transcript set reader_version = 1000000 where reader_version > 0
"""
_NEVER_PARSE_AGAIN: Final = """
    update transcript set reader_version = 0 where gone_at is not null
"""
"""Where lines are lost, records stand that only the archive could have told again."""
_LINES_LOST: Final = "insert or replace into meta (key, value) values (?, '')"


@dataclass(slots=True)
class Health:
    """What a look at a store found."""

    pages: list[str] = field(default_factory=list)
    """What SQLite says is broken; empty: nothing."""
    index: str = ""
    """What it says of the full-text index."""
    is_whole: bool = True
    """All of it was looked at: the time was enough."""

    @property
    def is_sound(self) -> bool:
        """Nothing is broken, as far as was looked."""
        return not self.pages and not self.index


def health(path: Path, *, seconds: float | None = None) -> Health:
    """Look at the pages and the index of a store; nothing is changed.

    A few words are looked up first: where the time ends before the pages do, an
    index that answers nothing any more is found all the same.

    Args:
        seconds: how long at most; None: as long as it takes.

    Raises:
        StoreError: it cannot be opened for another reason than damage.
    """
    found = Health()
    try:
        with explained(path), closing(_opened(path)) as conn:
            _limit(conn, seconds)
            try:
                for word in _PROBED:
                    conn.execute(_FTS_PROBE, (word,)).fetchone()
                is_large = seconds is not None and path.stat().st_size > _AT_ONCE
                found.pages = _broken_pages(conn, decided_only=is_large)
                found.is_whole = not is_large
                if not is_large:
                    conn.execute("begin immediate")
                    conn.execute(_FTS_CHECK)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname == "SQLITE_INTERRUPT":
                    found.is_whole = False
                elif not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    raise
            except sqlite3.DatabaseError as error:
                if "fts" not in str(error) and not found.pages and not _is_fts(conn):
                    raise
                found.index = str(error)
    except StoreError as error:
        if not is_damage(path, error):
            raise
        found.pages.append(str(error.__cause__))
    return found


def mend(path: Path, backups: Path) -> list[str]:
    """Repair a store as far as that goes; what was done, a sentence each.

    What a person decided is copied out before anything is changed. The caller holds
    the ingest lock.

    Raises:
        StoreError: it cannot be written, or another process uses it.
        OSError: a copy cannot be written.
    """
    found = health(path)
    if found.is_sound:
        return []
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    done = [_rescued(path, make_private_dir(backups), stamp)]
    if not found.pages:
        with explained(path), closing(connect.open_writer(path, "curation")) as conn:
            with connect.transaction(conn):
                reindex.reindex(conn)
        return [*done, "The full-text index was damaged: it is made anew."]
    made, saved = _saved(path)
    aside = path.with_name(f"{path.name}.{DAMAGED}-{stamp}")
    try:
        with alone(path.parent):
            swapping.swap(made, path, aside)
    finally:
        made.unlink(missing_ok=True)
    done.append(
        f"The store was damaged: {saved.rows:,} rows of it stand in a new one, "
        f"{saved.lost or 'none'} could not be read. The old file: {aside}."
    )
    if saved.decisions_lost and (newest := daily.newest_backup(backups)):
        count = restoring.put_back(path, newest).rows
        done.append(f"{count:,} decisions that were lost came from {newest}.")
    return [*done, "What is missing is read again: run memtui sync."]


def _rescued(path: Path, backups: Path, stamp: str) -> str:
    """Copy out what a person decided, as much of it as can be read."""
    target = backups / f"rescued-{stamp}.jsonl.zst"
    try:
        with closing(_opened(path)) as conn:
            count = daily.write_what_can_be_read(conn, target)
    except sqlite3.DatabaseError as error:
        return f"No decision could be read from the store: {error}."
    return f"What you decided was copied out first: {count:,} rows in {target}."


def _saved(path: Path) -> tuple[Path, Salvaged]:
    """A new store beside the damaged one, with all that could be read."""
    made = making.unfinished(path.parent)
    with explained(made), closing(_opened(made)) as new:
        try:
            old = _legible(path)
        except sqlite3.DatabaseError:
            return made, Salvaged(lost="all of them", decisions_lost=True)
        with closing(old), connect.transaction(new):
            saved = salvage(old, new)
            if saved.lost:
                for statement in _READ_AGAIN:
                    new.execute(statement)
                again = _NEVER_PARSE_AGAIN if saved.lines_lost else _PARSE_AGAIN
                new.execute(again)
                if saved.lines_lost:
                    new.execute(_LINES_LOST, (LINES_LOST,))
            if saved.alike_lost:
                ids = [row[0] for row in new.execute("select id from memory")]
                alike.put(new, ids)
            reindex.reindex(new)
    return made, saved


def _legible(path: Path) -> sqlite3.Connection:
    """The damaged store.

    Raises:
        sqlite3.DatabaseError: not even its tables can be listed.
    """
    conn = _opened(path)
    try:
        conn.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        conn.close()
        raise
    return conn


def _opened(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("pragma busy_timeout = 8000")
    return conn


def _limit(conn: sqlite3.Connection, seconds: float | None) -> None:
    if seconds is not None:
        end = time.monotonic() + seconds
        conn.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)


def _broken_pages(conn: sqlite3.Connection, *, decided_only: bool) -> list[str]:
    """What SQLite says is broken.

    Args:
        decided_only: time is short. Where SQLite cannot stop inside of a table, no
            more is looked at than the tables of what a person decided.
    """
    of = daily.TABLES if decided_only and not _STOPS_INSIDE else ("20",)
    rows = (row[0] for one in of for row in conn.execute(f"pragma quick_check({one})"))
    return [said for said in rows if said != "ok"]


def _is_fts(conn: sqlite3.Connection) -> bool:
    """Whether it is the index that cannot be read, and nothing else."""
    try:
        return [row[0] for row in conn.execute("pragma quick_check(1)")] == ["ok"]
    except sqlite3.DatabaseError:
        return False
