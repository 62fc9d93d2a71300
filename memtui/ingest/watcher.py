"""Ingest for as long as one watches: events as hints, sweeps as the truth.

A watchdog observer says that something changed; the same ``sync`` as ever finds
out what. The first event of a quiet time is acted on at once, later ones are
gathered. The kernel drops watches and events without a word, and mounts from
elsewhere never send any, so all files are compared every half minute too, more
often where folders are known to go unwatched.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from memtui.errors import StoreBusy
from memtui.ingest import coverage
from memtui.ingest.awaited import Awaited, awaited, identity
from memtui.ingest.coverage import Coverage
from memtui.ingest.hints import Hints, News
from memtui.ingest.sync import SyncReport, sync
from memtui.model import Agent
from memtui.readers import READERS
from memtui.readers.base import DatabaseReader, Reader
from memtui.readers.places import folders
from memtui.settings import Settings
from memtui.settings.live import LiveSettings

GATHER_SECONDS: Final = 0.1
"""Events within this long after a run are answered by one more run."""

QUIET_SECONDS: Final = 1.5
"""Without events for this long, long sessions that grew are distilled."""

RESTLESS_SECONDS: Final = 15.0
"""They are distilled at least this often while they go on growing."""

BUSY_SECONDS: Final = 0.5
_POLL_SECONDS: Final = 0.2
"""How often the loop looks at ``stop``: an idle watcher costs next to nothing."""

_ATTEMPTS: Final = 5
"""Folders may appear while what was there is being watched."""

_log = logging.getLogger(__name__)
# it says as an error that a folder went while its events were read: sweeps know
logging.getLogger("watchdog").setLevel(logging.CRITICAL)


def watch(
    data: Path,
    settings: Settings | LiveSettings,
    *,
    home: Path,
    on_synced: Callable[[SyncReport], object],
    stop: threading.Event,
    agents: Collection[Agent] | None = None,
    on_coverage: Callable[[Coverage], object] = lambda _: None,
) -> None:
    """Keep the store in step with the transcripts until ``stop`` is set.

    Begins with a sweep. While another process ingests, waits for its turn.

    Args:
        settings: ``LiveSettings`` are followed while the file is edited.
        on_synced: called after each run that found something new.
        on_coverage: called when the number of watched folders is known or moves.

    Raises:
        StoreError: the store cannot be used.
    """
    watcher = _Watcher(data, settings, home, agents, stop)
    try:
        watcher.run(on_synced, on_coverage)
    finally:
        watcher.close()


class _Place(NamedTuple):
    """A folder to watch."""

    folder: Path
    is_deep: bool
    """With all that is below it."""


class _Watcher:
    """The loop of one ``watch``."""

    def __init__(
        self,
        data: Path,
        settings: Settings | LiveSettings,
        home: Path,
        agents: Collection[Agent] | None,
        stop: threading.Event,
    ) -> None:
        self._data = data
        self._settings = settings
        self._home = home
        self._agents = agents
        self._stop = stop
        self._hints = Hints()
        self._read_with = self._current()
        self._observer: BaseObserver | None = None
        self._watched: list[_Place] = []
        self._standing: object = None
        """What was there when the observer was made."""
        self._awaited = Awaited()
        self._coverage: Coverage | None = None
        self._unheard = False
        """The sweep to come is one that no event asked for."""
        self._deaf = False
        self._swept = time.monotonic()
        self._restless = False
        """Something grew since the last quiet time."""
        self._distil_by = 0.0

    def run(
        self,
        on_synced: Callable[[SyncReport], object],
        on_coverage: Callable[[Coverage], object],
    ) -> None:
        """Watch, sync, tell; until told to stop."""
        hinted: set[str] | None = None
        while not self._stop.is_set():
            if hinted is None:
                self._look_after_observer(on_coverage)
            try:
                report = self._sync(hinted)
            except StoreBusy:
                self._hints.put_back(hinted)
                self._stop.wait(BUSY_SECONDS)
            else:
                if report.changed:
                    on_synced(report)
                self._stop.wait(GATHER_SECONDS)
                if hinted is None and self._found_unheard(report):
                    self._deaf = True
                    self._cover(on_coverage)
            hinted = self._next()

    def close(self) -> None:
        """Let the observer's threads end."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def _sync(self, hinted: set[str] | None) -> SyncReport:
        if isinstance(self._settings, LiveSettings):
            self._settings.changed()
        if hinted and (agents := _keepers(hinted)):
            return self._sync_only(None, agents)
        if hinted:
            report = self._sync_only(hinted)
            if sum(n.files for n in report.agents.values()) == len(hinted):
                return report
            hinted = None  # a path that the store does not know yet
        return self._sync_only(hinted)

    def _sync_only(
        self, only: set[str] | None, agents: Collection[Agent] | None = None
    ) -> SyncReport:
        """One run; it distils long sessions too once they have been quiet."""
        now = time.monotonic()
        lazily = bool(only or agents) and now < self._distil_by
        if not lazily:
            self._distil_by = now + RESTLESS_SECONDS
        self._read_with = self._current()
        return sync(
            self._data,
            self._read_with,
            home=self._home,
            agents=agents or self._agents,
            stop=self._stop,
            only=only,
            lazily=lazily,
        )

    def _is_reconfigured(self) -> bool:
        """Whether the person changed a setting since the last run."""
        if isinstance(self._settings, LiveSettings):
            self._settings.changed()
        return self._current() is not self._read_with

    def _current(self) -> Settings:
        live = self._settings
        return live.current if isinstance(live, LiveSettings) else live

    def _next(self) -> set[str] | None:
        """Wait for what is next: paths that changed, none when all are quiet.

        None: it is time for a sweep.
        """
        covered = self._coverage
        now = time.monotonic()
        sweep = self._swept + (
            covered.sweep_seconds if covered else coverage.SHORT_SWEEP_SECONDS
        )
        self._unheard = False
        quiet = now + QUIET_SECONDS if self._restless else sweep
        while not self._stop.is_set() and now < sweep:
            if self._hints.met.wait(_POLL_SECONDS):
                self._restless = True
                return self._hints.take()
            now = time.monotonic()
            if self._is_reconfigured():
                break
            if self._restless and now >= quiet:
                self._restless = False
                return set()
        self._unheard = self._hints.take() == set()
        self._swept = time.monotonic()
        return None

    def _found_unheard(self, report: SyncReport) -> bool:
        """Whether a sweep brought what an event should have told long before it."""
        covered = self._coverage
        watched = covered is not None and covered.watched >= covered.folders
        news = any(numbers.new_bytes for numbers in report.agents.values())
        return self._unheard and watched and news and not self._hints.met.is_set()

    def _look_after_observer(self, on_coverage: Callable[[Coverage], object]) -> None:
        """Watch folders that appeared since, and say how many are watched."""
        for _ in range(_ATTEMPTS):
            wanted = self._places_there()
            missing = awaited(place.folder for place in self._places())
            folders = {place.folder for place in wanted} | missing.parents
            standing = (wanted, missing, {identity(folder) for folder in folders})
            if standing == self._standing:
                break
            self.close()
            self._observer = _observing(wanted, self._hints, missing)
            self._standing, self._awaited = standing, missing
            self._watched = wanted if self._observer is not None else []
            self._unheard = False  # what came before could not be heard
        self._cover(on_coverage)

    def _cover(self, on_coverage: Callable[[Coverage], object]) -> None:
        """Say how many folders are watched, where that is news."""
        places = self._places_there()
        total = sum(coverage.count_folders(p.folder, deep=p.is_deep) for p in places)
        places_alone = {p.folder for p in places if not p.is_deep}
        besides = len(self._awaited.parents - places_alone)
        watched = coverage.count_watches(total + besides) - besides
        watched = watched if self._watched else 0
        found = Coverage(total, watched, self._deaf)
        if found != self._coverage:
            self._coverage = found
            on_coverage(found)

    def _places_there(self) -> list[_Place]:
        return [place for place in self._places() if place.folder.is_dir()]

    def _places(self) -> list[_Place]:
        return [
            place
            for agent, reader in READERS.items()
            if self._agents is None or agent in self._agents
            for folder in folders(reader, self._current(), self._home)
            for place in _places_in(reader, folder)
        ]


