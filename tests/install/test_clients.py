"""Each client's own wiring: written whole, taken out whole, known again when broken."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from memtui.errors import InstallError
from memtui.install import apply, found, plan_install, plan_uninstall
from memtui.install.clients import CLIENTS
from memtui.install.codex_trust import hash_of
from memtui.install.plan import installed
from memtui.install.plugin import commands
from memtui.install.wiring import broken_link, chains
from memtui.model import Agent
from memtui.paths import export_dir
from memtui.store.rescue.probe import LastDelivery, last_deliveries
from tests.inject.stores import StoreRows

OTHERS = [Agent.CODEX, Agent.GEMINI_CLI, Agent.OPENCODE]
FOLDERS = {
    Agent.CLAUDE_CODE: ".claude",
    Agent.CODEX: ".codex",
    Agent.GEMINI_CLI: ".gemini",
    Agent.OPENCODE: ".config/opencode",
}


@pytest.fixture(params=list(Agent))
def agent(request: pytest.FixtureRequest) -> Agent:
    found: Agent = request.param
    return found


def install(agent: Agent, home: Path, data: Path) -> None:
    apply(plan_install(agent, home, data))


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def trust(home: Path, **more: object) -> None:
    """What Codex writes when the person trusted our hooks, as they are now."""
    file = home / ".codex" / "hooks.json"
    lines = []
    for at, group in enumerate(json.loads(file.read_text())["hooks"]["SessionStart"]):
        seen = hash_of("session_start", group, group["hooks"][0])
        lines.append(f'[hooks.state."{file}:session_start:{at}:0"]')
        lines.append(f'trusted_hash = "{seen}"')
        lines += [f"{name} = {json.dumps(value)}" for name, value in more.items()]
    (home / ".codex" / "config.toml").write_text("\n".join([*lines, ""]))


def test_a_hash_is_what_codex_computes() -> None:
    # As Codex 0.169 named them for these on hooks/list.
    first = {"type": "command", "command": "echo hi é # memtui", "timeout": 5}
    group = {"matcher": "startup|clear", "hooks": [first]}
    assert hash_of("session_start", group, first) == (
        "sha256:ef978110250b903549e005ccaa531281217199200f24a1707780e59ccf2e93f8"
    )
    plain = {"type": "command", "command": "a"}
    assert hash_of("session_start", {"hooks": [plain]}, plain) == (
        "sha256:cacbffbe3785e6e556ebb9b1191c8f38ab8d9c74012f17303a5dbb9a461fe8db"
    )
    all_said = {
        "type": "command", "command": "x", "timeout": 5, "async": True,
        "statusMessage": "m",
    }  # fmt: skip
    assert hash_of("stop", {"hooks": [all_said]}, all_said) == (
        "sha256:f7c84d0a1eefe9cc420cb186a7a9f8b1195acb4c770da0cd687276b377abcb01"
    )


def test_only_our_own_hook_as_it_is_now_counts_as_trusted(
    home: Path, data: Path
) -> None:
    file = home / ".codex" / "hooks.json"
    file.parent.mkdir()
    theirs = {"hooks": [{"type": "command", "command": "echo theirs"}]}
    file.write_text(json.dumps({"hooks": {"SessionStart": [theirs]}}))
    trust(home)
    install(Agent.CODEX, home, data)

    def broken() -> str:
        return CLIENTS[Agent.CODEX].wired(home, data).broken

    assert broken() == "the hooks are not trusted yet"
    trust(home)
    assert broken() == ""
    trust(home, enabled=False)
    assert broken() == "the hooks are switched off in the review of hooks"
    trust(home)
    file.write_text(file.read_text().replace('timeout": 5', 'timeout": 6'))
    assert broken() == "the hooks changed since they were trusted"


def test_the_clients_found_are_those_with_a_folder(home: Path) -> None:
    assert found(home) == ()
    for name in FOLDERS.values():
        (home / name).mkdir(parents=True)
    assert found(home) == tuple(Agent)


def test_installing_twice_is_installing_once_and_uninstalling_leaves_no_trace(
    agent: Agent, home: Path, data: Path
) -> None:
    (home / FOLDERS[agent]).mkdir(parents=True)
    before = tree(home)
    first = plan_install(agent, home, data)
    assert first.changes
    assert first.diff.count("\n+++ ") == len(first.files)
    apply(first)
    again = plan_install(agent, home, data)
    assert (again.changes, again.diff) == (False, "")
    apply(again)
    assert tree(home) != before
    apply(plan_uninstall(agent, home, data))
    assert tree(home) == before
    assert installed(data) == {}
    assert not (data / "hooks").exists()


def test_a_folder_that_others_use_by_now_stays(home: Path, data: Path) -> None:
    install(Agent.OPENCODE, home, data)
    theirs = home / ".config" / "opencode" / "plugin" / "theirs.js"
    theirs.write_text("// theirs")
    apply(plan_uninstall(Agent.OPENCODE, home, data))
    assert tree(home / ".config") == {
        "opencode", "opencode/plugin", "opencode/plugin/theirs.js",
    }  # fmt: skip


def test_the_hooks_go_with_the_last_client(home: Path, data: Path) -> None:
    for one in OTHERS:
        install(one, home, data)
    for one in OTHERS:
        assert (data / "hooks" / "session-start").is_file()
        apply(plan_uninstall(one, home, data))
    assert not (data / "hooks").exists()


def test_of_a_file_of_ours_that_was_changed_a_person_is_told(
    home: Path, data: Path
) -> None:
    apply(plan_install(Agent.OPENCODE, home, data))
    path = home / ".config" / "opencode" / "plugin" / "memtui.js"
    assert plan_uninstall(Agent.OPENCODE, home, data).notes == ()
    changed = path.read_bytes() + b"// a line of mine\n"
    path.write_bytes(changed)
    plan = plan_uninstall(Agent.OPENCODE, home, data)
    said = "is not as this memtui writes it; it goes, its backup stays."
    assert plan.notes == (f"{path} {said}",)
    assert [backup.read_bytes() for backup in apply(plan).backups] == [changed]
    assert not path.exists()


def test_a_file_of_our_name_that_is_not_ours_stays(home: Path, data: Path) -> None:
    path = home / ".config" / "opencode" / "plugin" / "memtui.js"
    path.parent.mkdir(parents=True)
    path.write_text("export const Theirs = 1")
    plan = plan_uninstall(Agent.OPENCODE, home, data)
    apply(plan)
    assert path.exists()
    assert plan.notes == (f"{path} is not ours; it stays.",)


def test_codex_users_are_told_to_trust_the_hook(home: Path, data: Path) -> None:
    (note,) = plan_install(Agent.CODEX, home, data).notes
    assert "trusted" in note
    install(Agent.CODEX, home, data)
    assert plan_install(Agent.CODEX, home, data).notes == ()


def test_every_command_for_codex_and_gemini_runs_in_any_shell_and_names_its_agent(
    home: Path, data: Path
) -> None:
    install(Agent.CODEX, home, data)
    install(Agent.GEMINI_CLI, home, data)
    codex = json.loads((home / ".codex" / "hooks.json").read_text())
    extension = home / ".gemini" / "extensions" / "memtui"
    gemini = json.loads((extension / "hooks" / "hooks.json").read_text())
    start = data / "hooks" / "session-start"
    assert f"[ ! -f {start} ] || sh {start} compact codex # memtui" in commands(codex)
    told = {
        group["matcher"]: next(commands({"hooks": {"x": [group]}}))
        for group in gemini["hooks"]["SessionStart"]
        if "matcher" in group
    }
    run = f"[ ! -f {start} ] || sh {start} startup gemini-cli # memtui"
    marks = data / "hooks" / "cleared"
    mark = f"[ ! -f {marks} ] || sh {marks} mark # memtui"
    assert told == {"startup": run, "resume": run, "clear": mark}
    assert mark.replace("mark #", "tell #") in commands(gemini)
    shutil.rmtree(data)
    for command in {*commands(codex), *commands(gemini)}:
        done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
@pytest.mark.parametrize("exported", [True, False])
def test_the_plugin_for_opencode_adds_the_text_to_every_request_of_a_session(
    home: Path, data: Path, tmp_path: Path, exported: bool
) -> None:
    install(Agent.OPENCODE, home, data)
    (data / "hooks" / "memtui").write_text("#!/bin/sh\n")
    (data / "memtui.db").touch()
    folder = data / "export" / "_default"
    folder.mkdir(parents=True)
    if exported:
        answer = {"hookSpecificOutput": {"additionalContext": "kept\nthings"}}
        (folder / "startup.json").write_text(json.dumps(answer))
    plugin = tmp_path / "memtui.mjs"
    plugin.write_bytes((home / ".config/opencode/plugin/memtui.js").read_bytes())
    script = tmp_path / "run.mjs"
    script.write_text(
        'import { Memtui } from "./memtui.mjs"\n'
        f"const hooks = await Memtui({{ directory: {json.dumps(str(tmp_path))} }})\n"
        "const event = (type, properties) =>\n"
        "  hooks.event({ event: { type, properties } })\n"
        'await event("session.created", { info: { id: "s" } })\n'
        "const asked = async () => {\n"
        "  const output = { system: [] }\n"
        '  const told = hooks["experimental.chat.system.transform"]\n'
        '  await told({ sessionID: "s" }, output)\n'
        "  return output.system\n}\n"
        "const said = [await asked(), await asked()]\n"
        'await event("session.idle", { sessionID: "s" })\n'
        'await event("session.deleted", { info: { id: "s" } })\n'
        "console.log(JSON.stringify(said))\n"
    )
    done = subprocess.run(
        ["node", str(script)],
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    told = ["kept\nthings"] if exported else []
    assert json.loads(done.stdout) == [told, told]


def test_a_chain_says_wired_fired_and_delivered(home: Path, data: Path) -> None:
    for name in FOLDERS.values():
        (home / name).mkdir(parents=True)
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.session("s-1", "p", "hello")
        rows.conn.execute(
            "insert into delivery(session_id, record_id, export, at)"
            " values (1, 1, 'aaaabbbbcccc', 9)"
        )
    install(Agent.CLAUDE_CODE, home, data)
    (data / "fired" / "claude-code").touch()
    os.utime(data / "fired" / "claude-code", (5, 5))
    by_agent = {chain.agent: chain for chain in chains(data, home)}
    told = by_agent[Agent.CLAUDE_CODE]
    assert (told.broken, told.fired) == ("", 5_000)
    assert told.delivered == LastDelivery(session="s-1", export="aaaabbbbcccc", at=9)
    assert {by_agent[one].broken for one in OTHERS} == {"not wired"}
    assert list(last_deliveries(data / "memtui.db")) == ["claude-code"]


def test_each_break_is_named_with_its_agent(home: Path, data: Path) -> None:
    install(Agent.CLAUDE_CODE, home, data)
    install(Agent.CODEX, home, data)
    export_dir(data).mkdir()
    assert broken_link(data, home) == "codex: the hooks are not trusted yet"
    trust(home)
    assert broken_link(data, home) == ""
    config = home / ".codex" / "config.toml"
    config.write_text(config.read_text() + "[features]\nhooks = false\n")
    assert broken_link(data, home) == "codex: the client's hooks are switched off"


def test_a_switch_of_gemini_cli_is_a_broken_link(home: Path, data: Path) -> None:
    install(Agent.GEMINI_CLI, home, data)
    export_dir(data).mkdir()
    assert broken_link(data, home) == ""
    settings = home / ".gemini" / "settings.json"
    settings.write_text('{"hooksConfig": {"enabled": false}}')
    assert broken_link(data, home) == "the client's hooks are switched off"


@pytest.mark.parametrize("agent", [Agent.GEMINI_CLI, Agent.OPENCODE])
def test_files_of_ours_that_are_lost_changed_or_lead_elsewhere_are_named(
    agent: Agent, home: Path, data: Path, tmp_path: Path
) -> None:
    client = CLIENTS[agent]
    install(agent, home, tmp_path / "old")
    install(agent, home, data)
    assert client.wired(home, data).broken == ""
    wired = Path(client.wired(home, data).where)
    wired.write_text(wired.read_text() + "\n")
    assert client.wired(home, data).differs
    (data / "hooks" / "session-start").unlink()
    assert client.wired(home, data).broken == "the hooks are missing or old"
    install(agent, home, tmp_path / "old")
    install(Agent.CLAUDE_CODE, home, data)
    broken = client.wired(home, data).broken
    assert broken == "the hooks belong to another data folder"


def test_a_hooks_file_of_codex_that_cannot_be_read_is_left_alone(
    home: Path, data: Path
) -> None:
    path = home / ".codex" / "hooks.json"
    path.parent.mkdir()
    path.write_text("{")
    with pytest.raises(InstallError):
        plan_install(Agent.CODEX, home, data)
    assert path.read_text() == "{"


def test_geminis_own_home_is_honoured(
    home: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_CLI_HOME", str(tmp_path / "g"))
    install(Agent.GEMINI_CLI, home, data)
    assert (tmp_path / "g" / ".gemini" / "extensions" / "memtui").is_dir()
    assert not (home / ".gemini").exists()


@pytest.mark.parametrize(
    ("rules", "works"),
    [
        (["!{home}/*"], False),
        (["!/*"], False),
        (["!{home}/*", "{home}/*"], True),
        (["!{home}/work/*"], True),
        (["!{home}x/*"], True),
        ([], True),
        ("!", True),
    ],
)
def test_an_extension_that_is_disabled_is_named(
    rules: list[str], works: bool, home: Path, data: Path
) -> None:
    install(Agent.GEMINI_CLI, home, data)
    said = json.dumps({"memtui": {"overrides": rules}}).replace("{home}", str(home))
    path = home / ".gemini" / "extensions" / "extension-enablement.json"
    path.write_text(said)
    broken = CLIENTS[Agent.GEMINI_CLI].wired(home, data).broken
    assert broken == ("" if works else "the extension is disabled")


def test_a_single_hook_that_is_disabled_is_named(home: Path, data: Path) -> None:
    install(Agent.GEMINI_CLI, home, data)
    settings = home / ".gemini" / "settings.json"
    for name, works in {"memtui-tell-startup": False, "theirs": True}.items():
        settings.write_text(json.dumps({"hooksConfig": {"disabled": [name]}}))
        broken = CLIENTS[Agent.GEMINI_CLI].wired(home, data).broken
        assert broken == ("" if works else "the client's hooks are switched off")


def test_what_hooks_left_of_sessions_goes_with_the_last_client(
    home: Path, data: Path
) -> None:
    install(Agent.GEMINI_CLI, home, data)
    install(Agent.OPENCODE, home, data)
    fired = data / "fired"
    for name in ("gemini-cli", "opencode", "cleared.615f0bcb"):
        (fired / name).touch()
    apply(plan_uninstall(Agent.GEMINI_CLI, home, data))
    assert [path.name for path in fired.iterdir()] == ["opencode"]
    apply(plan_uninstall(Agent.OPENCODE, home, data))
    assert not fired.exists()


def test_a_place_that_did_not_make_our_folders_takes_them_along(
    home: Path, data: Path, tmp_path: Path
) -> None:
    before, gemini = tree(home), Agent.GEMINI_CLI
    (home / ".gemini" / "extensions" / "mine").mkdir(parents=True)
    apply(plan_install(gemini, home, tmp_path / "old", mcp=True))
    apply(plan_install(gemini, home, data, mcp=True))
    apply(plan_uninstall(gemini, home, data))
    assert tree(home) - before == {
        ".gemini", ".gemini/extensions", ".gemini/extensions/mine",
    }  # fmt: skip


def test_a_file_that_somebody_put_into_our_folder_keeps_it(
    home: Path, data: Path, tmp_path: Path
) -> None:
    gemini = Agent.GEMINI_CLI
    install(gemini, home, tmp_path / "old")
    install(gemini, home, data)
    folder = home / ".gemini" / "extensions" / "memtui"
    (folder / "notes.md").write_text("mine")
    apply(plan_uninstall(gemini, home, data))
    assert tree(folder) == {"notes.md"}
