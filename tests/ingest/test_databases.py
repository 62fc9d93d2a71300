"""Databases of many transcripts: their rows are looked through once a sync."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memtui.readers.base import Marks
from memtui.readers.opencode import database as rows
from memtui.store.leftovers import remove_leftovers
from tests.ingest.telling import ask, synced
from tests.opencode_writer import Database

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