def _keepers(paths: Collection[str]) -> set[Agent]:
    """Whose databases these files are or lie beside; none where one is another's."""
    found = set()
    for path in paths:
        file = path.removesuffix("-wal").removesuffix("-shm")
        for agent, reader in READERS.items():
            if isinstance(reader, DatabaseReader) and reader.is_database(file):
                found.add(agent)
                break
        else:
            return set()
    return found


def _places_in(reader: Reader, folder: Path) -> list[_Place]:
    if isinstance(reader, DatabaseReader):
        return [_Place(folder, is_deep=False), *map(_below, reader.deep(folder))]
    return [_below(folder)]


def _below(folder: Path) -> _Place:
    return _Place(folder, is_deep=True)


def _observing(
    places: Sequence[_Place], hints: Hints, missing: Awaited
) -> BaseObserver | None:
    """An observer of these folders; None where the system gives none.

    A folder with all below it may use up what the system has, so folders that
    take one watch come first. What gets none does not take it from the others.
    """
    news = News(hints, missing.news)
    wanted = [
        *((news, folder, False) for folder in sorted(missing.parents)),
        *((hints, p.folder, p.is_deep) for p in sorted(places, key=_is_deep)),
    ]
    observer = Observer()
    observer.start()  # started late, it would take its folders in any order
    refused = None
    for told, folder, is_deep in wanted:
        try:
            observer.schedule(told, str(folder), recursive=is_deep)
        except OSError as error:
            refused = error
    if refused is not None and not observer.emitters:
        _log.warning("Cannot watch, only sweeping: %s", refused)
        observer.stop()
        observer.join()
        return None
    return observer


def _is_deep(place: _Place) -> bool:
    return place.is_deep
