"""A block in AGENTS.md and the like: on request, with a diff, out again exactly."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.install.block import BEGIN, END, with_block, without_block, write
from memtui.settings import load
from tests.cli.conftest import Cli, added, cli, project

__all__ = ["added", "cli", "project"]

Added = Callable[..., str]
TEXTS = ["", "# Rules\n\nUse tabs.\n", "no end", "\r\nwindows\r\n", "a\n\n\n", "\n"]


@pytest.mark.parametrize("text", TEXTS)
def test_it_comes_goes_and_leaves_every_other_byte(
    text: str, project: Path, added: Added, cli: Cli
) -> None:
    id_ = added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    if text:
        file.write_bytes(text.encode())
    ran = cli("install", "--block", str(file), "--yes")
    assert ran.code == 0, ran.err
    assert f"[{id_}]" in ran.err  # the diff
    found = file.read_bytes().decode()
    assert f"[{id_}]" in found
    assert found.startswith(text)
    assert "already" in cli("install", "--block", str(file), "--yes").out
    assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert (file.read_bytes() if text else b"") == text.encode()
    assert file.exists() == bool(text)


def test_what_stands_behind_it_stays_and_it_is_written_anew(
    project: Path, added: Added, cli: Cli
) -> None:
    first = added("Deadlines are stamped in attempt")
    file = project / "CLAUDE.md"
    file.write_text("before\n")
    assert cli("install", "--block", str(file), "--yes").code == 0
    file.write_text(file.read_text() + "after\n")
    second = added("Leases are never renewed <!-- end memtui --> by a reader")
    assert cli("prune", first, "--yes").code == 0
    assert cli("install", "--block", str(file), "--yes").code == 0
    text = file.read_text()
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
    assert first not in text
    assert second in text
    assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert file.read_text() == "before\nafter\n"


def test_without_a_yes_nothing_is_written(
    project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    assert cli("install", "--block", "AGENTS.md").code == 1
    assert not (project / "AGENTS.md").exists()


def test_an_agent_may_not(
    project: Path, added: Added, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("Deadlines are stamped in attempt")
    monkeypatch.setenv("CLAUDECODE", "1")
    ran = cli("install", "--block", "AGENTS.md", "--yes")
    assert (ran.code, (project / "AGENTS.md").exists()) == (1, False)


def test_where_there_is_nothing_to_say_it_says_why(
    project: Path, cli: Cli, tmp_path: Path
) -> None:
    assert "Nothing is kept" in cli("install", "--block", "A.md", "--yes").err
    away = str(tmp_path / "A.md")
    assert "No project is known" in cli("install", "--block", away, "--yes").err
    assert "Nothing of memtui" in cli("uninstall", "--block", "A.md", "--yes").out
    (project / "B.md").write_bytes(b"\xff\xfe")
    assert "no UTF-8" in cli("uninstall", "--block", "B.md", "--yes").err
    ran = cli("install", "--block", "A.md", "--mcp", "--yes")
    assert ran.code == 2


@given(text=st.text(alphabet="a\n\r#-<>!é", max_size=30))
def test_any_text_is_as_it_was(
    text: str, project: Path, added: Added, data: Path
) -> None:
    file = project / "AGENTS.md"
    if not file.exists():
        added("Deadlines are stamped in attempt")
    file.write_bytes(text.encode())
    write(with_block(file, load(), data))
    assert file.read_bytes() != text.encode()
    write(without_block(file))
    assert (file.read_bytes() if file.exists() else b"") == text.encode()
    file.write_bytes(b"x")
