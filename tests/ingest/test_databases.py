"""Databases of many transcripts: their rows are looked through once a sync."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memtui.readers.base import Marks
from memtui.readers.opencode import database as rows
from memtui.store.leftovers import remove_leftovers
from tests.ingest.telling import ask, synced
from tests.opencode_writer import Database
from tests.rights import by_nobody_special

SESSIONS = Path(__file__).parents[1] / "fixtures" / "opencode" / "sessions.json"
COUNT = "select count(*) from session where agent = 'opencode'"


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    """As a version wrote it that has no events: all rows tell what is new."""
    made = Database(home / ".local" / "share" / "opencode" / "opencode.db")
    made.put(json.loads(SESSIONS.read_text())[0])
    yield made
    made.close()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that were looked through, each time."""
    found: list[str] = []
    look = rows.sessions_in

    def sessions_in(path: str) -> Iterator[tuple[str, Marks]]:
        found.append(Path(path).name)
        return look(path)

    monkeypatch.setattr(rows, "sessions_in", sessions_in)
    return found


def test_a_database_that_changed_is_looked_through_once(
    data: Path, home: Path, database: Database, looks: list[str]
) -> None:
    synced(data, home)
    assert looks == ["opencode.db"]
    synced(data, home)
    assert looks == ["opencode.db"]
    assert ask(data, COUNT) == [(1,)]


def test_what_changes_while_another_ingester_is_waited_for_is_found(
    data: Path,
    home: Path,
    database: Database,
    looks: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def meanwhile(folder: Path) -> None:
        database.put(json.loads(SESSIONS.read_text())[1])
        remove_leftovers(folder)

    monkeypatch.setattr("memtui.ingest.sync.remove_leftovers", meanwhile)
    synced(data, home)
    assert looks == ["opencode.db"] * 2
    assert ask(data, COUNT) == [(2,)]


@pytest.mark.parametrize("beside", [["-wal"], ["-wal", "-shm"]])
def test_a_log_is_read_where_nothing_can_be_written(
    data: Path, home: Path, database: Database, beside: list[str]
) -> None:
    """A copy or a mount of a database that was open: the log has all there is."""
    folder = database.path.parent
    kept = folder.with_name("kept")
    kept.mkdir()
    for end in ("", *beside):
        shutil.copy(f"{database.path}{end}", kept / f"opencode.db{end}")
    database.close()
    shutil.rmtree(folder)
    kept.rename(folder)
    for path in folder.iterdir():
        path.chmod(0o400)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    folder.chmod(0o500)
    ran = by_nobody_special([sys.executable, "-m", "memtui", "sync"])
    folder.chmod(0o700)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ask(data, COUNT) == [(1,)]
    assert ask(data, "select count(*) > 0 from record") == [(1,)]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
