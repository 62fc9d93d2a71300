"""A caller may close any stream: a verb still ends as it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memtui import paths
from tests.inject.stores import StoreRows

VERBS = ("list", "install", "stats", "--version", "--help", "no-such-verb", "")
CLOSED = ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-")


def called(words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """``memtui`` as a shell calls it."""
    return subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m memtui {words}"],
        env={**os.environ, "MEMTUI_DATA_DIR": str(data), "HOME": str(data.parent)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("verb", VERBS)
def test_a_closed_stream_is_no_fault(data: Path, verb: str) -> None:
    StoreRows(data)
    asked = called(f"{verb} </dev/null", data)
    for closed in CLOSED:
        done = called(f"{verb} {closed}", data)
        assert done.returncode == asked.returncode, closed
        assert "fault" not in done.stderr
        assert "Traceback" not in done.stderr
    assert not paths.log_path().exists()


def test_what_is_printed_to_a_closed_stream_is_not_written_into_the_store(
    data: Path,
) -> None:
    StoreRows(data)
    before = called("list", data)
    for closed in CLOSED:
        called(f"list --no-such-option {closed}", data)
        called(f"stats {closed}", data)
    after = called("list", data)
    assert (after.returncode, after.stdout) == (before.returncode, before.stdout)
