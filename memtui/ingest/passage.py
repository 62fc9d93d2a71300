"""Lines of one transcript into batches: cut, parsed, left out, placed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import msgspec

from memtui.ingest.naming import plain_facts
from memtui.ingest.projects import ProjectFinder
from memtui.ingest.shown import LEFT_OUT, Shown, stub
from memtui.inject import delivery
from memtui.model import Fault, Record, RecordKind, SessionFacts
from memtui.readers.base import Reader, RewritingReader
from memtui.readers.tail import OVERLAP_BYTES
from memtui.redact import IgnoreRules, PieceRedactor, Redactor
from memtui.store.batch import Batch, Delivered, Retold, Tail

TOO_LONG: Final = "the line is over 16 MiB: kept, not read"

_MUTED_CHARS: Final = 60


@dataclass(slots=True)
class Tools:
    """What every transcript is read with, made once for a whole sync."""

    redactor: Redactor
    rules: IgnoreRules
    finder: ProjectFinder = field(default_factory=ProjectFinder)

    def cut(self, text: bytes) -> bytes:
        """A JSON text without what must not be stored."""
        return self.redactor.line(text).data


class Memory(msgspec.Struct, array_like=True):
    """What must be remembered between two readings of a transcript."""

    parser: bytes = b""
    muted: str = ""
    """A title that only left out lines gave."""
    left_out: bool = False
    """Some line was."""


class Passage:
    """A transcript on its way into the store: feed it lines, take batches."""

    def __init__(
        self,
        reader: Reader,
        path: Path,
        tools: Tools,
        *,
        memory: bytes = b"",
        archived: bool = False,
    ) -> None:
        """``archived``: the lines were cut and sorted out when they were stored."""
        kept = remembered(memory)
        self._reader = reader
        self._path = path
        self._tools = tools
        self._muted = kept.muted
        self._left_out = kept.left_out
        self._archived = archived
        self._pieces = PieceRedactor(tools.redactor, OVERLAP_BYTES)
        self._rewrites = isinstance(reader, RewritingReader) and reader.tells_again(
            str(path)
        )
        self._parser = reader.open(path, kept.parser)

    def memory(self) -> bytes:
        """What ``memory=`` needs to go on after the lines so far."""
        kept = Memory(self._parser.state(), self._muted, self._left_out)
        return msgspec.msgpack.encode(kept)

    def lines(self, first_line: int, lines: Iterable[bytes]) -> Batch:
        """What these complete lines come to."""
        shown = Shown(first_line)
        if not self._archived:
            lines = self._tools.redactor.lines(list(lines))  # in one pass: faster
        for line in lines:
            self._take(shown, line)
        return self._batch(shown)

    def last_line(self, number: int, line: bytes, *, old: bool) -> Batch | None:
        """What a line without newline comes to; None while it may be torn."""
        memory = self.memory()
        shown = Shown(number)
        self._take(shown, self._tools.redactor.line(line).data)
        if shown.faults and not old:
            return None
        batch = self._batch(shown)
        (kept,) = batch.lines
        return replace(batch, lines=(), last_line=kept, state=memory, tail=Tail.TAKEN)

    def piece(self, number: int, piece: bytes, *, nth: int, last: bool) -> Batch:
        """The nth piece of a line that is too long: kept, not read."""
        shown = Shown(number)
        if nth == 0:
            self._pieces = PieceRedactor(self._tools.redactor, OVERLAP_BYTES)
        kept = self._pieces.piece(piece, last=last).data
        shown.numbers.append(number)
        shown.lines.append(stub(piece) if self._is_hidden_here() else kept)
        if nth == 0:
            shown.faults.append(Fault(line=number, reason=TOO_LONG))
        return replace(self._batch(shown), piece=nth)

    def _take(self, shown: Shown, line: bytes, number: int | None = None) -> None:
        if number is None:
            number = shown.first_line + len(shown.lines)
        shown.numbers.append(number)
        if line.startswith(LEFT_OUT):
            shown.leave_out(line)
            return
        records = shown.sort(self._parser.parse(line, number))
        if self._archived:
            pass  # what is stored stays, whatever the rules say now
        elif not self._parser.cwd:
            shown.undecided.append(len(shown.lines))
        elif self._leaves_out(records):
            if self._is_hidden_here():
                self._mute(shown.records_of_undecided())
                shown.leave_out_undecided()
            shown.undecided.clear()
            self._mute(records)
            shown.leave_out(line)
            return
        else:
            shown.undecided.clear()
        shown.records += records
        shown.lines.append(line)

    def _leaves_out(self, records: Sequence[Record]) -> bool:
        rules, here = self._tools.rules, self._parser.cwd
        if not records:
            return rules.watches(here) and self._is_hidden_here()
        for record in records:
            cwd = record.cwd or here
            if rules.watches(cwd) and rules.hides(
                cwd, (*record.reads, *record.writes), record.tool_name
            ):
                return True
        return False

    def _is_hidden_here(self) -> bool:
        here = self._parser.cwd
        return bool(here) and self._tools.rules.hides(here, (), "")

    def _mute(self, records: Iterable[Record]) -> None:
        """A title made of words that are left out is left out too."""
        start = _words(self._parser.facts().title)[:_MUTED_CHARS]
        if start and any(start in _words(r.text) for r in records):
            self._muted = self._parser.facts().title

    def _batch(self, shown: Shown) -> Batch:
        facts = plain_facts(self._parser.facts())
        self._left_out = self._left_out or shown.left_out > 0
        if self._left_out:
            facts = _as_shown(facts, shown.records, muted=self._muted)
        finder = self._tools.finder
        trees = ((cwd, finder.work_tree(cwd)) for cwd in {r.cwd for r in shown.records})
        return Batch(
            agent=facts.agent,
            path=str(self._path),
            facts=facts if facts.native_id and not shown.is_nothing else None,
            records=shown.records,
            faults=shown.faults,
            lines=shown.lines,
            first_line=shown.first_line,
            state=self.memory(),
            reader_version=self._reader.version,
            root=finder.session_root(facts.cwd),
            places={cwd: tree for cwd, tree in trees if tree is not None},
            # what was taken back was received all the same
            deliveries=list(_deliveries((*shown.records, *shown.unshown))),
            retold=Retold(undone=shown.undone, void=shown.void, unshown=shown.unshown)
            if self._rewrites or shown.undone
            else None,
        )


def _as_shown(
    facts: SessionFacts, records: Sequence[Record], *, muted: str
) -> SessionFacts:
    """A session's facts as the records that may be shown tell them."""
    times = [record.at for record in records if record.at]
    titled = facts.title != muted
    return replace(
        facts,
        title=facts.title if titled else "",
        title_rank=facts.title_rank if titled else 0,
        started_at=min(times, default=None),
        ended_at=max(times, default=None),
        cwd=next((record.cwd for record in records if record.cwd), ""),
        branch=next((r.branch for r in reversed(records) if r.branch), ""),
    )


def _deliveries(records: Iterable[Record]) -> Iterator[Delivered]:
    for record in records:
        if record.kind is RecordKind.CONTEXT:
            for found in delivery.find(record.text):
                yield Delivered(
                    record=record.native_id,
                    part=record.part,
                    export=found.export,
                    items=found.items,
                )


def remembered(memory: bytes) -> Memory:
    """What a passage told to remember; nothing where it cannot be read."""
    try:
        return msgspec.msgpack.decode(memory, type=Memory) if memory else Memory()
    except msgspec.DecodeError:
        return Memory()  # of an older version: only open tool calls are forgotten


def _words(text: str) -> str:
    return " ".join(text.removesuffix("…").split())
