"""A purge that is killed leaves all as it was, or is finished by whoever comes next."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memtui.inject.export import export_projects
from memtui.settings import Settings
from tests.factories import Say, Turn, transcript
from tests.ingest.remains import remains
from tests.ingest.telling import synced, told

WORD = "Quagmarine"
PURGE = """
import importlib, os, signal, sys
from pathlib import Path
from memtui.ingest import erase
from memtui.settings import Settings
module, name = sys.argv[2].rsplit(".", 1)
def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module(module), name, killed)
erase.purge(Path(sys.argv[1]), Settings(), erase.Target(sessions=("canary",)))
"""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def held(data: Path, home: Path) -> Path:
    """A store with a session that is to go, and one that stays."""
    turns = (Turn(f"Always route {WORD} through the blue gateway.", Say("Yes.")),)
    transcript(turns=turns, home=home, session="canary")
    transcript(home=home)
    synced(data, home)
    export_projects(data, Settings())
    return data


def killed_at(data: Path, home: Path, place: str) -> None:
    around = {**os.environ, "TMPDIR": str(home)}
    command = [sys.executable, "-c", PURGE, str(data), place]
    ended = subprocess.run(command, env=around, cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "place",
    [
        "memtui.store.purge.removing.remove",
        "memtui.store.search.reindex.forget_unused_words",
        "memtui.store.search.reindex.reindex",
        "memtui.ingest.taking_out.Pending",
    ],
)
def test_before_its_end_all_is_as_it_was(held: Path, home: Path, place: str) -> None:
    before = told(held)
    killed_at(held, home, place)
    assert told(held) == before
    synced(held, home)
    assert told(held) == before


@pytest.mark.parametrize(
    "name", ["wipe", "clean_copies", "clean_stores_aside", "_is_exported", "settle"]
)
def test_after_it_the_next_sync_goes_on(held: Path, home: Path, name: str) -> None:
    killed_at(held, home, f"memtui.ingest.erase.{name}")
    synced(held, home)
    assert remains(held, WORD) == []
    assert (home / ".claude").exists()
    synced(held, home)
    assert remains(held, WORD) == []
