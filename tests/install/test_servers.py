"""memtui as an MCP server in the clients: added where asked, taken out exactly."""

import json
import re
import subprocess
import tomllib
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from memtui import paths
from memtui.errors import InstallError
from memtui.install import apply, plan_install, plan_uninstall
from memtui.install.doctor import examine
from memtui.install.servers import file_of, wired
from memtui.model import Agent
from memtui.settings import load

SETTINGS = {
    Agent.CLAUDE_CODE: [
        '{\n  "n": 4,\n  "mcpServers": {\n    "other": {"command": "x"}\n  }\n}',
        '{"a":1}',
        '{\r\n\t"theme": "dark"\r\n}\r\n',
    ],
    Agent.CODEX: [
        'model = "gpt" # mine\n\n[mcp_servers.other]\ncommand = "x"\n',
        '[mcp_servers]\n\n[tui]\ntheme = "dark"',
        'a = 1\r\n[b]\r\nc = """\r\n[mcp_servers.memtui]\r\n"""\r\n',
        '[mcp_servers.memtui-two]\ncommand = "y"\n\n\n[[hooks]]\nx = 1\n',
    ],
    Agent.OPENCODE: ['{"$schema": "x", "mcp": {"y": {"type": "local"}}}', "{}\n"],
}
CASES = [(agent, text) for agent, texts in SETTINGS.items() for text in texts]
AGENTS = list(Agent)


def entry(agent: Agent, home: Path) -> dict[str, Any]:
    """The server as the client's file has it."""
    text = file_of(agent, home).read_text()
    found = tomllib.loads(text) if agent is Agent.CODEX else json.loads(text)
    key = {Agent.CODEX: "mcp_servers", Agent.OPENCODE: "mcp"}.get(agent, "mcpServers")
    entry: dict[str, Any] = found[key]["memtui"]
    return entry


def put(agent: Agent, home: Path, text: str) -> Path:
    path = file_of(agent, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(("agent", "text"), CASES)
def test_what_was_added_goes_and_every_other_byte_stays(
    agent: Agent, text: str, home: Path, data: Path
) -> None:
    path = put(agent, home, text)
    apply(plan_install(agent, home, data, mcp=True))
    assert wired(agent, home)
    assert not plan_install(agent, home, data, mcp=True).changes
    apply(plan_uninstall(agent, home, data))
    assert path.read_bytes() == text.encode()
    assert not wired(agent, home)


@pytest.mark.parametrize("agent", AGENTS)
def test_what_was_not_there_is_not_there_afterwards(
    agent: Agent, home: Path, data: Path
) -> None:
    before = sorted(home.rglob("*"))
    apply(plan_install(agent, home, data, mcp=True))
    assert file_of(agent, home).is_file()
    apply(plan_uninstall(agent, home, data))
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize("agent", AGENTS)
def test_the_entry_runs_the_program_at_its_stable_place(
    agent: Agent, home: Path, data: Path
) -> None:
    apply(plan_install(agent, home, data, mcp=True))
    found = entry(agent, home)
    words = found["command"]
    if isinstance(words, str):
        words = [words, *found["args"]]
    assert words == [str(paths.hooks_dir(data) / "memtui"), "mcp"]
    variables = found.get("env") or found["environment"]
    assert variables == {"MEMTUI_DATA_DIR": str(data)}
    done = subprocess.run(
        words, input=b"", capture_output=True, env={"HOME": str(home), **variables}
    )
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("agent", AGENTS)
def test_without_being_asked_for_no_server_is_added(
    agent: Agent, home: Path, data: Path
) -> None:
    apply(plan_install(agent, home, data))
    assert not wired(agent, home)
    assert not file_of(agent, home).exists()


@pytest.mark.parametrize("agent", AGENTS)
def test_the_server_can_go_alone_and_installing_again_keeps_it(
    agent: Agent, home: Path, data: Path, tmp_path: Path
) -> None:
    apply(plan_install(agent, home, tmp_path / "old", mcp=True))
    apply(plan_install(agent, home, data))
    found = json.dumps(entry(agent, home))
    assert str(data) in found
    assert "/old/" not in found
    hooks = plan_install(agent, home, data).path.read_bytes()
    plan = plan_uninstall(agent, home, data, only_mcp=True)
    assert not plan.copies
    apply(plan)
    assert not wired(agent, home)
    assert plan_install(agent, home, data).path.read_bytes() == hooks
    assert not plan_install(agent, home, data).changes


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        (Agent.CLAUDE_CODE, '{"mcpServers": {"memtui": {"command": "memtui"}}}'),
        (Agent.CODEX, '[mcp_servers.memtui]\ncommand = "memtui"\nargs = ["mcp"]\n'),
        (Agent.OPENCODE, '{"mcp": {"memtui": {"command": ["memtui", "mcp"]}}}'),
    ],
)
def test_a_server_of_that_name_that_somebody_else_wrote_stays(
    agent: Agent, text: str, home: Path, data: Path
) -> None:
    path = put(agent, home, text)
    install = partial(plan_install, mcp=True)
    for make in (install, plan_uninstall):
        plan = make(agent, home, data)
        assert any("did not write" in note for note in plan.notes)
        apply(plan)
        assert path.read_text() == text


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        (Agent.CLAUDE_CODE, '{"mcpServers": []}'),
        (Agent.CLAUDE_CODE, "{"),
        (Agent.CODEX, "a = "),
        (Agent.CODEX, "mcp_servers = 7\n"),
        (Agent.CODEX, 'mcp_servers = { x = { command = "y" } }\n'),
        (Agent.OPENCODE, "{ // mine\n }"),
        (Agent.OPENCODE, '{"mcp": { /* none */ }}'),
    ],
)
def test_a_file_that_cannot_be_changed_safely_is_left_alone(
    agent: Agent, text: str, home: Path, data: Path
) -> None:
    path = put(agent, home, text)
    apply(plan_install(agent, home, data))
    with pytest.raises(InstallError):
        plan_install(agent, home, data, mcp=True)
    assert path.read_text() == text
    assert not wired(agent, home)


