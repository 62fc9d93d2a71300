"""Distilling beside whoever curates: outside of any transaction, of any length."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memtui import distil
from memtui.curate import Curator
from memtui.errors import StoreBusy
from memtui.ingest.distilling import Held, Whole
from memtui.ingest.sync import sync
from memtui.model import Agent, RecordKind
from memtui.paths import store_path
from memtui.records import Observation, Record
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch
from tests.factories import Edit, Say, Session, Turn, transcript
from tests.ingest.material import growing, rich_session
from tests.ingest.telling import ask, synced, told

Distil = Callable[..., list[Observation]]
RULE = "Always run the database migrations before the integration tests."
FENCE = (
    '<memtui-memory project="x" export="mnopqrstuvwx">\n'
    f"- preference: {RULE} [abcdefghijkl]\n</memtui-memory>"
)


def test_acts_of_a_person_succeed_while_a_session_is_distilled(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich_session(home)
    begun, done = threading.Event(), threading.Event()
    really: Distil = distil.distil

    def slow(*args: object, **named: object) -> list[Observation]:
        begun.set()
        assert done.wait(60)
        return really(*args, **named)

    monkeypatch.setattr(distil, "distil", slow)
    monkeypatch.setattr("memtui.store.connect.BUSY_MS", 50)
    syncing = threading.Thread(target=synced, args=(data, home))
    syncing.start()
    try:
        assert begun.wait(60)
        with Curator(data, Settings()) as curator:
            change = curator.add(
                "Tabs, never spaces", type="preference", scope="global"
            )
            curator.pin(change.ids)
            curator.undo()
    finally:
        done.set()
        syncing.join()
    assert ask(data, "select state from curation") == [("kept",)]
    assert ask(data, "select count(*) from observation where touched = 0")[0][0] > 0


def test_a_session_that_changed_while_it_was_distilled_is_distilled_again(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich_session(home)
    lengths: list[int] = []
    really: Distil = distil.distil

    def meanwhile(facts: object, records: object, **named: object) -> list[Observation]:
        told = list(records)  # type: ignore[call-overload]
        lengths.append(len(told))
        if len(lengths) == 1:
            with closing(sqlite3.connect(store_path(data))) as other, other:
                other.execute(
                    "delete from link where seq = (select max(seq) from link)"
                )
            other.close()
        return really(facts, told, **named)

    monkeypatch.setattr(distil, "distil", meanwhile)
    synced(data, home)
    assert lengths == [lengths[0], lengths[0] - 1]
    assert ask(data, "select distilled from session") == [(distil.VERSION,)]


def test_paths_are_told_from_the_root_of_the_project_wherever_in_it_one_began(
    data: Path, home: Path, tmp_path: Path
) -> None:
    root = tmp_path / "ferry"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (root / "web").mkdir()
    inside = [Edit(f"{root}/web/{n}.py", "a", "b") for n in range(5)]
    others = [Edit(f"{tmp_path}/{n}.py", "a", "b") for n in ("ferry/api/feed", "x/c")]
    said = Say(
        f"Fixed the departure board: `{root}/web/0.py` now waits 30 seconds because "
        f"`{root}/api/feed.py` answers late."
    )
    turns = (
        Turn("Please always keep the tides in Redis, never in Postgres.", *inside),
        Turn("Make the board wait for the feed", inside[0], *others, said),
    )
    transcript("claude-code", turns, home=home, cwd=str(root / "web"))
    synced(data, home)
    question = "select body, files from observation where rule = 'outcome'"
    ((body, files),) = ask(data, question)
    assert "`web/0.py` now waits 30 seconds because `api/feed.py`" in body
    assert json.loads(files) == ["web/0.py", "api/feed.py", f"{tmp_path}/x/c.py"]


@pytest.mark.parametrize("held", [0, 1 << 30])
def test_what_is_held_in_memory_does_not_change_what_is_found(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr("memtui.ingest.distilling.HELD_BYTES", held)
    monkeypatch.setattr("memtui.store.ingest.linking._TOGETHER", 3)
    rich_session(home)
    synced(data, home)
    first = told(data)["observations"]
    monkeypatch.setattr(distil, "VERSION", distil.VERSION + 1)
    synced(data, home)
    assert len(first) >= 2
    assert {row[0] for row in first} == {row[0] for row in told(data)["observations"]}


def test_what_was_delivered_is_remembered_to_the_end_of_a_long_session(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.distilling.HELD_BYTES", 0)
    monkeypatch.setattr("memtui.store.ingest.linking._TOGETHER", 2)
    session = growing(home)
    session.prompt("fix the parser")
    session.context(FENCE)
    for number in range(40):
        session.prompt(f"and step {number}")
    session.prompt(RULE)
    synced(data, home)
    assert ask(data, "select title from observation") == []


def test_a_writer_is_never_locked_out_by_a_long_first_sync(
    data: Path, home: Path
) -> None:
    with Curator(data, Settings()) as curator:
        curator.add("Tabs, never spaces", type="preference", scope="global")
    for nth in range(8):
        session = Session(home, session=f"5e551011-0000-4000-8000-{nth:012}")
        for number in range(150):
            session.prompt(f"Always use tool{number} in part {number}, never npm.")
    syncing = threading.Thread(target=synced, args=(data, home))
    syncing.start()
    acts = 0
    while syncing.is_alive():
        with Curator(data, Settings()) as curator:
            try:
                curator.add(
                    f"Spaces, never tabs, says {acts}",
                    type="preference",
                    scope="global",
                )
            except StoreBusy:
                pytest.fail(f"locked out after {acts} acts")
        acts += 1
    syncing.join()
    assert acts > 0


def test_a_lazy_sync_leaves_a_long_session_until_it_stops_growing(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.run.LONG_SESSION", 1)
    session = growing(home)
    found = "select count(*) from observation"
    for number in range(2):
        session.prompt("never write to the lease table from a handler, always queue")
        session.say(f"Yes, {number}.")
        sync(data, Settings(), home=home, lazily=True)
        assert ask(data, found) == [(0,)]
    sync(data, Settings(), home=home, lazily=True)
    assert ask(data, found) == [(1,)]


def test_what_waits_in_memory_is_bounded_by_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("memtui.ingest.distilling.HELD_BYTES", 100_000)
    held = Held()
    small, large = Whole(None, held), Whole(None, held)
    small.add(_said(10), Applied(transcript=1, session=1, records=1))
    for _ in range(3):
        large.add(_said(40_000), Applied(transcript=2, session=2, records=1))
    assert large.records is None
    assert small.records is not None
    assert 0 < held.size < 2_000
    small.drop()
    assert held.size == 0


def _said(length: int) -> Batch:
    said = Record(
        native_id="r", kind=RecordKind.RESPONSE, at=1, text="x" * length, line=1
    )
    return Batch(agent=Agent.CLAUDE_CODE, path="/t.jsonl", records=[said])
