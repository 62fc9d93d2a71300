"""The pseudo terminal of the other tests sees what it is there to see."""

import os
import sys
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal

ENV = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def printing(text: str, folder: Path) -> Terminal:
    code = f"import sys; sys.stdout.buffer.write({text.encode()!r})"
    return Terminal([sys.executable, "-c", code], ENV, folder)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\x1b[1;31mb\x1b[0m\x1b[?25l\x1b[2;3Hc\r\n", []),
        ("\x1b]52;c;cGF5bG9hZA==\x07", ["U+0007", "U+001B"]),
        ("\x1b]0;title\x1b\\", ["U+001B"]),
        ("\x1bP+q\x1b\\", ["U+001B"]),
        ("a\x9b31m", ["U+009B"]),
        ("a\x08\x0b\x7f", ["U+0008", "U+000B", "U+007F"]),
        ("a\u202eb", ["U+202E"]),
        ("\U000e0041", ["U+E0041"]),
    ],
)
def test_controls_that_no_app_needs_are_found(
    text: str, found: list[str], tmp_path: Path
) -> None:
    with printing(text, tmp_path) as terminal:
        terminal.wait_end()

    assert terminal.strange_controls() == found


def test_modes_left_on_are_named(tmp_path: Path) -> None:
    with printing("\x1b[?1049h\x1b[?1003h\x1b[?1003l\x1b[?25l", tmp_path) as terminal:
        terminal.wait_end()

    assert terminal.modes_left_on() == ["1049", "cursor hidden"]


def test_text_is_found_through_its_colours(tmp_path: Path) -> None:
    with printing("one \x1b[31mtwo\x1b[0m three", tmp_path) as terminal:
        assert terminal.wait_for("two three", seconds=10) == "two three"


def test_a_text_that_never_comes_fails_the_test(tmp_path: Path) -> None:
    with printing("one", tmp_path) as terminal:
        with pytest.raises(AssertionError, match="never drawn"):
            terminal.wait_for("two", seconds=5)
