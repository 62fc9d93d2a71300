"""A working day as fast as it goes: many sessions, hooks, syncs, an open app, kills.

Everything happens at once and in no order: agents append bytes torn anywhere, hooks
fire, syncs run into each other and are killed, somebody decides. At the end nothing
is lost, nothing is there twice, and nothing still runs.
"""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from memtui.paths import store_path
from memtui.store.rescue.repair import health
from tests.factories import Bash, Edit, Say, Think, Turn, transcript
from tests.hooks.shells import HOOKS, listening, processes_around
from tests.ingest.telling import Told, ask, synced, told
from tests.tui.terminal import Terminal

CHECKOUT: Final = Path(__file__).resolve().parents[2]
MEMTUI: Final = (sys.executable, "-m", "memtui")
KILLED: Final = -signal.SIGKILL
ROOM: Final = 48 << 20
"""Bytes that an open app may take more at the end of a day than when it was read."""
KEYS: Final = (b"j", b"k", b"G", b"g", b"1", b"2", b"3", b"4", b"5", b"6", b"\x1b")


TWICE: Final = """
    select native_id, part from record group by agent, native_id, part
    having count(*) > 1
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens in a day."""

    sessions: int
    turns: int
    """Of each session."""
    bursts: int
    """In how many pieces each session's file is written."""
    starts: int
    """How often somebody starts a sync, fires a hook or decides, each."""
    kills: int


SHORT: Final = Size(sessions=6, turns=3, bursts=5, starts=3, kills=2)
LONG: Final = Size(sessions=50, turns=40, bursts=40, starts=60, kills=25)


@dataclass(slots=True)
class Day:
    """What goes on in one home."""

    home: Path
    data: Path
    size: Size
    chance: random.Random
    decided: list[str] = field(default_factory=list)
    """Ids of memories written by hand, once the program had said so."""
    killed: int = 0
    codes: set[int] = field(default_factory=set)

    @property
    def env(self) -> Mapping[str, str]:
        """What a shell hands to whatever is started."""
        return {
            "HOME": str(self.home), "MEMTUI_DATA_DIR": str(self.data),
            "PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT),
            "LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC",
            "TMPDIR": str(self.home),
        }  # fmt: skip

    def agents(self, made: Path) -> None:
        """Fifty agents write at once; each file grows in pieces torn anywhere."""
        chance = random.Random(1)
        rest: dict[Path, list[bytes]] = {}
        for source in sorted((made / ".claude").rglob("*.jsonl")):
            whole = source.read_bytes()
            cuts = sorted(chance.sample(range(1, len(whole)), self.size.bursts - 1))
            ends = [*cuts, len(whole)]
            rest[self.home / source.relative_to(made)] = [
                whole[a:b] for a, b in zip([0, *cuts], ends, strict=True)
            ]
        while rest:
            path = chance.choice(list(rest))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(rest[path].pop(0))
            if not rest[path]:
                del rest[path]

    def syncs(self) -> None:
        """Two at a time, run into each other, some of them killed."""
        kills = self.size.kills
        for number in range(self.size.starts):
            two = [self._started("sync") for _ in range(2)]
            if number % 2 == 0 and kills:
                kills -= 1
                try:
                    two[0].wait(self.chance.uniform(0.1, 1.5))
                except subprocess.TimeoutExpired:
                    two[0].send_signal(signal.SIGKILL)
            for one in two:
                one.communicate()
                code = one.returncode
                self.killed += code == KILLED
                self.codes |= {code} - {KILLED}

    def hooks(self) -> None:
        """Sessions start: one hook tells them something, the other starts a sync."""
        for _ in range(self.size.starts):
            for words in (("session-start", "startup"), ("sync", "start")):
                ran = subprocess.run(
                    ["sh", HOOKS / words[0], words[1]],
                    cwd=self.home, env=self.env, capture_output=True, check=False,
                )  # fmt: skip
                assert (ran.returncode, ran.stderr) == (0, b"")
                assert not ran.stdout or json.loads(ran.stdout)

    def person(self) -> None:
        """Writes memories by hand; what the program confirmed counts."""
        for number in range(self.size.starts):
            words = ("add", f"Thought {number}", "--type", "decision", "--global")
            ran = self._started(*words, "--json")
            out, _ = ran.communicate()
            self.codes.add(ran.returncode)
            if ran.returncode == 0:
                self.decided += json.loads(out)["ids"]

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*MEMTUI, *words], cwd=self.home, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where the day's transcripts are made before they are written down."""
    return tmp_path / "made"


