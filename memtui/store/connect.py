"""Opening the store: pragmas, file modes, schema stamp, who may write what."""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

from memtui.errors import StoreError, StoreReadOnly, StoreTooNew
from memtui.files import may_write
from memtui.paths import make_private_dir
from memtui.search import patterns
from memtui.store import allowed
from memtui.store.alone import alone
from memtui.store.trouble import busy_is_said, explained, no_room_for, read_only
from memtui.store.trouble import trouble as trouble

SCHEMA_STAMP: Final = 12
"""Equal to ``migrations.SCHEMA_VERSION`` (a test keeps it so); repeated here so
that opening an up-to-date store does not import sqlite_utils."""

BUSY_MS: Final = 8_000
"""How long anybody waits for another one who writes, after it was said."""
QUIET_MS: Final = 2_000
"""How long it is not said."""
_AGAIN_SECONDS: Final = 0.01
_CACHE_KIB: Final = 24 << 10
"""For ingest, whose ids lie all over their index: with SQLite's own 2 MiB nearly
every new record of a store beyond 200 MB reads a page and writes it at once."""
_LITTLE_KIB: Final = 4 << 10
"""For what goes through a session of a gigabyte once."""
_LOG_PAGES: Final = 4_000
"""For ingest, which writes the same pages of its indexes in every transaction: with
SQLite's 1,000 each of them goes from the log into the file several times as often.
1.5 to 5 % of a first sync (measured); the log may take 32 MB instead of 8."""
_LARGE_BYTES: Final = 256 << 20
_MAPPED_BYTES: Final = 2 << 30
"""Of a store larger than the first, readers map so much: a ranked search looks at ten
thousand pages here and there, and to copy each took a fifth of its time (measured at
1.9 GB). A smaller one is not worth that a file cut short under a reader ends it."""

_COPY_IT: Final = (
    "Copy it to where it can be written; MEMTUI_DATA_DIR names the folder."
)
_NEEDS_A_WRITER: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN")

_log = logging.getLogger(__name__)

Purpose = Literal["ingest", "curation", "compress"]


def open_writer(path: Path, purpose: Purpose) -> sqlite3.Connection:
    """A writing connection, the schema brought up to date.

    Args:
        purpose: ``curation`` commits survive a power cut (synchronous=FULL);
            ``ingest`` may lose its last transaction, which the next sync
            repeats, and is refused any write to what a person decided;
            ``compress`` survives too (what it noted was paid for), and is
            refused any write but to its own tables.

    Raises:
        StoreTooNew: a newer memtui wrote the store.
        StoreBusy: another process has been writing for too long.
        StoreError: the file is no database, or cannot be opened.
    """
    if not may_write():
        raise StoreReadOnly(
            "This memtui was opened to be looked at.", hint="Open it without read-only."
        )
    with explained(path):
        make_private_dir(path.parent)
        with alone(path.parent):
            conn = _made_ready(path)
        try:
            conn.execute("pragma foreign_keys = on")
            level = "normal" if purpose == "ingest" else "full"
            conn.execute(f"pragma synchronous = {level}")
            if purpose == "ingest":
                conn.execute(f"pragma cache_size = -{_CACHE_KIB}")
                conn.execute(f"pragma wal_autocheckpoint = {_LOG_PAGES}")
                conn.set_authorizer(allowed.refuse_person_tables)
            elif purpose == "compress":
                conn.set_authorizer(allowed.refuse_all_but_compress)
        except BaseException:
            conn.close()
            raise
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return conn


def is_there(path: Path) -> bool:
    """Whether there is a store.

    Raises:
        StoreError: nobody can look.
    """
    with explained(path):
        return path.exists()


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; readers never wait for the writer.

    Raises:
        StoreReadOnly: it has to be written first, and cannot be.
        StoreError: there is no store, or it cannot be read.
    """
    with explained(path):
        if not is_there(path):
            raise StoreError(f"There is no store at {path}.", hint="Run: memtui sync")
        _keep_others_out(path.parent)
        try:
            conn = _reading(path)
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(_NEEDS_A_WRITER):
                raise
            if is_read_only(path):
                return _reading_untouched(path)
            conn = None  # a writer was killed, and only a writer may tidy up after it
        if conn is None or schema_of(conn) < SCHEMA_STAMP:
            if conn is not None:
                conn.close()
                _refuse_if_read_only(path)
            open_writer(path, "ingest").close()
            conn = _reading(path)
    return conn


def _keep_others_out(folder: Path) -> None:
    """A start that only reads closes the folder to others, too, where it may."""
    if folder.stat().st_mode & 0o077:
        with suppress(OSError):  # somebody else's, or on a disk that is read-only
            folder.chmod(0o700)


def try_to_write(path: Path) -> None:
    """Go as far as a writer that changes nothing.

    Raises:
        StoreTooNew: a newer memtui wrote the store.
        StoreReadOnly: its folder takes no writer.
        StoreError: there is no room, or it cannot be opened.
    """
    with explained(path), closing(connected(f"file:{quoted(path)}?mode=rw")) as conn:
        _refuse_newer(conn, path)
        conn.execute("pragma busy_timeout = 0")
        try:
            conn.execute("begin immediate")
            conn.execute(f"pragma user_version = {schema_of(conn)}")
            conn.execute("rollback")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith(_NEEDS_A_WRITER):
                raise read_only(path) from error
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise
    if (known := no_room_for(path)) is not None:
        raise known


def is_read_only(path: Path) -> bool:
    """Whether the store can be read at most: it or its folder is write-protected."""
    return not (os.access(path.parent, os.W_OK) and os.access(path, os.W_OK))


def _reading_untouched(path: Path) -> sqlite3.Connection:
    """A connection for a folder that takes not even a reader's lock."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreReadOnly(
            f"{path} was not closed, and its folder is read-only.",
            hint=_COPY_IT,
        )
    conn = _reading(path, "&immutable=1")
    try:
        if schema_of(conn) < SCHEMA_STAMP:
            _refuse_if_read_only(path)
    except BaseException:
        conn.close()
        raise
    return conn


