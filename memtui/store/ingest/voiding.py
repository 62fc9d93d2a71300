"""Records that stood for something until it was told, and are to leave no trace."""

import sqlite3

from memtui.store.ingest.archive import Place
from memtui.store.ingest.batch import Batch, Retold
from memtui.store.ingest.linking import records_at
from memtui.store.ingest.records import (
    PlaceCache,
    behind_others,
    docs_of,
    known_rows,
)
from memtui.store.ingest.retelling import is_in, retell, sequence
from memtui.store.search.pending import PendingDocs


def forget(
    conn: sqlite3.Connection,
    session: int,
    place: Place,
    batch: Batch,
    places: PlaceCache,
    index: PendingDocs,
) -> set[int]:
    """Drop what a batch makes void of that which came before it; which rows it had."""
    known = known_rows(conn, batch.agent, [key[0] for key in batch.void])
    rows = {row for key, row in known.items() if is_in(key, batch.void)}
    if not rows:
        return rows
    bare = Batch(agent=batch.agent, path=batch.path)
    before = sequence(conn, session)
    retell(conn, session, place, bare, Retold(void=batch.void), places, index)
    # the index holds some of the words that stood before them
    behind = behind_others(before, sequence(conn, session), frozenset())
    index.mask_records(behind)
    for some in records_at(conn, session, sorted(behind)):
        index.add_records(docs_of(conn, session, some))
    return rows
