"""Whether all stands as it was read, told as cheaply as it can be.

Nearly every sweep finds nothing. This one asks the store for four numbers a
transcript and stops at the first thing that is not as it was; what that means is
``survey``'s to find out.
"""

import os
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from memtui.ingest.report import AgentReport, SyncReport
from memtui.readers.base import DatabaseReader, Reader, RewritingReader
from memtui.readers.places import indexes_in
from memtui.store.seen import Mark, Standing
from memtui.store.tombs import hashed

_AT_ONCE: Final = 256
"""Files that are looked at before the first difference among them is seen."""


def as_it_was(
    standing: Standing, places: Iterable[tuple[Reader, Collection[Path]]]
) -> SyncReport | None:
    """What a run says that found nothing; None where there may be something.

    Args:
        places: readers with the folders to look through.
    """
    if standing.news:
        return None
    count = 0
    agents: dict[str, AgentReport] = {}
    for reader, folders in places:
        met: set[str] = set()
        if not all(_stands(reader, folder, standing, met) for folder in folders):
            return None
        count += len(met)
        files = len(met) - len(indexes_in(reader, met))
        agents[reader.agent.value] = AgentReport(files=files)
    if count < standing.count:
        return None
    return SyncReport(agents=agents)


def _stands(reader: Reader, folder: Path, standing: Standing, met: set[str]) -> bool:
    """Whether every transcript in a folder is as it was; each goes into ``met``."""
    rewriting = reader if isinstance(reader, RewritingReader) else None
    holding = reader if isinstance(reader, DatabaseReader) else None
    known, found = standing.marks.get, reader.find(folder)
    while paths := list(islice(found, _AT_ONCE)):
        if holding is not None and any(map(holding.is_database, paths)):
            return False
        if standing.purged:
            paths = [path for path in paths if hashed(path) not in standing.purged]
        try:
            if rewriting is None:
                seen = _marks(paths)
            else:
                seen = [_mark(rewriting, path) for path in paths]
        except OSError:
            return False
        if seen != list(map(known, paths)):
            return False
        met.update(paths)
    return True


def _mark(reader: RewritingReader, path: str) -> Mark:
    if reader.has_items(path):
        return (path, *reader.marks(path), 0)
    return _marks([path])[0]


def _marks(paths: list[str]) -> list[Mark]:
    return [
        (path, stat.st_ino, stat.st_size, stat.st_mtime_ns, 0)
        for path, stat in zip(paths, map(os.stat, paths), strict=True)
    ]
