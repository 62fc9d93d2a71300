"""What an importer gives: memories of another tool, and what became of its columns."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from memtui.model import Agent, ObservationId
from memtui.readers.foreign import is_table, quoted
from memtui.readers.texts import milliseconds, plausible

if TYPE_CHECKING:
    from memtui.importers.sessions import Sessions

CHARS: Final = 64_000
"""Of each text so much is taken: a memory is no archive."""
LIST: Final = 500
"""Of each list so many are taken."""
CUT: Final = "… (cut)"
_TOGETHER: Final = 200
_SECONDS: Final = 100_000_000_000
"""Stamps below this are seconds, from there on milliseconds."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One thing that another tool remembered, as its database says it."""

    id: ObservationId
    """A function of what the tool calls it: the same row is the same memory."""
    type: str
    title: str
    body: str
    at: int
    """Unix ms; 0: the database does not say."""
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    source: str
    """The row that it comes from."""
    told: str = ""
    """What else the row says about how it came to be."""
    session: str = ""
    """Native id of the agent's session."""
    agent: Agent | None = None
    project: str = ""
    """What the tool calls its project; most often a folder's name."""
    cwd: str = ""
    """The folder of the session, where the database knows it."""
    is_private: bool = False
    """The tool said that it must not be told everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the database, and what becomes of it."""

    table: str
    name: str
    filled: int
    """Rows that say something in it."""
    becomes: str
    """In words."""
    is_taken: bool = True


@dataclass(slots=True)
class Faults:
    """Rows that could not be taken, by why."""

    counts: dict[str, int]

    def add(self, why: str) -> None:
        """One more."""
        self.counts[why] = self.counts.get(why, 0) + 1


class Database(Protocol):
    """An opened database of another tool."""

    faults: Faults

    def memories(self) -> Iterator[Remembered]:
        """Everything that it remembers, in its own order."""
        ...

    def sessions(self) -> "Sessions":
        """What was said in sessions of Claude Code."""
        ...

    def columns(self) -> Iterator[Column]:
        """Every column of its tables, those we do not know included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One tool whose databases can be imported."""

    file: str
    """Name of the database in the tool's folder."""
    opened: Callable[[Path], AbstractContextManager[Database]]
    """Opens one. Raises OSError where it cannot be read, NotTheirs where it is none."""


class NotTheirs(Exception):
    """A database that lacks the tables of this tool."""


def database_in(path: Path, name: str) -> Path:
    """The database that a person means by a folder or a file."""
    return path / name if path.is_dir() else path


def columns_of(conn: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a real table; none where it is not there."""
    if not is_table(conn, table):
        return []
    return [row[1] for row in conn.execute(f"pragma table_info({quoted(table)})")]


def rows(
    conn: sqlite3.Connection, table: str, wanted: Sequence[str], faults: Faults
) -> Iterator[Row]:
    """Rows in the order in which they were written, with those columns that exist.

    A row too large to be held is counted and passed over.
    """
    there = [name for name in columns_of(conn, table) if name in wanted]
    if not there:
        return
    chosen = ", ".join(map(quoted, there))
    select = f"select rowid, {chosen} from {quoted(table)}"  # noqa: S608 - quoted
    after, named = -(1 << 63), ["rowid", *there]
    while True:
        try:
            some = conn.execute(
                f"{select} where rowid > ? order by rowid limit ?", (after, _TOGETHER)
            ).fetchall()
        except sqlite3.DataError:
            some = list(_one_by_one(conn, table, select, after, faults))
        if not some:
            return
        for row in some:
            after = row[0]
            if row[1:]:
                yield dict(zip(named, row, strict=True))


def _one_by_one(
    conn: sqlite3.Connection, table: str, select: str, after: int, faults: Faults
) -> Iterator[tuple[Any, ...]]:
    """The next rows; of one that cannot be held only its number."""
    numbers = conn.execute(
        f"select rowid from {quoted(table)} where rowid > ? order by rowid limit ?",  # noqa: S608 - quoted
        (after, _TOGETHER),
    ).fetchall()
    for (number,) in numbers:
        try:
            yield conn.execute(f"{select} where rowid = ?", (number,)).fetchone()
        except sqlite3.DataError:
            faults.add(f"{table}: over 16 MiB")
            yield (number,)


def fates(
    conn: sqlite3.Connection, known: Mapping[str, Mapping[str, str]]
) -> Iterator[Column]:
    """Every column of these tables with what becomes of it.

    Args:
        known: by table and column; ``-`` in front says that it is not taken.
    """
    for table, said in known.items():
        names = columns_of(conn, table)
        if not names:
            continue
        filled = _filled(conn, table, names)
        for name, count in zip(names, filled, strict=True):
            becomes = said.get(name, "-not known to this memtui")
            yield Column(
                table=table, name=name, filled=count,
                becomes=becomes.removeprefix("-"),
                is_taken=not becomes.startswith("-"),
            )  # fmt: skip


def _filled(
    conn: sqlite3.Connection, table: str, names: Sequence[str]
) -> tuple[int, ...]:
    """By column, how many rows say something in it."""
    for said in ("{} not in ('', '[]')", "typeof({}) <> 'null'"):
        told = (f"count(case when {said.format(quoted(n))} then 1 end)" for n in names)
        counted = f"select {', '.join(told)} from {quoted(table)}"  # noqa: S608 - quoted
        with suppress(sqlite3.DataError):  # of a row over 16 MiB only the type is read
            found: tuple[int, ...] = conn.execute(counted).fetchone()
            return found
    return (0,) * len(names)


def text(value: object, most: int = CHARS) -> str:
    """A column as text of at most so many characters, whatever is in it."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    found = str(value)
    return found if len(found) <= most else found[: most - len(CUT)] + CUT


def texts(value: object) -> tuple[str, ...]:
    """A column that holds a JSON list of texts; another text is a list of one."""
    raw = text(value).strip()
    try:
        found = json.loads(raw) if raw[:1] in ("[", '"', "{") else raw
    except (ValueError, RecursionError):
        found = raw
    many = found if isinstance(found, list) else [found]
    plain = (one if isinstance(one, str) else json.dumps(one) for one in many[:LIST])
    return tuple(dict.fromkeys(one.strip() for one in plain if one and one.strip()))


def moment(epoch: object, stamp: object = None) -> int:
    """Unix ms of a number or an ISO time, whichever is plausible; 0: neither."""
    try:
        number = int(epoch) if isinstance(epoch, int | float | str) else 0
    except (ValueError, OverflowError):
        number = 0
    if 0 < number < _SECONDS:
        number *= 1000
    return plausible(number) or milliseconds(text(stamp)) or 0