def _refuse_if_read_only(path: Path) -> None:
    if is_read_only(path):
        raise StoreReadOnly(
            f"{path} was written by an older memtui, and its folder is read-only.",
            hint=_COPY_IT,
        )


def _reading(path: Path, how: str = "") -> sqlite3.Connection:
    conn = connected(f"file:{quoted(path)}?mode=ro{how}")
    try:
        conn.execute("pragma query_only = on")
        if path.stat().st_size >= _LARGE_BYTES:
            conn.execute(f"pragma mmap_size = {_MAPPED_BYTES}")
        schema_of(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def schema_of(conn: sqlite3.Connection) -> int:
    """The schema version stamped into the file."""
    (version,) = conn.execute("pragma user_version").fetchone()
    return int(version)


class Connection(sqlite3.Connection):
    """One that things can be remembered of for as long as it is there: SQLite's own
    can be no key of a ``WeakKeyDictionary``."""


def connected(uri: str) -> sqlite3.Connection:
    """A connection as all of ours are; nothing is checked yet."""
    # isolation_level None: we say begin and commit ourselves, nothing is implied.
    conn = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False,
        factory=Connection,
    )  # fmt: skip
    conn.row_factory = sqlite3.Row
    conn.create_function("matches", 2, patterns.matches, deterministic=True)
    conn.execute(f"pragma busy_timeout = {BUSY_MS}")
    return conn


@contextmanager
def in_little(conn: sqlite3.Connection) -> Iterator[None]:
    """Hold few pages, and sort on disk: in memory SQLite takes as much for that."""
    (before,) = conn.execute("pragma cache_size").fetchone()
    conn.execute(f"pragma cache_size = -{_LITTLE_KIB}")
    try:
        yield
    finally:
        conn.execute(f"pragma cache_size = {before}")


def quoted(path: Path) -> str:
    """The path as a part of a URI."""
    return os.fspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _made_ready(path: Path) -> sqlite3.Connection:
    """A connection to the store, which is made or brought up to date if need be."""
    if not path.exists():
        from memtui.store.making import make  # only a first start needs it

        make(path)
    conn = connected(f"file:{quoted(path)}?mode=rwc")
    try:
        _use_log(conn)
        _bring_up_to_date(conn, path)
    except BaseException:
        conn.close()
        raise
    return conn


def _use_log(conn: sqlite3.Connection) -> None:
    """Turn the write-ahead log on: against a reader SQLite would not wait for it."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            conn.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorname.startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(_AGAIN_SECONDS)


def _bring_up_to_date(conn: sqlite3.Connection, path: Path) -> None:
    _refuse_newer(conn, path)
    if schema_of(conn) < SCHEMA_STAMP:
        _migrate(conn)


def _refuse_newer(conn: sqlite3.Connection, path: Path) -> None:
    version = schema_of(conn)
    if version > SCHEMA_STAMP:
        raise StoreTooNew(
            f"{path} was written by a newer memtui (schema {version}, "
            f"this one knows {SCHEMA_STAMP}).",
            hint="Update memtui. Until then the store can be read, not changed.",
        )


def _refuse_changed(conn: sqlite3.Connection) -> None:
    """A newer memtui may have changed the store since this one opened it."""
    if schema_of(conn) > SCHEMA_STAMP:
        raise StoreTooNew(
            "A newer memtui has changed the store meanwhile.",
            hint="End this one and start it again, with the newer version.",
        )


def _migrate(conn: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    from memtui.store.migrations import migrations

    # nobody's plugins: they cost start-up, and have no business in our file
    migrations.apply(Database(conn, execute_plugins=False))
    conn.execute(f"pragma user_version = {SCHEMA_STAMP}")


def _begin(conn: sqlite3.Connection) -> None:
    """Take the write lock; who has to wait for it is told so."""
    conn.execute(f"pragma busy_timeout = {min(QUIET_MS, BUSY_MS)}")
    try:
        conn.execute("begin immediate")
        return
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise
    finally:
        conn.execute(f"pragma busy_timeout = {BUSY_MS}")
    _log.warning("Waiting for another process that writes to the store.")
    conn.execute("begin immediate")


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, the write lock taken at once.

    Raises:
        StoreBusy: another process writes for longer than anybody waits.
    """
    with busy_is_said():
        _begin(conn)
    try:
        _refuse_changed(conn)
        yield
    except BaseException:
        if conn.in_transaction:
            conn.execute("rollback")
        raise
    with busy_is_said():
        conn.execute("commit")
