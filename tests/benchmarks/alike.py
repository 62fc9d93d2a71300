"""The check for near-duplicates of one new memory among all of a project."""

import random
import statistics
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from memtui.store.connect import open_writer, transaction
from memtui.store.curate import alike
from tests.benchmarks.measure import Result, cpu_of

VOCABULARY = 30_000
SAMPLES = 200
TOGETHER = 2_000

NEW = """
    insert into observation(id, type, title, body, at, trust, rule, confidence)
    values (?, 'gotcha', ?, ?, ?, 'user', 'standing', 0.5)
"""


def results(folder: Path, *, memories: int) -> Iterator[Result]:
    """CPU of one check, by the median and by the slowest of a hundred."""
    chance = random.Random(3)
    weights = [1 / rank for rank in range(2, VOCABULARY + 2)]
    stock = iter(chance.choices(range(VOCABULARY), weights, k=memories * 70))

    def said(words: int) -> str:
        return " ".join(f"w{next(stock)}" for _ in range(words))

    conn = open_writer(folder / "alike.db", "ingest")
    ids = [f"m{number:011d}" for number in range(memories)]
    for first in range(0, memories, TOGETHER):
        part = ids[first : first + TOGETHER]
        with transaction(conn):
            conn.executemany(
                NEW, ((i, said(8), said(chance.randint(12, 60)), 1) for i in part)
            )
            alike.put(conn, part)
    taken = []
    for one in chance.sample(ids, SAMPLES):
        with transaction(conn):
            taken.append(1000 * cpu_of(partial(alike.put, conn, [one])))
    conn.close()
    for name, value in (
        ("median", statistics.median(taken)),
        ("slowest of a hundred", statistics.quantiles(taken, n=100)[98]),
    ):
        yield Result(
            what=f"near-duplicates of one among {memories:,}, {name}", ours=value,
            floor=10, unit="ms", goal=1, floor_is="the limit, not a floor",
        )  # fmt: skip
