"""What the real clients write today is read whole, as an oracle counts it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.props import CLAUDE_CODE, CODEX, GEMINI_CLI, OPENCODE, PROPS, Prop
from tests.e2e.stage import Stage
from tests.oracle import ORACLES

pytestmark = [pytest.mark.e2e]

GREET = "[[script:greet]] Write the greeting."


@pytest.fixture(params=PROPS, ids=lambda prop: prop.agent)
def stage(shared: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    prop: Prop = request.param
    with Stage(shared / "clients", prop) as made:
        yield made


def claude_code(stage: Stage) -> None:
    """Tools, a failure, a subagent, resume, fork, compaction, a big output."""
    first = "11111111-1111-4111-8111-111111111111"

    def ask(*words: str) -> None:
        stage.runs("-p", *words, "--permission-mode", "bypassPermissions")

    ask(GREET, "--session-id", first)
    ask("[[script:fail]] Fail on purpose.")
    ask("[[script:delegate]] Delegate the counting.")
    ask("[[script:plain]] Resume.", "--resume", first)
    ask("[[script:plain]] Fork.", "--resume", first, "--fork-session")
    ask("/compact", "--resume", first)
    ask("[[script:plain]] Go on.", "--resume", first)
    ask("[[script:big]] Print much.")


def codex(stage: Stage) -> None:
    """A tool, resume, fork by reference, compaction."""
    stage.runs("exec", GREET)
    (file,) = (stage.home / ".codex" / "sessions").rglob("rollout-*.jsonl")
    session = file.stem[-36:]
    stage.runs("exec", "resume", session, "[[script:plain]] Resume.")
    stage.runs("exec", "fork", session, "[[script:plain]] Fork.")
    stage.runs("exec", "resume", session, "[[script:grow]] Grow.")
    stage.runs("exec", "resume", session, "[[script:plain]] Go on.")
    assert '"type":"compacted"' in file.read_text()


def gemini_cli(stage: Stage) -> None:
    """Tools and resume."""
    stage.runs("--yolo", "-p", GREET)
    stage.runs("--yolo", "-p", "[[script:plain]] Resume.", "--resume", "latest")


def opencode(stage: Stage) -> None:
    """Tools, a subagent, a fork that copies."""
    stage.runs("run", GREET, "--auto")
    stage.runs("run", "[[script:delegate]] Delegate.", "--auto", "--continue")
    stage.runs("run", "[[script:plain]] Fork.", "--continue", "--fork")


DRIVES = {
    CLAUDE_CODE.agent: claude_code,
    CODEX.agent: codex,
    GEMINI_CLI.agent: gemini_cli,
    OPENCODE.agent: opencode,
}
PROMPTS = {
    CLAUDE_CODE.agent: {
        GREET, "[[script:fail]] Fail on purpose.", "[[script:plain]] Resume.",
        "[[script:delegate]] Delegate the counting.", "[[script:plain]] Fork.",
        "[[script:plain]] Go on.", "[[script:big]] Print much.",
    },
    CODEX.agent: {
        GREET, "[[script:plain]] Resume.", "[[script:plain]] Fork.",
        "[[script:grow]] Grow.", "[[script:plain]] Go on.",
    },
    GEMINI_CLI.agent: {GREET, "[[script:plain]] Resume."},
    OPENCODE.agent: {GREET, "[[script:delegate]] Delegate.", "[[script:plain]] Fork."},
}  # fmt: skip
WRITES = {
    CLAUDE_CODE.agent: "greeting.txt",
    CODEX.agent: "printf 'hello from the stub",
    GEMINI_CLI.agent: "greeting.txt",
    OPENCODE.agent: "greeting.txt",
}


def test_everything_that_a_client_wrote_is_read(stage: Stage) -> None:
    agent = stage.prop.agent
    DRIVES[agent](stage)
    counted = ORACLES[agent](stage.home)

    stage.memtui("sync")

    (stats,) = stage.memtui_json("stats")
    read = stats["by_agent"][agent]
    assert read["native_ids"] == len(counted.native_ids) > 3
    assert read["sessions"] == counted.sessions > 0
    assert read["faults"] == stats["faults"] == 0
    (again,) = stage.memtui_json("sync")
    assert again["agents"][agent]["records"] == 0

    sessions = stage.memtui_json("sessions", "--all")
    shown = [stage.memtui_json("show", session["id"])[0] for session in sessions]
    assert {session["project"]["path"] for session in shown} == {str(stage.work)}
    said = "\n".join(stage.memtui("export", "--markdown", s["id"]) for s in shown)
    for prompt in PROMPTS[agent]:
        assert prompt in said
    assert WRITES[agent] in said
    assert "hello from the stub" in said
