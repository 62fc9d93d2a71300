"""How the app ends when something in it is broken, and that going round is safe."""

import os
import signal
import sys
from pathlib import Path

import pytest

import memtui
from tests.tui.conftest import NARROW, MakeApp, press, settled
from tests.tui.terminal import Terminal

CHECKOUT = Path(memtui.__file__).resolve().parents[1]
BROKEN = """
from memtui.cli import main
from memtui.tui.screens.stats import StatsScreen
def broken(self):
    words_of_a_transcript = "the words of somebody"
    raise IndexError("list index out of range")
StatsScreen.action_copy = broken
raise SystemExit(main(["--demo", "--screen", "stats"]))
"""
BUILDING = """
import signal
from memtui import demo
from memtui.cli import main
def build(data, *, today_ms):
    (data / "memtui.db").touch()
    print("building", flush=True)
    signal.pause()
demo.build = build
raise SystemExit(main(["--demo"]))
"""


async def test_another_turn_opened_from_the_hidden_reader_is_shown(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "G", "o", "escape", "1", "g", "o")
        reader = app.screen.reader  # type: ignore[attr-defined]
        assert reader.current is not None
        assert reader.has_focus


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_demo_that_is_ended_while_it_is_made_leaves_no_folder(
    home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = {"HOME": str(home), "PYTHONPATH": str(CHECKOUT), "TMPDIR": str(scratch)}
    with Terminal([sys.executable, "-c", BUILDING], env, home) as terminal:
        terminal.wait_for("building")
        made = list(scratch.glob("*/memtui.db"))
        terminal.signal(number)
        status = terminal.wait_end()

    assert len(made) == 1
    assert status == 128 + number
    assert list(scratch.iterdir()) == []


def test_a_bug_ends_in_one_line_and_the_log_without_any_text(
    home: Path, data: Path, tmp_path: Path
) -> None:
    env = {
        "HOME": str(home),
        "MEMTUI_DATA_DIR": str(data),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    with Terminal([sys.executable, "-c", BROKEN], env, home) as terminal:
        terminal.wait_for("Turns per day")
        terminal.settle()
        terminal.press(b"y")
        status = terminal.wait_end()
        told = terminal.text().rpartition("A fault of memtui itself")[2]
        left_on = terminal.modes_left_on()

    assert status == 1
    assert "list index out of range" in told
    assert "words of somebody" not in terminal.text()
    assert left_on == []
    assert "IndexError" in (data / "memtui.log").read_text()
