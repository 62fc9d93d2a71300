"""A session in the order of a transcript that came in several batches.

Each batch put what it told at the session's end. The last one knows where all of it
belongs; in a transcript that only grew, that is where it stands already.
"""

import sqlite3
from collections.abc import Sequence

from memtui.store.ingest import retelling
from memtui.store.ingest.batch import Batch
from memtui.store.ingest.linking import Linked, records_at
from memtui.store.ingest.records import Key, behind_others, docs_of
from memtui.store.search.pending import PendingDocs


def arrange(
    conn: sqlite3.Connection,
    session: int,
    batch: Batch,
    order: Sequence[Key],
    index: PendingDocs,
) -> Linked:
    """Put what a transcript told in its order; the rest stays where it was.

    Args:
        order: native ids and parts of all that it shows.
        index: gets what stands behind other words than before.
    """
    before = retelling.sequence(conn, session)
    by_key = {(link.native_id, link.part): link for link in before}
    told = [by_key[key] for key in order if key in by_key]
    (inherited,) = conn.execute(retelling.INHERITED, (session,)).fetchone()
    merged = retelling.merged_with(before, told, whole=True)
    after = retelling.in_turns(merged, inherited)
    length = sum(map(retelling.is_talk, after))
    if after != before:
        retelling.write_order(conn, session, before, after)
        conn.execute(retelling.COUNTED, (after[-1].turn, length, session))
        moved = behind_others(before, after, frozenset())
        index.mask_records(moved)
        for said in records_at(conn, session, sorted(moved)):
            index.add_records(docs_of(conn, session, said))
    return Linked(
        length=length,
        changed=after != before,
        rows=[link.row for link in told] if batch.anew else (),
    )
