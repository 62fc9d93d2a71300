"""The work of one sync, cut where a transaction may end.

What has to be read is read newest first, in transactions of about 16 MB, so
that a first run shows something at once and whoever curates meanwhile waits for
no more than one of them.
"""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from memtui import distil, paths
from memtui.errors import MemtuiError, StoreBusy
from memtui.ingest import placing
from memtui.ingest.naming import plain_id
from memtui.ingest.passage import Tools
from memtui.ingest.pipeline import is_same, read, read_archive, read_items
from memtui.ingest.report import AgentReport, Progress
from memtui.ingest.survey import UNREADABLE, Found, Stale, Survey
from memtui.model import Record, SessionKind
from memtui.readers.base import Damaged, Marks, RewritingReader
from memtui.readers.regular import NotRegular
from memtui.redact import IgnoreRules, Redactor
from memtui.settings import Settings
from memtui.store.batch import Applied, Batch, KnownTranscript, Position
from memtui.store.writes import WINDOW_RECORDS, Store, Unstorable

TRANSACTION_BYTES: Final = 16 << 20
TRANSACTION_SECONDS: Final = 0.5
"""A transaction ends after this much, so that a reader sees progress."""

LONG_SESSION: Final = 500
"""Records from which on a session is not distilled at every line it grows by."""

_BUSY_RETRIES: Final = 6
_log = logging.getLogger(__name__)


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
    ) -> None:
        self.report = found.report()
        self._settings = settings
        self._survey = found
        self._stop = stop
        self._progress = progress
        self._lazily = lazily
        rules = IgnoreRules(
            settings.ignore, settings.skip_tools, home=str(paths.home())
        )
        self._tools = Tools(Redactor(), rules)
        self._touched: set[int] = set()
        self._anew: set[str] = set()
        self._files = 0
        self._bytes = 0

    def go(self, store: Store) -> None:
        """Do all of it, in transactions of bounded size."""
        steps = self._steps(store)
        going = True
        with _collecting_seldom():
            while going:
                with _begun(store):
                    going = _some(steps)
                self._tell()
        self.report.changed = bool(self._touched or self._survey.gone)
        self.report.projects = store.projects_of(self._touched)

    def _steps(self, store: Store) -> Iterator[int]:
        """The work, cut where a transaction may end; yields bytes done."""
        store.distil_without(self._settings.disabled_rules)
        store.mark_gone(self._survey.gone, _now())
        store.mark_back(self._survey.back)
        for stale in self._survey.stale:
            if self._asked_to_stop():
                return
            yield self._reread(store, stale)
        for found in self._survey.todo:
            if self._asked_to_stop():
                return
            yield from self._read(store, found)
            self._files += 1
        for database in self._survey.databases:
            store.note_database(database.path, _position(database.marks))
        if self._survey.todo and not self._lazily:
            self._touched.update(placing.place(store, self._tools.finder))
        # interrupted or put off before, or waiting for a newer distiller
        for session in () if self._lazily else store.due(distil.VERSION):
            if self._asked_to_stop():
                return
            self._distil(store, session)
            yield 0

    def _asked_to_stop(self) -> bool:
        self.report.stopped = self._stop.is_set()
        return self.report.stopped

    def _read(self, store: Store, found: Found) -> Iterator[int]:
        """One transcript; whatever goes wrong with it stays with it."""
        numbers = self.report.agents[found.reader.agent.value]
        numbers.new_bytes += found.new_bytes
        session, length = None, 0
        try:
            known = self._known(store, found)
            whole = _Whole(known)
            for batch in self._batches(found, known):
                applied = store.apply(batch)
                session = applied.session or session
                length = applied.length or length
                whole.add(batch, applied)
                self._count(numbers, applied, batch)
                size = _bytes_of(batch)
                self._bytes += size
                if not found.is_file:
                    numbers.new_bytes += size
                yield size
                if self._stop.is_set():
                    return
            if session is None or (self._lazily and length > LONG_SESSION):
                return
            self._distil(store, session, whole.records)
        except (NotRegular, Damaged) as error:
            self._quarantine(store, found, error.strerror or str(error))
        except OSError as error:
            why = UNREADABLE + (error.strerror or str(error))
            self._quarantine(store, found, why)
        except MemtuiError:
            raise  # of the store, not of this transcript
        # a reader's bug, or bytes that nobody foresaw, must not stop the others
        except Exception as error:  # noqa: BLE001
            _log.exception("Cannot read %s", found.path)
            self._quarantine(store, found, f"{type(error).__name__}: {error}")

    def _batches(self, found: Found, known: KnownTranscript | None) -> Iterator[Batch]:
        reader, path = found.reader, Path(found.path)
        if isinstance(reader, RewritingReader) and reader.has_items(found.path):
            yield read_items(
                reader, path, known, self._tools, found.marks, is_file=found.is_file
            )
        else:
            yield from read(reader, path, known, self._tools)

    def _known(self, store: Store, found: Found) -> KnownTranscript | None:
        if found.moved_from:
            before = store.transcript(found.moved_from)
            if before is not None and is_same(Path(found.path), before):
                name = plain_id(found.reader.transcript(Path(found.path)).session)
                was = plain_id(found.reader.transcript(Path(found.moved_from)).session)
                # a session that only its lines name keeps its name
                session = name if name != was else ""
                store.move(found.moved_from, found.path, session)
            else:
                store.mark_gone([found.moved_from], _now())
        return store.transcript(found.path)

    def _reread(self, store: Store, stale: Stale) -> int:
        """Parse anew; a session with which that goes wrong stays as it was."""
        try:
            return self._parse_anew(store, stale)
        except MemtuiError:
            raise  # of the store, not of this session
        # as when it is read: one must not stop the others
        except Exception:  # noqa: BLE001
            _log.exception("Cannot parse %s anew", stale.path)
            self.report.quarantined.append(stale.path)
            return 0

    def _parse_anew(self, store: Store, stale: Stale) -> int:
        """A session from the archive, with the reader there is now."""
        if stale.path in self._anew:
            return 0
        numbers = self.report.agents[stale.reader.agent.value]
        size = 0
        with store.anew(stale.path) as group:
            session = None
            for known in group:
                self._anew.add(known.path)
                readings = store.archived(known.id)
                for batch in read_archive(stale.reader, known, readings, self._tools):
                    applied = store.apply(batch)
                    session = applied.session or session
                    numbers.records += applied.records
                    size += sum(len(record.text) for record in batch.records)
        if session is not None:
            self._distil(store, session)
        return size

    def _count(self, numbers: AgentReport, applied: Applied, batch: Batch) -> None:
        numbers.records += applied.records
        numbers.faults += applied.faults
        if applied.sessions and batch.facts is not None:
            numbers.sessions += batch.facts.kind is not SessionKind.SUBAGENT
        if applied.changed and applied.session is not None:
            self._touched.add(applied.session)

    def _quarantine(self, store: Store, found: Found, why: str) -> None:
        reader = found.reader
        marks = _position(found.marks)
        store.quarantine(reader.agent, found.path, marks, why, reader.version)
        self.report.quarantined.append(found.path)

    def _distil(
        self, store: Store, session: int, records: Sequence[Record] | None = None
    ) -> None:
        """State anew what a session shows; a rule's bug costs that session alone."""
        facts = store.session_facts(session)
        windows = [records] if records else store.session_windows(session)
        try:
            found = {
                observation.id: observation
                for window in windows
                for observation in distil.distil(facts, window, settings=self._settings)
            }
        except MemtuiError:
            raise
        # pure rules over any text there is: one must not end the whole run
        except Exception:  # noqa: BLE001
            _log.exception("Cannot distil session %s", facts.native_id)
            store.mark_distilled(session, distil.VERSION)
            return
        values = list(found.values())
        try:
            new = store.replace_observations(session, values, distil.VERSION)
        except Unstorable:
            _log.exception("Cannot keep what session %s shows", facts.native_id)
            store.mark_distilled(session, distil.VERSION)
            return
        numbers = self.report.agents.get(facts.agent.value)
        if numbers is not None:
            numbers.observations += new
        self._touched.add(session)

    def _tell(self) -> None:
        if self._progress is None:
            return
        numbers = self.report.agents.values()
        total = sum(found.new_bytes for found in self._survey.todo)
        self._progress(
            Progress(
                files=self._files,
                files_total=len(self._survey.todo),
                bytes=self._bytes,
                bytes_total=max(total, self._bytes),
                sessions=sum(n.sessions for n in numbers),
                observations=sum(n.observations for n in numbers),
            )
        )


