"""Sessions that another tool recorded, as the lines of transcripts that are gone.

They are spelled as Claude Code writes them, so that its reader makes of them what it
makes of any. Each line names the row that it comes from.
"""

import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from memtui.importers import base
from memtui.importers.base import Faults, moment
from memtui.readers.foreign import quoted

Json = dict[str, Any]

CHARS: Final = 4 << 20
"""Of each text so much is taken, so that a line can be read."""
_NAMES: Final = uuid.UUID("0c9a4be3-6f0e-5a52-9a3a-5b4f6a1d2c11")
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def text(value: object) -> str:
    """A column as text, whatever is in it."""
    return base.text(value, CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One thing that was said or done in a session."""

    role: str
    """``user`` or ``assistant``."""
    content: str | list[Json]
    """Text, or blocks as the client writes them."""
    at: int
    """Unix ms; 0: unknown."""
    source: str
    """The row that it comes from."""
    cwd: str = ""
    branch: str = ""
    is_sidechain: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row that belongs to a session, not read yet."""

    session: str
    table: str
    number: int


Fetch = Callable[[Row], Iterator[Spoken]]


@dataclass(slots=True)
class Sessions:
    """All sessions of a database, each read when it is asked for."""

    conn: sqlite3.Connection
    index: str
    """Asks for session, table and row number of each row, in their order."""
    fetch: Fetch
    faults: Faults
    count: int = field(default=0)
    """Rows that were given."""

    def __iter__(self) -> Iterator[tuple[str, Iterator[Spoken]]]:
        """Native ids, each with what was said in it."""
        found = (
            Row(text(session), text(table), number)
            for session, table, number in self.conn.execute(self.index)
        )
        for session, rows in groupby(found, key=lambda row: row.session):
            yield session, self._spoken(rows)

    def _spoken(self, rows: Iterator[Row]) -> Iterator[Spoken]:
        for row in rows:
            try:
                for one in self.fetch(row):
                    self.count += 1
                    yield one
            except sqlite3.DataError:
                self.faults.add(f"{row.table}: over 16 MiB")


def one_row(conn: sqlite3.Connection, row: Row, columns: list[str]) -> Json:
    """The columns of a row that are there."""
    chosen = ", ".join(map(quoted, columns))
    asked = f"select {chosen} from {quoted(row.table)} where rowid = ?"  # noqa: S608 - quoted
    found = conn.execute(asked, (row.number,)).fetchone()
    return dict(zip(columns, found, strict=True)) if found else {}


def file_name(session: str) -> str:
    """What the transcript of a session is called: never a way out of its folder."""
    if _FILE_NAME.fullmatch(session):
        return f"{session}.jsonl"
    return f"{uuid.uuid5(_NAMES, session)}.jsonl"


def line_of(session: str, one: Spoken, before: str) -> tuple[bytes, str]:
    """A line of a transcript, and the id by which the next one names it.

    Args:
        before: the id of the line before; empty for the first one.
    """
    own = str(uuid.uuid5(_NAMES, f"{session}\0{one.source}\0{one.role}"))
    line: Json = {
        "parentUuid": before or None, "isSidechain": one.is_sidechain,
        "userType": "external", "cwd": one.cwd, "sessionId": session,
        "gitBranch": one.branch, "type": one.role,
        "message": {"role": one.role, "content": one.content}, "uuid": own,
        "importedFrom": one.source,
    }  # fmt: skip
    if one.role == "assistant":
        line["message"] |= {"id": f"msg_{own}", "type": "message", "model": ""}
        if isinstance(one.content, str):
            line["message"]["content"] = [{"type": "text", "text": one.content}]
    if one.at:
        stamp = datetime.fromtimestamp(one.at / 1000, UTC)
        told = stamp.isoformat(timespec="milliseconds")
        line["timestamp"] = told.replace("+00:00", "Z")
    raw = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")
    return raw + b"\n", own


def at_of(row: Json, *names: str) -> int:
    """The first of these columns that is a time, Unix ms; 0: none is."""
    return next((at for name in names if (at := _at(row.get(name)))), 0)


def _at(value: object) -> int:
    return moment(value) or moment(None, value)


def use(name: str, call: str, arguments: object) -> Json:
    """A block by which an agent calls a tool."""
    told = text(arguments)
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        found = {"input": told}
    told_as = found if isinstance(found, dict) else {"input": told}
    return {"type": "tool_use", "id": call, "name": name, "input": told_as}


def result(call: str, output: object, *, failed: bool = False) -> Json:
    """A block that gives back what a tool printed."""
    block: Json = {"type": "tool_result", "tool_use_id": call, "content": text(output)}
    return block | ({"is_error": True} if failed else {})
