"""What ranked search reads: few postings, and rows by their numbers alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.search import rank
from memtui.search.grammar import parse
from memtui.store.connect import open_reader
from memtui.store.search import find, lanes
from memtui.store.search.filters import View
from tests.store.filling import NOON, Filling


@pytest.fixture
def conn(data: Path) -> Iterator[sqlite3.Connection]:
    """Forty turns about a lease, one of them about otters."""
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        for n in range(40):
            said = "the lease of otters" if n == 7 else "a lease"
            fill.record(f"r{n}", said, session=session, turn=n, at=NOON + n)
    with closing(open_reader(data / "memtui.db")) as opened:
        yield opened


def asked(conn: sqlite3.Connection, text: str) -> list[str]:
    """The statements about the index that a search runs, values filled in."""
    said: list[str] = []
    conn.set_trace_callback(said.append)
    find.ranked(conn, parse(text, now_ms=NOON), View(), 10)
    conn.set_trace_callback(None)
    return [one for one in said if "fts match" in one]


def plan(conn: sqlite3.Connection, sql: str, params: dict[str, Any]) -> list[str]:
    rows = conn.execute(f"explain query plan {sql}", params)
    return [row["detail"] for row in rows]


def test_a_common_word_is_never_weighed_by_the_index(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "budget", lambda rows: 10)
    statements = asked(conn, "lease otters")
    assert any("lease" in one for one in statements)
    weighing = [one for one in statements if "bm25" in one]
    assert weighing
    assert not any("lease" in one for one in weighing)


def test_of_words_that_are_all_common_only_the_newest_rows_are_read(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rank, "budget", lambda rows: 0)
    monkeypatch.setattr(rank, "NEWEST", 5)
    query = parse("lease", now_ms=NOON)
    wanted = lanes.terms(conn, query)
    found = lanes.through(conn, query, View(), wanted, 100)
    assert len(found.docs) == 5
    assert not any("bm25" in one for one in asked(conn, "lease"))


def test_a_letter_alone_is_common_though_nobody_counts_letters(data: Path) -> None:
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        for n in range(40):
            fill.record(f"r{n}", "i have 1 otter", session=session, turn=n, at=NOON + n)
    with closing(open_reader(data / "memtui.db")) as conn:
        for text in ("1", "i've", "1 i"):
            for term in lanes.terms(conn, parse(text, now_ms=NOON)):
                assert term.cost >= 40 // rank.OF_LETTERS
        (unknown,) = lanes.terms(conn, parse("beaver", now_ms=NOON))
        assert unknown.cost == 0


def test_the_row_with_the_rare_word_is_first_however_it_is_weighed(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for budget in (10, 1_000):
        monkeypatch.setattr(rank, "budget", lambda rows, most=budget: most)
        hits = find.ranked(conn, parse("lease otters", now_ms=NOON), View(), 10)
        assert hits[0].turn == 7


def test_common_words_are_gone_through_in_the_newest_rows_alone(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    lows = []
    ask = lanes._rows

    def noted(
        conn: sqlite3.Connection, sql: str, side: lanes._Side, bounds: dict[str, object]
    ) -> dict[int, float]:
        if sql == side.asked(lanes.NEWEST):
            lows.append((side.low, bounds["low"]))
        return ask(conn, sql, side, bounds)

    monkeypatch.setattr(lanes, "_rows", noted)
    monkeypatch.setattr(rank, "budget", lambda rows: 10)
    query = parse("lease otters", now_ms=NOON)
    wanted = lanes.terms(conn, query)
    lanes.through(conn, query, View(), wanted, 100)
    assert all(low == asked for low, asked in lows)
    monkeypatch.setattr(rank, "WALKED", 4)
    lows.clear()
    found = lanes.through(conn, query, View(), wanted, 100)
    assert any(asked > low for low, asked in lows)  # type: ignore[operator]
    assert len(found.docs) == 1


def test_no_record_is_read_to_find_rows_that_any_view_shows(
    conn: sqlite3.Connection,
) -> None:
    for text, reads in (("lease", False), ("lease file:main.py", True)):
        records = list(lanes._sides(conn, parse(text, now_ms=NOON), View()))[-1]
        bounds = {"match": '"lease"', "low": 0, "high": 9, "limit": 9}
        params = records.where.params | bounds
        steps = plan(conn, records.asked(lanes.BEST), params)
        assert any("SEARCH r " in step for step in steps) == reads


@pytest.mark.parametrize("sql", [lanes.BEST, lanes.NEWEST])
def test_only_the_index_is_gone_through_and_all_else_looked_up(
    conn: sqlite3.Connection, sql: str
) -> None:
    view = View(project="uuid-harbor-api", layers=("global",))
    for side in lanes._sides(conn, parse("lease", now_ms=NOON), view):
        bounds = {"match": '"lease"', "low": side.low, "high": side.high, "limit": 9}
        steps = plan(conn, side.asked(sql), side.where.params | bounds)
        through = [step for step in steps if step.startswith("SCAN")]
        assert through[0].startswith("SCAN fts VIRTUAL TABLE INDEX")
        listed = "SCAN json_each VIRTUAL TABLE INDEX 1:"
        assert all(step in (listed, "SCAN p") for step in through[1:]), through
        assert any("SEARCH d USING INTEGER PRIMARY KEY" in step for step in steps)
        sorted_ = any("TEMP B-TREE FOR ORDER BY" in step for step in steps)
        assert sorted_ == (sql is lanes.BEST)


def test_whose_memories_a_project_shows_is_read_from_an_index_alone(
    conn: sqlite3.Connection,
) -> None:
    steps = plan(conn, lanes.SESSIONS_OF_PROJECT, {"project": "uuid-harbor-api"})
    said = [step for step in steps if " o " in step]
    assert said
    assert all("COVERING INDEX observation_said" in step for step in said)
    assert not any("SCAN c" in step for step in steps)


def test_the_sessions_of_a_project_are_asked_for_again_only_once_the_store_changed(
    data: Path, conn: sqlite3.Connection
) -> None:
    view = View(project="uuid-harbor-api")

    def asked_again() -> bool:
        said: list[str] = []
        conn.set_trace_callback(said.append)
        find.ranked(conn, parse("lease", now_ms=NOON), view, 10)
        conn.set_trace_callback(None)
        return any("from said" in one for one in said)

    assert asked_again()
    assert not asked_again()
    with Filling(data) as fill:
        later = fill.session("later", project=1)
        fill.observation("new", title="Otters lease boats", session=later, project=1)
    assert asked_again()
    hits = find.ranked(conn, parse("boats", now_ms=NOON), view, 10)
    assert [hit.memory.id for hit in hits if hit.memory] == ["new"]


def test_another_spelling_of_a_known_name_is_not_put_together_from_common_words(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Filling(data) as fill:
        fill.observation("one", title="parseConfig reads the file")
    monkeypatch.setattr(rank, "SPELLING", 0)
    with closing(open_reader(data / "memtui.db")) as conn:
        known, unknown = (
            lanes.terms(conn, parse(text, now_ms=NOON))[0].expression
            for text in ("parseConfig", "readFile")
        )
    assert known == '"parseConfig"'
    assert '"read file"' in unknown
