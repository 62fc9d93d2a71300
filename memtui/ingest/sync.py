"""Everything new from every agent into the store, once.

``survey`` compares files with the store by their marks alone: that is all a
run costs that finds nothing new. What has to be read is read newest first, in
transactions of about 16 MB, so that a first run shows something at once and
whoever curates meanwhile waits for no more than one of them.
"""

import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui import distil, paths
from memtui.errors import MemtuiError, StoreBusy
from memtui.ingest.lock import ingesting
from memtui.ingest.pipeline import TORN_SECONDS, Tools, read
from memtui.model import Agent, SessionKind
from memtui.readers import READERS
from memtui.readers.base import Reader, TranscriptFile
from memtui.redact import IgnoreRules, Redactor
from memtui.settings import Settings
from memtui.store.seen import Seen, seen_transcripts
from memtui.store.writes import Applied, Batch, Position, Store, Tail

TRANSACTION_BYTES: Final = 16 << 20
TRANSACTION_SECONDS: Final = 0.5
"""A transaction ends after this much, so that a reader sees progress."""

_BUSY_RETRIES: Final = 6
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class AgentReport:
    """One agent's numbers; all but ``files`` count what is new in this run."""

    files: int = 0
    new_bytes: int = 0
    records: int = 0
    sessions: int = 0
    observations: int = 0
    faults: int = 0


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a sync found and did."""

    agents: dict[str, AgentReport] = field(default_factory=dict)
    changed: bool = False
    """Whether the store shows anything that it did not show before."""
    stopped: bool = False
    """It was asked to stop; the next run goes on where this one ended."""
    quarantined: list[str] = field(default_factory=list)
    """Paths of transcripts that could not be read in this run."""
    projects: set[str] = field(default_factory=set)
    """UUIDs of the projects whose sessions changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running sync is."""

    files: int
    """Transcripts read so far, of ``files_total`` that have something new."""
    files_total: int
    bytes: int
    bytes_total: int
    sessions: int
    observations: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A transcript on disk whose marks say that there is something to read."""

    reader: Reader
    file: TranscriptFile
    path: str
    marks: Position
    new_bytes: int


@dataclass(slots=True)
class _Survey:
    """What a look at all files and at the store shows is to be done."""

    files: dict[Agent, int] = field(default_factory=dict)
    todo: list[_Found] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    due: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.todo or self.gone or self.back or self.due)

    def look(self, reader: Reader, file: TranscriptFile, seen: Seen | None) -> None:
        """Count one transcript and note what its marks ask for."""
        self.files[reader.agent] = self.files.get(reader.agent, 0) + 1
        path = str(file.path)
        try:
            stat = os.stat(path)
        except OSError:
            return  # gone since it was found: the next run says so
        if seen is not None and _is_as_it_was(seen, stat, reader.version):
            if seen.gone:
                self.back.append(path)
            return
        grown = seen is not None and seen.inode == stat.st_ino
        read_before = seen.offset if seen and grown else 0
        fresh = read_before if read_before <= stat.st_size else 0
        marks = Position(
            inode=stat.st_ino, size=stat.st_size, mtime_ns=stat.st_mtime_ns
        )
        found = _Found(reader, file, path, marks, max(0, stat.st_size - fresh))
        self.todo.append(found)


def sync(
    data: Path,
    settings: Settings,
    *,
    home: Path,
    agents: Collection[Agent] | None = None,
    full: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    wait: float = 0.0,
) -> SyncReport:
    """Read what is new under ``home`` into the store of ``data``.

    Args:
        agents: only these; None: every agent there is a reader for.
        full: parse everything anew from the archive.
        progress: called now and then, from the calling thread.
        stop: asked between transcripts; true ends the run, what was read stays.
        wait: seconds to wait for another ingester.

    Raises:
        StoreBusy: another process is ingesting, or wrote for too long.
        StoreError: the store cannot be used.
    """
    readers = [READERS[a] for a in READERS if agents is None or a in agents]
    survey = _survey(data, home, readers)
    if survey.is_empty:
        return _Run(settings, survey).report
    with ingesting(data, wait=wait, stop=stop or _never):
        # another ingester may have done part of it while we waited
        survey = _survey(data, home, readers)
        run = _Run(settings, survey, progress=progress, stop=stop or _never)
        with Store(paths.store_path(data)) as store:
            run.go(store)
    if run.report.projects:
        _refresh_exports(data, settings, run.report.projects)
    return run.report


