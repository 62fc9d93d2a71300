"""Installing shows what it changes, changes only that, and goes without a trace."""

import errno
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui import paths
from memtui.errors import InstallError, StoreBusy
from memtui.inject.files import locked
from memtui.install import apply, plan_install, plan_uninstall
from memtui.install.plan import Plan, installed
from memtui.install.plugin import commands, is_ours, shipped_hooks
from memtui.model import Agent
from tests.install.test_json_edit import LAYOUTS, OBJECTS

CLAUDE = Agent.CLAUDE_CODE


def settings_of(home: Path) -> Path:
    return home / ".claude" / "settings.json"


def write(home: Path, text: str) -> Path:
    path = settings_of(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def install(home: Path, data: Path) -> None:
    apply(plan_install(CLAUDE, home, data))


def uninstall(home: Path, data: Path) -> None:
    apply(plan_uninstall(CLAUDE, home, data))


def test_planning_writes_nothing(home: Path, data: Path) -> None:
    plan = plan_install(CLAUDE, home, data)
    assert plan.changes
    assert not settings_of(home).exists()
    assert not data.exists()


def test_the_diff_shows_every_line_that_comes(home: Path, data: Path) -> None:
    path = write(home, '{\n  "model": "opus"\n}\n')
    plan = plan_install(CLAUDE, home, data)
    assert plan.diff.startswith(f"--- {path}\n+++ {path}\n")
    assert '-  "model": "opus"\n+  "model": "opus",\n' in plan.diff
    install(home, data)
    added = [line[1:] for line in plan.diff.splitlines() if line.startswith("+ ")]
    assert set(added) <= set(path.read_text().splitlines())


def test_every_hook_names_its_script_by_its_full_path(home: Path, data: Path) -> None:
    install(home, data)
    found = list(commands(json.loads(settings_of(home).read_text())))
    start = data / "hooks" / "session-start"
    sync = data / "hooks" / "sync"
    run = f"[ ! -f {start} ] || {{ set --"
    assert f"{run} startup claude-code {data}; . {start}; }} # memtui" in found
    assert f"{run} resume claude-code {data}; . {start}; }} # memtui" in found
    assert f"{run} compact claude-code {data}; . {start}; }} # memtui" in found
    assert f"[ ! -f {sync} ] || sh {sync} start claude-code # memtui" in found
    assert f"[ ! -f {sync} ] || sh {sync} # memtui" in found
    assert all(is_ours(command) for command in found)


def test_settings_name_the_same_events_as_the_plugin(home: Path, data: Path) -> None:
    install(home, data)
    plugin = json.loads((shipped_hooks() / "hooks.json").read_text())["hooks"]
    ours = json.loads(settings_of(home).read_text())["hooks"]
    assert {e: [g.get("matcher") for g in gs] for e, gs in ours.items()} == {
        e: [g.get("matcher") for g in gs] for e, gs in plugin.items()
    }


def test_the_copied_hooks_are_those_we_ship(home: Path, data: Path) -> None:
    install(home, data)
    for name in ("session-start", "sync", "hooks.json"):
        copy = data / "hooks" / name
        assert copy.read_bytes() == (shipped_hooks() / name).read_bytes()
    assert os.access(data / "hooks" / "session-start", os.X_OK)


def test_the_named_program_is_this_one(home: Path, data: Path) -> None:
    install(home, data)
    done = subprocess.run(
        [data / "hooks" / "memtui", "--version"],
        cwd="/",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0.1.0" in done.stdout


@pytest.mark.parametrize("name", ["plain", "with blank", "it's", 'a"b$(id)', "ü\n"])
def test_a_command_survives_any_data_folder(
    home: Path, tmp_path: Path, name: str
) -> None:
    data = tmp_path / name / "data"
    install(home, data)
    (command, *_) = commands(json.loads(settings_of(home).read_text()))
    script = str(data / "hooks" / "session-start")
    assert f"{script};" in shlex.split(command, comments=True)
    Path(script).write_text('echo "$1 $2 $3"')
    assert (
        subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, check=True
        ).stdout
        == f"startup claude-code {data}\n"
    )
    Path(script).write_bytes((shipped_hooks() / "session-start").read_bytes())
    assert not plan_install(CLAUDE, home, data).changes


def test_a_relative_data_folder_is_named_in_full(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session's folder may hold hooks of its own under the same relative name."""
    monkeypatch.chdir(tmp_path)
    for variable, named in (("XDG_DATA_HOME", "b/memtui"), ("MEMTUI_DATA_DIR", "a")):
        monkeypatch.delenv("MEMTUI_DATA_DIR", raising=False)
        monkeypatch.setenv(variable, named.partition("/")[0])
        assert paths.data_dir() == tmp_path / named
    for agent in Agent:
        edits = plan_install(agent, home, paths.data_dir()).files
        said = b"".join(edit.after or b"" for edit in edits).decode()
        assert re.search(r"(?<![\w/])a/hooks/", said) is None, agent
        assert f"{tmp_path}/a/hooks" in said


def test_clients_wired_at_once_are_all_remembered(home: Path, data: Path) -> None:
    plans = [plan_install(agent, home, data) for agent in Agent]
    together = threading.Barrier(len(plans))

    def wire(plan: Plan) -> None:
        together.wait()
        apply(plan)

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(wire, plans))
    assert installed(data).keys() == set(Agent)
    uninstall(home, data)
    assert (data / "hooks" / "session-start").is_file()


def test_a_client_wired_while_another_one_is_waits_for_it(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.files.LOCK_S", 0.0)
    paths.make_private_dir(data)
    plan = plan_install(CLAUDE, home, data)
    with locked(data / "install.lock"), pytest.raises(StoreBusy):
        apply(plan)
    assert not settings_of(home).exists()
    apply(plan)


def test_installing_twice_is_installing_once(home: Path, data: Path) -> None:
    install(home, data)
    text = settings_of(home).read_text()
    plan = plan_install(CLAUDE, home, data)
    assert not plan.changes
    assert plan.diff == ""
    apply(plan)
    assert settings_of(home).read_text() == text


def test_another_place_replaces_the_old_one(
    home: Path, data: Path, tmp_path: Path
) -> None:
    install(home, data)
    install(home, tmp_path / "elsewhere")
    found = list(commands(json.loads(settings_of(home).read_text())))
    assert all(str(tmp_path / "elsewhere") in command for command in found)
    assert len(found) == 7


def test_a_lost_hook_is_put_back(home: Path, data: Path) -> None:
    install(home, data)
    (data / "hooks" / "sync").unlink()
    plan = plan_install(CLAUDE, home, data)
    assert plan.copies == ("sync",)
    apply(plan)
    assert not plan_install(CLAUDE, home, data).changes


THEIRS = """{
  "hooks": {
    "SessionStart": [{"hooks": [{"type": "command", "command": "~/hooks/sync # x"}]}],
    "Stop": []
  }, "n": 1e5
}"""


def test_their_own_hooks_stay_as_they_are(home: Path, data: Path) -> None:
    path = write(home, THEIRS)
    install(home, data)
    assert "~/hooks/sync # x" in path.read_text()
    assert "1e5" in path.read_text()
    uninstall(home, data)
    assert path.read_text() == THEIRS


def test_a_command_whose_script_is_gone_does_nothing(home: Path, data: Path) -> None:
    install(home, data)
    found = set(commands(json.loads(settings_of(home).read_text())))
    shutil.rmtree(data)
    for command in found:
        done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_what_a_person_put_into_our_group_stays_there_alone(
    home: Path, data: Path
) -> None:
    install(home, data)
    path = settings_of(home)
    known = json.loads(path.read_text())
    theirs = {"type": "command", "command": "echo mine"}
    known["hooks"]["SessionStart"][0]["hooks"].insert(0, theirs)
    known["hooks"]["Stop"][0]["hooks"].append(theirs)
    path.write_text(json.dumps(known, indent=2))

    assert not plan_install(CLAUDE, home, data).changes
    plan = plan_uninstall(CLAUDE, home, data)
    apply(plan)

    assert json.loads(path.read_text()) == {
        "hooks": {
            "SessionStart": [{"matcher": "startup|clear", "hooks": [theirs]}],
            "Stop": [{"hooks": [theirs]}],
        }
    }
    said = "This command in a group of ours is not ours; it stays: echo mine"
    assert plan.notes == (said, said)


def test_a_changed_command_of_ours_is_named_when_it_stays(
    home: Path, data: Path
) -> None:
    install(home, data)
    path = settings_of(home)
    path.write_text(path.read_text().replace(" # memtui", "", 1))
    plan = plan_uninstall(CLAUDE, home, data)
    apply(plan)
    (command,) = commands(json.loads(path.read_text()))
    assert plan.notes == (
        f"This command names a hook of ours, but is changed; it stays: {command}",
    )
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 0


def test_commands_of_an_older_version_are_replaced_and_removed(
    home: Path, data: Path
) -> None:
    install(home, data)
    path = settings_of(home)
    new = path.read_text()
    old = re.sub(r"\[ ! -f \S+ \] \|\| ", "", new)
    assert old != new
    path.write_text(old)
    install(home, data)
    assert path.read_text() == new
    path.write_text(old)
    uninstall(home, data)
    assert not path.exists()


EVENTS = st.fixed_dictionaries(
    {},
    optional={
        event: st.lists(
            st.fixed_dictionaries(
                {
                    "hooks": st.lists(
                        st.fixed_dictionaries(
                            {"type": st.just("command"), "command": st.text(max_size=9)}
                        ),
                        max_size=2,
                    )
                },
                optional={"matcher": st.text(max_size=5)},
            ),
            min_size=1,
            max_size=2,
        )
        for event in ("SessionStart", "Stop", "PreToolUse")
    },
).filter(bool)


@given(OBJECTS, st.one_of(st.none(), EVENTS), LAYOUTS, st.booleans())
def test_uninstalling_restores_every_byte(
    there: dict[str, Any], hooks: Any, layout: dict[str, Any], first: bool
) -> None:
    home, data = paths.home(), paths.data_dir()
    there.pop("hooks", None)
    if hooks:
        there = {"hooks": hooks, **there} if first else {**there, "hooks": hooks}
    path = write(home, json.dumps(there, **layout))
    text = path.read_bytes()
    install(home, data)
    changed = json.loads(path.read_text())
    assert {k: v for k, v in changed.items() if k != "hooks"} == {
        k: v for k, v in there.items() if k != "hooks"
    }
    uninstall(home, data)
    assert path.read_bytes() == text
    assert not (data / "hooks").exists()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "{ }\n", '{"hooks":{}}', '{"hooks":{"SessionStart":[]},"z":1}',
        '{"hooks":{"SessionStart":[ ]}}', '{"hooks": {"Stop": []}}\n', THEIRS,
    ],
)  # fmt: skip
@pytest.mark.parametrize("again", [False, True])
def test_what_nobody_touched_goes_back_to_its_very_bytes(
    text: str, again: bool, home: Path, data: Path
) -> None:
    path = write(home, text)
    install(home, data)
    if again:
        (data / "hooks" / "sync").unlink()
        install(home, data)
    uninstall(home, data)
    assert path.read_text() == text
    assert not (data / "fired").exists()


