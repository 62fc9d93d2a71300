"""One transcript into batches, from its file or from the archive.

Nothing here writes. A batch holds what one chunk of lines gave, with the
checkpoint after them, so that ``Store.apply`` takes both or neither.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from memtui.ingest import survey
from memtui.ingest.passage import Passage, Tools
from memtui.ingest.statement import Statement
from memtui.readers.base import Marks, Reader, RewritingReader
from memtui.readers.tail import Checkpoint, Chunk, in_pieces, read_new
from memtui.records import Fault
from memtui.store.ingest.archive import Kept, Part, Stretch
from memtui.store.ingest.batch import Batch, KnownTranscript, Position, Tail

CUT_SHORT: Final = "the packed file ends before its end: the rest is missing"


def read(
    reader: Reader,
    path: Path,
    known: KnownTranscript | None,
    tools: Tools,
    *,
    now: float | None = None,
) -> Iterator[Batch]:
    """Batches of what a file holds beyond what is known, in order.

    Each carries the checkpoint after it: a sync may end after any of them.

    Args:
        now: the time in seconds, for the age of a torn last line.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    passage: Passage | None = None
    generation = known.generation if known else 0
    for chunk in read_new(path, _checkpoint(known)):
        if passage is None:
            generation += chunk.fresh
            memory = known.state if known and not chunk.fresh else b""
            passage = Passage(reader, path, tools, memory=memory)
        batch = _of_chunk(passage, chunk, time.time() if now is None else now)
        if chunk.cut_short and batch is not None and not batch.faults:
            line = chunk.first_line + len(chunk.lines)
            batch = replace(batch, faults=[Fault(line=line, reason=CUT_SHORT)])
        if batch is None:
            batch = Batch(
                agent=reader.agent,
                path=str(path),
                first_line=chunk.first_line,
                state=passage.memory(),
                reader_version=reader.version,
                tail=Tail.WAITS,
            )
        position = _position(chunk.checkpoint)
        yield replace(batch, position=position, generation=generation)


def read_items(
    reader: RewritingReader,
    path: Path,
    known: KnownTranscript | None,
    tools: Tools,
    marks: Marks,
    *,
    is_file: bool = True,
) -> Iterator[Batch]:
    """All of a transcript without lines, and what of it is new to the archive.

    A run that ends before the last batch has not read it.

    Args:
        marks: taken before; what changes while it is read shows in the next sweep.
        is_file: it has a place of its own and can be followed when it moves.

    Raises:
        OSError: it is gone or cannot be read.
    """
    statement = Statement(reader, path, tools, memory=known.state if known else b"")
    # without its memory the archive has to begin anew beside what it holds
    forgotten = known is not None and known.position.line > 0 and statement.is_first
    generation = (known.generation if known else 0) + forgotten
    for batch in statement.items(reader.items(path, tools.cut)):
        whole = sum(line.endswith(b"\n") for line in batch.lines)
        line = batch.first_line - 1 + whole
        position = Position(inode=marks.inode, line=line)
        if batch.retold is not None and batch.retold.whole:
            position = Position(
                inode=marks.inode,
                size=marks.size,
                mtime_ns=marks.mtime_ns,
                offset=marks.size if is_file else 0,
                line=line,
            )
        yield replace(batch, generation=generation, position=position)


def read_bytes(
    reader: RewritingReader, path: Path, known: KnownTranscript | None, tools: Tools
) -> Iterator[Batch]:
    """What is too large to be read, for the archive alone; the newest stays there.

    Raises:
        OSError: it is gone or cannot be read.
    """
    passage = Passage(reader, path, tools)
    was_read = known is not None and bool(known.state)  # its lines stay beside this
    generation = (known.generation if known else 0) + was_read
    for chunk in in_pieces(path):
        (piece,) = chunk.lines
        batch = passage.piece(1, piece, nth=chunk.piece, last=chunk.last_piece)
        position = _position(chunk.checkpoint)
        yield replace(batch, position=position, generation=generation, state=b"")


def read_archive(
    reader: Reader,
    known: KnownTranscript,
    readings: Iterable[tuple[int, Kept]],
    tools: Tools,
) -> Iterator[Batch]:
    """Batches that state anew what the archive holds of a transcript.

    Args:
        readings: by generation, oldest first, as ``Store.archived`` gives them.
    """
    if isinstance(reader, RewritingReader) and reader.has_items(known.path):
        yield from _archived_items(reader, known, readings, tools)
        return
    state = b""
    for generation, stretches in readings:
        passage = Passage(reader, Path(known.path), tools, archived=True)
        for stretch in stretches:
            batch = _of_stretch(passage, stretch)
            state = batch.state if generation == known.generation else b""
            yield replace(
                batch, lines=(), last_line=None, piece=None, generation=generation,
                state=state, anew=True,
            )  # fmt: skip
    yield Batch(
        agent=reader.agent,
        path=known.path,
        generation=known.generation,
        state=state,
        reader_version=reader.version,
        anew=True,
    )


