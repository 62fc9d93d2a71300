"""What a search takes in a large store: ranked, while typing, and once it is stale.

Milliseconds of CPU of the thread that searches, so that they say the same on a busy
machine. Beside typing the plain form, in the same index: the word as a prefix, the
newest rows first. Beside the index a plain one of the same rows.
"""

import contextlib
import random
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.store.connect import open_writer
from memtui.store.queries import StoreView
from tests.benchmarks import make_store
from tests.benchmarks.corpus import WORDS
from tests.benchmarks.measure import Result

P = TypeVar("P")
RANKED_MS: Final = (60.0, 100.0)
TYPED: Final = 0.2
STALE_MS: Final = 50.0
SIZE: Final = 1.2
SHARE: Final = 0.5
QUERIES: Final = 200
ROWS: Final = 50
SOON_S: Final = 0.005
"""After so much CPU a search is stale."""
PLAIN: Final = """
    select rowid from fts where fts match ? order by rowid desc limit 50
"""
ALL: Final = """
    insert into plain (rowid, text)
    select d.id, r.text from store.doc d cross join store.record r on r.id = d.record_id
    union all
    select d.id, o.title || ' ' || o.body from store.doc d
    cross join store.observation o on o.id = d.memory
"""
SIZES: Final = """
    select (select sum(length(block)) from store.fts_data)
        + (select sum(length(surface) + length(stem) + 4) from store.term),
        (select sum(length(text)) from store.record)
        + (select sum(length(title) + length(body)) from store.observation)
"""


def results(folder: Path, *, memories: int, store: Path | None) -> Iterator[Result]:
    """Figures of a store with so many memories.

    Args:
        store: data folder of one made before; None: made now.
    """
    data = store or folder / "large"
    if store is None:
        make_store.make(data, observations=memories, records=memories)
    open_writer(store_path(data), "ingest").close()  # an older schema is put right
    with StoreView(store_path(data)) as view:
        titles = [m.title for m in view.memories(limit=5_000) if m.title.count(" ") > 3]
        yield from _ranked(view, titles)
        yield from _typed(view, data, titles)
        yield _stale(data)
    yield from _sizes(data, folder)


def _ranked(view: StoreView, titles: Sequence[str]) -> Iterator[Result]:
    chance = random.Random(5)
    asked = [
        " ".join(chance.sample(title.split(), chance.randint(1, 5)))
        for title in chance.sample(titles, QUERIES)
    ]
    asked += [" ".join(WORDS[: n % 3 + 1]) for n in range(QUERIES // 10)]
    took = [_cpu(_found, view, one) for one in asked]
    for what, goal, ms in zip(("p50", "p99"), RANKED_MS, _shares(took), strict=True):
        yield Result(
            what=f"ranked search, {what}, CPU", ours=ms, floor=goal, unit="ms", goal=1,
            floor_is="the goal",
        )  # fmt: skip


def _typed(view: StoreView, data: Path, titles: Sequence[str]) -> Iterator[Result]:
    chance = random.Random(6)
    beginnings = [
        f"{one} {two[:n]}" if chance.random() < 0.5 else one[: n + 1]
        for title in chance.sample(titles, QUERIES // 4)
        for one, two in [chance.sample(title.split(), 2)]
        for n in range(1, 5)
    ]
    ours = [_cpu(_found_typing, view, one) for one in beginnings]
    with closing(sqlite3.connect(store_path(data))) as conn:
        plain = [_cpu(_plain, conn, one) for one in beginnings]
    yield Result(
        what="search while typing, p99, CPU", ours=_shares(ours)[1],
        floor=_shares(plain)[1], unit="ms", goal=TYPED, floor_is="plain prefix",
    )  # fmt: skip


def _plain(conn: sqlite3.Connection, typed: str) -> None:
    words = typed.replace('"', "").split() or ["a"]
    asked = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
    conn.execute(PLAIN, (asked,)).fetchall()


def _stale(data: Path) -> Result:
    """How much longer a search goes on that nobody waits for any more."""
    took = [_stopped(data, " ".join(WORDS[n % 5 : n % 5 + 3])) for n in range(20)]
    return Result(
        what="a stale search ends, worst, CPU", ours=max(took), floor=STALE_MS,
        unit="ms", goal=1, floor_is="the goal",
    )  # fmt: skip


def _stopped(data: Path, text: str) -> float:
    """Milliseconds of CPU that the search took after it was interrupted."""
    ended: list[float] = []
    views: list[StoreView] = []

    def search() -> None:
        with StoreView(store_path(data)) as view:
            views.append(view)
            with contextlib.suppress(sqlite3.OperationalError):
                view.search(parse(text, now_ms=0), limit=ROWS)
            ended.append(time.thread_time())

    thread = threading.Thread(target=search)
    thread.start()
    clock = time.pthread_getcpuclockid(thread.ident or 0)
    while not views:
        time.sleep(0.001)
    begun = asked = time.clock_gettime(clock)
    while not ended and asked < begun + SOON_S:
        time.sleep(0.001)
        asked = time.clock_gettime(clock) if not ended else asked
    if not ended:
        views[0].interrupt()
    thread.join()
    return max(0.0, ended[0] - asked) * 1e3


def _sizes(data: Path, folder: Path) -> Iterator[Result]:
    with closing(sqlite3.connect(folder / "plain.db")) as conn:
        conn.execute("attach ? as store", (str(store_path(data)),))
        conn.execute(
            "create virtual table plain using fts5 (text, content='', "
            "tokenize='unicode61')"
        )
        conn.execute(ALL)
        (plain,) = conn.execute("select sum(length(block)) from plain_data").fetchone()
        index, said = conn.execute(SIZES).fetchone()
    for floor, goal, floor_is in (
        (plain, SIZE, "plain FTS5 of the texts"), (said, SHARE, "the texts")
    ):  # fmt: skip
        yield Result(
            what="index and words", ours=index / 1e6, floor=floor / 1e6, unit="MB",
            goal=goal, floor_is=floor_is,
        )  # fmt: skip


def _found(view: StoreView, text: str) -> None:
    view.search(parse(text, now_ms=0), limit=ROWS)


def _found_typing(view: StoreView, text: str) -> None:
    view.search_typing(parse(text, now_ms=0), limit=ROWS)


def _cpu(work: Callable[[P, str], None], where: P, text: str) -> float:
    begun = time.thread_time()
    work(where, text)
    return (time.thread_time() - begun) * 1e3


def _shares(took: Sequence[float]) -> tuple[float, float]:
    return statistics.median(took), sorted(took)[int(len(took) * 0.99)]
