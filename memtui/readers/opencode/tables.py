"""OpenCode's tables, whichever columns they have, their rows as items.

What does not fit into memory is never held: SQLite refuses a row over 16 MiB, and
its texts are then read bit by bit.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import Final

import msgspec

from memtui.readers.base import Cut, Item
from memtui.readers.foreign import is_table, quoted
from memtui.readers.loose_json import escaped
from memtui.readers.tail import CHUNK_BYTES

_LED: Final = "select name from pragma_index_info(?) order by seqno limit 1"


class Table:
    """One table, whichever columns it has; it need not be there."""

    def __init__(self, conn: sqlite3.Connection, name: str) -> None:
        self.name = name
        told = (
            conn.execute(f"pragma table_info({name})") if is_table(conn, name) else ()
        )
        self.columns = [row[1] for row in told]
        self._selected = ", ".join(map(quoted, self.columns))
        self._conn = conn

    def is_indexed(self, column: str) -> bool:
        """Whether rows with a value in this column are found without a search."""
        for index in self._conn.execute(f"pragma index_list({self.name})").fetchall():
            led = self._conn.execute(_LED, index[1:2])
            if (first := led.fetchone()) and first[0] == column:
                return True
        return False

    def rows(
        self, column: str, value: str, cut: Cut, order: str = ""
    ) -> Iterator[Item]:
        """The rows with this value, none where there is no such column."""
        if column not in self.columns:
            return
        ordered = f" order by {order}" if order else ""
        yield from self._items(f"where {column} = ?{ordered}", (value,), cut)

    def orphans(self, session: str, cut: Cut) -> Iterator[Item]:
        """The rows of a session that belong to no message, by their ids."""
        which = (
            "where session_id = ? and message_id not in"
            " (select id from message where session_id = ?) order by id"
        )
        yield from self._items(which, (session, session), cut)

    def by_message(self, session: str) -> dict[str, list[int]]:
        """By message, the rows of its parts in their order."""
        found = self._conn.execute(
            f"select message_id, rowid from {self.name} where session_id = ?"  # noqa: S608
            " order by id",
            (session,),
        )
        rows: dict[str, list[int]] = defaultdict(list)
        for message, row in found:
            rows[str(message or "")].append(row)
        return rows

    def items(self, rows: Iterable[int], cut: Cut) -> Iterator[Item]:
        """These rows; one too large to be held comes in pieces."""
        select = f"select {self._selected} from {self.name} where rowid = ?"  # noqa: S608
        for number, row in enumerate(rows):
            try:
                values = self._conn.execute(select, (row,)).fetchone()
            except sqlite3.DataError:  # over the limit set in ``foreign``
                yield self._long(row)
                continue
            if values is not None:
                yield self._item(values, cut, number)

    def _items(
        self, which: str, values: tuple[object, ...], cut: Cut
    ) -> Iterator[Item]:
        numbered = f"select rowid from {self.name} {which}"  # noqa: S608
        try:
            rows = [row for (row,) in self._conn.execute(numbered, values)]
        except sqlite3.OperationalError:  # a table without row numbers
            every = f"select {self._selected} from {self.name} {which}"  # noqa: S608
            found = self._conn.execute(every, values)
            for number, row in enumerate(found):
                yield self._item(row, cut, number)
        else:
            yield from self.items(rows, cut)

    def _item(self, values: Iterable[object], cut: Cut, number: int) -> Item:
        row = dict(zip(self.columns, map(_plain, values), strict=True))
        key = row.get("id") or row.get("position") or number
        for name, told in row.items():
            if isinstance(told, str) and told[:1] in ("{", "["):
                row[name] = cut(_bytes(told)).decode("utf-8", "replace")
        return Item(f"{self.name}:{key}", msgspec.json.encode(row) + b"\n")

    def _long(self, row: int) -> Item:
        kinds = ", ".join(
            f"typeof({quoted(name)}) in ('text', 'blob')" for name in self.columns
        )
        named = "id" if "id" in self.columns else "rowid"
        key, *told = self._conn.execute(
            f"select {named}, {kinds} from {self.name} where rowid = ?",  # noqa: S608
            (row,),
        ).fetchone()
        texts = [name for name, yes in zip(self.columns, told, strict=True) if yes]
        return Item(f"{self.name}:{key}", b"", partial(self._pieces, row, texts))

    def _pieces(self, row: int, texts: Collection[str]) -> Iterator[bytes]:
        """A row as ``_item`` has it, without ever holding a text of it."""
        for place, name in enumerate(self.columns):
            yield (b"," if place else b"{") + msgspec.json.encode(name) + b":"
            if name in texts:
                yield b'"'
                with self._conn.blobopen(self.name, name, row, readonly=True) as blob:
                    yield from escaped(iter(partial(blob.read, CHUNK_BYTES), b""))
                yield b'"'
            else:
                select = f"select {quoted(name)} from {self.name} where rowid = ?"  # noqa: S608
                yield msgspec.json.encode(
                    self._conn.execute(select, (row,)).fetchone()[0]
                )
        yield b"}\n"


class Parts:
    """The parts of a session's messages."""

    def __init__(self, table: Table, session: str, cut: Cut) -> None:
        self._table = table
        self._session = session
        self._cut = cut
        self._held: dict[str, list[int]] | None = None
        if {"id", "message_id", "session_id"} <= set(table.columns) and not (
            table.is_indexed("message_id")
        ):  # a search for each message would take for ever
            self._held = table.by_message(session)

    def of(self, message: str) -> Iterable[Item]:
        """Those of one message, in their order."""
        if self._held is not None:
            return self._table.items(self._held.pop(message, ()), self._cut)
        return self._table.rows("message_id", message, self._cut, "id")

    def without_message(self) -> Iterator[Item]:
        """Those whose message is not there; asked when all others were given."""
        if self._held is not None:
            for rows in self._held.values():
                yield from self._table.items(rows, self._cut)
        elif "id" in self._table.columns and self._table.is_indexed("session_id"):
            yield from self._table.orphans(self._session, self._cut)


def _plain(value: object) -> object:
    """A value for JSON; bytes that are no text as SQLite writes them."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"x'{value.hex()}'"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
