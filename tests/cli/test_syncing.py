"""Reading from the command line: counts, watching, who else is reading."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memtui.cli import syncing
from memtui.ingest.lock import ingesting
from tests.cli.conftest import Cli
from tests.factories import Session, transcript

NUMBERS = {"files", "new_bytes", "records", "sessions", "observations", "faults"}


def test_counts_are_of_this_run(cli: Cli, home: Path) -> None:
    path = transcript(home=home)
    first = cli("sync", "--json").object["agents"]["claude-code"]
    second = cli("sync", "--json").object["agents"]["claude-code"]
    assert set(first) == NUMBERS
    assert (first["files"], first["sessions"], first["faults"]) == (1, 1, 0)
    assert first["new_bytes"] == path.stat().st_size
    assert second == dict.fromkeys(NUMBERS, 0) | {"files": 1}


def test_another_home_can_be_read(cli: Cli, tmp_path: Path) -> None:
    transcript(home=tmp_path / "old")
    ran = cli("sync", "--home", str(tmp_path / "old"), "--json")
    assert ran.object["agents"]["claude-code"]["sessions"] == 1


def test_full_reads_everything_again_and_finds_nothing_new(
    cli: Cli, project: Path
) -> None:
    before = cli("list", "--all", "--json").out
    ran = cli("sync", "--full", "--json")
    assert ran.code == 0
    assert ran.object["agents"]["claude-code"]["records"] == 0
    assert cli("list", "--all", "--json").out == before


def test_nothing_to_read_is_no_failure(cli: Cli, home: Path) -> None:
    ran = cli("sync")
    assert ran.code == 0
    assert ran.err == "No transcripts found.\n"


def test_progress_is_silent_where_nobody_watches(cli: Cli, home: Path) -> None:
    transcript(home=home)
    assert cli("sync").err == ""


def test_a_store_that_another_process_fills_exits_with_3(
    cli: Cli, home: Path, data: Path
) -> None:
    transcript(home=home)
    data.mkdir(mode=0o700)
    with ingesting(data):
        ran = cli("sync")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("memtui: ")


def test_of_many_that_cannot_be_read_a_few_are_named(cli: Cli, home: Path) -> None:
    session = Session(home, session="11111111-2222-4333-8444-555555555555")
    session.prompt("fine")
    for number in range(8):
        os.mkfifo(session.path.with_name(f"pipe-{number}.jsonl"))
    ran = cli("sync")
    lines = ran.err.splitlines()
    assert all(line.endswith("memtui doctor says why.") for line in lines[:5])
    assert lines[5:] == ["Could not read 3 more."]


@contextmanager
def ended(call: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A program that runs on, ended whatever comes of the test."""
    with subprocess.Popen(
        call,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def watching(home: Path) -> Iterator[subprocess.Popen[str]]:
    """``memtui sync --watch --json`` as a process of its own; one session is there."""
    transcript(home=home)
    with ended(
        [sys.executable, "-m", "memtui", "sync", "--watch", "--json"]
    ) as process:
        yield process


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_watching_reads_what_is_written_and_ends_politely(
    home: Path, watching: subprocess.Popen[str], sign: signal.Signals
) -> None:
    """Every line comes through the pipe when it is said, not at the end."""
    assert watching.stdout is not None
    assert watching.stderr is not None
    first = json.loads(watching.stdout.readline())
    assert first["agents"]["claude-code"]["sessions"] == 1
    assert "Watching" in watching.stderr.readline()
    assert "folders" in watching.stderr.readline()
    session = Session(home, session="11111111-2222-4333-8444-555555555555")
    session.prompt("always run gofmt before a commit")
    seen = json.loads(watching.stdout.readline())
    assert seen["agents"]["claude-code"]["sessions"] == 1
    watching.send_signal(sign)
    assert watching.wait(20) == 0
    assert "Traceback" not in watching.stderr.read()


SHORT = "echo 5 > /proc/sys/user/max_inotify_watches && "
"""In a user namespace of its own everybody may say how little there is."""


def has_namespaces() -> bool:
    call = ["unshare", "-Ur", "sh", "-c", f"{SHORT}true"]
    try:
        return subprocess.run(call, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not has_namespaces(), reason="no user namespaces here")
def test_watching_with_too_few_watches_says_so_and_reads_everything(home: Path) -> None:
    """Five watches: one waits for agents that are not there yet."""
    for number in range(9):
        transcript(home=home, cwd=f"/work/{number}")
    call = f"{SHORT}exec {sys.executable} -m memtui sync --watch --json"
    with ended(["unshare", "-Ur", "sh", "-c", call]) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        watching.stdout.readline()
        watching.stderr.readline()
        said = watching.stderr.readline()
        assert said == "Watching 4 of 10 folders, sweeping every 3 s.\n"
        for number in range(9):
            transcript(home=home, cwd=f"/work/{number}", turns=[f"later {number}"])
        found = 0
        while found < 9:
            seen = json.loads(watching.stdout.readline())
            found += seen["agents"]["claude-code"]["sessions"]


def test_a_sync_that_waits_for_what_never_comes_is_ended_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0.1)
    silent, kept_open = os.pipe()
    before = signal.getsignal(signal.SIGTERM)

    def sync() -> None:
        with syncing._stopped_by_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            os.read(silent, 1)

    with pytest.raises(KeyboardInterrupt):
        sync()
    os.close(silent)
    os.close(kept_open)
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
