"""What lies in an agent's folders and is no conversation: passed over, and kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from memtui.model import SessionKind
from memtui.paths import store_path
from memtui.store.queries import StoreView
from tests.factories import Session
from tests.ingest.telling import ask, synced

ID = "aaaaaaaa-4444-4000-8000-000000000001"
AT = "2026-03-01T10:00:00.000Z"
UUID = "aaaaaaaa-4444-4000-8000-0000000000"

ASIDES: list[dict[str, Any]] = [
    {"type": "progress", "uuid": UUID + "01", "timestamp": AT, "toolUseID": "t",
        "data": {"type": "bash_progress", "output": "half of it"}},
    {"type": "progress", "uuid": UUID + "02", "timestamp": AT, "data":
        {"type": "agent_progress", "message": {"type": "user", "uuid": UUID + "99",
            "message": {"role": "user", "content": "never said by a person"}}}},
    {"type": "file-history-snapshot", "messageId": UUID + "03",
        "snapshot": {"trackedFileBackups": {}}, "isSnapshotUpdate": False},
    {"type": "file-history-delta", "delta": {}},
    {"type": "permission-mode", "permissionMode": "plan", "sessionId": ID},
    {"type": "mode", "mode": "normal", "sessionId": ID},
    {"type": "last-prompt", "lastPrompt": "not once more", "sessionId": ID},
    {"type": "agent-name", "agentName": "the captain", "sessionId": ID},
    {"type": "agent-color", "color": "blue"},
    {"type": "agent-setting", "agentSetting": "x"},
    {"type": "pr-link", "prNumber": 7, "prUrl": "https://example.org/7",
        "timestamp": AT},
    {"type": "bridge-session", "bridgeSessionId": "b"},
    {"type": "frame-link", "url": "https://example.org"},
    {"type": "tools-used", "tools": ["Bash"]},
    {"type": "cost-state", "cost": 1.5},
    {"type": "atis-latch", "latched": True},
    {"type": "api-request", "uuid": UUID + "04", "body": {"system": "vendor's"}},
    {"type": "api-request-shape", "shape": {}},
    {"type": "api-request-blob", "blob": "vendor's"},
    {"type": "attachment", "uuid": UUID + "05", "timestamp": AT,
        "attachment": {"type": "prompt_snapshot", "content": "vendor's own words"}},
    {"type": "attachment", "uuid": UUID + "06", "timestamp": AT,
        "attachment": {"type": "task_reminder", "content": []}},
    {"type": "system", "subtype": "turn_duration", "durationMs": 3, "uuid": UUID + "07",
        "timestamp": AT},
    {"type": "system", "subtype": "compact_boundary", "content": "Compacted",
        "uuid": UUID + "08", "timestamp": AT, "parentUuid": None},
    {"type": "system", "subtype": "api_error", "uuid": UUID + "09", "timestamp": AT},
    {"type": "a-type-of-next-year", "anything": [1, {"deep": None}]},
    {"no": "type at all"},
]  # fmt: skip


def test_lines_that_say_nothing_are_only_kept(data: Path, home: Path) -> None:
    session = Session(home, session=ID)
    session.prompt("hello")
    with session.path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in ASIDES)
    session.say("Hello.")
    report = synced(data, home)

    assert report.agents["claude-code"].faults == 0
    assert ask(data, "select kind, text from record order by id") == [
        ("prompt", "hello"), ("response", "Hello."),
    ]  # fmt: skip
    with StoreView(store_path(data)) as view:
        assert b"".join(view.raw_lines(ID)) == session.path.read_bytes()


@pytest.mark.parametrize(
    ("place", "native_id"),
    [
        ("agent-7a.jsonl", "agent-7a"),
        (f"{ID}/subagents/agent-7a.jsonl", f"{ID}/agent-7a"),
        (f"{ID}/subagents/workflows/run-1/agent-7a.jsonl", f"{ID}/agent-7a"),
    ],
)
def test_a_subagent_is_found_in_each_layout(
    data: Path, home: Path, place: str, native_id: str
) -> None:
    session = Session(home, session=ID)
    session.prompt("look at the parser")
    path = session.path.parent / place
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "type": "user", "uuid": UUID + "10", "timestamp": AT, "isSidechain": True,
        "sessionId": ID, "agentId": "7a", "cwd": "/home/dev/src/app",
        "message": {"role": "user", "content": "read the parser"},
    }  # fmt: skip
    path.write_text(json.dumps(told) + "\n")
    path.with_name("agent-7a.meta.json").write_text('{"agentType": "Explore"}')
    report = synced(data, home)

    assert report.agents["claude-code"].files == 2
    assert report.agents["claude-code"].faults == 0
    with StoreView(store_path(data)) as view:
        (child,) = view.subagents(ID)
    assert child.id == native_id
    assert (child.kind, child.turns) == (SessionKind.SUBAGENT, 0)


@pytest.mark.parametrize("depth", [200, 100_000])
def test_nesting_beyond_reason_costs_one_line(
    data: Path, home: Path, depth: int
) -> None:
    session = Session(home, session=ID)
    session.prompt("before")
    deep = b'{"type":"x","deep":' + b"[" * depth + b"]" * depth + b"}\n"
    with session.path.open("ab") as file:
        file.write(deep)
    session.say("after")
    report = synced(data, home)

    assert report.agents["claude-code"].faults <= 1
    assert report.agents["claude-code"].records == 2
    with StoreView(store_path(data)) as view:
        assert deep in list(view.raw_lines(ID))


def test_a_prompt_that_only_the_queue_has_is_a_prompt(data: Path, home: Path) -> None:
    session = Session(home, session=ID)
    session.prompt("begin")
    queued = {"type": "queue-operation", "timestamp": AT, "sessionId": ID}
    with session.path.open("a") as file:
        for operation in ("enqueue", "remove"):
            line = {**queued, "operation": operation, "content": "use tabs, please"}
            file.write(json.dumps(line) + "\n")
    synced(data, home)

    told = ask(data, "select text from record where kind = 'prompt' order by id")
    assert told == [("begin",), ("use tabs, please",)]
