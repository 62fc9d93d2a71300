"""Before an agent looks, what was said lately is read; but nobody waits for it long.

A look at the transcripts tells whether there is anything new at all. Where there
is, a process of its own reads it: what reading takes in memory is gone with it,
and where it takes longer than an answer may, it goes on behind.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from memtui.errors import MemtuiError
from memtui.settings import Settings

CAP_SECONDS: Final = 1.5
"""So long an answer waits for what is being read, at most."""
_ENOUGH_SECONDS: Final = 120.0
"""A reading that takes longer is left to the next sync of a hook or a person."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_READ: Final = (
    "import sys; sys.path.append(sys.argv.pop(1)); from memtui.cli import main; "
    "sys.exit(main(['sync', '--lazily']))"
)


class Freshness:
    """Keeps a store as new as the transcripts, as far as time allows."""

    def __init__(
        self, data: Path, home: Path, *, read: Callable[[], object] | None = None
    ) -> None:
        """``read``: reads what is new; None: ``memtui sync`` in a process."""
        self._data, self._home = data, home
        self._read = read or self._in_a_process
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def freshen(self, settings: Settings, seconds: float = CAP_SECONDS) -> bool:
        """Read what is new, or begin to; False where it goes on behind.

        Never raises: what cannot be read now is read another time.
        """
        until = time.monotonic() + seconds
        # What was said since a reading began may be missing from it: then once more.
        while not self._started(settings):
            if not self._ended(until):
                return False
        return self._ended(until)

    def _started(self, settings: Settings) -> bool:
        """Begin a reading, unless one is under way; a call that was taken back may
        still wait for that one on another thread."""
        with self._lock:
            if self._reading is not None and self._reading.is_alive():
                return False
            # Of its own: a folder that does not answer holds up no answer of ours.
            reading = threading.Thread(
                target=self._look, args=(settings,), name="freshen", daemon=True
            )
            reading.start()
            self._reading = reading
            return True

    def _ended(self, until: float) -> bool:
        """Wait for the reading at hand, no longer than until then."""
        with self._lock:
            reading = self._reading
        assert reading is not None
        reading.join(max(0.0, until - time.monotonic()))
        return not reading.is_alive()

    def close(self) -> None:
        """End a reading that goes on; what it read stays."""
        self._closed = True
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()

    def _look(self, settings: Settings) -> None:
        # Loaded here, on the first look: a client waits for the server to start.
        from memtui.ingest.sync import is_up_to_date

        try:
            if not is_up_to_date(self._data, settings, home=self._home):
                self._read()
        except (MemtuiError, OSError):
            # The answer comes from what is there; doctor names what is wrong.
            return

    def _in_a_process(self) -> None:
        # It ends at once where another one reads: one ingests at a time.
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", _READ, str(_ROOT)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if self._closed:
            self._child.terminate()
        try:
            self._child.wait(_ENOUGH_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.terminate()
            self._child.wait()
