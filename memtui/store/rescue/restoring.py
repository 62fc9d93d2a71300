"""A backup put back: what a person decided, or a whole store.

Rows of a backup name sessions and projects by numbers, which are others in another
store. So they are looked up again: sessions by their ids, projects by what the backup
says of them.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from memtui.errors import StoreError
from memtui.store.alone import alone
from memtui.store.connect import SCHEMA_STAMP, open_writer, schema_of, transaction
from memtui.store.curate import frozen
from memtui.store.curate.changes import ON_PROJECTS
from memtui.store.curate.journal import payload_of
from memtui.store.purge.buried import removed_from
from memtui.store.purge.scrubbing import Rewrite, Scrub, same
from memtui.store.rescue import daily, swapping
from memtui.store.trouble import explained, is_damage

Row = dict[str, Any]

BEFORE: Final = "before"
"""What a store is called, with the time, that another was put in the place of."""

_MAGIC: Final = b"SQLite format 3\x00"
_SESSION: Final = "select id from session where agent = ? and native_id = ?"
_PROJECT: Final = "select id from project where uuid = ?"
_PROJECT_AT: Final = """
    select project_id from project_root where path in (select value from json_each(?))
    order by last_at desc limit 1
"""
_NEW_PROJECT: Final = """
    insert into project (uuid, name, created_at) values (?, ?, ?) returning id
"""
_NEW_ROOT: Final = "insert or ignore into project_root values (?, ?, 0, 0)"
_NO_ROW: Final = (
    LookupError, TypeError, ValueError, OverflowError, RecursionError,
    msgspec.MsgspecError, zstandard.ZstdError,
)  # fmt: skip
"""What reading a row raises that no memtui wrote."""
_BY_NUMBER: Final = frozenset({"project_joined", "project_apart", "project_alias"})
"""Tables whose rows mean nothing in another store."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What came back."""

    rows: int
    memories: tuple[str, ...] = ()


def is_store(file: Path) -> bool:
    """Whether a file is a whole store, and no backup of decisions.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def put_back(path: Path, backup: Path, rewrite: Rewrite = same) -> PutBack:
    """Put into a store the decisions of a backup that it has not; others stay.

    Nor is anything put back that was purged since.

    Args:
        rewrite: of each text, as it may stay.

    Raises:
        StoreError: it is no backup, or the store cannot be written.
    """
    rows = list(daily.rows_of(backup))
    with explained(path), closing(open_writer(path, "curation")) as conn:
        with _understood(backup), transaction(conn):
            there = _Rows(conn, rows, rewrite)
            has_journal = conn.execute("select 1 from journal limit 1").fetchone()
            done: list[str] = []
            count = 0
            for row in rows:
                table = row.pop("table", "")
                if table in ("journal", "bundle_version") and has_journal:
                    continue
                if (placed := there.placed(table, row)) is None:
                    continue
                if _insert(conn, table, placed):
                    count += 1
                    done += [placed["id"]] if table == "curation" else []
            frozen.index(conn, done)
    return PutBack(count, tuple(done))


def put_store(
    path: Path, backup: Path, clean: Callable[[Path], object] | None = None
) -> Path | None:
    """Put a whole store in the place of this one; where that is now, if there was one.

    Args:
        clean: called with the copy before anybody else can open it.

    Raises:
        StoreError: the file is no store, is damaged, or of a newer memtui.
        OSError: it cannot be copied.
    """
    if not _is_sound(backup):
        raise StoreError(
            f"{backup} is damaged, of a newer memtui, or no store of ours.",
            hint="Nothing was changed.",
        )
    made = path.with_name(f".memtui-new-{path.name}")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.{BEFORE}-{stamp}")
    try:
        with (
            closing(sqlite3.connect(backup)) as source,
            closing(sqlite3.connect(made)) as copy,
        ):
            source.backup(copy)
            copy.execute("pragma journal_mode = wal")  # else readers hold writers up
        made.chmod(0o600)
        if clean is not None:
            clean(made)
        with alone(path.parent):
            if was_there := path.exists():
                _fold_log(path)
            swapping.swap(made, path, aside)
    finally:
        for side in ("", "-wal", "-shm"):
            made.with_name(made.name + side).unlink(missing_ok=True)
    return aside if was_there else None


def _is_sound(backup: Path) -> bool:
    """Whether a whole store can be put in the place of ours."""
    try:
        with explained(backup), closing(sqlite3.connect(backup)) as conn:
            said = [row[0] for row in conn.execute("pragma quick_check(1)")]
            return said == ["ok"] and 0 < schema_of(conn) <= SCHEMA_STAMP
    except StoreError as error:
        if is_damage(backup, error):  # its pages are none
            return False
        raise


@contextmanager
def _understood(backup: Path) -> Iterator[None]:
    """Say of rows that are not as we write them whose fault that is."""
    try:
        yield
    except _NO_ROW as error:
        raise StoreError(
            f"{backup} holds a row that cannot be understood.",
            hint="Nothing of it was put back.",
        ) from error


def _fold_log(path: Path) -> None:
    """Let a store be one file, so that it can be copied and moved by itself."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")  # where it is sound, and free


