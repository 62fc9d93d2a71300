"""Nothing that lies in the folder of a session is run by what starts there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from memtui.inject import render
from memtui.install import apply, plan_install
from memtui.model import Agent
from tests.hooks.shells import HOOKS, SHELLS

TRAPS = ["memtui/__init__.py", "memtui/__main__.py", "click.py", "json.py", "runpy.py"]
PATHS = ["", ":", ".:", ":/nowhere", "/nowhere::", "{here}"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a module of every name that might be imported."""
    made = tmp_path / "repository"
    for name in TRAPS:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    return made


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


@pytest.mark.parametrize("named", PATHS)
@pytest.mark.parametrize("verb", ["mcp", "sync"])
def test_the_program_imports_nothing_from_where_it_starts(
    verb: str, named: str, folder: Path, home: Path, data: Path
) -> None:
    apply(plan_install(Agent.CODEX, home, data))
    around = {**os.environ, "PYTHONPATH": named.format(here=folder)}
    done = subprocess.run(
        [data / "hooks" / "memtui", verb],
        cwd=folder, env=around, input=b"", capture_output=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert not (folder.parent / "ran").exists()


@pytest.mark.parametrize("call", ["session-start startup", "sync start", "recall file"])
def test_no_hook_imports_anything_from_where_it_starts(
    call: str, folder: Path, home: Path, data: Path
) -> None:
    apply(plan_install(Agent.CODEX, home, data))
    (data / "memtui.db").touch()
    script, word = call.split()
    # The detached sync holds this pipe: it ends when that has.
    done = subprocess.Popen(
        ["sh", data / "hooks" / script, word, *([data] if script == "recall" else [])],
        cwd=folder, env={**os.environ, "PYTHONPATH": ":"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.wait(20) == 0
    if script == "sync":
        with (data / "sync.lock").open("ab") as lock:
            subprocess.run(["flock", str(lock.fileno())], pass_fds=[lock.fileno()])
    assert not (folder.parent / "ran").exists()


def test_a_program_that_a_path_finds_in_this_folder_is_not_run(
    shell: list[str], folder: Path, data: Path
) -> None:
    program = folder / "memtui.sh"
    program.write_text(f"#!/bin/sh\n: >{folder.parent / 'ran'}\n")
    program.chmod(0o755)
    shutil.rmtree(folder / "memtui")
    program.rename(folder / "memtui")
    around = {
        "PATH": f".:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "MEMTUI_DATA_DIR": str(data),
    }
    done = subprocess.run(
        [*shell, str(HOOKS / "sync")], cwd=folder, env=around, capture_output=True
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert not data.exists()
    assert not (folder.parent / "ran").exists()


def test_a_folder_named_like_the_shell_is_no_data_folder(
    shell: list[str], folder: Path
) -> None:
    (folder / shell[0]).mkdir()
    (folder / "memtui.db").touch()
    text = folder / "export" / "_default" / "startup.json"
    text.parent.mkdir(parents=True)
    text.write_bytes(render.envelope("made up"))
    run = f"set -- startup; . {HOOKS}/session-start"
    done = subprocess.run(
        [*shell, "-c", run],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, b"")
