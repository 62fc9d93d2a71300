"""First ingest and the sync that finds nothing new."""

import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.settings import Settings
from tests.benchmarks import corpus
from tests.benchmarks.measure import Result, call, cpu_of, environment, in_turn, run

FLOOR = """
import sys
import tarfile
from pathlib import Path
try:
    from orjson import loads
except ImportError:
    from msgspec.json import decode as loads
for path in Path(sys.argv[1]).rglob("*.jsonl"):
    for line in path.read_bytes().splitlines():
        try:
            loads(line)
        except ValueError:
            pass
"""
BARE = "pass"


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
    yield Result(
        what=f"size of the store, {what}", ours=stored / 1e6, floor=size / 1e6,
        unit="MB", goal=0.6, floor_is="the transcripts",
    )  # fmt: skip
    yield Result(
        what=f"most memory, {what}", ours=ours.peak / 1e6, floor=200, unit="MB",
        goal=1, floor_is="the limit, not a floor",
    )  # fmt: skip


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
