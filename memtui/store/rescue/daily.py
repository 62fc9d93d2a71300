"""What a person decided, copied out after each day on which they did.

The rows of ``TABLES`` are the only ones that no transcript can give back. One
file a day, ``curation-DATE.jsonl.zst`` (DATE in UTC): a header line, then a line
for each row, blobs in base64.
"""

import base64
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from memtui.errors import StoreError
from memtui.files import replacing
from memtui.paths import make_private_dir
from memtui.store.connect import open_reader, schema_of

KEPT: Final = 14
"""Days of which a backup is kept."""

TABLES: Final = (
    "curation", "hidden_session", "session_name", "project_joined", "project_alias",
    "project_apart", "model_decided", "journal", "tombstone", "bundle_version",
    "bundle_conflict",
)  # fmt: skip

PROJECT: Final = "project"
"""What is said of a project, so that another store finds its own for it."""
_PROJECTS = """
    select p.id, p.uuid, p.name, p.created_at, (select json_group_array(path) from (
        select path from project_root where project_id = p.id order by path)) as roots
    from project p order by p.id
"""
_LAST_ACT = "select max(at) from journal where at < :today"
_DAY_MS = 86_400_000


def back_up_decisions(
    store: Path, folder: Path, *, now_ms: int | None = None
) -> Path | None:
    """Write the backup of the last day with acts before today, if it is missing.

    Returns:
        The file written; None where there was nothing to do.

    Raises:
        StoreError: the store cannot be read.
        OSError: the backup cannot be written.
    """
    if not store.exists():
        return None
    with closing(open_reader(store)) as conn:
        day = last_day(conn, now_ms=now_ms)
        if not is_missing(folder, day):
            return None
        target = _file(folder, day)
        _write(make_private_dir(folder) / target.name, _lines(conn, day))
    for old in sorted(folder.glob("curation-*.jsonl.zst"))[:-KEPT]:
        old.unlink()
    return target


def last_day(conn: sqlite3.Connection, *, now_ms: int | None = None) -> str:
    """The last day with acts before today, as ``2026-01-31``; '' for none."""
    now = round(time.time() * 1000) if now_ms is None else now_ms
    asked = {"today": now - now % _DAY_MS}
    (last,) = conn.execute(_LAST_ACT, asked).fetchone()
    if last is None:
        return ""
    return datetime.fromtimestamp(last / 1000, UTC).date().isoformat()


def is_missing(folder: Path, day: str) -> bool:
    """Whether there is a day to back up that has no file yet."""
    return bool(day) and not _file(folder, day).exists()


def _file(folder: Path, day: str) -> Path:
    return folder / f"curation-{day}.jsonl.zst"


def rows_of(backup: Path) -> Iterator[dict[str, Any]]:
    """The rows of a backup, each with its ``table``; the header first.

    Raises:
        StoreError: it is no backup of ours, or is damaged.
    """
    import zstandard

    is_empty = True
    try:
        with (
            backup.open("rb") as file,
            zstandard.open(file, "rt", encoding="utf-8") as lines,
        ):
            for line in lines:
                is_empty = False
                row = json.loads(line)
                if isinstance(row.get("payload"), str):
                    row["payload"] = base64.b64decode(row["payload"])
                yield row
    except (ValueError, AttributeError, RecursionError, zstandard.ZstdError) as error:
        raise StoreError(f"{backup} is no backup of decisions: {error}.") from error
    if is_empty:
        raise StoreError(f"{backup} is no backup of decisions: it is empty.")


def backups_in(folder: Path) -> list[Path]:
    """Those of days, and those of what a damaged store still told."""
    kinds = ("curation", "rescued")
    return sorted(p for kind in kinds for p in folder.glob(f"{kind}-*.jsonl.zst"))


def newest_backup(folder: Path) -> Path | None:
    """The last one that a sync wrote."""
    return max(folder.glob("curation-*.jsonl.zst"), default=None)


def write_what_can_be_read(conn: sqlite3.Connection, target: Path) -> int:
    """Write a backup of a damaged store; how many rows there are in it.

    Raises:
        OSError: it cannot be written.
        sqlite3.DatabaseError: nothing can be read at all.
    """
    from memtui.store.rescue.salvage import (
        rows_of as rows_that_can_be_read,  # seldom needed
    )

    day = datetime.now(UTC).date().isoformat()
    lines = [_json({"memtui": "decisions", "schema": schema_of(conn), "day": day})]
    with suppress(sqlite3.DatabaseError):
        lines += [_json({"table": PROJECT} | dict(r)) for r in conn.execute(_PROJECTS)]
    for table in TABLES:
        rows = rows_that_can_be_read(conn, table, lambda: None)
        lines += [_json({"table": table} | dict(row)) for row in rows]
    _write(target, iter(lines))
    return len(lines) - 1


def rewrite_backup(
    backup: Path, kept: Callable[[str, dict[str, Any]], dict[str, Any] | None]
) -> None:
    """Write a backup anew; whole or not at all.

    Args:
        kept: a table's row as it may stay, or None.
    """
    header, *rows = rows_of(backup)
    lines = [_json(header)]
    for row in rows:
        table = row.pop("table")
        left = row if table == "tombstone" else kept(table, row)
        if left is not None:
            lines.append(_json({"table": table} | left))
    _write(backup, iter(lines))


def _lines(conn: sqlite3.Connection, day: str) -> Iterator[str]:
    conn.execute("begin")  # one look: no act may fall between the tables
    yield _json({"memtui": "decisions", "schema": schema_of(conn), "day": day})
    for row in conn.execute(_PROJECTS):
        yield _json({"table": PROJECT} | dict(row))
    for table in TABLES:
        for row in conn.execute(f"select * from {table} order by id"):  # noqa: S608
            yield _json({"table": table} | dict(row))
    conn.execute("commit")


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=_blob) + "\n"


def _blob(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _write(target: Path, lines: Iterator[str]) -> None:
    import zstandard  # most syncs have nothing to back up

    with (
        replacing(target) as file,
        zstandard.ZstdCompressor().stream_writer(file, closefd=False) as out,
    ):
        for line in lines:
            out.write(line.encode("utf-8", "replace"))
