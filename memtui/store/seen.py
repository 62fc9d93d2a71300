"""What a stat sweep needs to know, read without a writing connection."""

from pathlib import Path
from typing import Final, NamedTuple

from memtui.store.connect import open_reader

_SEEN: Final = """
    select path, agent, inode, size, mtime_ns, offset, tail, reader_version,
        gone_at is not null, coalesce(quarantined, '')
    from transcript
"""
_UNDISTILLED: Final = "select exists(select 1 from session where distilled < ?)"


class Seen(NamedTuple):
    """The marks of one transcript as it was read last."""

    path: str
    agent: str
    inode: int
    size: int
    mtime_ns: int
    offset: int
    tail: int
    reader_version: int
    gone: int
    quarantined: str


def seen_transcripts(
    path: Path, distiller_version: int
) -> tuple[dict[str, Seen], bool]:
    """Every known transcript by its path, and whether any session is due.

    A store that is not there yet knows nothing.

    Raises:
        StoreError: the store cannot be read.
    """
    if not path.exists():
        return {}, False
    conn = open_reader(path)
    try:
        cursor = conn.cursor()
        cursor.row_factory = None
        rows = map(Seen._make, cursor.execute(_SEEN))
        known = {seen.path: seen for seen in rows}
        (due,) = conn.execute(_UNDISTILLED, (distiller_version,)).fetchone()
    finally:
        conn.close()
    return known, bool(due)
