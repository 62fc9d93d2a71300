"""A transcript without lines, told as a whole each time it changed.

Its messages, rows or files pass like lines. The archive takes what of them is new
or says something else; the records are all that there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from memtui.ingest.known_items import KnownItems
from memtui.ingest.passage import TOO_LONG, Passage, Tools
from memtui.ingest.shown import Shown
from memtui.model import Fault, Record
from memtui.readers.base import Item, RewritingReader, Undone
from memtui.readers.tail import LINE_BYTES
from memtui.store.batch import Batch, Retold


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

    def memory(self) -> bytes:
        """What ``memory=`` needs to know what is news."""
        kept = _Memory(self._memory(b""), self._items.packed(), self._undone)
        return msgspec.msgpack.encode(kept)

    @property
    def is_first(self) -> bool:
        """Nothing of it is in the archive, as far as is remembered."""
        return not self._items

    def items(self, items: Iterable[Item]) -> Batch:
        """What all of the transcript comes to."""
        shown = Shown()
        first = len(self._items) + 1
        for item in items:
            line = self._tools.cut(item.line)
            number, is_news = self._items.note(item.key, line)
            self._take_item(shown, line, number)
            if not is_news:
                shown.lines[-1] = b""  # only counted
        self._finish(shown)
        left = {one for one in self._undone if one not in shown.told}
        self._undone = tuple(sorted(left | shown.undone, key=str))
        news = dict(zip(shown.numbers, shown.lines, strict=True))
        return self._whole(
            shown,
            lines=[news[number] for number in range(first, len(self._items) + 1)],
            first_line=first,
            replaced={n: line for n, line in news.items() if line and n < first},
        )

    def archived_items(self, lines: Iterable[tuple[int, bytes]]) -> Batch:
        """What the archive has of the transcript, numbered."""
        shown = Shown()
        for number, line in lines:
            self._take_item(shown, line, number)
        self._finish(shown)
        for native_id, part in self._undone:
            shown.undo(Undone(native_id, part))
        return self._whole(shown)

    def _take_item(self, shown: Shown, line: bytes, number: int) -> None:
        if len(line) <= LINE_BYTES:
            self._take(shown, line, number)
            return
        shown.numbers.append(number)
        shown.lines.append(line)
        shown.faults.append(Fault(line=number, reason=TOO_LONG))

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

    def _whole(
        self,
        shown: Shown,
        *,
        lines: Sequence[bytes] = (),
        first_line: int = 1,
        replaced: Mapping[int, bytes] = MappingProxyType({}),
    ) -> Batch:
        told = (*shown.records, *shown.unshown)
        numbers = {(r.native_id, r.part): r.line for r in told if r.line is not None}
        return replace(
            self._batch(shown),
            records=_without_lines(shown.records),
            lines=lines,
            first_line=first_line,
            retold=Retold(
                undone=shown.undone,
                void=shown.void,
                unshown=_without_lines(shown.unshown),
                whole=True,
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