def fill(made: Path, size: Size) -> None:
    """Every session of the day, whole, in a home that nobody reads."""
    for number in range(size.sessions):
        turns = [
            Turn(
                f"Always keep part {number}.{turn} of the harbour open, never shut it.",
                Think("Which part is that?"),
                Bash(f"make part-{turn}", f"part {turn} of {number} is open\n"),
                Edit(f"src/part{turn}.py", "shut = 1\n", f"shut = {number}\n"),
                Say(f"Part {turn} of session {number} stays open."),
            )
            for turn in range(size.turns)
        ]
        transcript(turns=turns, home=made, cwd=f"/home/dev/src/part-{number % 7}")


def put_program(data: Path) -> None:
    """What ``memtui install`` puts there: the hooks start it by this name."""
    program = data / "hooks" / "memtui"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {" ".join(MEMTUI)} "$@"\n')
    program.chmod(0o755)


def without(found: Told, ids: set[str]) -> Told:
    """What a store tells but for the memories that were written by hand."""
    place = {"searched memories": 0, "words found": 3, "words compared": 0}
    return {
        name: [row for row in rows if name not in place or row[place[name]] not in ids]
        for name, rows in found.items()
    }


def running(
    app: Terminal, threads: list[threading.Thread], home: Path
) -> Iterator[int]:
    """Press keys while the day goes on; the app's own memory at each."""
    chance = random.Random(3)
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        app.press(chance.choice(KEYS))
        app.settle(quiet=0.05, seconds=0.5)
        assert listening(processes_around(str(home))) == []
        yield app.anonymous()
    for thread in threads:
        thread.join()


@pytest.mark.tui
@pytest.mark.parametrize(
    "size", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_after_a_day_nothing_is_lost_nothing_twice_and_nothing_still_runs(
    size: Size, data: Path, home: Path, made: Path, tmp_path: Path
) -> None:
    fill(made, size)
    put_program(data)
    transcript(home=home)  # the app has something to open with
    synced(data, home)
    day = Day(home, data, size, random.Random(2))
    work = (lambda: day.agents(made), day.syncs, day.hooks, day.person)
    failed: list[BaseException] = []
    threads = [threading.Thread(target=kept(one, failed)) for one in work]
    with Terminal(MEMTUI, day.env, home) as app:
        app.wait_for("Timeline", seconds=120)
        taken = list(running(app, threads, home))
        for key in (b"\x1b", b"\x1b", b"1"):  # out of whatever the keys opened
            app.press(key)
            app.settle()
        app.press(b"q")
        assert app.wait_end(seconds=120) == 0
    assert failed == []
    while processes_around(str(home)):
        pass  # what the hooks started

    assert day.codes <= {0, 3}
    _is_what_one_clean_read_gives(day, made, tmp_path)
    _is_sound(data)
    assert taken[-1] - taken[len(taken) // 3] < ROOM
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(  # noqa: T201  figures of a soak, for who runs it with -s
        f"{size}: {day.killed} killed, {len(day.decided)} decided, app from "
        f"{min(taken) >> 20} to {taken[-1] >> 20} MB, largest process {grown} MB"
    )


def kept(work: Callable[[], None], failed: list[BaseException]) -> Callable[[], None]:
    """The same work, whose failure is the test's."""

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    return run


def _is_what_one_clean_read_gives(day: Day, made: Path, tmp_path: Path) -> None:
    synced(day.data, day.home)
    clean = tmp_path / "clean"
    synced(clean, day.home)
    for source in (made / ".claude").rglob("*.jsonl"):
        assert source.read_bytes() == (day.home / source.relative_to(made)).read_bytes()
    written = set(day.decided)
    assert len(written) == len(day.decided)
    kept = {row[0] for row in ask(day.data, "select id from curation")}
    assert written <= kept
    assert without(told(day.data), kept) == without(told(clean), kept)


def _is_sound(data: Path) -> None:
    assert ask(data, "pragma integrity_check") == [("ok",)]
    assert ask(data, "pragma foreign_key_check") == []
    assert health(store_path(data)).is_sound
    assert ask(data, TWICE) == []
