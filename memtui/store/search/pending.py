"""Rows for the full-text index, held back until their transaction ends.

FTS5 writes a segment whenever a savepoint is set or a rowid does not rise, so
rows added session by session cost twice what they cost at once.
"""

import sqlite3
from collections.abc import Iterable

from memtui.store.search import docs
from memtui.store.search.docs import MemoryDoc, RecordDoc
from memtui.store.search.terms import Terms


class PendingDocs:
    """What a transaction will index and mask, in the order it was asked for."""

    def __init__(self) -> None:
        self._asked: list[RecordDoc | MemoryDoc | int | str] = []
        self._shared: set[int] = set()
        self.terms = Terms()

    def add_records(self, found: Iterable[RecordDoc]) -> None:
        """Records to index, in place of what they said before."""
        self._asked += found

    def put_memories(self, found: Iterable[MemoryDoc]) -> None:
        """Memories to index, in place of what they said before."""
        self._asked += found

    def mask_records(self, rows: Iterable[int]) -> None:
        """Records to hide."""
        self._asked += rows

    def drop_records(self, conn: sqlite3.Connection, rows: Iterable[int]) -> None:
        """Records to hide that are removed next: then no row tells which they were."""
        gone = set(rows)
        self._asked += gone
        docs.mask_records(conn, gone)

    def mask_memories(self, ids: Iterable[str]) -> None:
        """Memories to hide."""
        self._asked += ids

    def share_records(self, rows: Iterable[int]) -> None:
        """Records that another session may show too: one of them has them found."""
        self._shared.update(rows)

    def mark(self) -> int:
        """Where it stands, for ``back_to``."""
        return len(self._asked)

    def back_to(self, mark: int) -> None:
        """Forget what was asked since."""
        del self._asked[mark:]

    def flush(self, conn: sqlite3.Connection) -> None:
        """Do it; inside the transaction it belongs to."""
        masked_records: set[int] = set()
        masked_memories: set[str] = set()
        records: dict[int, RecordDoc] = {}
        memories: dict[str, MemoryDoc] = {}
        for one in self._asked:
            if isinstance(one, RecordDoc):
                records[one.record_id] = one
            elif isinstance(one, MemoryDoc):
                memories[one.id] = one
            elif isinstance(one, int):
                records.pop(one, None)
                masked_records.add(one)
            else:
                memories.pop(one, None)
                masked_memories.add(one)
        self._asked.clear()
        docs.mask_records(conn, masked_records)
        docs.mask_memories(conn, masked_memories)
        docs.add_records(conn, list(records.values()), self.terms)
        docs.give_records(conn, self._shared)
        self._shared.clear()
        docs.put_memories(conn, list(memories.values()))
