"""OpenCode's newer messages, and changes that are seen without a look at them."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memtui.ingest.sync import sync
from memtui.model import Agent, RecordKind, Tool
from memtui.readers import READERS, foreign
from memtui.records import SessionFacts
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.opencode_writer import SCHEMA, Database

Json = dict[str, Any]
FIXTURE = Path(__file__).parents[1] / "fixtures" / "opencode" / "sessions.json"
NEW = "ses_0new"
EVENTS = """
    create table event_sequence (
        aggregate_id text primary key, seq integer not null, owner_id text);
"""
T = 1_770_300_000_000

TOLD: list[tuple[str, Json]] = [
    ("model-switched", {"model": {"providerID": "acme", "id": "m"}}),
    ("user", {"text": "make the tide clock honest", "files": [
        {"uri": "file:///work/tide.txt", "mime": "text/plain", "name": "tide.txt"}]}),
    ("synthetic", {"text": "You are in plan mode."}),
    ("assistant", {"agent": "build", "content": [
        {"type": "reasoning", "id": "r1", "text": "Summer time."},
        {"type": "text", "id": "t1", "text": "I will look."},
        {"type": "tool", "id": "call_1", "name": "bash",
            "time": {"created": T + 4, "ran": T + 4, "completed": T + 5},
            "state": {"status": "completed", "input": {"command": "make check"},
                "content": [{"type": "text", "text": "2 failed"}],
                "structured": {"exit": 1}}},
        {"type": "tool", "id": "call_2", "name": "read",
            "time": {"created": T + 5},
            "state": {"status": "error", "input": {"filePath": "/work/no.py"},
                "content": [], "structured": {},
                "error": {"type": "unknown", "message": "no such file"}}},
        {"type": "tool", "id": "call_3", "name": "edit", "time": {"created": T + 6},
            "state": {"status": "pending", "input": '{"filePa'}}]}),
    ("shell", {"callID": "call_4", "command": "git status", "output": "clean",
        "time": {"created": T + 7, "completed": T + 8}}),
    ("compaction", {"reason": "auto", "summary": "The clock is honest.", "recent": ""}),
    ("assistant", {"agent": "build", "content": [],
        "error": {"type": "unknown", "message": "out of credit"}}),
    ("tomorrow", {"text": "a type of which nothing is known"}),
]  # fmt: skip


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    path = home / ".local" / "share" / "opencode" / "opencode.db"
    made = Database(path, schema=SCHEMA + EVENTS)
    made.put_session(
        {
            "id": NEW, "projectID": "p", "slug": "new", "directory": "/work",
            "title": "Tide clock", "version": "2.0.0", "time": {"created": T},
        }
    )  # fmt: skip
    yield made
    made.close()


def tell(database: Database, messages: list[tuple[str, Json]], at: int = T) -> None:
    for seq, (kind, data) in enumerate(messages):
        data = {"time": {"created": at + seq}, **data}
        database._put(
            "session_message", id=f"msg_new{seq}", session_id=NEW, type=kind, seq=seq,
            time_created=at + seq, time_updated=database._tick(), data=json.dumps(data),
        )  # fmt: skip


def records(path: Path) -> tuple[list[Any], SessionFacts]:
    reader = READERS[Agent.OPENCODE]
    transcript = Path(f"{path}#{NEW}")
    parser = reader.open(transcript)
    items = reader.items(transcript, lambda raw: raw)  # type: ignore[attr-defined]
    told = [
        record
        for number, item in enumerate(items, 1)
        for record in parser.parse(item.line, number)
    ]
    told += parser.finish()  # type: ignore[attr-defined]
    return told, parser.facts()


def test_a_message_in_one_row_is_told_like_any_other(database: Database) -> None:
    tell(database, TOLD)
    told, facts = records(database.path)
    shown = [(r.kind, r.tool, r.text) for r in told if hasattr(r, "kind")]
    assert shown == [
        (RecordKind.TITLE, None, "Tide clock"),
        (RecordKind.CONTEXT, None, ""),
        (RecordKind.PROMPT, None, "make the tide clock honest"),
        (RecordKind.CONTEXT, None, "[file tide.txt]"),
        (RecordKind.CONTEXT, None, "You are in plan mode."),
        (RecordKind.THINKING, None, "Summer time."),
        (RecordKind.RESPONSE, None, "I will look."),
        (RecordKind.TOOL_USE, Tool.SHELL, "make check"),
        (RecordKind.TOOL_RESULT, Tool.SHELL, "2 failed"),
        (RecordKind.TOOL_USE, Tool.READ, "/work/no.py"),
        (RecordKind.TOOL_RESULT, Tool.READ, "no such file"),
        (RecordKind.TOOL_USE, Tool.EDIT, 'input: {"filePa'),
        (RecordKind.TOOL_USE, Tool.SHELL, "git status"),
        (RecordKind.TOOL_RESULT, Tool.SHELL, "clean"),
        (RecordKind.SUMMARY, None, "The clock is honest."),
        (RecordKind.CONTEXT, None, "unknown: out of credit"),
    ]
    keys = [(r.native_id, r.part) for r in told if hasattr(r, "kind")]
    assert len(set(keys)) == len(keys)
    failed = [r.command or r.text for r in told if getattr(r, "failed", False)]
    assert failed == ["make check", "no such file"]
    assert facts.cwd == "/work"


def test_a_sync_stores_it_and_the_archive_gives_it_back(
    data: Path, home: Path, database: Database
) -> None:
    tell(database, TOLD)
    sync(data, Settings(), home=home)
    with StoreView(data / "memtui.db") as view:
        before = view.stats()["by_agent"]["opencode"]
        lines = list(view.raw_lines(NEW))
    database.path.unlink()
    sync(data, Settings(), home=home, full=True)
    with StoreView(data / "memtui.db") as view:
        after = view.stats()["by_agent"]["opencode"]
        texts = [r.text for t in view.turns(NEW) for r in t.records]
    assert before["native_ids"] == after["native_ids"] == len(TOLD) - 1
    assert (before["sessions"], before["faults"]) == (1, 0)
    assert any(b"nothing is known" in line for line in lines)
    assert texts.index("make the tide clock honest") < texts.index("2 failed")


def test_what_was_carried_over_to_the_newer_table_counts_once(
    database: Database,
) -> None:
    for message in json.loads(FIXTURE.read_text())[0]["messages"][:2]:
        info = {**message["info"], "sessionID": NEW, "time": {"created": T + 1}}
        database.put_message(info)
        for part in message["parts"]:
            database.put_part({**part, "sessionID": NEW, "messageID": info["id"]})
    tell(database, TOLD[1:4], at=T - 50)
    older, _ = records(database.path)
    tell(database, TOLD[1:2], at=T + 50)
    newer, _ = records(database.path)
    said = "make the tide clock honest"
    assert said not in [getattr(r, "text", "") for r in older]
    assert said in [getattr(r, "text", "") for r in newer]


class _Asked:
    """What the database was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.questions: list[str] = []
        connected = foreign._connected

        def listening(uri: str) -> sqlite3.Connection:
            conn = connected(uri)
            conn.set_trace_callback(self.questions.append)
            return conn

        monkeypatch.setattr(foreign, "_connected", listening)

    def looked_through(self) -> list[str]:
        """Questions that go through all messages or parts."""
        return [q for q in self.questions if "not indexed" in q]


