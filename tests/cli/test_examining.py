"""The doctor from the command line: what it finds, mends and exits with."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_a_fresh_machine_has_notes_and_nothing_wrong(cli: Cli, home: Path) -> None:
    ran = cli("doctor")
    assert ran.code == 0
    assert "memtui sync" in ran.out
    assert "WRONG" not in ran.out


def test_what_is_wrong_is_found_told_and_mended(
    cli: Cli, project: Path, data: Path
) -> None:
    cli("install", "--yes")
    cli("add", "Stamp the deadline", "--type", "decision")
    assert cli("doctor").code == 0
    (data / "hooks" / "session-start").unlink()
    (data / "memtui.db").chmod(0o644)
    ran = cli("doctor", "--json")
    assert ran.code == 1
    wrong = {item["subject"] for item in ran.objects if item["level"] == "wrong"}
    assert wrong == {"hooks", "privacy"}
    assert cli("doctor", "--fix").code == 0
    assert (data / "hooks" / "session-start").exists()
    assert (data / "memtui.db").stat().st_mode & 0o777 == 0o600


def test_a_damaged_store_is_a_finding_and_no_traceback(
    cli: Cli, project: Path, data: Path
) -> None:
    with (data / "memtui.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 60_000)
    ran = cli("doctor")
    assert ran.code == 1
    assert "WRONG" in ran.out
    assert "Traceback" not in ran.err


def test_an_agent_may_look_but_not_mend(
    cli: Cli, project: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("install", "--yes")
    (data / "hooks" / "session-start").unlink()
    monkeypatch.setenv("CLAUDECODE", "1")
    assert "WRONG" in cli("doctor").out
    ran = cli("doctor", "--fix")
    assert (ran.code, ran.out) == (1, "")
    assert "claude-code may not repair" in ran.err
    assert not (data / "hooks" / "session-start").exists()