def test_hooks_of_another_data_folder_do_not_come_back(
    home: Path, data: Path, tmp_path: Path
) -> None:
    install(home, tmp_path / "old")
    install(home, data)
    uninstall(home, data)
    assert b"memtui" not in settings_of(home).read_bytes()


def test_a_script_named_like_ours_is_not_ours(home: Path, data: Path) -> None:
    theirs = "/home/u/hooks/sync.sh # memtui"
    assert not is_ours(theirs)
    hook = {"type": "command", "command": theirs}
    path = write(home, json.dumps({"hooks": {"Stop": [{"hooks": [hook]}]}}))
    install(home, data)
    path.write_text(path.read_text() + "\n")
    uninstall(home, data)
    assert list(commands(json.loads(path.read_text()))) == [theirs]


def test_a_file_that_was_ours_alone_goes_again(home: Path, data: Path) -> None:
    install(home, data)
    uninstall(home, data)
    assert not settings_of(home).exists()


def test_a_file_that_others_wrote_into_stays(home: Path, data: Path) -> None:
    install(home, data)
    path = settings_of(home)
    path.write_text(path.read_text().replace("{", '{\n  "model": "x",', 1))
    uninstall(home, data)
    assert json.loads(path.read_text()) == {"model": "x"}


def test_uninstalling_without_an_install_changes_nothing(
    home: Path, data: Path
) -> None:
    path = write(home, '{"a":1}')
    plan = plan_uninstall(CLAUDE, home, data)
    assert not plan.changes
    apply(plan)
    assert path.read_text() == '{"a":1}'


