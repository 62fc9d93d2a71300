"""Reading transcripts while the app is open, on a thread of its own.

Starts after the first paint: one sync of what is new, then the watcher. Says how far
it got by messages; touches no widget.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from memtui.errors import MemtuiError, StoreBusy
from memtui.settings import Settings
from memtui.settings.live import LiveSettings
from memtui.tui.format import figure
from memtui.tui.messages import CoverageMoved, ReadingAdvanced

Tell = Callable[[ReadingAdvanced | CoverageMoved], object]
EVERY_S: Final = 0.25
"""Progress is said at most four times a second."""
AGAIN_S: Final = 3.0


class Progress(Protocol):
    """How far a sync is, as ``memtui.ingest.sync`` says it."""

    @property
    def files(self) -> int: ...
    @property
    def files_total(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def bytes_total(self) -> int: ...
    @property
    def observations(self) -> int: ...
    @property
    def indexed(self) -> int: ...
    @property
    def to_index(self) -> int: ...


class Covered(Protocol):
    """How much is watched, as ``memtui.ingest.watcher`` says it."""

    @property
    def is_whole(self) -> bool: ...


class Reading(threading.Thread):
    """Reads until stopped. ``tell`` must be safe to call from a thread."""

    def __init__(
        self, data: Path, settings: Settings | LiveSettings, home: Path, tell: Tell
    ) -> None:
        super().__init__(name="memtui-reading", daemon=True)
        self._data = data
        own = settings.another() if isinstance(settings, LiveSettings) else settings
        self._settings = own
        self._home = home
        self._tell = tell
        self._stop_asked = threading.Event()
        self._last_said = 0.0
        self._begun = time.monotonic()

    def stop(self) -> None:
        """Ask it to end; what is being written is finished first."""
        self._stop_asked.set()

    def run(self) -> None:
        """One sync, then watch."""
        from memtui.ingest.watcher import watch

        if not self._first_sync():
            return
        try:
            watch(
                self._data,
                self._settings,
                home=self._home,
                on_synced=self._synced,
                on_coverage=self._covered,
                stop=self._stop_asked,
            )
        except MemtuiError as error:
            self._tell(ReadingAdvanced(text=f"! {error.message}", finished=True))

    def _first_sync(self) -> bool:
        from memtui.ingest.sync import sync

        while not self._stop_asked.is_set():
            try:
                settings = self._settings
                report = sync(
                    self._data,
                    settings if isinstance(settings, Settings) else settings.current,
                    home=self._home,
                    progress=self._progress,
                    stop=self._stop_asked,
                )
            except StoreBusy:
                self._tell(ReadingAdvanced(text="another memtui is reading"))
                self._stop_asked.wait(AGAIN_S)
            except MemtuiError as error:
                self._tell(ReadingAdvanced(text=f"! {error.message}", finished=True))
                return False
            else:
                self._synced(report)
                return True
        return False

    def _synced(self, report: object) -> None:
        self._tell(ReadingAdvanced(text="", changed=True, finished=True))

    def _covered(self, coverage: Covered) -> None:
        text = "" if coverage.is_whole else str(coverage)
        self._tell(CoverageMoved(text))

    def _progress(self, progress: Progress) -> None:
        """Say how far it got: ``reading 1,471 of 1,797 files, 8 s left``."""
        if progress.to_index:
            return  # nothing new is read: that line stays
        done, total = progress.files, progress.files_total
        now = time.monotonic()
        if now - self._last_said < EVERY_S and done < total:
            return
        self._last_said = now
        text = f"reading {figure(done)} of {figure(total)} files"
        spent = now - self._begun
        if progress.bytes and spent > 2 and done < total:
            left = round(
                spent / progress.bytes * (progress.bytes_total - progress.bytes)
            )
            text += f", {figure(left)} s left"
        self._tell(
            ReadingAdvanced(
                text=text, done=done, total=total, found=progress.observations
            )
        )
