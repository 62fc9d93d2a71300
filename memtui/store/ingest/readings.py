"""Source lines of a session as the archive gives them back.

A file that was replaced, truncated or rotated has several readings. The newest of
each transcript is what its file said last; the others are kept beside it.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from memtui.store.ingest import archive
from memtui.store.ingest.archive import Place

_TRANSCRIPTS: Final = """
    select id from transcript where session_id = ? and talked >= 0 order by path
"""
_BY_PATH: Final = "select id, generation from transcript where path = ?"


def raw_session(
    conn: sqlite3.Connection, session: int, *, every: bool = False
) -> Iterator[bytes]:
    """The lines kept of a session, each as it stood in the file.

    The newest reading of each transcript, in the order of their paths; of those
    that lie in two places, or go on where another ends, the longest alone. Joined,
    the lines of an ordinary session are the file itself.

    Args:
        every: older readings too, and whatever is held twice; those of one
            transcript together, oldest first.
    """
    rows = conn.execute(_TRANSCRIPTS, (session,)).fetchall()
    kept = [(row[0], archive.generations(conn, row[0])) for row in rows]
    if every:
        wanted = [Place(row, one) for row, several in kept for one in several]
    else:
        newest = [Place(row, several[-1]) for row, several in kept if several]
        wanted = [one for one in newest if not _is_held(conn, one, newest)]
    for place in wanted:
        yield from archive.raw_lines(conn, *place)


def raw_file(conn: sqlite3.Connection, path: str) -> Iterator[bytes]:
    """Every line of a transcript as it was read last; none where it was not."""
    for row in conn.execute(_BY_PATH, (path,)).fetchall():
        yield from archive.raw_lines(conn, *row)


def _is_held(conn: sqlite3.Connection, one: Place, among: list[Place]) -> bool:
    """Whether another begins with all of it; of equal ones the first stays."""
    size = archive.weight(conn, one)
    for other in among:
        more = archive.weight(conn, other) - size
        before = among.index(other) < among.index(one)
        if other == one or more < 0 or (more == 0 and not before):
            continue
        if archive.continues(conn, one, other):
            return True
    return False
