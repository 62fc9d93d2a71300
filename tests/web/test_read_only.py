"""A process that is only to be looked at writes neither store nor file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memtui import files
from memtui.store.connect import open_reader
from tests.cli.conftest import Cli, added, cli, project

__all__ = ["added", "cli", "project"]


def test_nothing_is_written_and_everything_is_read(
    cli: Cli, project: Path, added: Callable[..., str], data: Path,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    mine = added("Stamp deadlines in attempt()")
    copy = str(tmp_path / "copy.db")
    cli("backup", copy)
    monkeypatch.setenv(files.READ_ONLY, "1")
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    for words in (
        ["keep", mine], ["prune", mine], ["undo"], ["sync"], ["export", "--all"],
        ["add", "x", "--type", "decision"], ["purge", mine, "--confirm", "purge 1"],
        ["config", "set", "budget", "3000"], ["searches", "save", "a", "b"],
        ["storage", "--vacuum"], ["backup", copy, "--restore", "--yes"],
    ):  # fmt: skip
        ran = cli(*words)
        assert "Traceback" not in ran.err
    assert cli("show", mine).code == 0
    open_reader(data / "memtui.db").close()
    after = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    same = [p for p in before if p.suffix not in (".lock", ".db-shm")]
    assert [p for p in same if after.get(p) != before[p]] == []


def test_the_demo_has_nothing_to_protect_and_an_agent_may_not_serve(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("serve", "--demo", "--read-only").code == 2
    monkeypatch.setenv("CLAUDECODE", "1")
    assert "for a person to decide" in cli("serve").err
