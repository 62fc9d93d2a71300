"""This repository, added as a plugin to the real Claude Code and Codex, unchanged."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.props import CLAUDE_CODE, CODEX, Prop
from tests.e2e.stage import Stage, texts
from tests.e2e.talk import CodexTalk

pytestmark = [pytest.mark.e2e]

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SCENARIO: Final = Path(__file__).with_name("scenario.json")
ADDING: Final = {
    CLAUDE_CODE.agent: (
        ("plugin", "validate", "--strict", str(REPOSITORY)),
        ("plugin", "marketplace", "add", str(REPOSITORY)),
        ("plugin", "install", "memtui@memtui"),
    ),
    CODEX.agent: (
        ("plugin", "marketplace", "add", str(REPOSITORY)),
        ("plugin", "add", "memtui@memtui"),
    ),
}
ASKS: Final = {
    CLAUDE_CODE.agent: ("-p",),
    CODEX.agent: ("exec", "--dangerously-bypass-hook-trust"),
}


@pytest.fixture(params=[CLAUDE_CODE, CODEX], ids=lambda prop: prop.agent)
def stage(shared: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    prop: Prop = request.param
    with Stage(shared / "clients", prop, SCENARIO) as made:
        made.memtui("sync")
        yield made


def add_plugin(stage: Stage) -> None:
    for words in ADDING[stage.prop.agent]:
        stage.runs(*words)


def told(stage: Stage) -> list[str]:
    """Our texts in the first request of a session that starts now."""
    asked = len(stage.requests())
    stage.runs(*ASKS[stage.prop.agent], "Hello.")
    end = "</memtui-memory>"
    return [
        "<memtui-memory" + piece.partition(end)[0] + end
        for _, text in texts(stage.requests()[asked])
        for piece in text.split("<memtui-memory")[1:]
    ]


def test_the_plugin_tells_what_the_preview_shows(stage: Stage) -> None:
    stage.memtui("add", "A thing worth knowing", "--type", "decision", "--global")
    add_plugin(stage)
    preview = stage.memtui("inject", "--agent", stage.prop.agent)
    assert told(stage) == [preview]
    found = stage.doctor()[stage.prop.agent]["message"]
    assert "plugin" in found


def test_plugin_and_settings_together_tell_it_once_and_doctor_says_so(
    stage: Stage,
) -> None:
    stage.memtui("add", "A thing worth knowing", "--type", "decision", "--global")
    stage.memtui("install", "--agent", stage.prop.agent, "--yes")
    add_plugin(stage)
    preview = stage.memtui("inject", "--agent", stage.prop.agent)
    assert told(stage) == [preview]
    said = [finding["message"] for finding in stage.memtui_json("doctor", codes=(0, 1))]
    assert any("the plugin and its settings are wired" in one for one in said)


def test_the_plugin_of_codex_counts_as_wired_once_it_is_trusted(shared: Path) -> None:
    if not shutil.which("tmux"):
        pytest.skip("interactive sessions need tmux")
    with Stage(shared / "clients", CODEX, SCENARIO) as stage:
        stage.memtui("sync")
        stage.memtui("add", "A thing worth knowing", "--type", "decision", "--global")
        add_plugin(stage)
        assert "not trusted yet" in stage.doctor()["codex"]["message"]
        with CodexTalk(stage) as talk:
            talk.trust()
        preview = stage.memtui("inject", "--agent", "codex")
        stage.runs("exec", "Hello.")
        assert preview in "".join(text for _, text in texts(stage.requests()[-1]))
        stage.settle()
        stage.memtui("sync")
        message = stage.doctor()["codex"]["message"]
        assert message.startswith("codex: wired as a plugin; last fired")


def test_no_text_is_ever_longer_than_the_client_takes(stage: Stage) -> None:
    config = stage.home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("budget = 9500\nceiling = 9500\n")
    for number in range(22):
        body = f"Größe {number}: " + "ééééé " * 50 + "😀" * 60
        stage.memtui("add", f"Wide thing {number}", "--body", body, "--global",
                     "--type", "decision")  # fmt: skip
    stage.memtui("install", "--agent", stage.prop.agent, "--yes")
    preview = stage.memtui("inject", "--agent", stage.prop.agent)
    (text,) = told(stage)
    assert text == preview  # nothing was cut or put into a side file
    assert 8_000 < len(text.encode()) <= 9_500
    assert len(text.encode("utf-16-le")) // 2 <= 9_500
