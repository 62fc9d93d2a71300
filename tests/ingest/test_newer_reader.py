"""A newer reader states everything anew, for every agent, sources or not."""

import json
import shutil
from pathlib import Path

import pytest

from memtui.curate.curator import Curator
from memtui.model import Agent
from memtui.paths import store_path
from memtui.readers import READERS
from memtui.settings import Settings
from memtui.store.queries import StoreView, View
from tests.ingest.material import forked, rich_session, with_subagent
from tests.ingest.telling import ask, synced, told
from tests.opencode_writer import Database, write_tree

FIXTURES = Path(__file__).parents[1] / "fixtures"


def lay_all(home: Path) -> list[Path]:
    """Sessions of all four agents; every folder that holds any."""
    path = rich_session(home)
    forked(path, "0f0f0f0f-0000-4000-8000-000000000001")
    with_subagent(home)
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


@pytest.mark.parametrize("gone", [False, True])
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
