"""Terminals as people have them: their names, storms of sizes, every way to leave."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import memtui
from tests.tui.terminal import Terminal

pytestmark = pytest.mark.tui

CHECKOUT = Path(memtui.__file__).resolve().parents[1]
SIZES = [(5, 20), (50, 48), (24, 80), (10, 40), (60, 200), (16, 60), (1, 1), (40, 60)]
STORM = 5
EDITOR = """#!/bin/sh
{ stat -c %a "$2" 2>/dev/null || stat -f %Lp "$2"; echo "$1"; echo "$2"; } > "$LOG"
sed -i 's/^[A-Z]/Edited: &/' "$2"
"""
UP, DOWN, LEFT, RIGHT = b"\x1b[A", b"\x1b[B", b"\x1b[D", b"\x1b[C"


def demo(home: Path, term: str, **more: str) -> Terminal:
    env = {
        "HOME": str(home), "PYTHONPATH": str(CHECKOUT), "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8", "TERM": term, "TZ": "UTC", **more,
    }  # fmt: skip
    return Terminal([sys.executable, "-m", "memtui", "--demo"], env, home)


def twice_ctrl_c(terminal: Terminal) -> int:
    terminal.press(b"\x03")
    terminal.wait_for("again quits")
    terminal.press(b"\x03")
    return 0


def ctrl_q(terminal: Terminal) -> int:
    terminal.press(b"\x11")
    return 0


def a_q(terminal: Terminal) -> int:
    terminal.press(b"q")
    return 0


def kill(terminal: Terminal) -> int:
    terminal.signal(signal.SIGTERM)
    return 128 + signal.SIGTERM


@pytest.mark.parametrize(
    ("term", "leave", "more"),
    [
        ("screen", twice_ctrl_c, {}),
        pytest.param("tmux-256color", ctrl_q, {}, marks=pytest.mark.e2e),
        ("linux", a_q, {}),
        ("xterm-256color", kill, {"NO_COLOR": "1"}),
    ],
    ids=["screen", "tmux-256color", "linux", "no-color"],
)
def test_arrows_a_storm_of_sizes_and_a_clean_end(
    term: str, leave: Callable[[Terminal], int], more: dict[str, str], home: Path
) -> None:
    with demo(home, term, **more) as terminal:
        terminal.wait_for("nothing of yours is read", seconds=60)
        for rows, columns in SIZES * STORM:
            terminal.resize(rows, columns)
        terminal.resize(36, 120)
        terminal.settle()
        terminal.press("ф".encode())
        terminal.wait_for("Keys are Latin letters")
        for keys, shown in ((b"3", "Inbox"), (b"5", "sessions"), (b"\r", "turn")):
            terminal.press(keys)
            terminal.wait_for(shown)
        for keys in (DOWN, UP, RIGHT, LEFT, b"\x1b[F", b"\x1b[H"):
            terminal.press(keys)
            terminal.settle(quiet=0.1)
        terminal.press(b"1")
        terminal.wait_for("67 memories", "memories")
        expected = leave(terminal)
        assert terminal.wait_end(60) == expected
        assert terminal.modes_left_on() == []
        assert terminal.modes_now() == terminal.modes_before
        assert terminal.strange_controls() == []
        assert "Traceback" not in terminal.text()


def test_the_editor_has_the_terminal_and_a_private_file_that_goes(
    home: Path, tmp_path: Path
) -> None:
    editor, log = tmp_path / "an editor", tmp_path / "log"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    call = f"'{editor}' --wait"
    with demo(home, "xterm-256color", EDITOR=call, LOG=str(log)) as terminal:
        terminal.wait_for("nothing of yours is read", seconds=60)
        terminal.press(b"3")
        terminal.wait_for("Inbox")
        terminal.settle()
        terminal.press(b"e")
        terminal.wait_for("Edited: ")
        terminal.settle()
        ctrl_q(terminal)
        assert terminal.wait_end(60) == 0
        assert terminal.modes_left_on() == []
        assert terminal.modes_now() == terminal.modes_before
    mode, option, file = log.read_text().splitlines()
    assert mode == "600"
    assert option == "--wait"
    assert not Path(file).parent.exists()
