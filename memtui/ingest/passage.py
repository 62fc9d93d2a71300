"""Lines of one transcript into batches: cut, parsed, left out, placed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import msgspec

from memtui.ingest.foreign import Foreign
from memtui.ingest.naming import plain_facts
from memtui.ingest.projects import ProjectFinder
from memtui.ingest.shown import Shown, stub
from memtui.ingest.sparing import (
    LEFT_OUT,
    PURGED,
    files_named,
    files_of,
    spared,
    spared_calls,
    without,
)
from memtui.inject import delivery
from memtui.model import RecordKind
from memtui.readers.asides import AsideParser
from memtui.readers.base import Reader, RewritingReader, TranscriptParser
from memtui.readers.tail import OVERLAP_BYTES
from memtui.records import Fault, Record, SessionFacts
from memtui.redact import (
    IgnoreRules,
    PieceRedactor,
    Redactor,
    SheetRedactor,
    scrubbed,
)
from memtui.store.ingest.batch import Batch, Delivered, Retold, Tail
from memtui.store.purge.tombs import NOTHING, Gone, own_id

TOO_LONG: Final = "the line is over 16 MiB: kept, not read"

_CALLS_KNOWN: Final = 128


@dataclass(slots=True)
class Tools:
    """What every transcript is read with, made once for a whole sync."""

    redactor: Redactor
    rules: IgnoreRules
    finder: ProjectFinder = field(default_factory=ProjectFinder)
    foreign: Foreign = field(default_factory=Foreign)
    gone: Gone = NOTHING
    """What a person purged or scrubbed, and is not to come back."""

    def cut(self, text: bytes) -> bytes:
        """A JSON text without what must not be stored."""
        return self.without_scrubbed([self.redactor.line(text).data])[0]

    def is_purged(self, facts: SessionFacts | None) -> bool:
        """Whether a person purged this session."""
        return facts is not None and self.gone.has_session(facts.agent, facts.native_id)

    def without_scrubbed(self, lines: list[bytes]) -> list[bytes]:
        """Lines without the values that a person had scrubbed."""
        if not self.gone.values:
            return lines
        return [scrubbed(line, self.gone.values) for line in lines]


class Memory(msgspec.Struct, array_like=True):
    """What must be remembered between two readings of a transcript."""

    parser: bytes = b""
    muted: str = ""
    """Of older versions: a title that only left out lines gave."""
    left_out: bool = False
    """Some line was."""
    hidden: bool = False
    """The last folder known is one to leave out."""
    calls: tuple[str, ...] = ()
    """Ids of tool calls that are left out: their answers may come later."""


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
        self._left_out = kept.left_out
        self._hidden = kept.hidden
        self._calls = kept.calls
        self._archived = archived
        self._pieces = PieceRedactor(tools.redactor, OVERLAP_BYTES)
        self._rewrites = isinstance(reader, RewritingReader) and reader.tells_again(
            str(path)
        )
        self._parser = reader.open(path, kept.parser)
        if kept.muted and kept.muted == self._parser.facts().title:
            self._parser.go_back(reader.open(path).words())
        self._sheet = _sheet_of(self._parser, tools)
        self.purged: list[int] = []
        """Numbers of lines left out because a person purged them."""

    def memory(self) -> bytes:
        """What ``memory=`` needs to go on after the lines so far."""
        return self._memory(self._parser.state())

    def _memory(self, parser: bytes) -> bytes:
        kept = Memory(parser, "", self._left_out, self._hidden, self._calls)
        return msgspec.msgpack.encode(kept)

    def lines(
        self, first_line: int, lines: Sequence[bytes], data: bytes = b""
    ) -> Batch:
        """What these complete lines come to; ``data``: they, where at hand in one."""
        shown = Shown(first_line)
        if not self._archived:
            lines = self._cut(lines, data)  # in one pass: faster
        for line in lines:
            self._take(shown, line)
        return self._batch(shown)

    def last_line(self, number: int, line: bytes, *, old: bool) -> Batch | None:
        """What a line without newline comes to; None while it may be torn."""
        memory = self.memory()
        shown = Shown(number)
        self._take(shown, line if self._archived else self._cut([line])[0])
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
        hidden = self._hidden or self._is_hidden_here()
        shown.lines.append(stub(piece) if hidden else kept)
        if nth == 0:
            shown.faults.append(Fault(line=number, reason=TOO_LONG))
        return replace(self._batch(shown), piece=nth)

    def _cut(self, lines: Sequence[bytes], data: bytes = b"") -> list[bytes]:
        if self._sheet is not None:
            cut = self._sheet.lines(lines)
        else:
            cut = self._tools.redactor.lines(lines, data)
        return self._tools.without_scrubbed(cut)

    def _take(self, shown: Shown, line: bytes, number: int | None = None) -> None:
        if number is None:
            number = shown.first_line + len(shown.lines)
        shown.numbers.append(number)
        if line.startswith(LEFT_OUT):
            shown.leave_out(line)
            self._hidden = True
            return
        gone = self._tools.gone
        if line.startswith(PURGED) or gone.has_line(line):
            shown.leave_out_purged(line)
            return
        before = self._parser.words()
        records = shown.sort(self._parser.parse(line, number))
        if gone.records:
            records, is_here = self._without_purged(shown, records, number)
            if is_here or gone.has_record(self._reader.agent, own_id(line)):
                self._parser.go_back(before)
                shown.leave_out_purged(line)
                shown.records += records
                return
        if self._archived:  # what is stored stays, whatever the rules say now
            shown.records += self._without_spared(records, line)
            shown.lines.append(line)
            return
        here, rules = self._parser.cwd, self._tools.rules
        watched = rules.watches(here)  # in most folders nothing is to be left out
        if here and watched and rules.hides(here):
            if shown.words_before is not None:
                before = shown.words_before
                shown.leave_out_undecided()
            self._hidden = True
        elif here:
            self._hidden = False
        if here:
            shown.undecided.clear()
            shown.words_before = None
        left: bytes | None = line
        if self._hidden:
            left = None
        elif watched or self._calls:
            left = self._spared(line, records)
        foreign, agent = self._tools.foreign, self._reader.agent
        if left is None or foreign.is_left_out(agent, records):
            shown.left_names |= foreign.leave_out(agent, records)
            self._parser.go_back(before)
            shown.leave_out(line)
            return
        if not here:
            shown.undecided.append(len(shown.lines))
            if shown.words_before is None:
                shown.words_before = before
        shown.records += records if left is line else without(records, self._calls)
        shown.lines.append(left)

    def _without_purged(
        self, shown: Shown, records: list[Record], number: int
    ) -> tuple[list[Record], bool]:
        """Without records that a person purged; whether this line told one of them.

        Of a line before it, which an agent without lines may tell late, only a mark
        stays.
        """
        gone, agent = self._tools.gone, self._reader.agent.value
        lines = {
            number if record.line is None else record.line
            for record in records
            if gone.has_record(agent, record.native_id)
        }
        shown.purge(lines)
        left = [r for r in records if (r.line or number) not in lines]
        return left, number in lines

    def _spared(self, line: bytes, records: Sequence[Record]) -> bytes | None:
        """The line without what the rules keep out; None where that is all of it."""
        rules, here = self._tools.rules, self._parser.cwd
        is_named = any(call.encode() in line for call in self._calls)
        for record in records:
            cwd = record.cwd or here
            if rules.hides(cwd, files_of(record), record.tool_name):
                if record.call not in self._calls:
                    if not record.call or rules.hides(cwd):
                        return None
                    self._leave_out_call(record.call)
                is_named = True
        if not any(record.call for record in records):
            names = files_named(line)
            if names and rules.hides(here, names):
                return None
        return spared(line, self._calls) if is_named else line

    def _leave_out_call(self, call: str) -> None:
        """What belongs to this call, here or later, is left out."""
        self._calls = (*self._calls[1 - _CALLS_KNOWN :], call)
        words = self._parser.words()
        if words.get("calls", {}).pop(call, None) is not None:
            self._parser.go_back(words)

    def _without_spared(self, records: list[Record], line: bytes) -> Sequence[Record]:
        for call in spared_calls(line):
            if call not in self._calls:
                self._leave_out_call(call)
        return without(records, self._calls) if self._calls else records

    def _is_hidden_here(self) -> bool:
        rules, here = self._tools.rules, self._parser.cwd
        return bool(here) and rules.watches(here) and rules.hides(here)

    def _batch(self, shown: Shown) -> Batch:
        facts = plain_facts(self._parser.facts())
        self._left_out = self._left_out or shown.left_out > 0
        self.purged += shown.purged
        if self._left_out:
            facts = _as_shown(facts, shown.records)
        finder = self._tools.finder
        trees = ((cwd, finder.work_tree(cwd)) for cwd in {r.cwd for r in shown.records})
        is_retold = self._rewrites or bool(shown.undone)
        return Batch(
            agent=facts.agent,
            path=str(self._path),
            facts=None if shown.is_nothing or not facts.native_id else facts,
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
            left_out=shown.left_names,
            retold=Retold(undone=shown.undone, void=shown.void, unshown=shown.unshown)
            if is_retold
            else None,
            void=() if is_retold else shown.void,
        )


def _sheet_of(parser: TranscriptParser, tools: Tools) -> SheetRedactor | None:
    """Of a transcript that is one text."""
    if isinstance(parser, AsideParser) and parser.is_text:
        return SheetRedactor(tools.redactor)
    return None


def _as_shown(facts: SessionFacts, records: Sequence[Record]) -> SessionFacts:
    """A session's facts as the records that may be shown tell them."""
    times = [record.at for record in records if record.at]
    return replace(
        facts,
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
