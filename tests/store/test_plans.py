"""How SQLite answers: windows through indexes, never by skipping rows."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.model import State
from memtui.search.grammar import parse
from memtui.store.connect import open_reader
from memtui.store.curate import alike, curation, frozen, journal
from memtui.store.ingest import seen
from memtui.store.search import docs, find, find_typed, hits, lanes
from memtui.store.search.filters import View, Where, memories_where, sessions_where
from memtui.store.views import (
    inbox,
    numbers,
    sessions,
    surroundings,
    timeline,
    turns,
)
from tests.store.filling import NOON, Filling

MODULES = (
    curation, find, find_typed, frozen, hits, inbox, journal, lanes, numbers,
    sessions, surroundings, timeline, turns,
)  # fmt: skip


@pytest.fixture
def conn(data: Path) -> Iterator[sqlite3.Connection]:
    with Filling(data) as fill:
        fill.project()
        fill.observation("aaa")
    opened = open_reader(data / "memtui.db")
    yield opened
    opened.close()


def plan(conn: sqlite3.Connection, sql: str, params: dict[str, Any]) -> str:
    rows = conn.execute(f"explain query plan {sql}", params).fetchall()
    return "\n".join(row["detail"] for row in rows)


def window(where: Where, query: str = timeline.NEWEST) -> tuple[str, dict[str, Any]]:
    where.add(
        "(m.at, m.id) < (:before_at, :before_id)", before_at=NOON, before_id="zzz"
    )
    return where.into(query), where.params | {"limit": 50}


def test_no_question_skips_rows_by_offset() -> None:
    for module in MODULES:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str):
                assert not re.search(r"\boffset\b", value), f"{module.__name__}.{name}"


VIEWS = {
    "all": (View(), "", ("curation_open", "observation_at")),
    "project": (
        View(project="uuid-harbor-api"), "",
        ("curation_project", "observation_project"),
    ),
    "one type": (View(), "type:gotcha", ("curation_type", "observation_type")),
    "kept": (
        View(states=frozenset({State.KEPT})), "", ("curation_state", "observation_at"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_a_window_is_a_merge_of_two_index_ranges(
    conn: sqlite3.Connection, name: str
) -> None:
    view, text, indexes = VIEWS[name]
    sql, params = window(memories_where(parse(text, now_ms=NOON), view))
    told = plan(conn, sql, params)
    assert "MERGE (UNION ALL)" in told
    for index in indexes:
        assert f"USING INDEX {index}" in told
    # only the rows of the window itself are put in order again
    assert told.count("USE TEMP B-TREE FOR ORDER BY") <= 2
    assert "SCAN c\n" not in told
    assert "SCAN o\n" not in told


def test_a_group_reads_its_session_alone(conn: sqlite3.Connection) -> None:
    where = memories_where(parse("", now_ms=NOON), View())
    where.add("m.session_id = :session", session=1)
    sql, params = window(where)
    told = plan(conn, sql, params)
    assert "USING INDEX curation_session" in told
    assert "USING INDEX observation_session" in told


def test_sessions_are_read_in_their_order(conn: sqlite3.Connection) -> None:
    where = sessions_where(parse("", now_ms=NOON), View())
    where.add("(s.ended_at, s.id) < (:at, :id)", at=NOON, id=9)
    told = plan(conn, where.into(sessions.NEWEST), where.params | {"limit": 50})
    assert "USING INDEX session_ended" in told


def test_the_inbox_takes_the_best_of_a_stratum_from_its_index(
    conn: sqlite3.Connection,
) -> None:
    params = {"project": 1, "type": "gotcha", "trust": "user", "met": 1, "limit": 30}
    told = plan(conn, inbox.BEST, params)
    assert "observation_worth" in told
    assert "curation_worth" in told
    assert "TEMP B-TREE" not in told


def test_a_sweep_asks_an_index_and_reads_no_memory_of_a_parser(
    conn: sqlite3.Connection,
) -> None:
    asked = seen.STANDING.replace("{cases}", "when 'codex' then 1")
    told = plan(conn, asked.replace("?", "'[]'"), {})
    assert "SEARCH transcript USING COVERING INDEX transcript_swept (agent=?)" in told
    told = plan(conn, seen.SEEN, {"1": None})
    assert "SCAN transcript USING COVERING INDEX transcript_swept" in told


def test_one_memory_is_looked_up_in_both_halves(conn: sqlite3.Connection) -> None:
    told = plan(conn, timeline.BY_ID, {"id": "aaa"})
    assert "SEARCH c USING INDEX sqlite_autoindex_curation_1 (id=?)" in told
    assert "SEARCH o USING INDEX sqlite_autoindex_observation_1 (id=?)" in told


def test_a_turn_is_read_through_its_session(conn: sqlite3.Connection) -> None:
    told = plan(conn, turns.TURNS, {"session": 1, "first": 0, "after": 5})
    assert "link_turn" in told


def test_found_memories_are_looked_up_by_id(conn: sqlite3.Connection) -> None:
    where = memories_where(parse("", now_ms=NOON), View())
    told = plan(
        conn, where.into(hits.SHOWN_MEMORIES), where.params | {"ids": '["aaa"]'}
    )
    assert "SCAN o\n" not in told
    assert "(id=?)" in told


def test_decisions_about_a_prompt_are_looked_up_by_its_sessions(
    conn: sqlite3.Connection,
) -> None:
    refused = plan(conn, surroundings._REFUSED, {"row": 1, "record": "r"})
    assert "curation_session" in refused
    assert "link_record" in refused
    rows = conn.execute(f"explain query plan {surroundings._QUIET}", (1, 500))
    quiet = "\n".join(row["detail"] for row in rows)
    assert "USING INDEX curation_project" in quiet
    assert "TEMP B-TREE" not in quiet


def test_the_ends_of_the_index_are_found_without_counting_its_rows(
    data: Path,
) -> None:
    with Filling(data) as fill:
        fill.project()
    steps: list[int] = []
    with closing(sqlite3.connect(data / "memtui.db")) as conn:
        conn.executemany(
            "insert into doc (id, memory) values (?, null)",
            ((number,) for number in range(1, 5_000)),
        )
        conn.set_progress_handler(lambda: steps.append(1), 100)
        found = conn.execute(docs.ENDS, {"low": 0, "high": 1 << 40}).fetchone()
    assert found == (1, 4_999)
    assert len(steps) < 5


def test_what_is_alike_is_met_through_its_words_alone(conn: sqlite3.Connection) -> None:
    asked = (1, alike.ALL, 12, "[3, 2, 1]")
    rows = conn.execute(f"explain query plan {alike.MEETING}", asked)
    steps = [row["detail"] for row in rows]
    assert "PRIMARY KEY" in steps[-1]
    assert "word_id=? AND size>? AND size<?" in steps[-1]
    assert not any("TEMP B-TREE" in step for step in steps)


def test_what_a_project_is_told_is_asked_for_by_the_project(
    conn: sqlite3.Connection,
) -> None:
    asked = {"project": "uuid-harbor-api", "auto": '["decision"]', "sure": 0.7}
    for state in (timeline.KEPT, timeline.SURE):
        where = Where([state, timeline.TOLD, timeline.OWN])
        told = plan(conn, where.into(timeline.INJECTABLE), asked)
        assert "curation_standing (project_id=? AND state=?)" in told
        assert "SCAN o" not in told
    assert "observation_worth (project_id=? AND type=?)" in told
