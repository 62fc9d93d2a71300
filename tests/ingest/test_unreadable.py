"""What could not be read once is read as soon as it can be, and not called gone."""

import os
from pathlib import Path

import pytest

from memtui.readers import regular
from memtui.store.connect import open_writer
from tests.ingest.material import growing
from tests.ingest.telling import ask, synced, told


class Locked:
    """Files that nobody may read, for a while."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: set[Path] = set()
        opened, access = regular.open_regular, os.access

        def refuse(path: Path) -> object:
            if path in self.paths:
                raise PermissionError(13, "Permission denied", str(path))
            return opened(path)

        monkeypatch.setattr("memtui.readers.tail.open_regular", refuse)
        monkeypatch.setattr(
            os,
            "access",
            lambda path, mode: Path(path) not in self.paths and access(path, mode),
        )


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Locked:
    return Locked(monkeypatch)


def _quarantined(data: Path) -> list[object]:
    return ask(data, "select quarantined from transcript where quarantined <> ''")


def test_a_file_is_read_once_it_may_be(data: Path, home: Path, locked: Locked) -> None:
    session = growing(home)
    session.prompt("the tide table is a day off")
    locked.paths.add(session.path)
    assert synced(data, home).quarantined == [str(session.path)]
    assert synced(data, home).quarantined == []
    locked.paths.clear()

    report = synced(data, home)

    assert report.agents["claude-code"].records > 0
    assert report.agents["claude-code"].sessions == 1
    assert _quarantined(data) == []
    assert not synced(data, home).changed


def test_a_known_file_that_was_locked_goes_on_where_it_stood(
    data: Path, home: Path, locked: Locked
) -> None:
    session = growing(home)
    session.prompt("the tide table is a day off")
    synced(data, home)
    session.prompt("and the moon is late")
    locked.paths.add(session.path)
    synced(data, home)
    locked.paths.clear()
    synced(data, home)
    clean = data / "clean"
    synced(clean, home)
    assert _quarantined(data) == []
    assert told(data) == told(clean)


@pytest.mark.parametrize("lines", [0, 1])
def test_what_an_older_reader_gave_up_a_newer_one_reads(
    data: Path, home: Path, locked: Locked, lines: int
) -> None:
    session = growing(home)
    if lines:
        session.prompt("the tide table is a day off")
        synced(data, home)
    session.prompt("and the moon is late")
    locked.paths.add(session.path)
    synced(data, home)
    locked.paths.clear()
    conn = open_writer(data / "memtui.db", "ingest")
    conn.execute(
        "update transcript set quarantined = 'ValueError: a bug', reader_version = 1"
    )
    conn.commit()
    conn.close()

    synced(data, home)

    assert _quarantined(data) == []
    clean = data / "clean"
    synced(clean, home)
    assert told(data) == told(clean)


def test_a_session_in_a_locked_folder_is_not_called_gone(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = growing(home)
    session.prompt("the tide table is a day off")
    synced(data, home)
    folder = session.path.parent
    scandir, stat = os.scandir, os.stat

    def refused(path: str) -> bool:
        return Path(path) == folder or folder in Path(path).parents

    def look(path: str) -> object:
        if refused(path):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    def state(path: str, **how: bool) -> os.stat_result:
        if isinstance(path, (str, Path)) and refused(str(path)):
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **how)

    with monkeypatch.context() as locking:
        locking.setattr(os, "scandir", look)
        locking.setattr(os, "stat", state)
        synced(data, home)
    assert ask(data, "select path from transcript where gone_at is not null") == []
    session.path.unlink()
    synced(data, home)
    assert ask(data, "select path from transcript where gone_at is not null") != []
