"""Whether all stands as it was read, told as cheaply as it can be.

Nearly every sweep finds nothing. This one asks the store for four numbers a
transcript and stops at the first thing that is not as it was; what that means is
``survey``'s to find out.
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from memtui.ingest.report import AgentReport, SyncReport
from memtui.readers.base import DatabaseReader, Reader, RewritingReader
from memtui.readers.places import indexes_in, seen_in
from memtui.store.ingest.seen import Mark, Standing
from memtui.store.purge.tombs import hashed


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
    known, purged = standing.marks.get, standing.purged
    for path, stat in seen_in(reader, folder):
        if stat is not None and rewriting is None and not purged:
            mark = (path, stat.st_ino, stat.st_size, stat.st_mtime_ns, 0)
        elif (holding is not None and holding.is_database(path)) or (
            (looked := _mark(rewriting, path, stat)) is None
        ):
            return False
        elif purged and hashed(path) in purged:
            continue
        else:
            mark = looked
        if mark != known(path):
            return False
        met.add(path)
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
