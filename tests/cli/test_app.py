"""``memtui`` without a verb: what opens, and what one is told where nothing is."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import memtui.tui
from memtui.cli import app, output
from memtui.cli.root import SCREENS
from memtui.tui.actions import SCREENS as SCREENS_OF_THE_APP
from tests.cli.conftest import Cli
from tests.factories import transcript


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the app was asked to open, in place of opening it."""
    calls: list[dict[str, Any]] = []

    def run(data: Path, _settings: object, **asked: Any) -> int:
        store = (data / "memtui.db").exists()
        calls.append(asked | {"data": data, "had_a_store": store})
        return 0

    monkeypatch.setattr(memtui.tui, "run", run)
    monkeypatch.setattr(app, "on_a_terminal", lambda: True)
    return calls


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """A person who types these."""
    waiting = iter(answers)
    monkeypatch.setattr(output, "pressed", lambda _question, _keys: next(waiting))


def test_without_a_terminal_it_says_what_works_there(cli: Cli) -> None:
    ran = cli()
    assert (ran.code, ran.out) == (1, "")
    assert "needs a terminal" in ran.err
    assert "memtui list" in ran.err


def test_the_first_start_on_transcripts_opens_at_once(
    cli: Cli, home: Path, data: Path, opened: list[dict[str, Any]]
) -> None:
    transcript(home=home)
    ran = cli("--screen", "curate", "--filter", "type:gotcha", "--all")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    (asked,) = opened
    assert asked["data"] == data
    assert asked["screen"] == "curate"
    assert asked["filter"] == "type:gotcha"
    assert asked["all_projects"]


def test_a_store_whose_transcripts_are_gone_still_opens(
    cli: Cli, project: Path, home: Path, opened: list[dict[str, Any]]
) -> None:
    for path in (home / ".claude").rglob("*.jsonl"):
        path.unlink()
    assert cli().code == 0
    assert len(opened) == 1


def test_the_demo_is_kept_nowhere(
    cli: Cli, home: Path, data: Path, opened: list[dict[str, Any]]
) -> None:
    assert cli("--demo").code == 0
    (asked,) = opened
    assert asked["demo"]
    assert asked["had_a_store"]
    assert not asked["data"].exists()
    assert not data.exists()


@pytest.mark.parametrize(("answers", "demo"), [(["d"], True), (["e"], False)])
def test_without_transcripts_one_may_choose(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    opened: list[dict[str, Any]],
    answers: list[str],
    demo: bool,
) -> None:
    answering(monkeypatch, *answers)
    ran = cli()
    assert "  ~/.claude/projects\n" in ran.err
    assert "  ~/.config/claude/projects\n" in ran.err
    assert [asked.get("demo", False) for asked in opened] == [demo]


def test_without_transcripts_one_may_leave(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, opened: list[dict[str, Any]]
) -> None:
    answering(monkeypatch, "q")
    assert cli().code == 0
    assert opened == []


@pytest.mark.parametrize(
    ("typed", "answer"), [("e", "e"), ("xq", "q"), ("\n", "d"), ("E", "e")]
)
def test_a_key_answers_without_enter(typed: str, answer: str) -> None:
    asks = "from memtui.cli import output; print('=', output.pressed('d or e?', 'deq'))"
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", asks],
        stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    os.close(slave)
    os.write(master, typed.encode())
    out, err = process.communicate(timeout=30)
    os.close(master)
    assert (out, err) == (f"= {answer}\n", f"d or e? {answer}\n")


def test_the_screens_are_those_of_the_app() -> None:
    assert tuple(SCREENS_OF_THE_APP) == SCREENS


def test_a_config_that_is_wrong_is_said_before_anything_opens(
    cli: Cli, opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMTUI_THEME", "")
    monkeypatch.setenv("MEMTUI_BUDGET", "much")
    ran = cli()
    assert ran.code == 1
    assert "MEMTUI_BUDGET" in ran.err
    assert opened == []


def test_a_pipe_that_closes_early_is_no_failure(cli: Cli, project: Path) -> None:
    for number in range(3):
        cli("add", f"Rule {number}", "--type", "decision")
    done = subprocess.run(
        f"{sys.executable} -m memtui list --all --json | head -n 1; "
        "echo ${PIPESTATUS[0]}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    first, status = done.stdout.splitlines()
    assert first.startswith('{"kind": "observation"')
    assert status == "0"
    assert done.stderr == ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_stdout_that_is_full_is_said(
    cli: Cli, project: Path, unbuffered: str
) -> None:
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        f"{sys.executable} -m memtui list --all >/dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": root, "PYTHONUNBUFFERED": unbuffered},
    )
    assert done.returncode == 1
    assert done.stderr.startswith("memtui: No space left on device")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"TERM": "xterm"}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_is_for_terminals_that_want_it(
    cli: Cli, project: Path, variables: dict[str, str], coloured: bool
) -> None:
    root = str(Path(__file__).resolve().parents[2])
    shown = _on_a_terminal(
        [sys.executable, "-m", "memtui", "list", "--all"],
        os.environ | {"TERM": "xterm", "PYTHONPATH": root} | variables,
    )
    assert shown
    assert (b"\x1b[" in shown) is coloured


def test_the_text_ends_its_line_on_a_terminal_and_is_exact_elsewhere(
    cli: Cli, project: Path
) -> None:
    cli("add", "Stamp the deadline", "--type", "decision")
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "memtui", "inject"]
    shown = _on_a_terminal(command, os.environ | {"PYTHONPATH": root})
    assert shown.endswith(b"</memtui-memory>\r\n")
    assert cli("inject").out.endswith("</memtui-memory>")


def _on_a_terminal(command: list[str], env: dict[str, str]) -> bytes:
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdout=slave, stderr=slave, env=env)
    os.close(slave)
    shown = b""
    while True:
        try:
            read = os.read(master, 65_536)
        except OSError:  # Linux says so when the other end has closed
            break
        if not read:
            break
        shown += read
    os.close(master)
    assert process.wait() == 0
    return shown


def test_a_fault_of_our_own_is_a_line_and_its_traceback_is_in_the_log(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by zero\x1b[31m")

    monkeypatch.setattr("memtui.cli.configuring.settings", fail)
    ran = cli("config", "get")
    assert (ran.code, ran.out) == (1, "")
    assert "A fault of memtui itself: ZeroDivisionError: by zero" in ran.err
    assert "Traceback" not in ran.err
    assert "in fail" in (data / "memtui.log").read_text()
    assert (data / "memtui.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "words", [["list"], ["stats"], ["search", "lease"], ["keep", "abc"], ["undo"]]
)
def test_a_damaged_store_is_said_and_no_traceback(
    cli: Cli, project: Path, data: Path, words: list[str]
) -> None:
    with (data / "memtui.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 60_000)
    ran = cli(*words)
    assert ran.code == 1
    assert ran.err.startswith("memtui: The store is damaged: ")
    assert "memtui doctor" in ran.err
