"""Compressing by the person's own ``claude -p``: apart from all that is theirs."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.props import CLAUDE_CODE
from tests.e2e.stage import Stage, texts
from tests.factories import Turn, transcript

pytestmark = [pytest.mark.e2e]

SCENARIO: Final = Path(__file__).with_name("compress_scenario.json")
REPOSITORY: Final = Path(__file__).resolve().parents[2]
EVENTS: Final = ("SessionStart", "UserPromptSubmit", "PreToolUse", "Stop", "SessionEnd")


def furnish(stage: Stage) -> Path:
    """A session, and hooks and notes in every folder that claude could find.

    The program on PATH leads to the pinned client and its scripted model; what it is
    told of the world by memtui it notes first.
    """
    prompt = "[[script:distil]] why does the pump drain?"
    transcript(turns=[Turn(prompt)], home=stage.home, cwd=str(stage.work))
    fired = stage.root / "fired"
    command = {"type": "command", "command": f"echo fired >> {fired}"}
    hooks = {"hooks": {event: [{"hooks": [command]}] for event in EVENTS}}
    for folder in (stage.home, stage.data, stage.work):
        (folder / ".claude").mkdir(parents=True, exist_ok=True)
        (folder / ".claude" / "settings.json").write_text(json.dumps(hooks))
        for notes in ("CLAUDE.md", "AGENTS.md", ".claude/CLAUDE.md"):
            (folder / notes).write_text("NOTES-OF-THE-PERSON")
    words = [f"{name}={stage.environ[name]}" for name in (
        "IS_SANDBOX", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY",
    )]  # fmt: skip
    program = stage.root / "bin" / "claude"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nenv > {stage.root / 'told'}\n"
        f'exec env {shlex.join([*words, *stage.command])} "$@"\n'
    )
    program.chmod(0o755)
    config = stage.home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('compress_provider = "claude"\n')
    return fired


def test_no_hook_fires_and_its_session_becomes_no_memory(shared: Path) -> None:
    with Stage(shared / "clients", CLAUDE_CODE, SCENARIO) as stage:
        fired = furnish(stage)
        stage.memtui("sync")
        before = stage.memtui_json("sessions", "--all")
        words = [sys.executable, "-P", "-m", "memtui", "compress", "--yes", "--all"]
        given = {
            "PATH": f"{stage.root / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY), "ANTHROPIC_API_KEY": "sk-of-the-person",
        }  # fmt: skip
        told = [f"{name}={value}" for name, value in given.items()]
        done = subprocess.run(
            stage.inside("env", *told, *words),
            cwd=stage.work, capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        assert "1 of 1 answered" in done.stdout, done.stderr
        proposed = stage.memtui_json("compress", "proposals", "--all")
        assert "The pump drains by night" in [one["title"] for one in proposed]

        assert not fired.exists()
        assert "sk-of-the-person" not in (stage.root / "told").read_text()
        (asked,) = stage.requests()
        said = "".join(text for _, text in texts(asked))
        assert "NOTES-OF-THE-PERSON" not in said + json.dumps(asked["system"])
        assert [tool["name"] for tool in asked["tools"]][-1] == "StructuredOutput"

        stage.memtui("sync")
        assert stage.memtui_json("sessions", "--all") == before
        own = stage.data / "claude-home"
        assert not [*own.rglob("*.jsonl")]