def purged_lines(
    reader: Reader,
    known: KnownTranscript,
    readings: Iterable[tuple[int, Kept]],
    tools: Tools,
) -> Iterator[tuple[int, set[int]]]:
    """By generation, the archived lines that tell what ``tools.gone`` names."""
    items = isinstance(reader, RewritingReader) and reader.has_items(known.path)
    for generation, stretches in readings:
        if items and isinstance(reader, RewritingReader):
            statement = Statement(reader, Path(known.path), tools, archived=True)
            for _ in statement.archived_items(_lines_of(reader, stretches)):
                pass
            yield generation, set(statement.purged)
        else:
            passage = Passage(reader, Path(known.path), tools, archived=True)
            for stretch in stretches:
                _of_stretch(passage, stretch)
            yield generation, set(passage.purged)


def _lines_of(
    reader: RewritingReader, kept: Kept
) -> Iterator[tuple[int, bytes | None]]:
    """Items in the order of their transcript; None for one that is in pieces."""
    pieces: dict[int, None] = {}
    yield from kept.lines(reader.in_order(_numbered(kept, pieces)))
    yield from pieces.items()


def _numbered(
    stretches: Iterable[Stretch], pieces: dict[int, None]
) -> Iterator[tuple[int, bytes]]:
    for first, part, lines in stretches:
        if part in (Part.PIECE, Part.SECTION):
            pieces[first] = None
        else:
            yield from enumerate(lines, first)


def _archived_items(
    reader: RewritingReader,
    known: KnownTranscript,
    readings: Iterable[tuple[int, Kept]],
    tools: Tools,
) -> Iterator[Batch]:
    for generation, stretches in readings:
        memory = known.state if generation == known.generation else b""
        statement = Statement(
            reader, Path(known.path), tools, memory=memory, archived=True
        )
        for batch in statement.archived_items(_lines_of(reader, stretches)):
            yield replace(batch, generation=generation, anew=True)
    yield Batch(
        agent=reader.agent,
        path=known.path,
        generation=known.generation,
        state=known.state,
        reader_version=reader.version,
        anew=True,
    )


def _of_stretch(passage: Passage, stretch: Stretch) -> Batch:
    number, part, lines = stretch
    if part is Part.LINES:
        return passage.lines(number, lines)
    (line,) = lines
    if part in (Part.PIECE, Part.SECTION):
        return passage.piece(number, line, nth=0, last=True)
    batch = passage.last_line(number, line, old=True)
    assert batch is not None
    return batch


def _of_chunk(passage: Passage, chunk: Chunk, now: float) -> Batch | None:
    """What a chunk comes to; None where its one line may be torn."""
    if chunk.undecodable:
        (piece,) = chunk.lines
        return passage.piece(
            chunk.first_line, piece, nth=chunk.piece, last=chunk.last_piece
        )
    if chunk.unterminated:
        (line,) = chunk.lines
        age = now - chunk.checkpoint.mtime_ns / 1e9
        old = chunk.cut_short or age > survey.TORN_SECONDS
        return passage.last_line(chunk.first_line, line, old=old)
    return passage.lines(chunk.first_line, chunk.lines, chunk.data)


def is_same(path: Path, known: KnownTranscript) -> bool:
    """Whether a file is the one we know from another path, grown or not.

    Raises:
        OSError: it cannot be read.
    """
    first = next(read_new(path, _checkpoint(known)), None)
    return first is None or not first.fresh


def _checkpoint(known: KnownTranscript | None) -> Checkpoint | None:
    if known is None or not known.position.inode:
        return None
    p = known.position
    # else there is a last line to read again, or what could not be read yet
    ended = known.tail is Tail.NONE and not known.quarantined
    return Checkpoint(
        inode=p.inode,
        size=p.size if ended else p.offset,
        mtime_ns=p.mtime_ns if ended else 0,
        head_hash=p.head_hash,
        tail_hash=p.tail_hash,
        offset=p.offset,
        line=p.line,
    )


def _position(checkpoint: Checkpoint) -> Position:
    return Position(
        inode=checkpoint.inode,
        size=checkpoint.size,
        mtime_ns=checkpoint.mtime_ns,
        head_hash=checkpoint.head_hash,
        tail_hash=checkpoint.tail_hash,
        offset=checkpoint.offset,
        line=checkpoint.line,
    )
