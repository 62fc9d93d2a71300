"""The store takes no more room than what it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.store import room
from memtui.store.connect import open_writer
from memtui.store.ingest.writes import Store
from tests.store.test_writes import ask

MANY = "insert into meta select 'k' || value, hex(randomblob(4000)) from series"
SERIES = "with recursive series(value) as (select 1 union all select value + 1 from "
SERIES += "series where value < 400) "


@pytest.fixture
def path(data: Path) -> Path:
    return data / "memtui.db"


def pages(path: Path) -> tuple[int, int]:
    """How many pages there are, and how many of them are empty."""
    with closing(sqlite3.connect(path)) as conn:
        (count,) = conn.execute("pragma page_count").fetchone()
        (empty,) = conn.execute("pragma freelist_count").fetchone()
    return count, empty


def test_a_new_store_has_pages_that_fit_what_records_hold(path: Path) -> None:
    Store(path).close()
    assert ask(path, "pragma page_size") == [(8192,)]


def test_a_run_gives_back_what_it_left_empty(path: Path) -> None:
    with Store(path) as store:
        store.rest()
    before, _ = pages(path)
    with closing(open_writer(path, "ingest")) as conn:
        conn.execute(SERIES + MANY)
        conn.execute("delete from meta where key like 'k%'")
    assert pages(path)[1] > 300
    with Store(path) as store:
        store.rest()
    count, empty = pages(path)
    assert count <= before + room._LEFT
    assert empty * room._LEFT <= count
    assert path.stat().st_size == count * 8192
    assert ask(path, "pragma integrity_check") == [("ok",)]


def test_more_than_fits_a_short_transaction_is_given_back_in_several(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_AT_ONCE", 50)
    begun: list[str] = []
    with Store(path) as store:
        with closing(open_writer(path, "ingest")) as conn:
            conn.execute(SERIES + MANY)
            conn.execute("delete from meta where key like 'k%'")
        empty = pages(path)[1]
        store._conn.set_trace_callback(begun.append)
        store.rest()
    transactions = len([one for one in begun if one.startswith("begin")])
    assert 6 < transactions <= empty // 50 + 1
    assert pages(path)[1] <= 50


def test_a_store_whose_file_cannot_shrink_is_left_as_it_is(path: Path) -> None:
    Store(path).close()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("pragma journal_mode = delete")
        conn.execute("pragma auto_vacuum = none")
        conn.execute("vacuum")
        conn.execute(SERIES + MANY)
        conn.execute("delete from meta where key like 'k%'")
        conn.commit()
    before = pages(path)
    with Store(path) as store:
        store.rest()
    assert pages(path) == before
