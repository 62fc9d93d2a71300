"""What the observer hears, gathered until the watcher asks for it."""

import os
import threading
from collections.abc import Collection
from typing import Final

from watchdog.events import FileSystemEvent, FileSystemEventHandler

_IDLE_EVENTS: Final = frozenset({"opened", "closed_no_write"})


class Hints(FileSystemEventHandler):
    """Paths that something happened to, gathered from the observer's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._everything = False
        self.met = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note what was touched; a folder, or a file that moved, needs a sweep."""
        if event.event_type in _IDLE_EVENTS:
            return
        if event.is_directory and event.event_type == "modified":
            return  # its files speak for themselves
        with self._lock:
            if event.is_directory or event.event_type in ("moved", "deleted"):
                self._everything = True
            else:
                self._paths.add(os.fsdecode(event.src_path))
        self.met.set()

    def ask_for_all(self) -> None:
        """Something happened of which no path tells what it means."""
        with self._lock:
            self._everything = True
        self.met.set()

    def take(self) -> set[str] | None:
        """Paths touched since the last time; None: sweep everything."""
        with self._lock:
            self.met.clear()
            paths = None if self._everything else self._paths
            self._paths, self._everything = set(), False
        return paths

    def put_back(self, paths: set[str] | None) -> None:
        """What was taken could not be done yet."""
        with self._lock:
            if paths is None:
                self._everything = True
            else:
                self._paths |= paths
        self.met.set()


class News(FileSystemEventHandler):
    """Tells when a folder that is waited for comes, or one on the way to it goes."""

    def __init__(self, hints: Hints, paths: Collection[str]) -> None:
        self._hints = hints
        self._paths = paths

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Nothing else in such a folder is ours: it may be a busy one."""
        if event.event_type in ("created", "moved", "deleted"):
            touched = {os.fsdecode(event.src_path), os.fsdecode(event.dest_path)}
            if not touched.isdisjoint(self._paths):
                self._hints.ask_for_all()
