"""Transcripts beside a conversation: long outputs, descriptions, names in an index.

What an agent put apart is read when the line that names it is stored, and once: it
never changes. A description is read whenever its transcript is. An index is looked
into when it changed, or when there are sessions that were not known when it was read.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from memtui.ingest.found import Index
from memtui.ingest.naming import plain_id
from memtui.ingest.passage import Passage, Tools
from memtui.ingest.pipeline import read
from memtui.readers.base import DescribingReader, Reader
from memtui.readers.regular import bytes_of
from memtui.records import SessionFacts
from memtui.store.ingest.batch import Batch, Position
from memtui.store.ingest.writes import Store

MOST_BYTES: Final = 64 << 20
"""Of an index; a larger one is none."""
_MOST_OF_ONE: Final = 1 << 20
"""Of a description, in bytes: it has a few hundred."""
_log = logging.getLogger(__name__)


def keep_outputs(reader: Reader, batch: Batch, store: Store, tools: Tools) -> None:
    """Archive what the records of a batch show only the beginning of.

    Inside the transaction that stores the batch. What is gone by now is passed over.
    """
    for path in dict.fromkeys(r.output for r in batch.records if r.output):
        if store.transcript(path) is not None or _is_linked(Path(path)):
            continue
        try:
            for part in read(reader, Path(path), None, tools):
                store.apply(part)
        except OSError:
            continue
        store.mark_gone([path], _now())


def _is_linked(output: Path) -> bool:
    """Whether a link stands in for what the client itself wrote beside a session.

    It could lead to any file of the person's.
    """
    return any(one.is_symlink() for one in (output, *list(output.parents)[:2]))


def keep_descriptions(reader: Reader, path: str, store: Store, tools: Tools) -> None:
    """Archive what an agent says of known transcripts beside them, if it is news.

    Of one that was read and of those it began: what is said of them may come after
    their last line, when no sweep has a reason to look at them again. Inside a
    transaction. Where nothing can be read there, nothing is kept.
    """
    if not isinstance(reader, DescribingReader):
        return
    _keep_description(reader, Path(path), store, tools)
    for other in reader.described_by(Path(path)):
        if store.transcript(str(other)) is not None:
            _keep_description(reader, other, store, tools)


def _keep_description(
    reader: DescribingReader, path: Path, store: Store, tools: Tools
) -> None:
    beside = reader.description_of(path)
    if beside is None:
        return
    try:
        told = bytes_of(beside, _MOST_OF_ONE).strip()
    except OSError:
        return
    # one thing is one line; in JSON no line break stands within a string
    line = told.replace(b"\n", b" ") + b"\n"
    if told and (batch := _news(reader, str(beside), line, store, tools)):
        _write(store, batch)


def names_in(
    index: Index, store: Store, tools: Tools
) -> Iterator[Callable[[], object]]:
    """What an index says of known sessions, so far as it is news: to be written.

    One that cannot be read waits for a change.
    """
    try:
        raw = bytes_of(index.path, MOST_BYTES)
    except OSError as error:
        _log.warning("Cannot read %s: %s", index.path, error)
        return
    for session, line in index.reader.entries(raw):
        if not store.is_known(index.reader.agent, plain_id(session)):
            continue
        batch = _news(index.reader, f"{index.path}#{session}", line, store, tools)
        if batch is not None:
            yield partial(_write, store, batch)
    yield partial(store.apply, _marks_of(index))


def _news(
    reader: Reader, path: str, line: bytes, store: Store, tools: Tools
) -> Batch | None:
    """What is told in one line, unless it was the last time, too."""
    known = store.transcript(path)
    digest = hashlib.blake2b(line, digest_size=8).hexdigest()
    if known is not None and known.position.head_hash == digest:
        return None
    return replace(
        Passage(reader, Path(path), tools).lines(1, [line]),
        generation=known.generation + 1 if known else 0,
        position=Position(line=1, head_hash=digest),
    )


def _write(store: Store, batch: Batch) -> None:
    """No sweep looks for it: it is not to be found missing."""
    store.apply(batch)
    store.mark_gone([batch.path], _now())


def _marks_of(index: Index) -> Batch:
    reader, marks = index.reader, index.marks
    return Batch(
        agent=reader.agent,
        path=index.path,
        facts=SessionFacts(agent=reader.agent, native_id="", is_aside=True),
        position=Position(inode=marks.inode, size=marks.size, mtime_ns=marks.mtime_ns),
        reader_version=reader.version,
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