class _Rows:
    """Rows of a backup, as they may stand in this store."""

    def __init__(
        self, conn: sqlite3.Connection, rows: list[Row], rewrite: Rewrite
    ) -> None:
        self._conn = conn
        ids = {row[0] for row in conn.execute("select id from tombstone")}
        gone = removed_from(rows, ids)
        self._scrub = Scrub(gone, rewrite)
        self._projects: dict[int, int] = {}
        for row in rows:
            is_project = row.get("table") == daily.PROJECT
            if is_project and row["uuid"] not in gone.projects:
                self._projects[row["id"]] = self._project(row)

    def placed(self, table: str, row: Row) -> Row | None:
        """One row with this store's own numbers; None: it is not for it."""
        if table not in daily.TABLES or table in _BY_NUMBER:
            return None
        if table == "tombstone":
            return row
        left = self._scrub.row(table, row)
        if left is None or table not in ("curation", "journal"):
            return left
        return self._side(left) if table == "curation" else self._entry(left)

    def _side(self, row: Row) -> Row:
        placed = dict(row)
        if "project_id" in row:
            placed["project_id"] = self._projects.get(row["project_id"])
        if "session_id" in row:
            asked = (row.get("agent", ""), row.get("session", ""))
            found = self._conn.execute(_SESSION, asked).fetchone()
            placed["session_id"] = found[0] if found else None
        return placed

    def _entry(self, row: Row) -> Row | None:
        if row["act"] in ON_PROJECTS or row["note"] in ON_PROJECTS:
            return None
        if not row["payload"]:
            return row
        made = msgspec.json.decode(
            zstandard.ZstdDecompressor().decompress(row["payload"])
        )
        placed = {
            name: (self._maybe(before), self._maybe(after))
            for name, (before, after) in made.items()
        }
        return row | {"payload": payload_of(placed)}

    def _maybe(self, side: Row | None) -> Row | None:
        return None if side is None else self._side(side)

    def _project(self, row: Row) -> int:
        """The project of this store that is the one of the backup."""
        roots = json.loads(row["roots"])
        found = self._conn.execute(_PROJECT, (row["uuid"],)).fetchone()
        found = found or self._conn.execute(_PROJECT_AT, (row["roots"],)).fetchone()
        if found is None:
            values = (row["uuid"], row["name"], row["created_at"])
            found = self._conn.execute(_NEW_PROJECT, values).fetchone()
            self._conn.executemany(_NEW_ROOT, ((root, found[0]) for root in roots))
        return int(found[0])


def _insert(conn: sqlite3.Connection, table: str, row: Row) -> bool:
    if not row:
        raise ValueError(table)
    known = {column[1] for column in conn.execute(f"pragma table_info({table})")}
    names = [name for name in row if name in known]
    places = ", ".join(f":{name}" for name in names)
    put = f"insert or ignore into {table} ({', '.join(names)}) values ({places})"  # noqa: S608
    return conn.execute(put, row).rowcount > 0
