"""Installing from the command line: shown, asked, done, undone."""

import json
from pathlib import Path

import pytest

from memtui.cli import output
from tests.cli.conftest import Cli


@pytest.fixture
def client(home: Path) -> Path:
    """The client's settings, with something of the person's own in them."""
    path = home / ".claude" / "settings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{\n    "model": "opus"\n}\n')
    return path


def test_nothing_is_written_without_a_yes(cli: Cli, client: Path) -> None:
    before = client.read_bytes()
    ran = cli("install")
    assert ran.code == 1
    assert "session-start" in ran.err
    assert "Nothing was changed." in ran.err
    assert client.read_bytes() == before


@pytest.mark.parametrize("answer", [False, True])
def test_a_person_is_asked(
    cli: Cli, client: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    before = client.read_bytes()
    monkeypatch.setattr(output, "confirmed", lambda _question: answer)
    assert cli("install").code == (0 if answer else 1)
    assert (client.read_bytes() != before) is answer


def test_installed_twice_is_installed_once_and_uninstalled_is_as_before(
    cli: Cli, client: Path, data: Path
) -> None:
    before = client.read_bytes()
    assert cli("install", "--yes").code == 0
    once = client.read_bytes()
    assert json.loads(once)["model"] == "opus"
    assert f"{data}/hooks/session-start" in once.decode()
    assert (data / "hooks" / "session-start").stat().st_mode & 0o100
    again = cli("install", "--yes")
    assert (again.code, client.read_bytes()) == (0, once)
    assert again.out.startswith("Already installed")
    assert cli("uninstall", "--yes").code == 0
    assert client.read_bytes() == before
    assert cli("uninstall", "--yes").out.startswith("Nothing of memtui")


def test_what_another_hand_took_out_is_forgotten_with_its_hooks(
    cli: Cli, client: Path, home: Path, data: Path
) -> None:
    before = client.read_bytes()
    (home / ".codex").mkdir()
    assert "claude-code and codex" in cli("install", "--mcp", "--yes").out
    client.write_bytes(before)
    (home / ".claude.json").unlink()
    (home / ".codex" / "config.toml").unlink()
    (home / ".codex" / "hooks.json").unlink()
    ran = cli("uninstall", "--yes")
    assert (ran.code, client.read_bytes()) == (0, before)
    assert ran.out.startswith(f"Nothing of memtui is in {client}.")
    assert not (data / "hooks").exists()


def test_installing_writes_what_was_decided_before(
    cli: Cli, project: Path, client: Path, data: Path
) -> None:
    cli("add", "Stamp the deadline", "--type", "decision")
    for path in (data / "export").rglob("*.json"):
        path.unlink()
    assert cli("install", "--yes").code == 0
    assert list((data / "export").rglob("startup.json"))


def test_every_client_found_is_offered_and_one_can_be_named(
    cli: Cli, client: Path, home: Path
) -> None:
    (home / ".codex").mkdir()
    assert cli("install", "--agent", "codex", "--yes").code == 0
    assert "hooks" not in client.read_text()
    ran = cli("install", "--yes")
    assert ran.out.startswith(f"Already installed in {home}/.codex/hooks.json.")
    assert "New sessions of claude-code read" in ran.out
    ran = cli("uninstall", "--yes")
    assert len(ran.out.splitlines()) == 2
    assert not (home / ".codex" / "hooks.json").exists()
    assert (home / ".codex").is_dir()


def test_a_client_that_cannot_be_wired_keeps_no_other_from_it(
    cli: Cli, client: Path, home: Path
) -> None:
    (home / ".codex").mkdir()
    (home / ".codex" / "hooks.json").write_text("{ not json")
    ran = cli("install", "--yes")
    assert ran.code == 1
    assert "codex: " in ran.err
    assert "session-start" in client.read_text()


def test_settings_that_cannot_be_read_are_left_alone(cli: Cli, client: Path) -> None:
    client.write_text("{ not json")
    ran = cli("install", "--yes")
    assert ran.code == 1
    assert client.read_text() == "{ not json"
