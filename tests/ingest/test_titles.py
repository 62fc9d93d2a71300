"""What a session is called when its name stands in another file than its own."""

import json
from pathlib import Path

import pytest

from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.ingest import naming
from memtui.store.queries import StoreView, View
from tests.factories import Session
from tests.ingest.telling import ask, synced, told

OLD = "aaaaaaaa-2222-4000-8000-000000000001"
NEW = "aaaaaaaa-2222-4000-8000-000000000002"


def title_of(data: Path, session: str) -> str:
    with StoreView(store_path(data)) as view:
        return view.session(session).title


def last_uuid(session: Session) -> str:
    lines = [json.loads(line) for line in session.path.read_bytes().splitlines()]
    return str([line["uuid"] for line in lines if line.get("uuid")][-1])


def name(session: Session, title: str, leaf: str) -> None:
    """A line as old clients wrote it at the head of the next session."""
    with session.path.open("a") as file:
        line = {"type": "summary", "summary": title, "leafUuid": leaf}
        file.write(json.dumps(line) + "\n")


@pytest.fixture
def old(home: Path) -> Session:
    session = Session(home, session=OLD)
    session.prompt("why does the lease expire early?")
    session.say("The clock is wrong.")
    return session


def test_a_session_is_named_by_the_transcript_of_another(
    data: Path, home: Path, old: Session
) -> None:
    new = Session(home, session=NEW)
    name(new, "Lease clock repaired", last_uuid(old))
    new.prompt("now the importer")
    synced(data, home)

    assert title_of(data, OLD) == "Lease clock repaired"
    assert title_of(data, NEW) == "now the importer"
    with StoreView(store_path(data)) as view:
        hits = view.search(parse("repaired", now_ms=0), View.everything())
    assert not hits  # they would lead to the wrong session


def test_whichever_of_the_two_is_read_first(
    data: Path, home: Path, old: Session
) -> None:
    leaf = last_uuid(old)
    whole = old.path.read_bytes()
    old.path.unlink()
    name(Session(home, session=NEW), "Lease clock repaired", leaf)
    synced(data, home)
    old.path.write_bytes(whole)
    synced(data, home)

    assert title_of(data, OLD) == "Lease clock repaired"


def test_the_name_of_its_latest_message_holds(
    data: Path, home: Path, old: Session
) -> None:
    new = Session(home, session=NEW)
    early = last_uuid(old)
    old.prompt("and the importer?")
    name(new, "Importer too", last_uuid(old))
    name(new, "Only the lease", early)
    synced(data, home)
    first = title_of(data, OLD)
    old.prompt("and the exporter?")
    name(new, "All three", last_uuid(old))
    synced(data, home)

    assert first == "Importer too"
    assert title_of(data, OLD) == "All three"


def test_an_error_is_no_name_and_its_own_title_is_better(
    data: Path, home: Path, old: Session
) -> None:
    new = Session(home, session=NEW)
    name(new, "Invalid API key · Please run /login", last_uuid(old))
    synced(data, home)
    without = title_of(data, OLD)
    old.title("Lease clock")
    name(new, "Something else", last_uuid(old))
    synced(data, home)

    assert without == "why does the lease expire early?"
    assert title_of(data, OLD) == "Lease clock"


def test_names_from_elsewhere_survive_a_full_reading_without_sources(
    data: Path, home: Path, old: Session
) -> None:
    new = Session(home, session=NEW)
    name(new, "Lease clock repaired", last_uuid(old))
    synced(data, home)
    before = told(data)
    for path in (old.path, new.path):
        path.unlink()
    sync(data, Settings(), home=home, full=True)
    after = told(data)
    del before["transcripts"], after["transcripts"]

    assert after == before
    assert title_of(data, OLD) == "Lease clock repaired"


def index(home: Path, *entries: dict[str, object]) -> Path:
    path = home / ".claude" / "projects" / "-home-dev-src-app" / "sessions-index.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "entries": entries}))
    return path


def test_an_index_names_the_sessions_that_are_known(
    data: Path, home: Path, old: Session
) -> None:
    path = index(
        home,
        {"sessionId": OLD, "summary": "Lease clock", "firstPrompt": "why does"},
        {"sessionId": NEW, "summary": "Not read yet"},
        {"sessionId": "../x", "summary": "No session"},
    )
    report = synced(data, home)
    again = synced(data, home)
    first = title_of(data, OLD)
    Session(home, session=NEW).prompt("now the importer")
    synced(data, home)

    assert report.agents["claude-code"].files == again.agents["claude-code"].files == 1
    assert not again.changed
    assert (first, title_of(data, NEW)) == ("Lease clock", "Not read yet")
    with StoreView(store_path(data)) as view:
        assert view.stats()["by_agent"]["claude-code"]["files"] == 2
        assert view.stats()["sessions"] == 2
    before = told(data)
    path.unlink()
    sync(data, Settings(), home=home, full=True)
    after = told(data)
    del before["transcripts"], after["transcripts"]
    assert after == before


def test_an_index_that_changed_renames_and_a_persons_title_is_better(
    data: Path, home: Path, old: Session
) -> None:
    index(home, {"sessionId": OLD, "summary": "Lease clock"})
    synced(data, home)
    index(home, {"sessionId": OLD, "summary": "x", "customTitle": "Clocks of Lisbon"})
    synced(data, home)
    named = title_of(data, OLD)
    old.title("From the client")
    synced(data, home)

    assert (named, title_of(data, OLD)) == ("Clocks of Lisbon", "Clocks of Lisbon")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"entries": 3}', '{"entries": [3]}'])
def test_a_damaged_index_names_nothing(
    data: Path, home: Path, old: Session, text: str
) -> None:
    index(home).write_text(text)
    report = synced(data, home)
    assert report.quarantined == []
    assert title_of(data, OLD) == "why does the lease expire early?"


def test_the_index_of_codex_names_threads(data: Path, home: Path) -> None:
    thread = "00000000-0000-7000-8000-000000000777"
    folder = home / ".codex" / "sessions" / "2026" / "03" / "02"
    folder.mkdir(parents=True)
    said = {"type": "message", "role": "user", "content": "fix the clock"}
    lines = [
        {"type": "session_meta", "payload": {"id": thread, "cwd": "/home/dev/app"}},
        {"type": "response_item", "payload": said},
    ]
    rollout = folder / f"rollout-2026-03-02T09-00-00-{thread}.jsonl"
    rollout.write_text("".join(json.dumps(line) + "\n" for line in lines))
    names = [{"id": thread, "thread_name": name} for name in ("Clock", "Lease clock")]
    path = home / ".codex" / "session_index.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in names) + '{"torn')
    report = synced(data, home)

    assert report.agents["codex"].files == 1
    assert report.agents["codex"].faults == 0
    assert title_of(data, thread) == "Lease clock"


def test_names_are_found_without_a_look_at_all_records(
    data: Path, home: Path, old: Session
) -> None:
    synced(data, home)
    plan = ask(data, f"explain query plan {naming.NAMED}", "claude-code")
    steps = [step for *_, step in plan]
    assert any("SEARCH" in step for step in steps)
    assert not [step for step in steps if "SCAN" in step]
