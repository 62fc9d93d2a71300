"""What a stat sweep needs to know, read without a writing connection."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Final, NamedTuple

from memtui.store.connect import open_reader

_SEEN: Final = """
    select path, agent, inode, size, mtime_ns, offset, tail, reader_version,
        gone_at is not null, coalesce(quarantined, '')
    from transcript
    where ?1 is null or path in (select value from json_each(?1))
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
    path: Path, distiller_version: int, only: Collection[str] | None = None
) -> tuple[dict[str, Seen], bool]:
    """Known transcripts by their paths, and whether any session is due.

    Args:
        only: these paths; None: all of them.

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
        wanted = None if only is None else json.dumps(list(only))
        rows = map(Seen._make, cursor.execute(_SEEN, (wanted,)))
        known = {seen.path: seen for seen in rows}
        (due,) = conn.execute(_UNDISTILLED, (distiller_version,)).fetchone()
    finally:
        conn.close()
    return known, bool(due)
