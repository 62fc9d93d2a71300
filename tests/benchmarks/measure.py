"""Measuring processes and functions, and the table of what was measured."""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table."""

    what: str
    ours: float
    floor: float
    unit: str
    goal: float
    """The highest ratio that is good enough; 0: there is none yet."""
    floor_is: str
    least: float = 0
    """The lowest ratio that is good enough, where more is better; 0: less is."""

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the floor."""
        return self.ours / self.floor if self.floor > 0 else float("inf")

    @property
    def good(self) -> bool:
        """The goal is met, or there is none."""
        if self.least:
            return self.ratio > self.least
        return not self.goal or self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    cpu: float
    """Seconds of user and system time, children included."""
    wall: float
    peak: int
    """Most memory at once, bytes."""


def environment(home: Path, data: Path | None = None) -> dict[str, str]:
    """The variables of a person's shell with this home."""
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    env |= {"HOME": str(home), "PYTHONPATH": str(CHECKOUT), "TZ": "UTC"}
    if data is not None:
        env["MEMTUI_DATA_DIR"] = str(data)
    return env


def call(*words: str) -> list[str]:
    """The command line of one call of memtui."""
    return [sys.executable, "-m", "memtui", *words]


def run(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Cost:
    """Run one process to its end.

    Raises:
        RuntimeError: it failed; a benchmark of a failure would look good.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=dict(env), cwd=cwd,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"{command} ended with {process.returncode}: {said.decode()}"
        )
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def cpu_of(work: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes in this process."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def in_turn(
    first: Callable[[], float], second: Callable[[], float], times: int
) -> tuple[float, float]:
    """Medians of two measurements taken by turns, so that noise hits both."""
    ones, others = [], []
    for _ in range(times):
        ones.append(first())
        others.append(second())
    return statistics.median(ones), statistics.median(others)


def quietly_in_turn(
    first: Callable[[], float], second: Callable[[], float], times: int
) -> tuple[float, float]:
    """Lowest tenths of two measurements of wall time, taken by turns: whatever else
    the machine does can only add to either."""
    pairs = [(first(), second()) for _ in range(times)]
    ones, others = (
        statistics.quantiles(each, n=10)[0] for each in zip(*pairs, strict=True)
    )
    return ones, others


def table(results: Sequence[Result]) -> str:
    """The results as text: what, ours, floor, ratio, goal."""
    rows = [("what", "ours", "floor", "ratio", "goal", "", "the floor is")]
    for r in results:
        goal = f"≤ {r.goal:g}" if r.goal else f"> {r.least:g}" if r.least else "-"
        verdict = ("ok" if r.good else "MISSED") if r.goal or r.least else ""
        rows.append(
            (r.what, f"{r.ours:.4g} {r.unit}", f"{r.floor:.4g} {r.unit}",
             f"{r.ratio:.2f}", goal, verdict, r.floor_is)
        )  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if 0 < n < 5 else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
