"""One connection that only reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.errors import StoreError
from memtui.store.closing import Closing
from memtui.store.connect import open_reader
from memtui.store.purge.secrets import show_cleared
from memtui.store.trouble import explained

_STEPS: Final = 2_000
"""Virtual machine steps between two looks at whether a read is still wanted."""


class Reading(Closing):
    """A read-only look at the store. Belongs to one thread at a time.

    Raises:
        StoreError: there is no store at ``path``, or it cannot be read.
    """

    def __init__(self, path: Path, *, cache_kib: int | None = None) -> None:
        """
        Args:
            cache_kib: what of the file is kept in memory at most; None: SQLite's own.
        """
        self._path = path
        self._version = 0
        self._conn = open_reader(path)
        try:
            with explained(path):
                if cache_kib is not None:
                    self._conn.execute(f"pragma cache_size = -{cache_kib}")
                self.data_version()
        except StoreError:
            self._conn.close()
            raise

    @contextmanager
    def until(self, stop: Callable[[], bool]) -> Iterator[None]:
        """Reads inside end in ``sqlite3.OperationalError`` once ``stop()`` holds."""
        self._conn.set_progress_handler(lambda: int(stop()), _STEPS)
        try:
            yield
        finally:
            self._conn.set_progress_handler(None, 0)

    def interrupt(self) -> None:
        """Stop the read that another thread runs on this view, if one runs."""
        self._conn.interrupt()

    def data_version(self) -> int:
        """Another number than before: some other connection has written.

        Then what a person said is no secret may be other values, too.
        """
        (version,) = self._conn.execute("pragma data_version").fetchone()
        if version != self._version:
            show_cleared(self._conn)
            self._version = version
        return int(version)
