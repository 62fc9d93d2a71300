"""What Claude Code keeps of a subagent in a small file beside its transcript."""

import json
from pathlib import Path

import pytest

from memtui.ingest import asides
from memtui.ingest.sync import sync
from memtui.model import Agent
from memtui.paths import store_path
from memtui.readers import READERS
from memtui.readers.regular import bytes_of
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.factories import Session
from tests.ingest.telling import ask, synced, told

ID = "aaaaaaaa-5555-4000-8000-000000000001"
TOLD = {"agentType": "Explore", "description": "Find the lease clock"}


@pytest.fixture
def subagent(home: Path) -> Path:
    """The transcript of a subagent, and its session's."""
    session = Session(home, session=ID)
    session.prompt("why does the lease end early?")
    path = session.path.with_suffix("") / "subagents" / "agent-7a.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(line(1))
    return path


def line(number: int) -> str:
    told = {
        "type": "user", "uuid": f"00000000-0000-4000-8000-{number:012}",
        "timestamp": "2026-03-01T10:00:00.000Z", "isSidechain": True,
        "sessionId": ID, "agentId": "7a", "cwd": "/home/dev/src/app",
        "message": {"role": "user", "content": "read the clock"},
    }  # fmt: skip
    return json.dumps(told) + "\n"


def describe(subagent: Path, **told: object) -> Path:
    path = subagent.with_suffix(".meta.json")
    path.write_text(json.dumps(told, indent=2))
    return path


def title(data: Path) -> str:
    with StoreView(store_path(data)) as view:
        (child,) = view.subagents(ID)
    return child.title


def test_a_subagent_is_called_by_its_type_and_task(data: Path, subagent: Path) -> None:
    home = subagent.parents[5]
    describe(subagent, **TOLD)
    report = synced(data, home)

    assert title(data) == "Explore: Find the lease clock"
    assert report.agents["claude-code"].files == 2
    assert report.agents["claude-code"].faults == 0
    with StoreView(store_path(data)) as view:
        (child,) = view.subagents(ID)
        assert not child.source_gone
        assert view.stats()["by_agent"]["claude-code"]["files"] == 2
        assert b"".join(view.raw_lines(child)) == subagent.read_bytes()


@pytest.mark.parametrize(
    ("told", "called"),
    [
        ({"agentType": "Explore"}, "Explore"),
        ({"name": "scout", "toolUseId": "toolu_1"}, "scout"),
        ({"agentType": 7, "description": ["no words"]}, "read the clock"),
    ],
)
def test_it_is_called_by_what_there_is(
    data: Path, subagent: Path, told: dict[str, object], called: str
) -> None:
    describe(subagent, **told)
    synced(data, subagent.parents[5])
    assert title(data) == called


@pytest.mark.parametrize("raw", [b"", b"\xff\x00{", b"[1, 2]", b'{"agentType": "Ex'])
def test_a_torn_description_says_nothing(
    data: Path, subagent: Path, raw: bytes
) -> None:
    subagent.with_suffix(".meta.json").write_bytes(raw)
    report = synced(data, subagent.parents[5])

    assert report.agents["claude-code"].faults == 0
    assert title(data) == "read the clock"


def test_it_is_archived_without_its_secrets_and_outlives_its_file(
    data: Path, subagent: Path
) -> None:
    home = subagent.parents[5]
    token = "ghp_" + "a1B2" * 9
    path = describe(subagent, agentType="Explore", description=f"Try {token}")
    synced(data, home)
    before = told(data)
    path.unlink()
    subagent.unlink()
    sync(data, Settings(), home=home, full=True)
    after = told(data)
    del before["transcripts"], after["transcripts"]

    assert after == before
    assert title(data) == "Explore: Try [redacted:github-token]"
    with StoreView(store_path(data)) as view:
        kept = b"".join(view.output_of(str(path)))
    assert json.loads(kept) == {
        "agentType": "Explore",
        "description": "Try [redacted:github-token]",
    }


def test_it_is_read_again_only_with_its_own_transcript(
    data: Path, subagent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = subagent.parents[5]
    path = describe(subagent, **TOLD)
    synced(data, home)
    read: list[str] = []

    def noted(path: Path, most: int) -> bytes:
        read.append(str(path))
        return bytes_of(path, most)

    monkeypatch.setattr(asides, "bytes_of", noted)
    Session(home, session=ID.replace("5555", "6666")).prompt("another one")
    synced(data, home)
    assert read == []

    describe(subagent, agentType="Explore", description="Find both clocks")
    with subagent.open("a") as file:
        file.write(line(2))
    synced(data, home)
    assert read == [str(path)]
    assert title(data) == "Explore: Find both clocks"


def test_a_newer_reader_takes_in_what_an_older_one_left(
    data: Path, subagent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = subagent.parents[5]
    synced(data, home)
    describe(subagent, **TOLD)
    assert not synced(data, home).changed
    reader = READERS[Agent.CLAUDE_CODE]
    monkeypatch.setattr(type(reader), "version", reader.version + 1)
    synced(data, home)

    assert title(data) == "Explore: Find the lease clock"
    assert ask(data, "select count(*) from transcript") == [(3,)]


def test_one_that_comes_after_its_transcript_was_read_is_read_with_the_session(
    data: Path, subagent: Path
) -> None:
    home = subagent.parents[5]
    synced(data, home)
    assert title(data) == "read the clock"
    describe(subagent, **TOLD)
    describe(subagent.with_name("agent-8b.jsonl"), agentType="Plan", description="No")
    session = Session(home, session=ID)
    session.prompt("and now?")
    session.say("It ends on time.")
    synced(data, home)
    assert title(data) == "Explore: Find the lease clock"
