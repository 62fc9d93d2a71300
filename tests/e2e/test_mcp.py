"""The real Claude Code and Codex look things up over MCP, as install wires it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.props import CLAUDE_CODE, CODEX, Prop
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.e2e]

SCENARIO: Final = Path(__file__).with_name("mcp_scenario.json")
MEMORY: Final = "Lanterns are lit at dusk and never before"
REMEMBERED: Final = "The harbour opens at six"
WORDS: Final = "earlier sessions of this project"
"""Of what the server says about itself."""
ASKS: Final = {
    CLAUDE_CODE.agent: (
        "--allowedTools", "ToolSearch mcp__memtui__search mcp__memtui__remember", "-p",
    ),
    CODEX.agent: ("exec", "--dangerously-bypass-hook-trust"),
}  # fmt: skip


@pytest.fixture(params=[CLAUDE_CODE, CODEX], ids=lambda prop: prop.agent)
def stage(shared: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    prop: Prop = request.param
    with Stage(shared / "clients", prop, SCENARIO) as made:
        yield made


def ask(stage: Stage, words: str) -> list[str]:
    """One session of the client; every request that its model got, as text."""
    before = len(stage.requests())
    stage.runs(*ASKS[stage.prop.agent], words)
    return [json.dumps(body) for body in stage.requests()[before:]]


def test_a_models_call_finds_what_is_kept_and_leaves_a_candidate(
    stage: Stage,
) -> None:
    agent = stage.prop.agent
    ask(stage, "Say hello.")  # so that its folder is a project
    stage.memtui("sync")
    added = stage.memtui_json("add", MEMORY, "--type", "pattern", "--global")
    (id_,) = added[0]["ids"]
    stage.memtui("exclude", id_)
    stage.memtui("install", "--mcp", "--agent", agent, "--yes")
    assert stage.doctor()["mcp"]["level"] == "ok"

    stage.memtui("include", id_)
    asked = ask(stage, f"[[script:look-{agent}]] When are lanterns lit?")
    # What the session was told at its start names it too: only the answer has this.
    answered = f'\\"id\\": \\"{id_}\\"'
    assert answered not in asked[0]
    assert answered in asked[-1].replace("\\\\", "\\")
    assert any(WORDS in body for body in asked)

    stage.settle()
    stage.memtui("sync")
    (found,) = stage.memtui_json("list", "is:candidate", "--all")
    assert found["title"].startswith(REMEMBERED)
    assert (found["trust"], found["project"]["path"]) == ("assistant", str(stage.work))
    assert stage.memtui_json("journal")[0]["actor"] == agent

    stage.memtui("uninstall", "--mcp", "--agent", agent, "--yes")
    assert "mcp" not in stage.doctor()
    asked = ask(stage, "Say hello again.")
    assert not any(WORDS in body for body in asked)
