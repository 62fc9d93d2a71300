"""Threads on which the store is read and written, so that the event loop never is.

A lane is one thread with one connection. ``await lane.read(...)`` in an exclusive
worker: the next keystroke cancels the coroutine, and SQLite itself stops.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from memtui.store.queries import StoreView
from memtui.store.trouble import explained

if TYPE_CHECKING:  # a third of our imports: they wait for the first act
    from memtui.curate import Curator

T = TypeVar("T")
CACHE_KIB: Final = 512
"""A quarter of SQLite's own: an app is open all day, and the system keeps the file
in memory anyway."""


class ReadLane:
    """One thread with one read-only look at the store, opened when first asked."""

    def __init__(self, path: Path, *, name: str = "read") -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"memtui-{name}")
        self._view: StoreView | None = None
        self._closed = False

    async def read(self, query: Callable[[StoreView], T]) -> T:
        """What ``query`` finds.

        Raises:
            StoreError: there is no store, or it cannot be read.
            asyncio.CancelledError: a newer question took its place.
        """
        abandoned = threading.Event()

        def in_thread() -> T:
            if abandoned.is_set():
                raise asyncio.CancelledError
            with explained(self._path):
                if self._view is None:
                    self._view = StoreView(self._path, cache_kib=CACHE_KIB)
                with self._view.until(abandoned.is_set):
                    return query(self._view)

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, in_thread)
        except asyncio.CancelledError:
            abandoned.set()
            raise

    def reopen(self) -> None:
        """Forget the connection: the next read opens the store anew."""
        self._thread.submit(self._close_view)

    def _close_view(self) -> None:
        if self._view is not None:
            self._view.close()
            self._view = None

    def close(self) -> None:
        """Close the connection in its own thread and wait for it."""
        if self._closed:
            return
        self._closed = True
        self._thread.submit(self._close_view)
        self._thread.shutdown(wait=True)


class WriteLane:
    """One thread with the person's pen. Acts run one after the other."""

    def __init__(self, path: Path, make: "Callable[[], Curator]") -> None:
        self._path = path
        self._make = make
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="memtui-write")
        self._curator: Curator | None = None
        self._closed = False

    async def act(self, act: "Callable[[Curator], T]") -> T:
        """What ``act`` did. It is never cancelled half way.

        Raises:
            StoreBusy: another process has been writing for too long.
            MemtuiError: it could not be done; the message says why.
        """

        def in_thread() -> T:
            with explained(self._path):
                self._curator = self._curator or self._make()
                return act(self._curator)

        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._thread, in_thread))

    def forget(self) -> None:
        """The settings changed: the next act makes a new curator."""
        self._thread.submit(self._close_curator)

    def _close_curator(self) -> None:
        if self._curator is not None:
            close = getattr(self._curator, "close", None)
            if close is not None:
                close()
            self._curator = None

    def close(self) -> None:
        """Close the connection in its own thread and wait for what runs."""
        if self._closed:
            return
        self._closed = True
        self._thread.submit(self._close_curator)
        self._thread.shutdown(wait=True)
