"""Killed at any moment, the next sync ends in the store of one clean read."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memtui.paths import store_path
from tests.ingest.four_agents import FourAgents
from tests.ingest.telling import ask, synced, told

SYNC = """
import sys
from pathlib import Path
from memtui.errors import StoreBusy
from memtui.ingest import run
from memtui.readers import tail
from memtui.ingest.sync import sync
from memtui.settings import Settings
tail.CHUNK_BYTES, tail._LEAST_READ = 2048, 256
run.TRANSACTION_BYTES = 4096
print("ready", flush=True)
try:
    sync(Path(sys.argv[1]), Settings(), home=Path(sys.argv[2]))
except StoreBusy:
    sys.exit(3)
"""
KILLED = -signal.SIGKILL
RECORDS = "select count(*) from record"


@pytest.fixture
def agents(home: Path) -> Iterator[FourAgents]:
    found = FourAgents(home)
    yield found
    found.close()


def started(data: Path, home: Path) -> subprocess.Popen[bytes]:
    """A sync in a process of its own, past its imports."""
    command = [sys.executable, "-c", SYNC, str(data), str(home)]
    # SQLite takes the name off its temporary files when they are open: a kill
    # between the two leaves one.
    around = {**os.environ, "TMPDIR": str(home)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=around)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def killed_after(seconds: float, data: Path, home: Path) -> int:
    """The exit code of a sync that has so long to live."""
    with started(data, home) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        return process.wait()


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds that a first sync lives here, for moments that fall within it."""
    folder = tmp_path_factory.mktemp("measured")
    agents = FourAgents(folder / "home")
    with started(folder / "data", folder / "home") as process:
        began = time.monotonic()
        assert process.wait() == 0
    agents.close()
    return time.monotonic() - began


@pytest.mark.parametrize("seed", range(7))
def test_killed_in_a_first_sync_and_in_an_append(
    data: Path, agents: FourAgents, tmp_path: Path, takes: float, seed: int
) -> None:
    moment, home = random.Random(seed), agents.home
    for _ in range(2):
        killed_after(moment.uniform(0.0, takes), data, home)
    agents.tear()
    killed_after(moment.uniform(0.0, takes / 2), data, home)
    agents.go_on()
    synced(data, home)
    synced(tmp_path / "clean", home)
    assert told(data) == told(tmp_path / "clean")
    assert ask(data, "pragma integrity_check") == [("ok",)]
    assert ask(data, "pragma foreign_key_check") == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(7, 207))
def test_killed_at_two_hundred_moments(
    data: Path, agents: FourAgents, tmp_path: Path, takes: float, seed: int
) -> None:
    test_killed_in_a_first_sync_and_in_an_append(data, agents, tmp_path, takes, seed)


def test_a_kill_in_the_middle_leaves_a_store_that_is_sound_and_half_full(
    agents: FourAgents, tmp_path: Path, takes: float
) -> None:
    """The tests above do kill what is under way, and not what has ended."""
    synced(tmp_path / "clean", agents.home)
    ((whole,),) = ask(tmp_path / "clean", RECORDS)
    low, high = 0.0, takes
    for attempt in range(30):
        data, moment = tmp_path / str(attempt), (low + high) / 2
        killed = killed_after(moment, data, agents.home) == KILLED
        found = ask(data, RECORDS)[0][0] if store_path(data).exists() else 0
        if 0 < found < whole:
            break
        low, high = (moment, high * 1.1) if killed and not found else (low, moment)
    assert killed
    assert 0 < found < whole
    assert ask(data, "pragma integrity_check") == [("ok",)]


def test_two_ingesters_and_a_reader_at_once_end_as_one_clean_read(
    data: Path, agents: FourAgents, tmp_path: Path
) -> None:
    home = agents.home
    looks = 0
    for go_on in (agents.tear, agents.go_on):
        with started(data, home) as one, started(data, home) as other:
            while one.poll() is None or other.poll() is None:
                looks += _what_is_read_agrees(data)
            assert 0 in {one.returncode, other.returncode} <= {0, 3}
        go_on()
    synced(data, home)
    synced(tmp_path / "clean", home)
    assert looks
    assert told(data) == told(tmp_path / "clean")


def _what_is_read_agrees(data: Path) -> bool:
    """Whatever a reader sees at any moment is whole: no session is half told."""
    if not store_path(data).exists():
        return False
    with closing(sqlite3.connect(f"file:{store_path(data)}?mode=ro", uri=True)) as conn:
        conn.execute("pragma busy_timeout = 5000")
        conn.execute("begin")
        wrong = conn.execute("""
            select s.native_id, s.records from session s where s.records <>
                (select count(*) from link l join record r on r.id = l.record_id
                 where l.session_id = s.id and l.seq >= 0
                    and r.kind not in ('title', 'context'))
        """).fetchall()
        lost = conn.execute("""
            select d.id from doc d where d.live = 1 and d.record_id is not null
                and not exists (select 1 from record r where r.id = d.record_id)
        """).fetchall()
    assert (wrong, lost) == ([], [])
    return True
