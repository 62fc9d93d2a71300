"""Killed at any moment, the next sync ends in the store of one clean read."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import Say, Turn, transcript
from tests.ingest.material import RICH, rich_session, with_subagent
from tests.ingest.telling import ask, synced, told

SYNC = """
import sys
from pathlib import Path
from memtui.ingest import run
from memtui.readers import tail
from memtui.ingest.sync import sync
from memtui.settings import Settings
tail.CHUNK_BYTES, tail._LEAST_READ = 2048, 256
run.TRANSACTION_BYTES = 4096
print("ready", flush=True)
sync(Path(sys.argv[1]), Settings(), home=Path(sys.argv[2]))
print("done", flush=True)
"""


def started(data: Path, home: Path) -> subprocess.Popen[bytes]:
    """A sync in a process of its own, past its imports."""
    process = subprocess.Popen(
        [sys.executable, "-c", SYNC, str(data), str(home)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def killed_after(seconds: float, data: Path, home: Path) -> None:
    with started(data, home) as process:
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)


def many_sessions(home: Path) -> None:
    rich_session(home)
    with_subagent(home)
    for number in range(6):
        turns = (*RICH, Turn(f"session number {number}", Say("Yes.")))
        transcript(turns=turns, home=home)


@pytest.mark.parametrize("seed", range(5))
def test_killed_in_a_first_sync_and_in_an_append(
    data: Path, home: Path, tmp_path: Path, seed: int
) -> None:
    moment = random.Random(seed)
    many_sessions(home)
    for _ in range(2):
        killed_after(moment.uniform(0.0, 0.25), data, home)
    for path in home.rglob("*.jsonl"):
        path.write_bytes(path.read_bytes() + b'{"type":"custom-title","cus')
    killed_after(moment.uniform(0.0, 0.1), data, home)
    for path in home.rglob("*.jsonl"):
        path.write_bytes(path.read_bytes() + b'tomTitle":"Renamed"}\n')
    synced(data, home)
    synced(tmp_path / "clean", home)
    assert told(data) == told(tmp_path / "clean")
    assert ask(data, "pragma integrity_check") == [("ok",)]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5, 205))
def test_killed_at_two_hundred_moments(
    data: Path, home: Path, tmp_path: Path, seed: int
) -> None:
    test_killed_in_a_first_sync_and_in_an_append(data, home, tmp_path, seed)


def test_two_ingesters_at_once_end_as_one(
    data: Path, home: Path, tmp_path: Path
) -> None:
    many_sessions(home)
    with started(data, home) as one, started(data, home) as other:
        ends = {one.wait(), other.wait()}
    assert 0 in ends
    synced(data, home)
    synced(tmp_path / "clean", home)
    assert told(data) == told(tmp_path / "clean")
