"""One ingester at a time, and a lock that no dead process can keep."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from memtui.errors import StoreBusy, StoreError
from memtui.ingest.lock import ingesting
from memtui.paths import lock_path

HOLD = """
import sys
from pathlib import Path
from memtui.ingest.lock import ingesting
with ingesting(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_dies_with_its_holder(data: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(data)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        said = f"process {holder.pid}"
        with pytest.raises(StoreBusy, match=said), ingesting(data):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with ingesting(data):
        assert lock_path(data).read_text() == f"{os.getpid()}\n"


def test_a_lock_file_that_says_something_else_names_nobody(data: Path) -> None:
    data.mkdir()
    with ingesting(data):
        for said in ("", "\x1b[2J", "-1", "9" * 99):
            lock_path(data).write_text(said)
            with pytest.raises(StoreBusy) as ending, ingesting(data):
                pass
            assert "\x1b" not in ending.value.message


def test_waiting_ends_when_asked_to(data: Path) -> None:
    stop = threading.Event()
    stop.set()
    with ingesting(data), pytest.raises(StoreBusy), ingesting(data, wait=60, stop=stop):
        pass


def test_a_folder_that_cannot_be_locked_is_said(data: Path) -> None:
    data.mkdir()
    lock_path(data).mkdir()
    with pytest.raises(StoreError, match="cannot be opened"), ingesting(data):
        pass