class _Run:
    """One sync under way: what is done, and what it came to."""

    def __init__(
        self,
        settings: Settings,
        survey: _Survey,
        *,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.report = SyncReport(
            agents={
                agent.value: AgentReport(files=files)
                for agent, files in survey.files.items()
            }
        )
        self._settings = settings
        self._survey = survey
        self._progress = progress
        self._stop = stop
        self._touched: set[int] = set()
        self._done_files = 0
        self._done_bytes = 0

    def go(self, store: Store) -> None:
        """Do all of it, in transactions of bounded size."""
        steps = self._steps(store)
        going = True
        while going:
            with _begun(store):
                going = _some(steps)
            self._tell()
        self.report.changed = bool(self._touched)
        self.report.projects = store.projects_of(self._touched)

    def _steps(self, store: Store) -> Iterator[int]:
        """The work, cut where a transaction may end; yields bytes done."""
        if self._survey.gone:
            store.mark_gone(self._survey.gone, round(time.time() * 1000))
        if self._survey.back:
            store.mark_back(self._survey.back)
        tools = _tools(self._settings)
        for found in self._survey.todo:
            if self._stop():
                self.report.stopped = True
                return
            yield from self._read(store, found, tools)
            self._done_files += 1
        for session in store.due(distil.VERSION):
            if self._stop():
                self.report.stopped = True
                return
            self._distil(store, session)
            yield 0

    def _read(self, store: Store, found: _Found, tools: Tools) -> Iterator[int]:
        """One transcript; whatever goes wrong with it stays with it."""
        numbers = self.report.agents[found.reader.agent.value]
        known = store.transcript(found.path)
        session = None
        numbers.new_bytes += found.new_bytes
        batches = read(found.reader, found.file.path, known, tools)
        try:
            for batch in batches:
                applied = store.apply(batch)
                session = applied.session or session
                self._count(numbers, applied, batch)
                size = sum(map(len, batch.lines))
                self._done_bytes += size
                yield size
            if session is not None:
                self._distil(store, session)
        except OSError as error:
            self._quarantine(store, found, error.strerror or str(error))
        except MemtuiError:
            raise  # of the store, not of this transcript
        # a reader's bug, or bytes that nobody foresaw, must not stop the others
        except Exception as error:  # noqa: BLE001
            _log.exception("Cannot read %s", found.path)
            self._quarantine(store, found, f"{type(error).__name__}: {error}")

    def _count(self, numbers: AgentReport, applied: Applied, batch: Batch) -> None:
        numbers.records += applied.records
        numbers.faults += applied.faults
        if applied.sessions and batch.facts is not None:
            numbers.sessions += batch.facts.kind is not SessionKind.SUBAGENT
        if applied.changed and applied.session is not None:
            self._touched.add(applied.session)

    def _quarantine(self, store: Store, found: _Found, why: str) -> None:
        store.quarantine(found.reader.agent, found.path, found.marks, why)
        self.report.quarantined.append(found.path)

    def _distil(self, store: Store, session: int) -> None:
        """State anew what a session shows; a rule's bug costs that session alone."""
        facts = store.session_facts(session)
        try:
            records = store.session_records(session)
            found = distil.distil(facts, records, settings=self._settings)
        except Exception:  # noqa: BLE001  (pure rules over any text there is)
            _log.exception("Cannot distil session %s", facts.native_id)
            store.mark_distilled(session, distil.VERSION)
            return
        new = store.replace_observations(session, found, distil.VERSION)
        self.report.agents[facts.agent.value].observations += new
        self._touched.add(session)

    def _tell(self) -> None:
        if self._progress is None:
            return
        numbers = self.report.agents.values()
        self._progress(
            Progress(
                files=self._done_files,
                files_total=len(self._survey.todo),
                bytes=self._done_bytes,
                bytes_total=sum(found.new_bytes for found in self._survey.todo),
                sessions=sum(n.sessions for n in numbers),
                observations=sum(n.observations for n in numbers),
            )
        )


def _some(steps: Iterator[int]) -> bool:
    """Work until a transaction has become long enough; false: all is done."""
    size, began = 0, time.monotonic()
    for done in steps:
        size += done
        if size >= TRANSACTION_BYTES or time.monotonic() - began > TRANSACTION_SECONDS:
            return True
    return False


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


def _survey(data: Path, home: Path, readers: Iterable[Reader]) -> _Survey:
    known, due = seen_transcripts(paths.store_path(data), distil.VERSION)
    survey = _Survey(due=due)
    found: set[str] = set()
    looked_at: set[str] = set()
    for reader in readers:
        looked_at.add(reader.agent.value)
        survey.files[reader.agent] = 0
        for file in reader.find(home):
            path = str(file.path)
            found.add(path)
            survey.look(reader, file, known.get(path))
    survey.todo.sort(key=lambda item: item.marks.mtime_ns, reverse=True)
    survey.gone = [
        seen.path
        for seen in known.values()
        if not seen.gone
        and seen.path not in found
        and seen.agent in looked_at
        and not os.path.exists(seen.path)
    ]
    return survey


def _is_as_it_was(seen: Seen, stat: os.stat_result, reader_version: int) -> bool:
    """Whether a transcript's marks say that there is nothing to read in it."""
    marks = (seen.inode, seen.size, seen.mtime_ns)
    if marks != (stat.st_ino, stat.st_size, stat.st_mtime_ns):
        return False
    if seen.quarantined:
        return True
    if seen.tail == Tail.WAITS:
        return time.time() - stat.st_mtime < TORN_SECONDS
    return seen.reader_version == reader_version


def _refresh_exports(data: Path, settings: Settings, projects: set[str]) -> None:
    from memtui.inject.export import (
        export_projects,  # a run that finds nothing skips it
    )

    export_projects(data, settings, sorted(projects))


def _tools(settings: Settings) -> Tools:
    rules = IgnoreRules(settings.ignore, settings.skip_tools, home=str(paths.home()))
    return Tools(Redactor(), rules)


def _never() -> bool:
    return False
