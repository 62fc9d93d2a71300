"""A session stated anew from the archive: in one transaction, or in many short ones.

A short session is taken apart and put together in one. Of a long one every batch is
put in place by itself, in a transaction as short as any: what it says holds at once,
what it adds stands at the session's end, and what it tells no more is still shown. The
last transaction puts all in order. Until then its transcripts count as read by a
reader that there is not, so that a run after a kill begins again; nothing is lost.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Final

from memtui.store.ingest import anew, archive, faults, inherited, retelling, transcripts
from memtui.store.ingest.archive import Place
from memtui.store.ingest.batch import Applied, Batch, KnownTranscript
from memtui.store.search.pending import PendingDocs

_UNDER_WAY: Final = 1 << 30
"""No reader has this version."""

LINES_LOST: Final = "lines lost"
"""The key in ``meta`` that says that a repair could not read all of the archive."""
_IS_TORN: Final = "select 1 from meta where key = ?"

_VERSION: Final = "update transcript set reader_version = ? where id = ?"
_RECEIVED: Final = """
    delete from delivery where session_id = ?1 and record_id not in
        (select record_id from link where session_id = ?1)
"""


class Restating:
    """Stating sessions anew; a part of ``Store``."""

    _conn: sqlite3.Connection
    _index: PendingDocs

    def transaction(self) -> AbstractContextManager[None]:
        """As of ``Store``."""
        raise NotImplementedError

    def apply(self, batch: Batch) -> Applied:
        """As of ``Store``."""
        raise NotImplementedError

    def group(self, path: str) -> list[KnownTranscript]:
        """The transcripts that show the same session as this one, it included."""
        rows = anew.group(self._conn, path)
        return [transcripts.by_row(self._conn, row) for row in rows]

    @contextmanager
    def anew(self, path: str) -> Iterator[list[KnownTranscript]]:
        """State a session anew: yields its transcripts, to be applied again."""
        with self.transaction():
            known = self.group(path)
            session = known[0].session if known else None
            if session is not None:
                inherited.part(self._conn, session)
            rows = [one.id for one in known]
            before = anew.begin(self._conn, rows, session)
            yield known
            if session is not None:
                inherited.join(self._conn, session)
            anew.finish(self._conn, before, self._index)

    def has_lost_lines(self, group: Iterable[KnownTranscript]) -> bool:
        """Whether the archive cannot tell all of these transcripts again."""
        if not self._conn.execute(_IS_TORN, (LINES_LOST,)).fetchone():
            return False
        return any(
            archive.has_gaps(
                self._conn, Place(one.id, reading), one.position.line, one.generation
            )
            for one in group
            for reading in {*archive.generations(self._conn, one.id), one.generation}
        )

    def archived_bytes(self, known: KnownTranscript) -> int:
        """How much the archive holds of what a transcript says now."""
        return archive.weight(self._conn, Place(known.id, known.generation))

    def never_restate(self, group: Iterable[KnownTranscript]) -> None:
        """What is recorded of these transcripts stays as it is."""
        with self.transaction():
            for known in group:
                self._conn.execute(_VERSION, (0, known.id))

    def begin_restating(self, group: Iterable[KnownTranscript]) -> None:
        """Batches of these transcripts follow, for ``restate``."""
        with self.transaction():
            for known in group:
                faults.forget(self._conn, known.id)
                self._conn.execute(_VERSION, (_UNDER_WAY, known.id))

    def restate(self, batch: Batch) -> Applied:
        """Put one batch in place."""
        return self.apply(replace(batch, reader_version=_UNDER_WAY))

    def end_restating(
        self,
        session: int,
        group: Iterable[KnownTranscript],
        told: Sequence[int],
        last: Iterable[Batch],
        version: int,
    ) -> None:
        """Put a session in the order in which it was told.

        Args:
            told: rows of all records that it shows, each at its first telling.
            last: of each reading of each transcript, with all that it knows.
            version: of the reader that told it.
        """
        conn = self._conn
        with self.transaction():
            inherited.part(conn, session)
            before = retelling.sequence(conn, session)
            rows = {link.row for link in before}
            kept = anew.forget(conn, session, rows.difference(told))
            for batch in last:
                bare = replace(batch, records=(), faults=(), deliveries=(), retold=None)
                self.apply(replace(bare, reader_version=version))
            _arrange(conn, session, before, told)
            for known in group:
                conn.execute(_VERSION, (version, known.id))
            inherited.join(conn, session)
            anew.finish(conn, kept, self._index)
            conn.execute(_RECEIVED, (session,))


def _arrange(
    conn: sqlite3.Connection,
    session: int,
    before: Sequence[retelling.Shown],
    told: Iterable[int],
) -> None:
    """Show these records, so far as they are linked, in this order."""
    links = {link.row: link for link in before}
    shown = [links[row] for row in told if row in links]
    after = retelling.in_turns(shown, 0, by_line=True)
    retelling.write_order(conn, session, before, after)
    turns = after[-1].turn if after else 0
    talk = sum(map(retelling.is_talk, after))
    conn.execute(retelling.COUNTED, (turns, talk, session))
