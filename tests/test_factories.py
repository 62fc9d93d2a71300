"""The factories write what the clients write, and the same bytes each time."""

import json
from pathlib import Path

from tests.factories import (
    Ask,
    Bash,
    Compact,
    Context,
    Plan,
    Session,
    Subagent,
    Turn,
    transcript,
)


def test_the_same_calls_write_the_same_bytes(tmp_path: Path) -> None:
    first = transcript(home=tmp_path / "a", title="Webhook retry storm")
    second = transcript(home=tmp_path / "b", title="Webhook retry storm")

    assert first.read_bytes() == second.read_bytes()
    assert first.name == second.name


def test_every_conversation_record_follows_the_one_before(tmp_path: Path) -> None:
    path = transcript(
        turns=[
            Turn("why is it slow", Ask("Which one?", "the cache"), Plan("1. Measure")),
            Turn("go on", Bash("pytest", "1 failed", failed=True), Context("pinned")),
        ],
        home=tmp_path,
    )
    records = [json.loads(line) for line in path.read_text().splitlines()]
    chained = [record for record in records if "uuid" in record]

    assert [r["parentUuid"] for r in chained[1:]] == [r["uuid"] for r in chained[:-1]]


def test_a_compaction_starts_a_new_chain(tmp_path: Path) -> None:
    session = Session(tmp_path)
    session.prompt("do it")
    before = session.leaf
    Compact("What was done so far.").write(session)
    boundary, summary = [json.loads(line) for line in session.lines[-2:]]

    assert boundary["parentUuid"] is None
    assert boundary["logicalParentUuid"] == before
    assert summary["isCompactSummary"] is True
    assert summary["parentUuid"] == boundary["uuid"]


def test_a_subagent_has_its_own_file_with_its_parents_session(tmp_path: Path) -> None:
    path = transcript(
        turns=[
            Turn("find callers", Subagent("Find callers", (Bash("rg Renew", "1"),)))
        ],
        home=tmp_path,
    )
    (child,) = (path.parent / path.stem / "subagents").glob("agent-*.jsonl")
    records = [json.loads(line) for line in child.read_text().splitlines()]

    assert {record["sessionId"] for record in records} == {path.stem}
    assert all(record["isSidechain"] for record in records)
