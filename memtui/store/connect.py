"""Opening the store: pragmas, file modes, schema stamp, who may write what."""

import errno
import fcntl
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal

from memtui.errors import StoreBusy, StoreError, StoreReadOnly, StoreTooNew
from memtui.paths import make_private_dir

SCHEMA_STAMP: Final = 4
"""Equal to ``migrations.SCHEMA_VERSION`` (a test keeps it so); repeated here so
that opening an up-to-date store does not import sqlite_utils."""

BUSY_MS: Final = 5_000
MIGRATION_SECONDS: Final = 60.0
"""How long a start waits for another one that makes or migrates the store."""
_AGAIN_SECONDS: Final = 0.01
_CACHE_KIB: Final = 32 << 10
"""For ingest, whose ids lie all over their index: with SQLite's own 2 MiB nearly
every new record of a store beyond 200 MB reads a page and writes it at once."""
_LEAST_BYTES: Final = 1 << 20
"""With less room on the disk, what cannot be read or written has no room."""
_NO_LOCKS: Final = frozenset({errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP})
PERSON_ONLY: Final = frozenset(
    {
        "curation", "hidden_session", "journal", "tombstone", "purging",
        "project_joined", "project_alias", "project_apart", "session_name",
    }
)  # fmt: skip
"""Tables that hold what a person decided. Ingest has no write path to them."""

_COPY_IT: Final = (
    "Copy it to where it can be written; MEMTUI_DATA_DIR names the folder."
)
_NEEDS_A_WRITER: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN")
_WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}

Purpose = Literal["ingest", "curation"]


def open_writer(path: Path, purpose: Purpose) -> sqlite3.Connection:
    """A writing connection, the schema brought up to date.

    Args:
        purpose: ``curation`` commits survive a power cut (synchronous=FULL);
            ``ingest`` may lose its last transaction, which the next sync
            repeats, and is refused any write to what a person decided.

    Raises:
        StoreTooNew: a newer memtui wrote the store.
        StoreBusy: another process has been writing for over five seconds.
        StoreError: the file is no database, or cannot be opened.
    """
    with explained(path):
        make_private_dir(path.parent)
        with _alone(path.parent):
            conn = _made_ready(path)
        try:
            conn.execute("pragma foreign_keys = on")
            level = "full" if purpose == "curation" else "normal"
            conn.execute(f"pragma synchronous = {level}")
            if purpose == "ingest":
                conn.execute(f"pragma cache_size = -{_CACHE_KIB}")
                conn.set_authorizer(_refuse_person_tables)
        except BaseException:
            conn.close()
            raise
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; readers never wait for the writer.

    Raises:
        StoreReadOnly: it has to be written first, and cannot be.
        StoreError: there is no store, or it cannot be read.
    """
    if not path.exists():
        raise StoreError(f"There is no store at {path}.", hint="Run: memtui sync")
    with explained(path):
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
    conn = _connect(f"file:{_quoted(path)}?mode=ro{how}")
    try:
        conn.execute("pragma query_only = on")
        schema_of(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def schema_of(conn: sqlite3.Connection) -> int:
    """The schema version stamped into the file."""
    (version,) = conn.execute("pragma user_version").fetchone()
    return int(version)


def _connect(uri: str) -> sqlite3.Connection:
    # isolation_level None: we say begin and commit ourselves, nothing is implied.
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.execute(f"pragma busy_timeout = {BUSY_MS}")
    return conn


def _quoted(path: Path) -> str:
    return os.fspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _made_ready(path: Path) -> sqlite3.Connection:
    """A connection to the store, which is made or brought up to date if need be."""
    if not path.exists():
        _create(path)
    conn = _connect(f"file:{_quoted(path)}?mode=rwc")
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


def _create(path: Path) -> None:
    """Make the store in one step: whoever finds the file finds it whole.

    A killed start leaves nothing that anybody would open.
    """
    from memtui.store import scripts

    handle, made = tempfile.mkstemp(dir=path.parent, prefix=".memtui-new-")
    os.close(handle)  # mkstemp: readable by its owner alone
    try:
        conn = _connect(f"file:{_quoted(Path(made))}?mode=rw")
        with closing(conn):
            conn.execute("pragma journal_mode = off")  # nobody else knows it yet
            scripts.make(conn, SCHEMA_STAMP)
            conn.execute("pragma journal_mode = wal")
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        except OSError:  # no hard links here
            if not path.exists():
                os.rename(made, path)
    finally:
        for side in ("", "-wal", "-shm"):
            Path(made + side).unlink(missing_ok=True)


def _bring_up_to_date(conn: sqlite3.Connection, path: Path) -> None:
    version = schema_of(conn)
    if version > SCHEMA_STAMP:
        raise StoreTooNew(
            f"{path} was written by a newer memtui (schema {version}, "
            f"this one knows {SCHEMA_STAMP}).",
            hint="Update memtui. Until then the store can be read, not changed.",
        )
    if version < SCHEMA_STAMP:
        _migrate(conn)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else opens the store of a folder to write, or makes it, meanwhile.

    The lock is on the folder itself: there is no file to leave behind, and the
    kernel drops it with its holder.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + MIGRATION_SECONDS
        while not _taken(handle):
            if time.monotonic() > deadline:
                raise StoreBusy(
                    "Another memtui is preparing the store.",
                    hint="Try again in a moment.",
                )
            time.sleep(_AGAIN_SECONDS)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        # a file system without locks on folders: then SQLite's own must do
    return True


def _migrate(conn: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    from memtui.store.migrations import migrations

    # nobody's plugins: they cost start-up, and have no business in our file
    migrations.apply(Database(conn, execute_plugins=False))
    conn.execute(f"pragma user_version = {SCHEMA_STAMP}")


def _refuse_person_tables(
    action: int, table: str | None, _2: str | None, _db: str | None, source: str | None
) -> int:
    # A trigger (source) may set observation.touched; nothing may write these.
    if action in _WRITES and table in PERSON_ONLY:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, the write lock taken at once."""
    with busy_is_said():
        conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        if conn.in_transaction:
            conn.execute("rollback")
        raise
    with busy_is_said():
        conn.execute("commit")


@contextmanager
def busy_is_said() -> Iterator[None]:
    """Turn SQLite's lock errors into StoreBusy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreBusy(
                "Another process is writing to the store.",
                hint="Try again in a moment.",
            ) from error
        raise


def trouble(path: Path, error: sqlite3.Error) -> StoreError:
    """What SQLite says of the store, in words that say what to do."""
    if _is_full(path, error):
        return StoreError(
            f"The disk is full: nothing more can be written to {path.parent}.",
            hint="Free some space, then try again. What the store holds is safe.",
        )
    return StoreError(
        f"The store cannot be used: {error} ({path}).", hint="Run: memtui doctor"
    )


def _is_full(path: Path, error: sqlite3.Error) -> bool:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return True
    if not name.startswith("SQLITE_IOERR"):
        return False
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < _LEAST_BYTES


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into StoreError and StoreBusy."""
    try:
        with busy_is_said():
            yield
    except sqlite3.DatabaseError as error:
        raise trouble(path, error) from error
    except OSError as error:
        raise StoreError(
            f"The store cannot be opened: {error.strerror or error} ({path}).",
            hint="Check the folder's owner and free space.",
        ) from error