def test_the_old_file_is_backed_up(home: Path, data: Path) -> None:
    path = write(home, '{"a": 1}')
    done = apply(plan_install(CLAUDE, home, data))
    (backup,) = done.backups
    assert backup.read_text() == '{"a": 1}'
    assert backup.stat().st_mode & 0o777 == 0o600
    assert path.read_text() != '{"a": 1}'


def test_a_symlinked_file_stays_a_symlink(
    home: Path, data: Path, tmp_path: Path
) -> None:
    real = tmp_path / "dotfiles.json"
    real.write_text('{"a": 1}')
    real.chmod(0o640)
    settings_of(home).parent.mkdir(parents=True)
    settings_of(home).symlink_to(real)
    install(home, data)
    assert settings_of(home).is_symlink()
    assert "hooks" in json.loads(real.read_text())
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_change_after_the_diff_stops_it(home: Path, data: Path) -> None:
    path = write(home, "{}")
    plan = plan_install(CLAUDE, home, data)
    path.write_text('{"a": 1}')
    with pytest.raises(InstallError, match="changed in the meantime"):
        apply(plan)
    assert path.read_text() == '{"a": 1}'


@pytest.mark.parametrize(
    "text",
    [
        "{", "// hi\n{}", "[]", '{"hooks": []}', '{"hooks": {"Stop": {}}}',
        '{"a": 1, "a": 2}', '{"hooks": null}', "\ufffe",
    ],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_left_alone(
    home: Path, data: Path, text: str
) -> None:
    path = write(home, text)
    with pytest.raises(InstallError) as caught:
        plan_install(CLAUDE, home, data)
    assert str(path) in caught.value.message
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["", "\n", "{}", "\ufeff{}\n"])
def test_an_empty_file_is_an_empty_object(home: Path, data: Path, text: str) -> None:
    path = write(home, text)
    install(home, data)
    assert list(commands(json.loads(path.read_text().lstrip("\ufeff"))))
    assert path.read_text().startswith("\ufeff") == text.startswith("\ufeff")


