"""The work of one sync, cut where a transaction may end.

What has to be read is read newest first, in transactions of about 8 MB, so
that a first run shows something at once and whoever curates meanwhile waits for
no more than one of them.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from memtui import distil, paths
from memtui.errors import MemtuiError
from memtui.ingest import placing
from memtui.ingest.asides import keep_descriptions, keep_outputs, names_in
from memtui.ingest.distilling import Distilling, Held, Reading
from memtui.ingest.foreign import TooEarly
from memtui.ingest.found import Found, Stale, Survey
from memtui.ingest.passage import Tools
from memtui.ingest.quarantine import PURGED, set_aside, why_not
from memtui.ingest.recalling import recall
from memtui.ingest.report import AgentReport, Progress
from memtui.ingest.restating import Restating
from memtui.ingest.returning import batches, known_of
from memtui.ingest.transactions import collecting_seldom
from memtui.model import Agent, SessionKind
from memtui.readers.base import Marks
from memtui.records import SessionFacts
from memtui.redact import IgnoreRules, Redactor
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch, Position
from memtui.store.ingest.writes import Store

TRANSACTION_BYTES: Final = 8 << 20
TRANSACTION_SECONDS: Final = 0.25
"""A transaction takes in what fits into this, the writing of the index at its end
included: who curates waits that long."""
_FIRST: Final = 2
"""So many times as long in a store that was empty when the run began: nothing in it
was curated yet. Half as many transactions write the same pages half as often."""

_LEAST_SHARE: Final = 0.2
_MOST_WRITES: Final = 500

LONG_SESSION: Final = 500
"""Records from which on a session is not distilled at every line it grows by."""

_log = logging.getLogger(__name__)

_Write = Callable[[], object]
"""Something to do inside a transaction."""


class Run:
    """One sync under way: what is done, and what it came to."""

    def __init__(
        self,
        settings: Settings,
        found: Survey,
        stop: threading.Event,
        progress: Callable[[Progress], None] | None = None,
        *,
        lazily: bool = False,
        only: bool = False,
    ) -> None:
        """``only``: what was surveyed is not all there is; due sessions can wait."""
        self.report = found.report()
        self._settings, self._survey = settings, found
        self._stop, self._progress = stop, progress
        self._lazily, self._only = lazily, only
        ignored, home = (settings.ignore, settings.skip_tools), str(paths.home())
        self._tools = Tools(Redactor(), IgnoreRules(*ignored, home=home))
        self._touched: set[int] = set()
        self._put_off: set[int] = set()
        self._again: list[Found] = []
        """Transcripts that name what may stand in one that comes after them."""
        self._to_name: set[Agent] = set()
        """Agents of which something new may name another session."""
        self._held = Held()
        self._distilling = Distilling(settings, self._distilled)
        self._anew = Restating(
            self._tools, self._restated, self._distilling.add, self._cannot_parse
        )
        self._files = self._bytes = self._waiting = 0
        self._room = TRANSACTION_SECONDS
        self._share = 0.5
        """Of a transaction's time, what goes before the writing of the index."""

    def go(self, store: Store) -> None:
        """Do all of it, in transactions of bounded size."""
        waiting: deque[_Write] = deque()
        self._room = TRANSACTION_SECONDS * (_FIRST if store.is_empty() else 1)
        self._tools.gone = store.gone()
        self._tools.foreign.begin(store)
        with collecting_seldom(), store.counting_late():
            for size, write in self._steps(store):
                waiting.append(write)
                self._waiting += size
                if len(waiting) >= _MOST_WRITES or self._waiting >= TRANSACTION_BYTES:
                    self._write(store, waiting)
            self._write(store, waiting)
            self._distil_what_is_due(store)
            store.rest()
        self.report.changed = bool(self._touched or self._survey.gone)
        self.report.projects = store.projects_of(self._touched)

    def _write(self, store: Store, waiting: deque[_Write]) -> None:
        """Put what was read into the store, and distil what is complete."""
        while waiting:
            with store.transaction():
                began, spent, last = time.monotonic(), 0.0, 0.0
                room = self._room * self._share
                while waiting and (not spent or spent + last < room):
                    waiting.popleft()()
                    before, spent = spent, time.monotonic() - began
                    last = spent - before
            taken = spent / max(time.monotonic() - began, spent)
            self._share = max((self._share + taken) / 2, _LEAST_SHARE)
            self._tell()
        self._waiting = 0
        self._distilling.go(store, Store.transaction)

    def _distil_what_is_due(self, store: Store) -> None:
        """Interrupted or put off before, or waiting for a newer distiller."""
        if self._lazily and self._only:
            return
        for session in store.due(distil.VERSION):
            if self._asked_to_stop():
                return
            if session not in self._put_off:
                self._distilling.add(session)
                self._distilling.go(store, Store.transaction)
                self._tell()

    def _steps(self, store: Store) -> Iterator[tuple[int, _Write]]:
        """The work: what is to be written, with the bytes it holds.

        Reading and parsing happen here, outside of any transaction.
        """
        yield 0, partial(self._begin, store)
        for stale in self._survey.stale:
            if self._asked_to_stop():
                return
            yield from self._anew.steps(stale, store)
        for found in self._survey.todo:
            if self._asked_to_stop():
                return
            yield from self._read(store, found)
        yield from self._read_again(store)
        # who is there now is only known once all that was read is stored
        yield TRANSACTION_BYTES, lambda: None
        for index in self._survey.indexes:
            if index.is_news or index.reader.agent in self._to_name:
                for write in names_in(index, store, self._tools):
                    yield 0, write
        for path in self._survey.told_again:
            yield 0, partial(store.take_back, path)
        for history in self._survey.histories:
            yield from recall(history, store, self._tools, self._recalled)
        yield 0, partial(self._finish, store)

    def _begin(self, store: Store) -> None:
        store.begin(self._survey.back, self._settings.disabled_rules)
        store.mark_gone(self._survey.gone, _now())

    def _finish(self, store: Store) -> None:
        for database in self._survey.databases:
            store.note_database(database.path, _position(database.marks))
        for agent in self._to_name:
            self._touched |= store.name_by_messages(agent)
        if self._survey.todo and not self._lazily:
            self._touched.update(placing.place(store, self._tools.finder))

    def _asked_to_stop(self) -> bool:
        self.report.stopped = self._stop.is_set()
        return self.report.stopped

    def _read_again(self, store: Store) -> Iterator[tuple[int, _Write]]:
        """What came too early, from where that was."""
        if self._again and not self._asked_to_stop():
            yield TRANSACTION_BYTES, lambda: None
            self._tools.foreign.is_all_read = True
            for found in self._again:
                yield from self._read(store, replace(found, new_bytes=0))

    def _read(self, store: Store, found: Found) -> Iterator[tuple[int, _Write]]:
        """One transcript; whatever goes wrong with it stays with it."""
        self.report.agents[found.reader.agent.value].new_bytes += found.new_bytes
        try:
            known = known_of(store, found)
            reading = Reading(found, known, self._held)
            for batch in batches(found, known, self._tools):
                size = _bytes_of(batch)
                write = partial(self._apply, store, reading, batch, size)
                yield max(size, _held_by(batch)), write
                if reading.failed or self._stop.is_set():
                    return
            yield 0, partial(self._end, store, reading)
        except TooEarly:
            self._again.append(found)
        except (FileNotFoundError, NotADirectoryError):
            self._files += 1  # gone since the sweep; the next one knows
        except MemtuiError:
            raise  # of the store, not of this transcript
        # a reader's bug, or bytes that nobody foresaw, must not stop the others
        except Exception as error:  # noqa: BLE001
            yield 0, partial(self._quarantine, store, found, error)

    def _apply(self, store: Store, reading: Reading, batch: Batch, size: int) -> None:
        if reading.failed:
            return
        found = reading.found
        if self._tools.is_purged(batch.facts):
            reading.fail()
            set_aside(store, found, PURGED)
            return
        numbers = self.report.agents[found.reader.agent.value]
        try:
            applied = store.apply(batch)
            keep_outputs(found.reader, batch, store, self._tools)
        except MemtuiError:
            raise
        # as in reading it
        except Exception as error:  # noqa: BLE001
            reading.fail()
            self._quarantine(store, found, error)
            return
        reading.session = applied.session or reading.session
        reading.length = applied.length or reading.length
        reading.whole.add(batch, applied)
        self._count(numbers, applied, batch)
        self._bytes += size
        if not found.is_file:
            numbers.new_bytes += size

    def _recalled(self, batch: Batch, applied: Applied) -> None:
        self._count(self.report.agents[batch.agent.value], applied, batch)
        if applied.session is not None:
            self._distilling.add(applied.session)

    def _end(self, store: Store, reading: Reading) -> None:
        if reading.failed:
            return
        self._files += 1
        session = reading.session
        if session is None:
            reading.whole.drop()
            return
        found = reading.found
        keep_descriptions(found.reader, found.path, store, self._tools)
        if self._lazily and reading.length > LONG_SESSION:
            reading.whole.drop()
            self._put_off.add(session)
        else:
            self._distilling.add(session, reading.whole)

    def _restated(self, batch: Batch, applied: Applied) -> None:
        self._note_names(batch, applied)
        self.report.agents[batch.agent.value].records += applied.records

    def _cannot_parse(self, stale: Stale) -> None:
        _log.exception("Cannot parse %s anew", stale.path)
        self.report.quarantined.append(stale.path)

    def _count(self, numbers: AgentReport, applied: Applied, batch: Batch) -> None:
        numbers.records += applied.records
        numbers.faults += applied.faults
        if applied.sessions and batch.facts is not None:
            numbers.sessions += batch.facts.kind is not SessionKind.SUBAGENT
        if applied.changed and applied.session is not None:
            self._touched.add(applied.session)
        self._note_names(batch, applied)

    def _note_names(self, batch: Batch, applied: Applied) -> None:
        if applied.sessions or batch.anew or any(r.names for r in batch.records):
            self._to_name.add(batch.agent)

    def _quarantine(self, store: Store, found: Found, error: Exception) -> None:
        set_aside(store, found, why_not(found, error))
        self.report.quarantined.append(found.path)
        self._files += 1

    def _distilled(self, session: int, facts: SessionFacts, new: int) -> None:
        numbers = self.report.agents.get(facts.agent.value)
        if numbers is not None:
            numbers.observations += new
        self._touched.add(session)

    def _tell(self) -> None:
        if self._progress is not None:
            sizes = [found.new_bytes for found in self._survey.todo]
            self._progress(self.report.progress(self._files, self._bytes, sizes))


def _bytes_of(batch: Batch) -> int:
    """What the archive takes of it."""
    replaced = batch.retold.replaced.values() if batch.retold else ()
    return sum(map(len, batch.lines)) + sum(map(len, replaced))


def _held_by(batch: Batch) -> int:
    """What is told again takes memory too, where none of it is new."""
    return sum(len(record.text) for record in batch.records) if batch.retold else 0


def _position(marks: Marks) -> Position:
    return Position(inode=marks.inode, size=marks.size, mtime_ns=marks.mtime_ns)


def _now() -> int:
    return round(time.time() * 1000)
