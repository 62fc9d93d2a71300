"""The app on a large store and a small one, over a pseudo terminal.

Figures are seconds of CPU, summed over the threads of the process, so that they say
the same on a busy machine. The longest step of the event loop is that of its thread.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import make_store
from tests.benchmarks.measure import Result, call, environment
from tests.tui.terminal import Terminal

SMALL: Final = 10_000
DOWN, END, HOME, ENTER = b"j", b"G", b"g", b"\r"
PRESSES: Final = 60
REPEAT_S: Final = 0.033
IDLE_S: Final = 0.03
"""CPU in half a second of an app that does nothing but look whether it should."""
SEARCHES: Final = (
    b"queue", b"lease retry", b"pars", b"cache ind", b"token", b"batch work",
    b"tim", b"shard", b"error path", b"flush",
)  # fmt: skip

HELLO: Final = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    BINDINGS = [("j", "down")]
    count = 0
    def compose(self):
        yield Static("first row of all")
    def action_down(self):
        self.count += 1
        self.query_one(Static).update(f"row {self.count}")
Hello().run()
"""
TIMED: Final = """
import asyncio.events, os, runpy, sys, threading, time
out, sys.argv = sys.argv[1], ["memtui", *sys.argv[2:]]
longest, step = 0.0, asyncio.events.Handle._run
def timed(handle):
    global longest
    began = time.thread_time()
    step(handle)
    took = time.thread_time() - began
    if took > 0.005 and not os.path.exists(out):
        longest = 0.0  # from now on
    if took > longest and threading.current_thread() is threading.main_thread():
        longest = took
        open(out, "a").write(f"{took} {handle!r}\\n")
asyncio.events.Handle._run = timed
runpy.run_module("memtui", run_name="__main__")
"""
"""Runs memtui and writes down each step of its event loop that took longest so far."""


def results(
    folder: Path, *, memories: int, store: Path | None, times: int
) -> Iterator[Result]:
    """What a person feels, on ``memories`` and on ten thousand.

    Args:
        store: data folder of a large store made before; None: made now.
    """
    small = folder / "small"
    make_store.make(small, observations=SMALL, records=SMALL)
    large = store or folder / "large"
    if store is None:
        make_store.make(large, observations=memories, records=memories)
    else:
        make_store.as_if_made_now(large)
    many = f"{memories:,} memories"
    yield from _first_row(folder, large, many, times)
    yield from _keys(folder, small, large, many)
    yield _memory(folder, large, many)
    yield _gap(folder, large, many)


def _first_row(folder: Path, large: Path, many: str, times: int) -> Iterator[Result]:
    def drawn(command: list[str], data: Path, *texts: str) -> float:
        with _terminal(command, folder, data) as terminal:
            terminal.wait_for(*texts)
            return terminal.cpu()

    ours, floor = [], []
    for _ in range(times):
        ours.append(drawn(_app(), large, *_TYPES))
        floor.append(drawn(_hello(), large, "first row"))
    yield Result(
        what=f"first data row, {many}, CPU", ours=statistics.median(ours) * 1000,
        floor=statistics.median(floor) * 1000, unit="ms", goal=1.5,
        floor_is="Textual hello-world",
    )  # fmt: skip


def _keys(folder: Path, small: Path, large: Path, many: str) -> Iterator[Result]:
    with (
        _terminal(_app(), folder, large) as ours,
        _terminal(_app(), folder, small) as less,
        _terminal(_hello(), folder, small) as floor,
    ):
        for terminal in (ours, less):
            terminal.wait_for(*_TYPES)
            _rest(terminal)
        floor.wait_for("first row")
        floor.settle()
        down = _held(ours, DOWN)
        yield Result(
            what=f"one row down, key held, {many}, CPU", ours=down, unit="ms",
            floor=_held(floor, DOWN), goal=2.5, floor_is="a one-line widget",
        )  # fmt: skip
        yield Result(
            what=f"one row down, key held, {many}, CPU", ours=down, unit="ms",
            floor=_held(less, DOWN), goal=1.3, floor_is=f"{SMALL:,} memories",
        )  # fmt: skip
        for what, act in _MOVES:
            yield Result(
                what=f"{what}, {many}, CPU", ours=_acted(ours, act), unit="ms",
                floor=_acted(less, act), goal=3, floor_is=f"{SMALL:,} memories",
            )  # fmt: skip