def test_the_clients_own_folder_variable_counts(
    home: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "cfg"))
    install(home, data)
    assert (tmp_path / "cfg" / "settings.json").is_file()


def test_a_person_is_told_what_would_keep_it_from_working(
    home: Path, data: Path
) -> None:
    write(home, '{"disableAllHooks": true, "enabledPlugins": {"memtui@memtui": true}}')
    assert plan_install(CLAUDE, home, data).notes == (
        "All hooks are switched off here by disableAllHooks.",
        "memtui is also enabled as a plugin; one of the two is enough.",
    )


def test_what_was_installed_is_remembered(home: Path, data: Path) -> None:
    install(home, data)
    path = str(settings_of(home))
    folder = str(settings_of(home).parent)
    assert installed(data) == {
        "claude-code": {"files": {path: True}, "folders": [folder], "was": {}}
    }


def test_what_the_first_version_remembered_is_understood(
    home: Path, data: Path
) -> None:
    install(home, data)
    path = settings_of(home)
    old = {"claude-code": {"path": str(path), "created": True}}
    (data / "hooks" / "installed.json").write_text(json.dumps(old))
    assert installed(data) == {
        "claude-code": {"files": {str(path): True}, "folders": [], "was": {}}
    }
    uninstall(home, data)
    assert not path.exists()
    assert not (data / "hooks").exists()


@pytest.mark.parametrize(
    "said",
    ["[", "[" * 100_000, "[]", '{"claude-code": 7}', '{"claude-code": {"files": []}}',
     '{"claude-code": {"files": {}, "folders": 5}}',
     '{"claude-code": {"files": {}, "folders": [5, null]}}',
     '{"claude-code": {"was": {"SETTINGS": 7}}}',
     '{"claude-code": {"was": {"SETTINGS": {}}}}',
     '{"claude-code": {"was": {"SETTINGS": {"after": "", "text": null}}}}'],
)  # fmt: skip
def test_a_damaged_record_keeps_nobody_from_taking_it_out(
    home: Path, data: Path, said: str
) -> None:
    path = write(home, '{"model": "opus"}\n')
    install(home, data)
    record = data / "hooks" / "installed.json"
    damaged = said.replace("SETTINGS", str(path))
    record.write_text(damaged)
    assert not plan_install(CLAUDE, home, data).changes
    install(home, data)
    record.write_text(damaged)
    uninstall(home, data)
    assert path.read_text() == '{"model": "opus"}\n'
    assert not (data / "hooks").exists()


def test_a_full_disk_is_named_by_the_folder_that_is_on_it(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("memtui.install.plugin.replace_file", full)
        with pytest.raises(InstallError, match=re.escape(f"{data} cannot be")):
            install(home, data)
        assert not settings_of(home).exists()
    with monkeypatch.context() as patch:
        patch.setattr("memtui.install.writing.replace_file", full)
        name = re.escape(f"{settings_of(home)} cannot be")
        with pytest.raises(InstallError, match=name):
            install(home, data)


def test_a_data_folder_that_cannot_be_made_is_said(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(InstallError, match="cannot be written"):
        install(home, taken / "data")
    assert not settings_of(home).exists()
