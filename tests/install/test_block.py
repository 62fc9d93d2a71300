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
    write(with_block(file, load(), data), data)
    assert file.read_bytes() != text.encode()
    write(without_block(file, data), data)
    assert file.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"mine\n{BEGIN}\nmine, too\n", 2),
        (f"mine\n{BEGIN}\nours\n{BEGIN}\nmine\n{END}\n", 2),
        (f"mine\n{END}\nmine\n{BEGIN}\nours\n{END}\n", 2),
        (f"{BEGIN}\nours\n{END}\nmine\n{END}\n", 5),
    ],
)
def test_between_damaged_marks_nothing_is_taken_for_ours(
    text: str, line: int, project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    file.write_text(text)
    for verb in ("install", "uninstall"):
        ran = cli(verb, "--block", str(file), "--yes")
        assert ran.code == 1
        assert f"line {line}" in ran.err
        assert file.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{BEGIN}\nmine\n{END}\n```\n",
        f"~~~~ md\n```\n{BEGIN}\n~~~~ x\nmine\n{END}\n~~~~~\n",
        f"see {BEGIN}\nmine\n{END} there\n",
        f"    {BEGIN}\n    {END}\n",
        "`` `\n```inline```\n",
    ],
)
def test_a_quoted_block_is_not_ours(
    text: str, project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    file.write_text(text)
    assert "Nothing of memtui" in cli("uninstall", "--block", str(file), "--yes").out
    for _ in range(2):
        assert cli("install", "--block", str(file), "--yes").code == 0
    assert file.read_text().startswith(text)
    assert file.read_text().count("stamped in attempt") == 1
    assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert file.read_text() == text


def test_into_a_fence_that_stays_open_nothing_is_written(
    project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    (project / "AGENTS.md").write_text("```\nmake\n")
    ran = cli("install", "--block", "AGENTS.md", "--yes")
    assert (ran.code, "fence" in ran.err) == (1, True)


def test_two_blocks_become_one_and_go_together(
    project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    twice = f"a\n\n{BEGIN}\nold\n{END}\nb\n\n{BEGIN}\nold\n{END}\nc\n"
    file.write_text(twice)
    assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert file.read_text() == "a\nb\nc\n"
    file.write_text(twice)
    assert cli("install", "--block", str(file), "--yes").code == 0
    assert file.read_text().count(BEGIN) == 1
    assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert file.read_text() == "a\nb\nc\n"


def test_an_empty_file_of_a_person_stays_and_ours_goes(
    project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    theirs, ours = project / "AGENTS.md", project / "CLAUDE.md"
    theirs.touch()
    for file in (theirs, ours):
        assert cli("install", "--block", str(file), "--yes").code == 0
    for file in (theirs, ours):
        assert cli("uninstall", "--block", str(file), "--yes").code == 0
    assert (theirs.read_bytes(), ours.exists()) == (b"", False)


def test_the_file_as_it_was_is_kept_ten_times(
    project: Path, added: Added, cli: Cli, data: Path
) -> None:
    file, other = project / "AGENTS.md", project / "docs" / "AGENTS.md"
    other.parent.mkdir()
    for at in range(12):
        added(f"Deadline number {at} is stamped in attempt")
        file.write_text(f"mine {at}\n")
        ran = cli("install", "--block", str(file), "--yes")
    other.write_text("other\n")
    assert cli("install", "--block", str(other), "--yes").code == 0
    kept = sorted(p.read_text() for p in (data / "backups").glob("block-AGENTS.md-*"))
    assert kept == sorted(["other\n", *(f"mine {at}\n" for at in range(2, 12))])
    assert "The file as it was: " in ran.err


def test_a_block_of_what_was_pruned_is_named_and_taken_out(
    project: Path, added: Added, cli: Cli
) -> None:
    id_ = added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    file.write_text("mine\n")
    assert cli("install", "--block", str(file), "--yes").code == 0
    assert f"{file} says what is kept" in cli("doctor").out
    more = added("Leases are never renewed by a reader")
    ran = cli("doctor")
    assert (ran.code, "lacks what was kept since" in ran.out) == (0, True)
    assert cli("prune", id_, more, "--yes").code == 0
    ran = cli("doctor")
    assert (ran.code, "does not hold any more" in ran.out) == (1, True)
    ran = cli("install", "--block", str(file), "--yes")
    assert (ran.code, file.read_text()) == (0, "mine\n")
    assert "Nothing is kept in this project any more" in ran.err
    assert "blocks" not in cli("doctor").out


def test_a_block_that_uninstalling_leaves_is_named(
    project: Path, added: Added, cli: Cli
) -> None:
    added("Deadlines are stamped in attempt")
    file = project / "AGENTS.md"
    assert cli("install", "--block", str(file), "--yes").code == 0
    assert cli("install", "--yes").code == 0
    said = f"memtui uninstall --block {file}"
    assert said not in cli("uninstall", "--mcp", "--yes").err
    assert said in cli("uninstall", "--yes").err
    file.unlink()
    assert said not in cli("uninstall", "--yes").err
