"""A transcript without lines, told as a whole each time it changed.

Its messages, rows or files pass like lines. The archive takes what of them is new
or says something else; the records are all that there are.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from memtui.ingest.known_items import KnownItems, digest_of
from memtui.ingest.passage import TOO_LONG, Passage, Tools
from memtui.ingest.shown import Shown
from memtui.readers.base import Item, RewritingReader, Undone
from memtui.readers.tail import LINE_BYTES, OVERLAP_BYTES, overlapping
from memtui.records import Fault, Record, SessionFacts
from memtui.store.ingest.batch import Batch, Retold

PART_BYTES: Final = 4 << 20
"""About how much of a transcript one batch holds; nearly all are smaller."""
_MOST: Final = 4
"""So many times as much where what was said is only told by a later line."""


class _Memory(msgspec.Struct, array_like=True):
    """What must be remembered between two readings of such a transcript."""

    passage: bytes = b""
    items: bytes = b""
    undone: tuple[tuple[str, int | None], ...] = ()
    """What is not shown, be it still there or not."""


class Statement(Passage):
    """Such a transcript on its way into the store."""

    def __init__(
        self,
        reader: RewritingReader,
        path: Path,
        tools: Tools,
        *,
        memory: bytes = b"",
        archived: bool = False,
    ) -> None:
        """``archived``: the items were cut and sorted out when they were stored."""
        kept = _remembered(memory)
        super().__init__(reader, path, tools, memory=kept.passage, archived=archived)
        self._parser = self._whole_parser = reader.open(path)
        self._items = KnownItems(kept.items)
        self._undone = kept.undone
        self._kept = len(self._items)
        """Items up to this number are in the archive, or in batches before."""
        self._size = 0
        """Bytes in the batch that is being filled."""
        self._is_parted = False
        self._order: dict[tuple[str, int], None] = {}
        """What is shown, in the order in which it was told."""
        self._facts: SessionFacts | None = None
        self._faults: list[Fault] = []
        """Of batches before: the last one tells them all."""

    def memory(self) -> bytes:
        """What ``memory=`` needs to know what is news."""
        kept = _Memory(self._memory(b""), self._items.packed(), self._undone)
        return msgspec.msgpack.encode(kept)

    @property
    def is_first(self) -> bool:
        """Nothing of it is in the archive, as far as is remembered."""
        return not self._items

    def items(self, items: Iterable[Item]) -> Iterator[Batch]:
        """What all of the transcript comes to, a few megabytes at a time."""
        shown = Shown()
        for item in items:
            if item.pieces is not None or self._is_enough(shown):
                yield from self._part(shown)
                shown = Shown()
            if item.pieces is not None:
                yield from self._in_pieces(item.key, item.pieces)
                continue
            line = self._tools.cut(item.line)
            number, is_news = self._items.note(item.key, line)
            self._take_item(shown, line, number)
            if not is_news:
                shown.lines[-1] = b""  # only counted
        yield from self._end(shown)

    def archived_items(
        self, lines: Iterable[tuple[int, bytes | None]]
    ) -> Iterator[Batch]:
        """What the archive has of the transcript, numbered; None: in pieces there."""
        undone, shown = self._undone, Shown()
        for number, line in lines:
            if self._is_enough(shown):
                yield from self._part(shown)
                shown = Shown()
            if line is None:
                self._faults.append(Fault(line=number, reason=TOO_LONG))
            else:
                self._take_item(shown, line, number)
        yield from self._end(shown, undone)

    def _is_enough(self, shown: Shown) -> bool:
        """Whether a batch may end here: what was said is told by the line it is in."""
        if self._size < PART_BYTES:
            return False
        is_told = bool(shown.records) and shown.records[-1].line == shown.numbers[-1]
        return is_told or self._size >= _MOST * PART_BYTES

    def _take_item(self, shown: Shown, line: bytes, number: int) -> None:
        self._size += len(line)
        if len(line) <= LINE_BYTES:
            self._take(shown, line, number)
            return
        shown.numbers.append(number)
        shown.lines.append(line)
        shown.faults.append(Fault(line=number, reason=TOO_LONG))

    def _in_pieces(
        self, key: str, pieces: Callable[[], Iterator[bytes]]
    ) -> Iterator[Batch]:
        """An item too long to be held: kept, not read. One that changed is another."""
        self._is_parted = True
        said, before = digest_of(pieces()), self.memory()
        number, is_news = self._items.note(f"{key}:{said}", b"")
        self._faults.append(Fault(line=number, reason=TOO_LONG))
        if is_news:
            for nth, (piece, is_last) in enumerate(
                overlapping(pieces(), OVERLAP_BYTES)
            ):
                batch = self.piece(number, piece, nth=nth, last=is_last)
                # all of it is there with the last piece, and not before
                state = batch.state if is_last else before
                yield replace(batch, facts=None, faults=(), state=state)
            self._kept = number

    def _part(self, shown: Shown) -> Iterator[Batch]:
        """One batch of several; the last one puts what they told in order."""
        self._is_parted = True
        self._size = 0
        if shown.numbers:
            batch = self._told(shown)
            self._facts = batch.facts or self._facts
            self._faults += shown.faults
            yield replace(batch, faults=())

    def _end(
        self, shown: Shown, undone: Iterable[tuple[str, int | None]] = ()
    ) -> Iterator[Batch]:
        self._finish(shown)
        for native_id, part in undone:
            shown.undo(Undone(native_id, part))
        if not self._is_parted:
            batch = self._told(shown, whole=True)
            yield replace(batch, faults=self._faults + shown.faults)
            return
        batch = self._told(shown)
        facts = batch.facts or self._facts
        yield replace(batch, facts=facts, faults=())
        yield replace(
            batch,
            facts=facts,
            records=(),
            faults=self._faults + shown.faults,
            lines=(),
            first_line=len(self._items) + 1,
            deliveries=(),
            retold=Retold(whole=True, order=tuple(self._order)),
        )

    def _finish(self, shown: Shown) -> None:
        told = shown.sort(self._whole_parser.finish())  # may take records away
        if self._tools.gone.records:
            told, _ = self._without_purged(shown, told, 0)
        rules = self._tools.rules
        shown.records += (
            told
            if self._archived
            else [r for r in told if not (rules.watches(r.cwd) and rules.hides(r.cwd))]
        )

    def _note(self, shown: Shown) -> None:
        """Remember the order of what is shown, and what is not."""
        taken = shown.undone | shown.void
        if taken:
            self._order = {
                key: None for key in self._order if not ({key, (key[0], None)} & taken)
            }
        self._order |= {(r.native_id, r.part): None for r in shown.records}
        left = {one for one in self._undone if one not in shown.told}
        self._undone = tuple(sorted(left | shown.undone, key=str))

    def _told(self, shown: Shown, *, whole: bool = False) -> Batch:
        self._note(shown)
        told = (*shown.records, *shown.unshown)
        numbers = {(r.native_id, r.part): r.line for r in told if r.line is not None}
        first = self._kept + 1
        lines: list[bytes] = []
        replaced: dict[int, bytes] = {}
        if not self._archived:
            news = dict(zip(shown.numbers, shown.lines, strict=True))
            self._kept = len(self._items)
            lines = [news[number] for number in range(first, self._kept + 1)]
            replaced = {n: line for n, line in news.items() if line and n < first}
        return replace(
            self._batch(shown),
            records=_without_lines(shown.records),
            lines=lines,
            first_line=first,
            retold=Retold(
                undone=shown.undone,
                void=shown.void,
                unshown=_without_lines(shown.unshown),
                whole=whole,
                replaced=replaced,
                numbers=numbers,
            ),
        )


def _without_lines(records: Iterable[Record]) -> list[Record]:
    return [msgspec.structs.replace(record, line=None) for record in records]


def _remembered(memory: bytes) -> _Memory:
    try:
        return msgspec.msgpack.decode(memory, type=_Memory) if memory else _Memory()
    except msgspec.DecodeError:
        return _Memory()  # of an older version: the archive takes all of it anew
