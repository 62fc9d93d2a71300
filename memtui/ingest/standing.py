"""Whether all stands as it was read, told as cheaply as it can be.

Nearly every sweep finds nothing. This one asks the store for four numbers a
transcript and compares them with those of the file; what it means that one is not as
it was is ``survey``'s to find out. What was seen is noted: while a sweep sees the same
and nobody writes into the store, that is not even asked.
"""

import os
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from memtui.ingest import noted
from memtui.ingest.report import AgentReport, SyncReport
from memtui.ingest.survey import due_histories
from memtui.readers.base import DatabaseReader, Reader, RewritingReader
from memtui.readers.places import indexes_in, seen_in
from memtui.store.ingest.seen import Mark, Standing
from memtui.store.purge.tombs import hashed

Places = Sequence[tuple[Reader, Collection[Path]]]
"""Readers with the folders to look through."""


class Rest(NamedTuple):
    """What a sweep comes to."""

    report: SyncReport | None
    """What a run says that found nothing; None where there may be something."""
    decided: str
    """The last day before today on which a person decided something; or empty."""


class _Sweep(NamedTuple):
    """What is there."""

    marks: list[list[Mark]]
    """Of every transcript, by the places it was seen in."""
    digest: str


def at_rest(
    data: Path, home: Path, places: Places, asked: object, ask: Callable[[], Standing]
) -> Rest:
    """Whether a sweep finds all as it was.

    Args:
        asked: all that the answer depends on besides the store and what is seen.
        ask: what the store expects.

    Raises:
        StoreError: the store cannot be read.
    """
    began, stamp = time.time_ns(), noted.stamp(data)
    sweep = None
    if (note := noted.note_of(data)) and not _is_due(places, home, note.histories):
        sweep = _sweep(places, asked)
        if sweep is not None and sweep.digest == note.seen:
            return Rest(_report(note.files), note.decided)
    standing = ask()
    if standing.news or _is_due(places, home, standing.histories):
        return Rest(None, standing.decided)
    sweep = sweep or _sweep(places, asked)
    files = None if sweep is None else _as_it_was(standing, sweep, places)
    if sweep is None or files is None:
        return Rest(None, standing.decided)
    note = noted.Note(
        store=stamp, at=began, seen=sweep.digest, files=files,
        histories=standing.histories, decided=standing.decided,
    )  # fmt: skip
    noted.write(data, note)
    return Rest(_report(files), standing.decided)


def _is_due(places: Places, home: Path, histories: dict[str, int]) -> bool:
    return any(due_histories(reader, home, histories) for reader, _ in places)


def _report(files: dict[str, int]) -> SyncReport:
    return SyncReport(agents={a: AgentReport(files=n) for a, n in files.items()})


def _as_it_was(
    standing: Standing, sweep: _Sweep, places: Places
) -> dict[str, int] | None:
    """How many transcripts each agent has; None where not all is as it was."""
    known, purged = standing.marks.get, standing.purged
    everywhere: set[str] = set()
    files: dict[str, int] = {}
    for (reader, _), marks in zip(places, sweep.marks, strict=True):
        met: set[str] = set()
        for mark in marks:
            path = mark[0]
            if mark == known(path):
                met.add(path)
            elif not (purged and hashed(path) in purged):
                return None
        everywhere |= met
        files[reader.agent.value] = len(met) - len(indexes_in(reader, met))
    return files if len(everywhere) == standing.count else None


def _sweep(places: Places, asked: object) -> _Sweep | None:
    """All that is there; None where only a survey can tell."""
    marks: list[list[Mark]] = []
    for reader, folders in places:
        found: list[Mark] = []
        if not all(_look(reader, folder, found) for folder in folders):
            return None
        marks.append(found)
    try:
        return _Sweep(marks, noted.digest(asked, marks))
    except UnicodeEncodeError:
        return None  # a path that the store cannot hold


def _look(reader: Reader, folder: Path, found: list[Mark]) -> bool:
    """Whether marks tell all of a folder; those of each transcript go to the rest."""
    rewriting = reader if isinstance(reader, RewritingReader) else None
    holding = reader if isinstance(reader, DatabaseReader) else None
    for path, stat in seen_in(reader, folder):
        if stat is not None and rewriting is None:
            mark = path, stat.st_ino, stat.st_size, stat.st_mtime_ns, 0
            found.append(mark)
        elif holding is not None and holding.is_database(path):
            return False
        elif (looked := _mark(rewriting, path, stat)) is not None:
            found.append(looked)
        else:
            return False
    return True


def _mark(
    rewriting: RewritingReader | None, path: str, stat: os.stat_result | None
) -> Mark | None:
    try:
        if rewriting is not None and rewriting.has_items(path):
            return (path, *rewriting.marks(path), 0)
        stat = stat or os.stat(path)
    except OSError:
        return None
    return (path, stat.st_ino, stat.st_size, stat.st_mtime_ns, 0)