def evented(database: Database, session: str, seq: int, hexed: str) -> None:
    database.conn.execute(
        "insert into event_sequence values (?, ?, null)"
        " on conflict (aggregate_id) do update set seq = excluded.seq",
        (session, seq),
    )
    database.conn.execute(
        "insert into event values (?, ?, ?, 'message.part.updated.1', '{}')",
        (f"evt_{hexed}{seq:03}", session, seq),
    )


def put(database: Database, hexed: str) -> None:
    session = json.loads(FIXTURE.read_text())[0]
    info = {**session["messages"][0]["info"], "id": f"msg_{hexed}a"}
    database.put_message({**info, "sessionID": NEW})
    part = {"type": "text", "text": "hello", "id": f"prt_{hexed}a"}
    database.put_part({**part, "messageID": info["id"], "sessionID": NEW})


def test_with_events_a_change_is_seen_without_a_look_at_the_messages(
    data: Path, home: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, "19c000000001")
    evented(database, NEW, 1, "19c000000002")
    asked = _Asked(monkeypatch)
    sync(data, Settings(), home=home)
    put(database, "19c000000003")
    evented(database, NEW, 2, "19c000000004")
    again = sync(data, Settings(), home=home)
    assert again.agents["opencode"].records == 1
    assert asked.looked_through() == []


def test_a_part_that_is_in_no_event_is_looked_for(
    data: Path, home: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, "19c000000001")
    evented(database, NEW, 1, "19c000000002")
    sync(data, Settings(), home=home)
    asked = _Asked(monkeypatch)
    put(database, "19c000000003")
    assert sync(data, Settings(), home=home).agents["opencode"].records == 1
    assert len(set(asked.looked_through())) == 4
