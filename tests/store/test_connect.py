"""Opening the store: made whole, mended after a kill, closed to what is not allowed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memtui.errors import MemtuiError, StoreError, StoreTooNew
from memtui.store import allowed, connect, migrations, scripts
from memtui.store.connect import open_reader, open_writer, schema_of
from tests.rights import by_nobody_special

START = """
import sys
from pathlib import Path
import sqlite_utils
from memtui.errors import MemtuiError
from memtui.store import connect, migrations, scripts
print("ready", flush=True)
for path in sys.stdin:
    try:
        connect.open_writer(Path(path.strip()), sys.argv[1]).close()
        print("opened", flush=True)
    except MemtuiError as error:
        print(error, flush=True)
"""
"""Opens a store for each line that it is told, and says how that went."""


READ = """
import sys
from pathlib import Path
from memtui.errors import MemtuiError
from memtui.store.connect import open_reader
try:
    conn = open_reader(Path(sys.argv[1]))
    print(conn.execute("select value from meta where key = 'k'").fetchone()[0])
except MemtuiError as error:
    print(f"{type(error).__name__}: {error} {error.hint}")
"""

DIE = """
import os, signal, sys
from pathlib import Path
from memtui.store.connect import open_writer
conn = open_writer(Path(sys.argv[1]), "ingest")
conn.execute("insert into meta(key, value) values ('k', 'v')")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(data: Path) -> Path:
    return data / "memtui.db"


def test_the_stamp_is_the_newest_migration() -> None:
    assert connect.SCHEMA_STAMP == migrations.SCHEMA_VERSION


def test_a_new_store_is_its_owners_alone(path: Path) -> None:
    open_writer(path, "ingest").close()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["memtui.db"]


def test_a_start_that_only_reads_keeps_others_out_too(path: Path) -> None:
    open_writer(path, "ingest").close()
    path.parent.chmod(0o755)
    open_reader(path).close()
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_first_starts_at_once_make_one_store(path: Path) -> None:
    troubles: list[MemtuiError] = []
    ready = threading.Barrier(4)

    def start() -> None:
        ready.wait()
        try:
            open_writer(path, "ingest").close()
        except MemtuiError as error:
            troubles.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with_schema = open_reader(path)
    assert schema_of(with_schema) == connect.SCHEMA_STAMP
    with_schema.close()


@pytest.fixture
def starters() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that open stores at the same time."""
    purposes = ("ingest", "curation", "ingest", "curation")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", START, purpose],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for purpose in purposes
    ]  # fmt: skip
    assert {_line(process) for process in processes} == {"ready"}
    yield processes
    for process in processes:
        process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("is_there", [False, True])
def test_processes_that_start_at_once_make_one_store(
    tmp_path: Path, starters: list[subprocess.Popen[str]], is_there: bool
) -> None:
    """``is_there``: as an empty file, which SQLite takes for an empty store."""
    for number in range(30):
        path = tmp_path / str(number) / "memtui.db"
        path.parent.mkdir(mode=0o700)
        if is_there:
            path.touch(mode=0o600)
        for process in starters:
            assert process.stdin is not None
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
        assert [_line(process) for process in starters] == ["opened"] * len(starters)
        conn = open_reader(path)
        assert schema_of(conn) == connect.SCHEMA_STAMP
        conn.close()
        assert list(path.parent.glob(".memtui-new-*")) == []


def _read_by_nobody_special(path: Path) -> str:
    """What a process says that may write only where the modes let it."""
    done = by_nobody_special([sys.executable, "-c", READ, str(path)])
    done.check_returncode()
    return done.stdout


@pytest.fixture
def kept(path: Path) -> Iterator[Path]:
    """A closed store that says something."""
    conn = open_writer(path, "ingest")
    conn.execute("insert into meta(key, value) values ('k', 'v')")
    conn.close()
    yield path
    path.parent.chmod(0o700)


def test_a_store_in_a_read_only_folder_is_read(kept: Path) -> None:
    kept.parent.chmod(0o500)
    assert _read_by_nobody_special(kept) == "v\n"
    kept.chmod(0o400)
    assert _read_by_nobody_special(kept) == "v\n"
    assert [file.name for file in kept.parent.iterdir()] == ["memtui.db"]


def test_an_older_store_in_a_read_only_folder_says_what_is_wrong(kept: Path) -> None:
    conn = sqlite3.connect(kept)
    conn.execute("pragma user_version = 0")
    conn.close()
    kept.parent.chmod(0o500)
    said = _read_by_nobody_special(kept)
    assert said.startswith("StoreReadOnly: ")
    assert "older memtui" in said


def test_a_read_only_store_that_was_not_closed_says_so(kept: Path) -> None:
    subprocess.run([sys.executable, "-c", DIE.replace("'k'", "'l'"), str(kept)])
    kept.with_name("memtui.db-shm").unlink()
    kept.parent.chmod(0o500)
    assert "was not closed" in _read_by_nobody_special(kept)


def test_a_start_that_fails_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(scripts, "make", broken)
    with pytest.raises(StoreError, match="disk I/O error"):
        open_writer(path, "ingest")
    assert list(path.parent.iterdir()) == []


def test_what_was_committed_is_read_after_a_kill(path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIE, str(path)], check=False)
    assert died.returncode == -signal.SIGKILL
    conn = open_reader(path)
    assert conn.execute("select value from meta").fetchone()[0] == "v"
    conn.close()


def test_a_reader_gets_a_half_done_write_undone(path: Path) -> None:
    """A hot journal: only a writer may roll it back."""
    path.parent.mkdir(mode=0o700)
    script = (
        "import os, signal, sqlite3, sys\n"
        "conn = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "conn.executescript('pragma cache_size = 1; create table big(x);'\n"
        "    'begin; insert into big select zeroblob(100000) from '\n"
        "    '(values (1), (2), (3))')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert path.with_name("memtui.db-journal").exists()
    conn = open_reader(path)
    assert conn.execute("select count(*) from big").fetchone()[0] == 0
    assert schema_of(conn) == connect.SCHEMA_STAMP
    conn.close()


def test_a_newer_store_is_read_and_not_written(path: Path) -> None:
    conn = open_writer(path, "ingest")
    conn.execute("pragma user_version = 999")
    conn.close()
    open_reader(path).close()
    with pytest.raises(StoreTooNew):
        open_writer(path, "ingest")


@pytest.mark.parametrize("table", sorted(allowed.PERSON_ONLY))
def test_ingest_cannot_write_what_a_person_decided(path: Path, table: str) -> None:
    conn = open_writer(path, "ingest")
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        conn.execute(f"delete from {table}")
    conn.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="a file where a folder should be"):
        open_writer(tmp_path / "file" / "memtui.db", "ingest")


def test_a_file_that_is_no_database_is_said(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        open_reader(path)
    assert os.path.exists(path)


def test_a_large_store_is_mapped_by_those_who_read_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = data / "memtui.db"
    open_writer(store, "ingest").close()
    asked: dict[int, list[int]] = {}
    for large in (0, 1 << 40):
        monkeypatch.setattr(connect, "_LARGE_BYTES", large)
        conn = open_reader(store)
        asked[large] = [row[0] for row in conn.execute("pragma mmap_size")]
        conn.close()
    if asked[0]:  # some builds of SQLite map nothing
        assert asked[0][0] > 0
        assert asked[1 << 40] == [0]
