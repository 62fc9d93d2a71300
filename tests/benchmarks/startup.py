"""How long until something is on the screen."""

import sys
from collections.abc import Iterator
from pathlib import Path

from memtui import demo
from tests.benchmarks.measure import Result, call, environment, in_turn, run
from tests.tui.terminal import Terminal

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("first row of all")
Hello().run()
"""
NEWEST_DAY_MS = 1_795_099_440_000


def results(folder: Path, *, times: int) -> Iterator[Result]:
    """Start-up of a short call and of the app."""
    data = folder / "data"
    demo.build(data, today_ms=NEWEST_DAY_MS)
    env = environment(folder, data)
    ours, floor = in_turn(
        lambda: run(call("--version"), env, folder).wall,
        lambda: run([sys.executable, "-c", "pass"], env, folder).wall,
        times,
    )
    yield Result(
        what="memtui --version", ours=ours * 1000, floor=floor * 1000, unit="ms",
        goal=0, floor_is="python -c pass",
    )  # fmt: skip
    ours, floor = in_turn(
        lambda: _until_drawn(call(), env, folder, "Webhooks lost"),
        lambda: _until_drawn([sys.executable, "-c", HELLO], env, folder, "first row"),
        times,
    )
    yield Result(
        what="first data row of the app, CPU", ours=ours * 1000, floor=floor * 1000,
        unit="ms", goal=1.5, floor_is="Textual hello-world",
    )  # fmt: skip


def _until_drawn(
    command: list[str], env: dict[str, str], folder: Path, text: str
) -> float:
    """CPU seconds from exec to the row with this text."""
    full = env | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with Terminal(command, full, folder) as terminal:
        terminal.wait_for(text)
        return terminal.kill()
