"""The full-text index made anew beside the one in use."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memtui.ingest.indexing import renew_index
from memtui.ingest.report import Progress
from memtui.model import RecordKind
from memtui.paths import store_path
from memtui.search import prepare
from memtui.search.grammar import parse
from memtui.store import room
from memtui.store.connect import open_writer, transaction
from memtui.store.queries import StoreView
from memtui.store.search import docs, renewing
from memtui.store.search.renewing import Renewal
from tests.store.filling import HOUR, NOON, Filling


@pytest.fixture
def store(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve records, two memories, of which one said something else before."""
    monkeypatch.setattr(renewing, "ROWS", 5)
    monkeypatch.setattr(renewing, "_FEW", 0)
    with Filling(data) as fill:
        session = fill.session(project=fill.project())
        for n in range(12):
            fill.record(
                f"r{n}", f"harbour word{n}", session=session, turn=n,
                kind=RecordKind.RESPONSE, at=NOON + n,
            )  # fmt: skip
        fill.observation("kept", session=session, title="The mole is closed")
        fill.observation("edited", session=session, title="Ghost of the pier")
    with closing(open_writer(data / "memtui.db", "ingest")) as conn, transaction(conn):
        said = docs.memory_doc(
            "edited", session_id=1, at=NOON, title="Quay in use", body=""
        )
        docs.put_memories(conn, [said])
        conn.execute("update observation set title = 'Quay in use' where id = 'edited'")
        conn.execute("update term set df = 700 where surface = 'harbour'")
    return data


@pytest.fixture
def conn(store: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(store_path(store), isolation_level=None)) as opened:
        yield opened


def found(data: Path, text: str) -> list[str]:
    with StoreView(store_path(data)) as view:
        hits = view.search(parse(text, now_ms=NOON), limit=50)
    said = [(hit.memory, hit.record) for hit in hits]
    return [m.id if m else r.native_id if r else "" for m, r in said]


def rows_for(conn: sqlite3.Connection, word: str) -> int:
    asked = "select count(*) from fts where fts match ?"
    return int(conn.execute(asked, (word,)).fetchone()[0])


def test_what_is_masked_is_gone_and_all_else_found_as_before(
    store: Path, conn: sqlite3.Connection
) -> None:
    before = {word: set(found(store, word)) for word in ("harbour", "quay", "mole")}
    assert rows_for(conn, "ghost") == 1
    renew_index(store, None, threading.Event())
    assert rows_for(conn, "ghost") == 0
    assert {word: set(found(store, word)) for word in before} == before
    assert conn.execute("select count(*) from doc where live = 0").fetchone() == (0,)
    assert not renewing.is_due(conn)


def test_words_are_counted_as_they_stand_now(
    store: Path, conn: sqlite3.Connection
) -> None:
    renew_index(store, None, threading.Event())
    df = dict(conn.execute("select surface, df from term").fetchall())
    assert (df["harbour"], df["quay"]) == (12, 1)
    assert "ghost" not in df


