"""Gives room back that the store holds and does not use.

The index merges its segments, and what grew is packed again: at the end of a long
run that may leave some hundred pages empty. A few of them serve the next run.
"""

import sqlite3
from typing import Final

_LEFT: Final = 100
"""One page in so many may stay empty."""

_AT_ONCE: Final = 1_000
"""Pages given back in one transaction: some tens of milliseconds."""

_INCREMENTAL: Final = 2


def is_idle(conn: sqlite3.Connection) -> bool:
    """Whether there are many empty pages, in a file that can be shortened by them.

    That of a store which an older version made cannot: they stay for what is to come.
    """
    if _number(conn, "auto_vacuum") != _INCREMENTAL:
        return False
    return _number(conn, "freelist_count") * _LEFT > _number(conn, "page_count")


def give_back(conn: sqlite3.Connection) -> None:
    """Shorten the file by some of its empty pages; inside a transaction."""
    empty = _number(conn, "freelist_count")
    # the pragma has no columns, so Python ends it at its first step: after one page
    for _ in range(min(empty, _AT_ONCE)):
        conn.execute("pragma incremental_vacuum(1)")


def _number(conn: sqlite3.Connection, pragma: str) -> int:
    (number,) = conn.execute(f"pragma {pragma}").fetchone()
    return int(number)
