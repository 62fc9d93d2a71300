"""Numbers, copies and projects from the command line."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.cli.amounts import size_in_words
from tests.cli.conftest import Cli

TOTALS = {
    "records", "sessions", "observations", "projects", "faults", "store_bytes",
    "raw_bytes", "by_agent",
}  # fmt: skip


def test_stats_have_the_promised_keys(cli: Cli, project: Path, home: Path) -> None:
    (source,) = (home / ".claude" / "projects").rglob("*.jsonl")
    found = cli("stats", "--json").object
    assert set(found) == TOTALS
    assert found["raw_bytes"] == source.stat().st_size
    assert (found["sessions"], found["projects"], found["faults"]) == (1, 1, 0)
    (agent,) = found["by_agent"].values()
    assert set(agent) == {"files", "sessions", "records", "native_ids", "faults"}


def test_stats_for_a_person_say_the_same(cli: Cli, project: Path) -> None:
    text = cli("stats").out
    found = cli("stats", "--json").object
    assert f"{found['records']:,}" in text
    assert "claude-code" in text


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (31_963_042, "32.0 MB"),
        (2_500_000_000, "2.5 GB"),
        (7_000_000_000_000, "7.0 TB"),
    ],
)
def test_sizes_are_read_at_a_glance(size: int, words: str) -> None:
    assert size_in_words(size) == words


def test_a_backup_opens_like_the_store(
    cli: Cli, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("add", "Stamp the deadline", "--type", "decision")
    listed = cli("list", "--all", "--json").out
    copy = tmp_path / "elsewhere" / "memtui.db"
    copy.parent.mkdir()
    assert cli("backup", str(copy)).code == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    assert os.listdir(copy.parent) == ["memtui.db"]
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("pragma integrity_check").fetchone() == ("ok",)
    monkeypatch.setenv("MEMTUI_DATA_DIR", str(copy.parent))
    assert cli("list", "--all", "--json").out == listed


def test_a_backup_overwrites_only_when_told(
    cli: Cli,
    project: Path,
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    assert cli("backup", str(target)).code == 1
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("backup", str(target), "--force").code == 1  # any file of the person's
    assert target.read_text() == "mine"
    monkeypatch.delenv("CLAUDECODE")
    assert cli("backup", str(target), "--force").code == 0
    assert target.read_bytes().startswith(b"SQLite format 3")
    assert cli("backup", str(data / "memtui.db"), "--force").code == 1


def test_a_backup_that_cannot_be_written_leaves_nothing(
    cli: Cli, project: Path, tmp_path: Path
) -> None:
    ran = cli("backup", str(tmp_path / "nowhere" / "copy.db"))
    assert (ran.code, ran.out) == (1, "")
    assert "No such file" in ran.err
