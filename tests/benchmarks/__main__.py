"""``python -m tests.benchmarks [NAME…] [--size MB] [--files N]``: print the table."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import (
    alike,
    answers,
    app,
    foresight,
    hook,
    ingest,
    latency,
    lookup,
    peers,
    recall,
    search,
    startup,
)
from tests.benchmarks.measure import Result, table


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How large the made-up transcripts are."""

    mb: int
    long: int
    files: int
    times: int
    memories: int
    store: Path | None
    """Data folder of a store with as many memories, made before."""
    shared: Path
    """Folder whose ``data/home.tar.xz`` holds real transcripts."""
    locomo: Path
    cosqa: Path
    peers: Path
    """Folder for other tools, where they are to be compared with."""


BENCHMARKS: dict[str, Callable[[Path, Options], Iterator[Result]]] = {
    "ingest": lambda folder, o: ingest.first(folder, mb=o.mb),
    "real": lambda folder, o: ingest.first_of_real(
        folder, archive=o.shared / "data" / "home.tar.xz"
    ),
    "foresight": lambda folder, o: foresight.results(folder, shared=o.shared),
    "alike": lambda folder, o: alike.results(folder, memories=o.memories),
    "follow": lambda folder, o: ingest.following(folder, files=o.files),
    "long": lambda folder, o: ingest.one_long(folder, mb=o.long),
    "sync": lambda folder, o: ingest.nothing_new(folder, files=o.files),
    "startup": lambda folder, o: startup.results(folder, times=o.times),
    "app": lambda folder, o: app.results(
        folder, memories=o.memories, store=o.store, times=o.times
    ),
    "recall": lambda folder, o: recall.results(folder, shared=o.shared),
    "search": lambda folder, o: search.results(folder, shared=o.shared),
    "locomo": lambda folder, o: answers.locomo(folder, o.locomo),
    "cosqa": lambda folder, o: answers.cosqa(folder, o.cosqa),
    "latency": lambda folder, o: latency.results(
        folder, memories=o.memories, store=o.store
    ),
    "lookup": lambda folder, o: lookup.results(folder, memories=o.memories),
    "hook": lambda folder, o: hook.results(folder, times=o.times * 20),
    "peers": lambda folder, o: peers.results(folder, peers=o.peers, times=o.times),
}
REAL = frozenset({"real", "foresight", "recall", "search"})
"""Those that need transcripts of real people."""


def main() -> int:
    """Run what was asked for; 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("name", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--size", "--mb", dest="mb", type=int, default=500, metavar="MB",
        help="transcripts to ingest, in all",
    )  # fmt: skip
    parser.add_argument(
        "--long", type=int, default=2_000, metavar="MB", help="one long transcript"
    )
    parser.add_argument("--files", type=int, default=5_000, help="transcripts to sweep")
    parser.add_argument("--memories", type=int, default=100_000, help="to compare with")
    parser.add_argument(
        "--store", type=Path, metavar="DIR",
        help="for app and latency: data folder that make_store wrote",
    )  # fmt: skip
    parser.add_argument("--times", type=int, default=10, help="repeats of short runs")
    parser.add_argument(
        "--shared", type=Path, default=os.environ.get("MEMTUI_SHARED"),
        help=f"folder with data/home.tar.xz, for {', '.join(sorted(REAL))}",
    )  # fmt: skip
    parser.add_argument(
        "--locomo", type=Path, metavar="FILE", help="locomo10.json of snap-research"
    )
    parser.add_argument(
        "--cosqa", type=Path, metavar="DIR",
        help="folder with cosqa-retrieval-test-500.json and code_idx_map.txt",
    )  # fmt: skip
    parser.add_argument(
        "--peers", type=Path, metavar="DIR",
        help=f"measure {peers.PEER} {peers.VERSION} too, installed into DIR",
    )  # fmt: skip
    words = parser.parse_args()
    if unknown := set(words.name) - BENCHMARKS.keys():
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    options = Options(
        mb=words.mb, long=words.long, files=words.files, times=words.times,
        memories=words.memories, store=words.store, shared=words.shared or Path(),
        peers=words.peers or Path(), locomo=words.locomo or Path(),
        cosqa=words.cosqa or Path(),
    )  # fmt: skip
    results: list[Result] = []
    wanted = words.name or [n for n in BENCHMARKS if n not in REAL or words.shared]
    given = ("peers", "locomo", "cosqa")
    wanted = [n for n in wanted if n not in given or vars(words)[n]]
    for name in wanted:
        sys.stderr.write(f"{name} …\n")
        with tempfile.TemporaryDirectory(prefix="memtui-bench-") as folder:
            results += BENCHMARKS[name](Path(folder), options)
    sys.stdout.write(table(results) + "\n")
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
