"""A full disk, a locked store, a damaged one: it is said, and nothing is lost."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from memtui.cli import main
from memtui.curate import Curator
from memtui.errors import StoreError
from memtui.ingest import run
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store import connect
from memtui.store.ingest.seen import UNLOOKED, left_over
from memtui.store.queries import StoreView
from tests.ingest.four_agents import FourAgents
from tests.ingest.telling import ask, synced, told

FULL = "The disk is full: nothing more can be written to "
CALL = "import sys; from memtui.cli import main; sys.exit(main(['sync']))"


@pytest.fixture
def agents(home: Path) -> Iterator[FourAgents]:
    found = FourAgents(home)
    yield found
    found.close()


@contextmanager
def full_after(pages: int) -> Iterator[None]:
    """No store can grow beyond so many pages, as on a disk without room."""
    opened: Callable[[str], sqlite3.Connection] = connect.connected

    def limited(uri: str) -> sqlite3.Connection:
        conn = opened(uri)
        conn.execute(f"pragma max_page_count = {pages}")
        return conn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connect, "connected", limited)
        yield


@pytest.mark.parametrize("share", [0.0, 0.05, 0.2, 0.4, 0.6, 0.75, 0.85, 0.95])
def test_wherever_there_is_no_room_the_next_sync_goes_on_from_what_is_sound(
    data: Path, agents: FourAgents, tmp_path: Path, share: float
) -> None:
    """The limit, a share of the whole store, holds for each file, its log too."""
    synced(tmp_path / "clean", agents.home)
    size = round(share * store_path(tmp_path / "clean").stat().st_size)
    ran = subprocess.run(
        [sys.executable, "-c", CALL],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr
    # where the log had room for all of it, nothing is wrong yet
    assert ran.returncode == 1 or (ran.returncode == 0 and share > 0.5)
    assert ran.returncode == 0 or "memtui: " in ran.stderr
    if store_path(data).exists():
        assert ask(data, "pragma integrity_check") == [("ok",)]
    assert list(data.glob(".memtui-new-*")) == []
    synced(data, agents.home)
    assert told(data) == told(tmp_path / "clean")


@pytest.mark.parametrize("place", ["look_outside", "Outside.hear_commits"])
def test_what_a_run_did_not_get_to_look_at_the_next_one_looks_at(
    data: Path, agents: FourAgents, tmp_path: Path, place: str
) -> None:
    """Files and commits: though there is nothing left to read."""
    synced(tmp_path / "clean", agents.home)

    def refused(*_: object, **__: object) -> None:
        raise StoreError(FULL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"memtui.ingest.outside.{place}", refused)
        synced(data, agents.home)
    assert told(data) != told(tmp_path / "clean")
    assert left_over(store_path(data)) == {UNLOOKED}
    synced(data, agents.home)
    assert told(data) == told(tmp_path / "clean")
    assert not left_over(store_path(data))


def test_a_full_disk_is_said_and_what_was_decided_stays(
    data: Path, agents: FourAgents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TRANSACTION_BYTES", 4096)
    synced(tmp_path / "clean", agents.home)
    ((pages,),) = ask(tmp_path / "clean", "pragma page_count")
    with full_after(pages - 10), pytest.raises(StoreError, match=FULL) as ending:
        synced(data, agents.home)
    assert "Free some space" in ending.value.hint
    half = ask(data, "select count(*) from record")[0][0]
    synced(data, agents.home)
    assert 0 < half < ask(data, "select count(*) from record")[0][0]
    with StoreView(store_path(data)) as view:
        ids = [str(one.id) for one in view.memories(limit=50)]
    with Curator(data, Settings(), actor="person") as pen:
        pen.keep(ids[:2])
    with full_after(1), Curator(data, Settings(), actor="person") as pen:
        with pytest.raises(sqlite3.OperationalError, match="full"):
            pen.add("x" * 500_000, type="decision", scope="global")
    with StoreView(store_path(data)) as view:
        assert len(view.journal()) == 1
        assert view.counts(None).kept == 2
    assert told(data) == told(tmp_path / "clean")


@pytest.mark.parametrize(
    "words",
    [["sync"], ["undo"], ["add", "x", "--type", "decision", "--global"]],
    ids=" ".join,
)
def test_a_store_that_another_program_holds_is_waited_for_and_then_said(
    data: Path,
    agents: FourAgents,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    words: list[str],
) -> None:
    synced(data, agents.home)
    agents.go_on()
    before = told(data)
    monkeypatch.setattr(connect, "BUSY_MS", 20)
    with closing(sqlite3.connect(store_path(data), isolation_level=None)) as other:
        other.execute("begin immediate")
        assert main(words) == 3
        other.execute("rollback")
    assert caplog.messages == ["Waiting for another process that writes to the store."]
    assert "Try again in a moment." in capfd.readouterr().err
    assert told(data) == before
    assert main(["sync"]) == 0


def test_a_damaged_store_is_said_and_left_as_it_is(
    data: Path, agents: FourAgents, capfd: pytest.CaptureFixture[str]
) -> None:
    synced(data, agents.home)
    path = store_path(data)
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(b"\xff" * 300_000)
    broken = path.read_bytes()
    agents.go_on()
    copy = str(data / "copy.db")
    add = ["add", "x", "--type", "gotcha", "--global"]
    for words in (["sync"], ["sync", "--full"], ["list"], add, ["backup", copy]):
        assert main(words) == 1, words
        said = capfd.readouterr().err
        assert said.startswith("memtui: ")
        assert "Traceback" not in said
        assert said.count("malformed") == 1, "said once"
    assert path.read_bytes() == broken
    assert main(["doctor"]) == 1
    assert "doctor --fix" in capfd.readouterr().out


def test_a_damaged_database_of_an_agent_is_named_once(
    data: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 9_000)
    assert main(["sync"]) == 0
    assert capfd.readouterr().err.count("opencode.db") == 1
