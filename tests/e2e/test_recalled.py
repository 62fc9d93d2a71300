"""The hooks that are off by default, in the real Claude Code and Codex."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from memtui.curate import Curator
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.e2e.props import CLAUDE_CODE, CODEX, Prop
from tests.e2e.stage import Stage

pytestmark = [pytest.mark.e2e]

SCENARIO: Final = Path(__file__).with_name("recall_scenario.json")
MEMORY: Final = "Webhook deadlines are stamped in attempt, never in enqueue"
ABOUT: Final = "why do the webhook deadlines get stamped before the first attempt?"
FILE: Final = "internal/lease.go"
HEADING: Final = "Kept about this:"
FILLING: Final = (
    "Releases are cut from the stable branch on Mondays, by whoever is on duty then",
    "The colour of chips follows the theme's accent, also in the printed pictures",
    "Snapshots are renewed by hand and looked at, one after the other, by two people",
    "Migrations are appended and never edited, not even their comments or names",
)
CONFIG: Final = "prompt_recall = true\nfile_history = true\nbudget = 200\n"
"""So small a budget that the memory has no room in what a session's start tells."""


@pytest.fixture(params=[CLAUDE_CODE, CODEX], ids=lambda prop: prop.agent)
def stage(shared: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    prop: Prop = request.param
    with Stage(shared / "clients", prop, SCENARIO) as made:
        yield made


def asked(stage: Stage, words: str, cwd: Path | None = None) -> list[str]:
    """One session of the client; every request that its model got, as text."""
    before = len(stage.requests())
    ways = {
        CLAUDE_CODE.agent: ("--allowedTools", "Read", "-p"),
        CODEX.agent: ("exec", "--dangerously-bypass-hook-trust"),
    }
    stage.runs(*ways[stage.prop.agent], words, cwd=cwd)
    return [json.dumps(body) for body in stage.requests()[before:]]


def decide(stage: Stage) -> str:
    """Keep one memory about a file among others, wire both hooks: its id."""
    asked(stage, "Say hello.")  # so that its folder is a project
    config = stage.home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    stage.memtui("sync")
    for said in FILLING:
        (made,) = stage.memtui_json("add", said, "--type", "decision")
        stage.memtui("pin", *made["ids"])
    with StoreView(store_path(stage.data)) as view:
        project = view.project_at(stage.work)
    with Curator(stage.data, Settings(), actor="person") as curator:
        made_here = curator.add(MEMORY, type="gotcha", project=project, files=[FILE])
    stage.memtui("install", "--agent", stage.prop.agent, "--yes")
    stage.memtui("export", "--all")
    # A busy machine may take longer to start Python than an answer may take.
    script = stage.data / "hooks" / "recall.py"
    said = script.read_text("utf-8")
    script.write_text(said.replace("SECONDS = 0.13\n", "SECONDS = 1.5\n"))
    return str(made_here.ids[0])


def test_a_prompt_and_a_file_bring_what_was_kept_about_them(stage: Stage) -> None:
    id_ = decide(stage)
    assert f"[{id_}]" not in stage.memtui("inject")

    first, *_ = asked(stage, ABOUT)
    assert HEADING in first
    assert f"{MEMORY} ({FILE}) [{id_}]" in first

    first, *_ = asked(stage, "Write a poem about the sea and a lighthouse at night.")
    assert HEADING not in first

    if stage.prop is CLAUDE_CODE:  # in a worktree that no session was ever in
        beside = stage.home / "beside"
        add = ["git", "worktree", "add", "-q", "-b", "fix", str(beside)]
        subprocess.run(add, cwd=stage.work, check=True)
        (beside / FILE).parent.mkdir()
        (beside / FILE).write_text("package internal\n")
        first, then, *_ = asked(stage, "[[script:read]] Read on.", beside)
        assert HEADING not in first
        assert f"{MEMORY} ({FILE}) [{id_}]" in then

    stage.settle()
    stage.memtui("sync")
    (shown,) = stage.memtui_json("show", id_)
    told = 2 if stage.prop is CLAUDE_CODE else 1
    assert shown["feedback"]["delivered"] == told
