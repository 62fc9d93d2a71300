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
from memtui.readers.places import indexes_in
from memtui.store.seen import Standing


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
    special = isinstance(reader, RewritingReader)
    marks = standing.marks
    for path in reader.find(folder):
        try:
            stat = os.stat(path)
        except OSError:
            return False
        seen = (path, stat.st_ino, stat.st_size, stat.st_mtime_ns, 0)
        if marks.get(path) != seen:
            return False
        if special and _says_more(reader, path):
            return False
        met.add(path)
    return True


def _says_more(reader: Reader, path: str) -> bool:
    """Whether a file's own marks do not tell all that may have changed."""
    if isinstance(reader, DatabaseReader) and reader.is_database(path):
        return True
    return isinstance(reader, RewritingReader) and reader.has_items(path)
