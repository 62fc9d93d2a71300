"""What a look at all files and at the store shows is to be done.

Compares marks only: nothing is opened, nothing is written. A run that finds
nothing costs no more than this.
"""

import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui import distil, paths
from memtui.ingest.report import AgentReport, SyncReport
from memtui.model import Agent
from memtui.readers.base import Reader
from memtui.settings import Settings
from memtui.store.batch import Position, Tail
from memtui.store.seen import Seen, seen_transcripts

TORN_SECONDS: Final = 24 * 3600
"""A last line that does not parse is torn until the file is this old."""

UNREADABLE: Final = "cannot be opened: "
"""How the reason of a quarantine begins that a change of rights may end."""


@dataclass(frozen=True, slots=True)
class Found:
    """A transcript on disk whose marks say that there is something to read."""

    reader: Reader
    path: str
    marks: Position
    """Inode, size and time of last change, as the sweep saw them."""
    new_bytes: int
    moved_from: str = ""
    """A vanished transcript that was this very file."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A transcript that is to be parsed anew from the archive."""

    reader: Reader
    path: str


@dataclass(slots=True)
class Survey:
    """What is to be done, and how many transcripts each agent has."""

    files: dict[Agent, int] = field(default_factory=dict)
    todo: list[Found] = field(default_factory=list)
    """Newest first."""
    stale: list[Stale] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    due: bool = False
    """Some session waits for the distiller."""

    @property
    def is_empty(self) -> bool:
        """Nothing to do at all."""
        return not self.due and self.only_due

    @property
    def only_due(self) -> bool:
        """Nothing but the distilling of what was read before."""
        return not (self.todo or self.stale or self.gone or self.back)

    def report(self) -> SyncReport:
        """What a run says that has done nothing yet."""
        return SyncReport(
            agents={a.value: AgentReport(files=n) for a, n in self.files.items()}
        )


def survey(
    data: Path,
    settings: Settings,
    home: Path,
    readers: Sequence[Reader],
    *,
    full: bool = False,
    only: Collection[str] | None = None,
) -> Survey:
    """Compare every transcript under ``home`` with the store.

    Args:
        full: every transcript counts as parsed by an older reader.
        only: look at no more than these paths; those the store does not know
            are passed over.
    """
    known, due = seen_transcripts(paths.store_path(data), distil.VERSION, only)
    found = Survey(due=due)
    met: set[str] = set()
    for reader in readers:
        found.files[reader.agent] = 0
        for path in _paths(reader, settings, home, known, only):
            if path not in met:
                met.add(path)
                found.files[reader.agent] += 1
                _look(found, reader, path, known.get(path))
    by_agent = {reader.agent.value: reader for reader in readers}
    missing = [
        seen
        for seen in known.values()
        if seen.path not in met
        and seen.agent in by_agent
        and not (seen.gone or os.path.exists(seen.path))
    ]
    found.todo = _followed(found.todo, known, missing)
    moved = {item.moved_from for item in found.todo}
    found.gone = [seen.path for seen in missing if seen.path not in moved]
    found.todo.sort(key=lambda item: item.marks.mtime_ns, reverse=True)
    found.stale = [
        Stale(by_agent[seen.agent], seen.path)
        for seen in known.values()
        if seen.agent in by_agent
        and (full or 0 < seen.reader_version != by_agent[seen.agent].version)
    ]
    return found


def folders(reader: Reader, settings: Settings, home: Path) -> list[Path]:
    """Where an agent's transcripts are looked for: its own places, then named ones."""
    named = (
        Path(folder).expanduser() for folder in settings.roots.get(reader.agent, ())
    )
    return list(dict.fromkeys([*reader.folders(home), *named]))


def _paths(
    reader: Reader,
    settings: Settings,
    home: Path,
    known: dict[str, Seen],
    only: Collection[str] | None,
) -> Iterable[str]:
    if only is None:
        places = folders(reader, settings, home)
        return (path for folder in places for path in reader.find(folder))
    return (
        path for path in only if path in known and known[path].agent == reader.agent
    )


def _look(found: Survey, reader: Reader, path: str, seen: Seen | None) -> None:
    try:
        stat = os.stat(path)
    except OSError:
        return  # gone since it was found: the next run says so
    if seen is not None and _is_as_it_was(seen, stat, reader.version):
        if seen.gone:
            found.back.append(path)
        return
    read = seen.offset if seen and seen.inode == stat.st_ino else 0
    new_bytes = stat.st_size - (read if read <= stat.st_size else 0)
    marks = Position(inode=stat.st_ino, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
    found.todo.append(Found(reader, path, marks, new_bytes))


def _is_as_it_was(seen: Seen, stat: os.stat_result, reader_version: int) -> bool:
    """Whether a transcript's marks say that there is nothing to read in it."""
    marks = (seen.inode, seen.size, seen.mtime_ns)
    if marks != (stat.st_ino, stat.st_size, stat.st_mtime_ns):
        return False
    if seen.quarantined:
        if seen.quarantined.startswith(UNREADABLE):
            return not os.access(seen.path, os.R_OK)
        return seen.reader_version == reader_version
    if seen.tail == Tail.WAITS:
        return time.time() - stat.st_mtime < TORN_SECONDS
    return True


def _followed(
    todo: Sequence[Found], known: dict[str, Seen], missing: Sequence[Seen]
) -> list[Found]:
    """The same with where each was before, if it is a file that moved.

    A file that was packed, unpacked or copied is another one, with the same name
    for its session.
    """
    read = [seen for seen in missing if seen.offset]
    by_inode = {seen.inode: seen for seen in read}
    by_name: dict[tuple[str, str], Seen] = {}
    if read:
        readers = {item.reader.agent.value: item.reader for item in todo}
        for seen in read:
            if reader := readers.get(seen.agent):
                session = reader.transcript(Path(seen.path)).session
                by_name[seen.agent, session] = seen
    return [
        item if item.path in known else _was(item, by_inode, by_name) for item in todo
    ]


def _was(
    item: Found, by_inode: dict[int, Seen], by_name: dict[tuple[str, str], Seen]
) -> Found:
    marks = item.marks
    seen = by_inode.get(marks.inode)
    if (seen is None or seen.size > marks.size) and by_name:
        session = item.reader.transcript(Path(item.path)).session
        seen = by_name.get((item.reader.agent.value, session))
    if seen is None:
        return item
    left = max(marks.size - seen.offset, 0)
    return Found(item.reader, item.path, marks, left, moved_from=seen.path)