COMMENTED: Final = """\
// What I like.
{
  "$schema": "https://opencode.ai/config.json", // a /* string */ is none
  /* "mcp": {}, */
  "theme": "dark, // or not",
  "mcp": {
    "mine": {"type": "local", "command": ["x"],}, // my own
  }, // all of it
}
"""


@pytest.mark.parametrize("name", ["opencode.json", "opencode.jsonc"])
@pytest.mark.parametrize(
    "text",
    [
        COMMENTED,
        COMMENTED.replace("\n", "\r\n"),
        '{ // mine\n "theme": "dark" }',
        '{ // mine\n "theme": "dark", /* last */ }',
        '{"mcp": {}, } // nothing yet',
        '\ufeff{"a": [1, 2, ], // two\n}\n',
    ],
)
def test_comments_and_last_commas_are_kept_where_the_client_reads_them(
    name: str, text: str, home: Path, data: Path
) -> None:
    path = home / ".config" / "opencode" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode())
    apply(plan_install(Agent.OPENCODE, home, data, mcp=True))
    written = path.read_bytes().decode()
    assert written != text
    assert wired(Agent.OPENCODE, home)
    assert not plan_install(Agent.OPENCODE, home, data, mcp=True).changes
    for line in filter(None, re.findall("//.*|/\\*.*?\\*/", text)):
        assert line.strip() in written
    # Something of the person's came between: the very bytes are not put back blindly.
    path.write_bytes((written + "// later\n").encode())
    apply(plan_uninstall(Agent.OPENCODE, home, data))
    left = "{} // nothing yet" if text.startswith('{"mcp": {}') else text
    assert path.read_bytes().decode() == left + "// later\n"


def test_a_comment_in_our_own_entry_is_not_taken_along(home: Path, data: Path) -> None:
    path = put(Agent.OPENCODE, home, '{"theme": "dark"}')
    apply(plan_install(Agent.OPENCODE, home, data, mcp=True))
    path.write_text(path.read_text().replace('"enabled"', '/* mine */ "enabled"'))
    with pytest.raises(InstallError, match="a comment stands in the way"):
        plan_uninstall(Agent.OPENCODE, home, data)


def test_doctor_says_where_models_can_look_things_up(
    home: Path, data: Path, tmp_path: Path
) -> None:
    def found() -> list[tuple[str, str]]:
        looked = examine(data, load(), home=home)
        return [(str(f.level), f.message) for f in looked if f.subject == "mcp"]

    apply(plan_install(Agent.CODEX, home, data))
    assert found() == []
    apply(plan_install(Agent.CODEX, home, data, mcp=True))
    ((level, said),) = found()
    assert level == "ok"
    assert said.startswith("codex: ")
    apply(plan_install(Agent.CODEX, home, tmp_path / "other", mcp=True))
    ((level, _),) = found()
    assert level == "wrong"


@pytest.mark.parametrize(
    ("agent", "name", "text"),
    [
        (Agent.CODEX, ".codex/config.toml", 'mcp_servers = { x = { command = "y" } }'),
        (Agent.OPENCODE, ".config/opencode/opencode.jsonc", '{"mcp": { /* no */ }}'),
    ],
)
def test_where_no_server_can_be_added_the_hooks_are_and_the_advice_is_right(
    agent: Agent, name: str, text: str, home: Path, data: Path
) -> None:
    path = home / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    plan = plan_install(agent, home, data, mcp=True)
    said = plan.notes[-1]
    assert "The MCP server is not added" in said
    apply(plan)
    assert path.read_text() == text
    with pytest.raises(InstallError):
        plan_install(agent, home, data, mcp=True)
    if agent is Agent.CODEX:
        advice = said.partition("mcp_servers: ")[2].removesuffix(" by hand.")
        path.write_text(text.replace("{ x", f"{{ {advice}, x"))
    else:
        advice = said.partition("by hand: ")[2]
        path.write_text('{"mcp": {' + advice + "}}")
    assert not plan_install(agent, home, data, mcp=True).changes
