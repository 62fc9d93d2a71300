"""Faults: the first of each reason are kept, all are counted, and few looked at."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from memtui.records import Fault
from memtui.store.ingest import faults
from memtui.store.ingest.batch import Batch, Retold
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView
from tests.store.test_writes import batch


def faulty(first: int, last: int, reason: str = "not JSON") -> Batch:
    found = [Fault(line=line, reason=reason) for line in range(first, last + 1)]
    return batch(faults=found, first_line=first)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memtui.db"


def counted(path: Path) -> tuple[int, int]:
    """Rows that are kept, and how many faults there are."""
    with StoreView(path) as view, closing(sqlite3.connect(path)) as conn, conn:
        (rows,) = conn.execute("select count(*) from fault").fetchone()
        return rows, view.stats()["faults"]


def test_the_first_of_each_reason_are_kept_and_all_are_counted(path: Path) -> None:
    with Store(path) as store:
        new = [
            store.apply(faulty(1, 250)).faults,
            store.apply(faulty(251, 300)).faults,
            store.apply(faulty(301, 303, "too long")).faults,
        ]
    assert new == [250, 50, 3]
    assert counted(path) == (faults.MOST_ROWS + 3, 303)


def test_read_again_in_a_new_file_they_are_not_new(path: Path) -> None:
    with Store(path) as store:
        store.apply(faulty(1, 250))
        again = replace(faulty(1, 250), generation=1)
        assert store.apply(again).faults == 0
        grown = replace(faulty(251, 260), generation=1)
        assert store.apply(grown).faults == 10


@pytest.mark.parametrize("length", [5, 250])
def test_a_torn_line_told_again_is_counted_once(path: Path, length: int) -> None:
    with Store(path) as store:
        store.apply(faulty(1, length))
        assert store.apply(faulty(length, length)).faults == 0
    assert counted(path)[1] == length
    with Store(path) as store:
        store.apply(batch(first_line=length))  # it was whole after all
    assert counted(path)[1] == length - 1


def test_a_file_told_as_a_whole_counts_what_it_tells_now(path: Path) -> None:
    with Store(path) as store:
        store.apply(faulty(1, 250))
        told = replace(faulty(1, 120), retold=Retold(whole=True))
        assert store.apply(told).faults == 0
    assert counted(path) == (faults.MOST_ROWS, 120)


def test_a_batch_looks_at_its_own_lines_alone(path: Path) -> None:
    with Store(path) as store:
        store.apply(faulty(1, 90))
        plan = store._conn.execute(
            f"explain query plan {faults._NEAR}", (1, 5, 6)
        ).fetchall()
    assert all(
        "fault_line" in row["detail"] for row in plan if "SEARCH" in row["detail"]
    )
    assert not any("SCAN" in row["detail"] for row in plan)
