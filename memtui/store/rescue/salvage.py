"""Every row that can still be read, from a damaged store into a new one."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from memtui.store.allowed import PERSON_ONLY

_TABLES: Final = """
    select name from sqlite_master where type = 'table'
        and name not like 'fts%' and name not like 'sqlite%'
        and name not in ('_sqlite_migrations', 'term', 'purging') order by rowid
"""
_TOGETHER: Final = 200
_WIDEST_STEP: Final = 1 << 30
_ALIKE: Final = frozenset({"alike", "alike_word", "alike_place"})


@dataclass(slots=True)
class Salvaged:
    """What came over."""

    rows: int = 0
    lost: str = ""
    """Of which tables something could not be read, in words; empty: of none."""
    decisions_lost: bool = False
    """Some of it was decided by a person."""
    lines_lost: bool = False
    """The archive has gaps."""
    alike_lost: bool = False
    """The words by which memories are compared are to be made anew."""


def salvage(old: sqlite3.Connection, new: sqlite3.Connection) -> Salvaged:
    """Copy what can be read; what pointed to a row that is lost points nowhere."""
    found = Salvaged()
    torn: list[str] = []
    new.execute("insert into purging values (1)")
    for (table,) in new.execute(_TABLES).fetchall():
        copied, is_whole = _copy(old, new, table)
        found.rows += copied
        if not is_whole:
            torn.append(table)
    _untangle(new)
    new.execute("delete from purging")
    found.lost = f"some of {', '.join(torn)}" if torn else ""
    found.decisions_lost = not PERSON_ONLY.isdisjoint(torn)
    found.lines_lost = "block" in torn
    found.alike_lost = not _ALIKE.isdisjoint(torn)
    return found


def rows_of(
    conn: sqlite3.Connection, table: str, torn: Callable[[], object]
) -> Iterator[sqlite3.Row]:
    """All rows of a table that can be read; ``torn`` is told when some cannot."""
    if _has_number(conn, table):
        yield from _by_number(conn, table, torn)
    else:
        yield from _from_both_ends(conn, table, torn)


def _copy(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str
) -> tuple[int, bool]:
    missing: list[int] = []
    columns = [row[1] for row in new.execute(f"pragma table_info({table})")]
    count = 0
    for row in rows_of(old, table, lambda: missing.append(1)):
        kept = [name for name in columns if name in row.keys()]  # noqa: SIM118
        names, places = ", ".join(kept), ", ".join("?" for _ in kept)
        put = f"insert or ignore into {table} ({names}) values ({places})"  # noqa: S608
        count += new.execute(put, [row[name] for name in kept]).rowcount
    return count, not missing


def _has_number(conn: sqlite3.Connection, table: str) -> bool:
    try:
        info = conn.execute(f"pragma table_info({table})").fetchall()
    except sqlite3.DatabaseError:
        return False
    return any(row[1] == "id" and row[2].lower() == "integer" for row in info)


def _by_number(
    conn: sqlite3.Connection, table: str, torn: Callable[[], object]
) -> Iterator[sqlite3.Row]:
    """In the order of ``id``: what cannot be read is stepped over, ever wider."""
    some = f"select * from {table} where id > ? order by id limit ?"  # noqa: S608
    last, many, step = -(1 << 62), _TOGETHER, 1
    while step < _WIDEST_STEP:
        try:
            rows = conn.execute(some, (last, many)).fetchall()
        except sqlite3.DatabaseError:
            if many > 1:
                many = 1
                continue
            torn()
            last = (_next_number(conn, table, last) or last) + step
            step *= 2
            continue
        if not rows:
            return
        yield from rows
        last, step = rows[-1]["id"], 1
        many = min(many * 2, _TOGETHER)


def _next_number(conn: sqlite3.Connection, table: str, last: int) -> int | None:
    """The number of the row that could not be read, if that much can be."""
    question = f"select min(id) from {table} where id > ?"  # noqa: S608
    try:
        found = conn.execute(question, (last,)).fetchone()[0]
    except sqlite3.DatabaseError:
        return max(last, 0)
    return None if found is None else int(found) - 1


def _from_both_ends(
    conn: sqlite3.Connection, table: str, torn: Callable[[], object]
) -> Iterator[sqlite3.Row]:
    """From the first row on until one cannot be read, then from the last one back."""
    for way in ("", " order by " + _key(conn, table)):
        try:
            yield from conn.execute(f"select * from {table}{way}")  # noqa: S608
        except sqlite3.DatabaseError:
            torn()
        else:
            return


def _key(conn: sqlite3.Connection, table: str) -> str:
    try:
        info = conn.execute(f"pragma table_info({table})").fetchall()
    except sqlite3.DatabaseError:
        return "1"
    named = [row[1] for row in info if row[5]] or [info[0][1] if info else "1"]
    return ", ".join(f"{name} desc" for name in named)


def _untangle(conn: sqlite3.Connection) -> None:
    """Do what a foreign key would have done when the row it points to went."""
    tables = [row[0] for row in conn.execute(_TABLES)]
    while True:
        changed = 0
        for table in tables:
            for key in conn.execute(f"pragma foreign_key_list({table})").fetchall():
                column, parent, theirs = key["from"], key["table"], key["to"] or "id"
                lost = f"""{column} is not null
                    and {column} not in (select {theirs} from {parent})"""  # noqa: S608
                if key["on_delete"] == "CASCADE":
                    change = f"delete from {table} where {lost}"  # noqa: S608
                else:
                    change = f"update {table} set {column} = null where {lost}"  # noqa: S608
                changed += conn.execute(change).rowcount
        if not changed:
            return
