"""From what a sweep found to batches: where it was before, and all of it anew."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from memtui.ingest.found import Found, Stale
from memtui.ingest.naming import plain_id
from memtui.ingest.passage import Tools
from memtui.ingest.pipeline import is_same, read, read_archive, read_bytes, read_items
from memtui.ingest.recalling import told_by_others
from memtui.readers.base import RewritingReader, TooLarge
from memtui.store.ingest.batch import Batch, KnownTranscript
from memtui.store.ingest.writes import Store


def known_of(store: Store, found: Found) -> KnownTranscript | None:
    """What the store knows of a transcript, be it from where it was before."""
    if not found.moved_from:
        return store.transcript(found.path)
    with store.transaction():
        before = store.transcript(found.moved_from)
        if before is not None and is_same(Path(found.path), before):
            name = plain_id(found.reader.transcript(Path(found.path)).session)
            was = plain_id(found.reader.transcript(Path(found.moved_from)).session)
            # a session that only its lines name keeps its name
            session = name if name != was else ""
            store.move(found.moved_from, found.path, session)
        else:
            store.mark_gone([found.moved_from], time.time_ns() // 1_000_000)
    return store.transcript(found.path)


def batches(
    found: Found, known: KnownTranscript | None, tools: Tools
) -> Iterator[Batch]:
    """What a transcript holds beyond what is known.

    Raises:
        OSError: it is gone or cannot be read, or only its bytes could be kept.
    """
    reader, path = found.reader, Path(found.path)
    if isinstance(reader, RewritingReader) and reader.has_items(found.path):
        try:
            yield from read_items(
                reader, path, known, tools, found.marks, is_file=found.is_file
            )
        except TooLarge:
            yield from read_bytes(reader, path, known, tools)
            raise
    else:
        yield from read(reader, path, known, tools)


def anew(
    stale: Stale, group: Sequence[KnownTranscript], store: Store, tools: Tools
) -> Iterator[Batch]:
    """What the archive holds of all transcripts of a session."""
    for known in group:
        readings = store.archived(known.id)
        again = told_by_others(known, group)
        for batch in read_archive(stale.reader, known, readings, tools):
            yield replace(batch, records=()) if again else batch