def _memory(folder: Path, large: Path, many: str) -> Result:
    """After the first paint, two hundred keys and twenty searches."""
    with (
        _terminal(_app(), folder, large) as ours,
        _terminal(_hello(), folder, large) as floor,
    ):
        ours.wait_for(*_TYPES)
        for _ in range(200):
            ours.press(DOWN)
            ours.settle(0.02)
        _search(ours, SEARCHES * 2)
        floor.wait_for("first row")
        floor.settle()
        return Result(
            what=f"anonymous memory after 200 keys and 20 searches, {many}",
            ours=ours.anonymous() / 1e6, floor=floor.anonymous() / 1e6, unit="MB",
            goal=2.5, floor_is="Textual hello-world",
        )  # fmt: skip


def _gap(folder: Path, large: Path, many: str) -> Result:
    told = folder / "gap"
    command = [sys.executable, "-c", TIMED, str(told)]
    with _terminal(command, folder, large) as terminal:
        terminal.wait_for(*_TYPES)
        _rest(terminal)
        told.unlink(missing_ok=True)  # what came before the first paint is another's
        for _ in range(20):
            terminal.press(DOWN)
            terminal.settle(0.05)
        for key in (END, HOME):
            terminal.press(key)
            terminal.settle(0.3)
        _search(terminal, SEARCHES)
    steps = told.read_text().splitlines() if told.exists() else []
    return Result(
        what=f"longest step of the event loop, scroll and search, {many}, CPU",
        ours=max((float(one.split(" ")[0]) for one in steps), default=0.0) * 1000,
        floor=50, unit="ms", goal=1, floor_is="50 ms",
    )  # fmt: skip


def _rest(terminal: Terminal, seconds: float = 60.0) -> None:
    """Until it has counted all there is: it takes next to no CPU any more."""
    end = time.monotonic() + seconds
    before = terminal.cpu()
    while time.monotonic() < end:
        terminal.settle(0.5, seconds=0.5)
        now = terminal.cpu()
        if now - before < IDLE_S:
            return
        before = now


def _search(terminal: Terminal, queries: Sequence[bytes]) -> None:
    """Type each query on the search screen, letter by letter."""
    terminal.press(b"2")
    terminal.settle(0.3)
    for query in queries:
        terminal.press(b"/")
        terminal.settle(0.1)
        terminal.press(b"\x15")  # ctrl+u: an empty line
        for letter in query:
            terminal.press(bytes([letter]))
            terminal.settle(0.04)
        terminal.settle(0.3)
        terminal.press(ENTER)
        terminal.settle(0.3)


def _held(terminal: Terminal, key: bytes) -> float:
    """Milliseconds of CPU for a press while the key repeats, as terminals do."""
    terminal.settle(0.5)
    before = terminal.cpu()
    for _ in range(PRESSES):
        terminal.press(key)
        terminal.settle(REPEAT_S, seconds=REPEAT_S)
    return (terminal.cpu() - before) / PRESSES * 1000


def _acted(
    terminal: Terminal, act: Callable[[Terminal], None], times: int = 10
) -> float:
    taken = []
    for _ in range(times):
        before = terminal.cpu()
        act(terminal)
        terminal.settle(0.15)
        taken.append(terminal.cpu() - before)
    return statistics.median(taken) * 1000


def _end_and_home(terminal: Terminal) -> None:
    terminal.press(END)
    terminal.settle(0.15)
    terminal.press(HOME)


def _narrow_and_wide(terminal: Terminal) -> None:
    terminal.resize(24, 80)
    terminal.settle(0.15)
    terminal.resize(36, 120)


_MOVES: Final = (
    ("to the end and back", _end_and_home),
    ("resized twice", _narrow_and_wide),
)
_TYPES: Final = ("decision", "gotcha", "bugfix", "discovery", "pattern", "progress")
"""A word of the first rows, whichever they are."""


def _app() -> list[str]:
    return call()


def _hello() -> list[str]:
    return [sys.executable, "-c", HELLO]


def _terminal(command: list[str], folder: Path, data: Path) -> Terminal:
    env = environment(folder, data) | {
        "TERM": "xterm-256color", "COLORTERM": "truecolor",
    }  # fmt: skip
    return Terminal(command, env, folder)