class _Whole:
    """All records of a session just read for the first time, if they are few enough.

    The store would give the same ones back, slower. Anything that it knew
    before, or that one file says twice, is better asked of the store.
    """

    def __init__(self, known: KnownTranscript | None) -> None:
        self.records: list[Record] | None = None if known else []

    def add(self, batch: Batch, applied: Applied) -> None:
        """One more batch of it, and what the store made of it."""
        if self.records is None:
            return
        if batch.retold is not None and batch.retold.undone:
            self.records = None
            return
        self.records += batch.records
        known = applied.records < len(batch.records)
        if known or len(self.records) > WINDOW_RECORDS:
            self.records = None


def _some(steps: Iterator[int]) -> bool:
    """Work until a transaction has become long enough; false: all is done."""
    size, began = 0, time.monotonic()
    for done in steps:
        size += done
        if size >= TRANSACTION_BYTES or time.monotonic() - began > TRANSACTION_SECONDS:
            return True
    return False


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Records are many and in no cycles: looking for some took a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _begun(store: Store) -> Iterator[None]:
    """A transaction, begun in spite of another writer who takes a while."""
    with ExitStack() as stack:
        for attempt in range(_BUSY_RETRIES):
            try:
                stack.enter_context(store.transaction())
                break
            except StoreBusy:
                if attempt == _BUSY_RETRIES - 1:
                    raise
        yield


def _bytes_of(batch: Batch) -> int:
    """What the archive takes of it."""
    replaced = batch.retold.replaced.values() if batch.retold else ()
    return sum(map(len, batch.lines)) + sum(map(len, replaced))


def _position(marks: Marks) -> Position:
    return Position(inode=marks.inode, size=marks.size, mtime_ns=marks.mtime_ns)


def _now() -> int:
    return round(time.time() * 1000)