def test_each_run_does_a_bounded_part_and_the_next_goes_on(
    store: Path, conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.indexing.STEPS", 1)
    told: list[Progress] = []
    runs = 0
    while renewing.is_due(conn):
        renew_index(store, told.append, threading.Event())
        runs += 1
        assert found(store, "quay") == ["edited"]
        assert len(found(store, "harbour")) == 12
    # a step ends in the middle of the records, the last one puts all in its place
    assert [(one.indexed, one.to_index) for one in told] == [(5, 14), (5, 9), (3, 4)]
    assert runs == 4


def test_a_run_that_is_stopped_has_lost_nothing(
    store: Path, conn: sqlite3.Connection
) -> None:
    stop = threading.Event()
    stop.set()
    renew_index(store, None, stop)
    with Renewal(store_path(store)) as renewal:
        assert renewal.step()
    assert found(store, "quay") == ["edited"]
    renew_index(store, None, threading.Event())
    assert not renewing.is_due(conn)


def test_what_comes_and_goes_meanwhile_is_in_neither_twice_nor_lost(
    store: Path, conn: sqlite3.Connection
) -> None:
    with Renewal(store_path(store)) as renewal:
        assert renewal.step()
        with Filling(store) as fill:
            fill.conn.execute("update doc set live = 0 where id = "
                              "(select min(id) from doc)")  # fmt: skip
            newer = fill.session("newer", at=NOON + 9 * HOUR)
            fill.record("late", "harbour later", session=newer, at=NOON + 9 * HOUR)
            older = fill.session("older", at=NOON - 9 * HOUR)
            fill.record("early", "harbour earlier", session=older, at=NOON - 9 * HOUR)
        while renewal.step():
            pass
    assert sorted(found(store, "harbour")) == sorted(
        ["early", "late", *(f"r{n}" for n in range(1, 12))]
    )
    df = conn.execute("select df from term where surface = 'earlier'").fetchone()
    assert df == (1,)


def test_an_index_prepared_otherwise_is_due(
    store: Path, conn: sqlite3.Connection
) -> None:
    renew_index(store, None, threading.Event())
    assert not renewing.is_due(conn)
    conn.execute("delete from meta where key = ?", (docs.PREPARED,))
    assert renewing.is_due(conn)
    renew_index(store, None, threading.Event(), whole=True)
    kept = conn.execute("select value from meta where key = ?", (docs.PREPARED,))
    assert kept.fetchone() == (str(prepare.VERSION),)


def test_an_index_of_an_older_release_is_weighed_by_its_own_columns_until_it_goes(
    store: Path, conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = renewing._TEMPORARY.replace("body, title,", "title, body,")
    with monkeypatch.context() as as_before:
        as_before.setattr(renewing, "_TEMPORARY", older)
        renew_index(store, None, threading.Event(), whole=True)
    with Filling(store) as fill:
        session = fill.session("titles", at=NOON + HOUR)
        said = "the tide and the buoy and the mast and the tide " * 2
        fill.observation("in body", session=session, title="A note", body=said)
        fill.observation("in title", session=session, title="Tide", body="much" * 9)
    names = "select name from pragma_table_info('fts')"
    assert conn.execute(names).fetchall()[:2] == [("title",), ("body",)]
    assert found(store, "tide") == ["in title", "in body"]
    conn.execute("delete from meta where key = ?", (docs.PREPARED,))
    renew_index(store, None, threading.Event(), whole=True)
    assert conn.execute(names).fetchall()[:2] == [("body",), ("title",)]
    assert found(store, "tide") == ["in title", "in body"]


def test_an_index_in_many_pieces_is_put_together_and_finds_the_same(
    store: Path, conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_FEW_PAGES", 2)
    renew_index(store, None, threading.Event(), whole=True)
    for n in range(4):
        with Filling(store) as fill:
            session = fill.session(f"more{n}", at=NOON + n)
            fill.record(f"m{n}", "harbour again", session=session, at=NOON + n)
    before = found(store, "harbour")
    assert len(conn.execute(renewing.PIECES).fetchall()) > 2
    renew_index(store, None, threading.Event())
    assert len(conn.execute(renewing.PIECES).fetchall()) == 1
    assert found(store, "harbour") == before
    with Renewal(store_path(store)) as renewal:
        assert not renewal.join()
        assert not room.is_idle(renewal._conn)


def test_a_few_masked_rows_are_let_be(
    store: Path, conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing, "_FEW", 10)
    assert not renewing.is_due(conn)


def test_masked_rows_are_counted_from_an_index_alone(conn: sqlite3.Connection) -> None:
    plan = conn.execute(f"explain query plan {renewing._MASKED_ROWS}").fetchall()
    assert [row[3] for row in plan] == ["SCAN doc USING INDEX doc_masked"]
