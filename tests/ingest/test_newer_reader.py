"""A newer reader states everything anew, for every agent, sources or not."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memtui.curate.curator import Curator
from memtui.ingest import restating, run, statement
from memtui.ingest.sync import sync
from memtui.model import Agent
from memtui.paths import store_path
from memtui.readers import READERS
from memtui.settings import Settings
from memtui.store.ingest import archive
from memtui.store.ingest.batch import Applied, Batch
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView, View
from tests.ingest.material import describe, forked, rich_session, with_subagent
from tests.ingest.telling import ask, synced, told
from tests.opencode_writer import Database, write_tree

FIXTURES = Path(__file__).parents[1] / "fixtures"


def lay_all(home: Path) -> list[Path]:
    """Sessions of all four agents; every folder that holds any."""
    path = rich_session(home)
    forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    describe(with_subagent(home))
    mine = shutil.ignore_patterns("agent-*", "aaaa1111*")  # they share ids by mistake
    shutil.copytree(FIXTURES / "claude-code", path.parent / "more", ignore=mine)
    shutil.copytree(FIXTURES / "codex", home / ".codex")
    shutil.copytree(FIXTURES / "gemini-cli", home / ".gemini")
    share = home / ".local" / "share" / "opencode"
    sessions = json.loads((FIXTURES / "opencode" / "sessions.json").read_text())
    database = Database(share / "opencode.db")
    for session in sessions[:2]:
        database.put(session)
    database.close()
    write_tree(share / "storage", sessions[2:])
    return [home / name for name in (".claude", ".codex", ".gemini", ".local")]


@pytest.fixture(params=["at once", "in steps"])
def length(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether sessions count as long, which are stated anew in many transactions."""
    if request.param == "in steps":
        monkeypatch.setattr(restating, "LONG", -1)
        monkeypatch.setattr(statement, "PART_BYTES", 1)
        monkeypatch.setattr(run, "TRANSACTION_BYTES", 1)
        monkeypatch.setattr(run, "TRANSACTION_SECONDS", 0.0)
        monkeypatch.setattr(archive, "BLOCK_BYTES", 2_000)
    return str(request.param)


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.usefixtures("length")
def test_all_stays_as_it_was_for_every_agent(
    data: Path, home: Path, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = lay_all(home)
    synced(data, home)
    with StoreView(store_path(data)) as view:
        ids = [memory.id for memory in view.memories(view=View.everything())]
    with Curator(data, Settings()) as curator:
        curator.keep(ids[::3])
        curator.prune(ids[1::3])
        curator.edit(ids[0], title="As a person said it")
    before = told(data)
    decided = {
        table: ask(data, f"select * from {table} order by id")
        for table in ("curation", "journal")
    }
    agents = {agent for (agent,) in ask(data, "select distinct agent from record")}
    assert agents == set(Agent)
    assert all(decided.values())

    for folder in folders if gone else ():
        shutil.rmtree(folder)
    for reader in READERS.values():
        monkeypatch.setattr(type(reader), "version", reader.version + 1)
    synced(data, home)
    after = told(data)

    versions = ask(data, "select distinct agent, reader_version from transcript")
    assert sorted(versions) == [(a.value, r.version) for a, r in READERS.items()]
    for table, rows in decided.items():
        assert ask(data, f"select * from {table} order by id") == rows
    del before["transcripts"], after["transcripts"]
    assert after == before
    assert not synced(data, home).changed


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("nth", [0, 1, 3, 7])
@pytest.mark.parametrize("length", ["in steps"], indirect=True)
@pytest.mark.usefixtures("length")
def test_a_kill_while_a_session_is_stated_anew_loses_nothing(
    data: Path, home: Path, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rich_session(home)
    forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    for name in ("codex", "gemini-cli"):
        shutil.copytree(FIXTURES / name, home / f".{name.removesuffix('-cli')}")
    synced(data, home)
    before = told(data)
    steps = 0
    restate = Store.restate

    def killed(store: Store, batch: Batch) -> Applied:
        nonlocal steps
        if steps == nth:
            raise Killed
        steps += 1
        return restate(store, batch)

    with monkeypatch.context() as context:
        context.setattr(Store, "restate", killed)
        with pytest.raises(Killed):
            sync(data, Settings(), home=home, full=True)
    assert len(told(data)["records"]) >= len(before["records"])
    shutil.rmtree(home / ".codex")
    synced(data, home)

    after = told(data)
    for one in (before, after):
        del one["transcripts"]
    assert after == before
    assert not synced(data, home).changed


@pytest.mark.parametrize("length", ["in steps"], indirect=True)
@pytest.mark.usefixtures("length")
def test_a_reader_that_fails_leaves_a_session_to_the_next_run(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich_session(home)
    synced(data, home)
    before = told(data)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as context:
        context.setattr(Store, "restate", broken)
        report = sync(data, Settings(), home=home, full=True)
        assert len(report.quarantined) == 1
    assert not synced(data, home).quarantined
    assert told(data) == before


def test_a_long_session_is_stated_anew_in_transactions_of_bounded_size(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "BLOCK_BYTES", 2_000)
    rich_session(home)
    synced(data, home)
    monkeypatch.setattr(restating, "LONG", -1)
    monkeypatch.setattr(run, "TRANSACTION_SECONDS", 0.0)
    held: list[int] = []
    whole, restate = Store._whole, Store.restate

    @contextmanager
    def counted(store: Store) -> Iterator[None]:
        held.append(0)
        with whole(store):
            yield

    def noted(store: Store, batch: Batch) -> Applied:
        held[-1] += 1
        return restate(store, batch)

    monkeypatch.setattr(Store, "_whole", counted)
    monkeypatch.setattr(Store, "restate", noted)
    sync(data, Settings(), home=home, full=True)
    assert sum(held) > 3
    assert max(held) == 1
