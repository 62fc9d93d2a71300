"""Databases of other programs, only ever read: one moment of them, nothing written.

A row over 16 MiB is refused by SQLite (``sqlite3.DataError``), so that none has to
fit into memory. What a database defines itself, its views, is never asked.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from memtui.readers.base import Damaged
from memtui.readers.regular import NotRegular
from memtui.readers.tail import LINE_BYTES

BUSY_SECONDS: Final = 5.0


@contextmanager
def reading(database: str) -> Iterator[sqlite3.Connection]:
    """A connection that sees one moment and cannot write.

    Raises:
        OSError: it cannot be read now, or (``Damaged``) is no database.
    """
    try:
        conn = _opened(database)
        try:
            conn.execute("begin")
            yield conn
        finally:
            conn.close()
    except sqlite3.OperationalError as error:  # locked, or not to be opened
        raise OSError(f"the database cannot be read now: {error}") from error
    except sqlite3.Error as error:
        raise Damaged(f"not a database that can be read: {error}") from error


def is_table(conn: sqlite3.Connection, name: str) -> bool:
    """Whether it has pages of its own: a view may go on without an end."""
    asked = "select 1 from sqlite_master where name = ? and rootpage > 0 and type = ?"
    return conn.execute(asked, (name, "table")).fetchone() is not None


def quoted(name: str) -> str:
    """A name as it may stand in SQL, whatever is in it."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _opened(database: str) -> sqlite3.Connection:
    if not os.path.isfile(database):
        os.stat(database)  # says which, where it is gone
        raise NotRegular(database)  # SQLite would wait for a pipe to speak
    uri = Path(os.path.abspath(database)).as_uri()
    conn = _connected(f"{uri}?mode=ro")
    try:
        conn.execute("select 1 from sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        conn.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise  # somebody is writing it: without locks it would be read half written
        # in a folder where nothing can be written, not even a reader's lock
        if not _has_log(database):
            conn = _connected(f"{uri}?mode=ro&immutable=1")
        elif _is_left_behind(database):
            conn = _connected(f"{uri}?mode=ro&vfs=unix-none")
            conn.execute("pragma locking_mode = exclusive")  # else it wants a lock file
        else:
            raise
    except BaseException:
        conn.close()  # what is no database at all
        raise
    conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return conn


def _connected(uri: str) -> sqlite3.Connection:
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    conn.execute("pragma query_only = on")
    conn.execute("pragma trusted_schema = off")  # it calls no function of ours
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LINE_BYTES)
    return conn


def _has_log(database: str) -> bool:
    try:
        return os.stat(f"{database}-wal").st_size > 0
    except OSError:
        return False


def _is_left_behind(database: str) -> bool:
    """Whether nobody has the database open, and we could not write its log anyway.

    Whoever has it open keeps a file for locks beside it.
    """
    has_locks = os.path.lexists(f"{database}-shm")
    return os.name == "posix" and not (
        has_locks or os.access(f"{database}-wal", os.W_OK)
    )
