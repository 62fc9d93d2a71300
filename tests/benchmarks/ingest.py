"""First ingest, the sync that finds nothing new, a line as it is written."""

import os
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from memtui.ingest.sync import sync
from memtui.ingest.watcher import watch
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.search.filters import View
from tests.benchmarks import corpus
from tests.benchmarks.measure import Result, call, cpu_of, environment, in_turn, run

FLOOR = """
import sys
from pathlib import Path
from orjson import loads
for path in Path(sys.argv[1]).rglob("*.jsonl"):
    for line in path.read_bytes().splitlines():
        try:
            loads(line)
        except ValueError:
            pass
"""
BARE = "pass"
READING = """
import sys
from pathlib import Path
from memtui.readers.tail import read_new
from memtui.redact import Redactor
cut = Redactor().lines if sys.argv[2] == "cut" else len
for path in Path(sys.argv[1]).rglob("*.jsonl"):
    for chunk in read_new(path):
        cut(list(chunk.lines))
"""
APPENDED = 60
"""Lines whose way into the store is timed."""
PAUSE_S = 0.4
"""Between them: each is the first event of its file after a rest."""


def first(folder: Path, *, mb: int) -> Iterator[Result]:
    """A first sync of transcripts of our own making."""
    corpus.fill(folder / "home", mb=mb)
    yield from _first(folder, f"{mb} MB made up")


def first_of_real(folder: Path, *, archive: Path) -> Iterator[Result]:
    """A first sync of transcripts that real people's agents wrote.

    Raises:
        RuntimeError: there is no archive to unpack.
    """
    if not archive.is_file():
        raise RuntimeError(f"there are no transcripts at {archive}: see --shared")
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "home", filter="data")
    yield from _first(folder, "real ones")


def _first(folder: Path, what: str) -> Iterator[Result]:
    """Everything of a first sync: archive, redaction, distilling, full text."""
    home, data = folder / "home", folder / "data"
    projects = home / ".claude" / "projects"
    size = sum(file.stat().st_size for file in projects.rglob("*.jsonl"))
    env = environment(home, data)
    nothing = run(call("--version"), env, folder).cpu
    ours = run(call("sync", "--agent", "claude-code"), env, folder)
    bare = run([sys.executable, "-c", BARE], env, folder).cpu
    floor = run([sys.executable, "-c", FLOOR, str(projects)], env, folder).cpu
    yield Result(
        what=f"first sync, {what}, CPU", ours=ours.cpu - nothing,
        floor=floor - bare, unit="s", goal=9, floor_is="read + JSON decoding",
    )  # fmt: skip
    stored = sum(f.stat().st_size for f in data.glob(f"{store_path(data).name}*"))
    reading = [sys.executable, "-c", READING, str(projects)]
    cut, whole = (run([*reading, how], env, folder).cpu for how in ("cut", "leave"))
    yield Result(
        what=f"redaction, {what}, CPU", ours=cut - whole, floor=ours.cpu - nothing,
        unit="s", goal=0.25, floor_is="all of the first sync",
    )  # fmt: skip
    yield Result(
        what=f"size of the store, {what}", ours=stored / 1e6, floor=size / 1e6,
        unit="MB", goal=0.6, floor_is="the transcripts",
    )  # fmt: skip
    yield Result(
        what=f"most memory, {what}", ours=ours.peak / 1e6, floor=200, unit="MB",
        goal=1, floor_is="the limit, not a floor",
    )  # fmt: skip


def one_long(folder: Path, *, mb: int) -> Iterator[Result]:
    """A first sync of one transcript: its size must not show in the memory."""
    home, data = folder / "home", folder / "data"
    size = corpus.fill_one(home, mb=mb)
    cost = run(call("sync", "--agent", "claude-code"), environment(home, data), folder)
    yield Result(
        what=f"most memory, one transcript of {size / 1e9:.2g} GB",
        ours=cost.peak / 1e6, floor=200, unit="MB", goal=1,
        floor_is="the limit, not a floor",
    )  # fmt: skip


def following(folder: Path, *, files: int) -> Iterator[Result]:
    """From a line that is written to the query that finds it, beside many files."""
    home, data = folder / "home", folder / "data"
    corpus.fill_small(home, files=files)
    settings, stop, read = Settings(), threading.Event(), threading.Event()
    sync(data, settings, home=home)
    watching = threading.Thread(
        target=watch, args=(data, settings),
        kwargs={"home": home, "on_synced": lambda _: None, "stop": stop,
                "on_coverage": lambda _: read.set()},
    )  # fmt: skip
    watching.start()
    try:
        read.wait(60)
        waits = sorted(_until_found(home, data, number) for number in range(APPENDED))
    finally:
        stop.set()
        watching.join()
    yield Result(
        what="written to found by a query, p95", ours=waits[int(0.95 * APPENDED)] * 1e3,
        floor=150, unit="ms", goal=1, floor_is="the limit, not a floor",
    )  # fmt: skip


def _until_found(home: Path, data: Path, number: int) -> float:
    """Seconds until a prompt that no other session has is found."""
    word = f"zyzzyva{number}"
    query = parse(word, now_ms=0)
    session = corpus.begun(home, number)
    for _ in range(9):
        session.next_uuid()  # those that stand in the file already
    time.sleep(PAUSE_S)
    begun = time.perf_counter()
    session.prompt(f"say {word}")
    session.append()
    with StoreView(store_path(data)) as view:
        while not view.search_typing(query, View(), 1):
            if time.perf_counter() - begun > 30:
                raise RuntimeError("a line was not found within half a minute")
            time.sleep(0.002)
    return time.perf_counter() - begun


def nothing_new(folder: Path, *, files: int) -> Iterator[Result]:
    """A second sync of many files, in process, against a bare sweep."""
    home, data = folder / "home", folder / "data"
    corpus.fill_small(home, files=files)
    settings = Settings()
    sync(data, settings, home=home)
    ours, floor = in_turn(
        lambda: cpu_of(lambda: sync(data, settings, home=home)),
        lambda: cpu_of(lambda: sweep(home / ".claude" / "projects")),
        5,
    )
    yield Result(
        what=f"sync of {files:,} files, nothing new", ours=ours * 1000,
        floor=floor * 1000, unit="ms", goal=2, floor_is="scandir + stat",
    )  # fmt: skip


def sweep(folder: Path) -> int:
    """Ask for every file's size and time; how many there are."""
    count = 0
    waiting = [os.fspath(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                entry.stat()
                count += 1
    return count
