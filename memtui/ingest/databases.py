"""Databases that hold many transcripts: opened only when they changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from memtui.readers.base import DatabaseReader, Marks
from memtui.store.ingest.batch import Position
from memtui.store.ingest.seen import Seen


@dataclass(slots=True)
class Inside:
    """What a look at a database gave."""

    path: str
    marks: Marks
    is_news: bool = False
    """Its marks are to be noted when all that changed in it is read."""
    same: list[str] = field(default_factory=list)
    """Transcripts in it that are as they were, as far as can be known."""
    found: list[tuple[str, Marks]] = field(default_factory=list)
    """All transcripts in it, where it was opened."""
    unreadable: bool = False


def look_into(
    reader: DatabaseReader,
    path: str,
    known: Iterable[Seen],
    noted: Position | None,
    before: Inside | None = None,
) -> Inside | None:
    """Compare a database with what was noted of it; None where it is gone.

    Args:
        known: all transcripts the store knows.
        noted: the marks after it was last read to its end.
        before: what a look gave a moment ago: where nothing changed since, what it
            found is not looked for again, which may take the reading of all rows.
    """
    try:
        inside = Inside(path, reader.marks(path))
    except OSError:
        return None
    within = [seen for seen in known if seen.path.startswith(f"{path}#")]
    there = [seen.path for seen in within if not seen.gone]
    if noted is not None and inside.marks == (noted.inode, noted.size, noted.mtime_ns):
        inside.same = there
        return inside
    try:
        if before is not None and before.is_news and before.marks == inside.marks:
            inside.found = before.found
        else:
            inside.found = list(reader.transcripts_in(path))
        inside.is_news = True
    except OSError:  # it is set aside, which is said once
        inside.same, inside.unreadable = there, True
    return inside
