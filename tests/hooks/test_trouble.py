"""Any trouble: nothing on stdout, exit 0, a line in the log; never more than that."""

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from memtui.inject import render
from memtui.inject.place import file_of
from memtui.inject.values import Source
from memtui.paths import hooks_log_path, store_path
from tests.hooks.shells import HOOKS, PYTHON, SHELLS, run_hook

PLUGIN: Final = {"CLAUDECODE": "1", "CLAUDE_PLUGIN_ROOT": str(HOOKS.parent)}
LINE: Final = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ "


@pytest.fixture(params=[*SHELLS, pytest.param(PYTHON, id="python")])
def form(request: pytest.FixtureRequest) -> list[str]:
    """What runs ``session-start``: a shell, or the form for Windows."""
    found: list[str] = request.param
    return found


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


def exported(data: Path, root: Path) -> bytes:
    file = file_of(data, str(root), Source.STARTUP)
    file.parent.mkdir(parents=True)
    file.write_bytes(render.envelope("the last good text"))
    return file.read_bytes()


def logged(data: Path) -> list[str]:
    log = hooks_log_path(data)
    return log.read_text().splitlines() if log.exists() else []


def tools(folder: Path, *names: str) -> str:
    """A PATH with only these programs."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or "")
    return str(folder)


def test_what_cannot_be_printed_is_a_line_in_the_log(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    exported(data, tmp_path)
    path = {"PATH": tools(tmp_path / "tools", shell[0], "date")}
    done = run_hook(
        shell, "session-start", "startup", cwd=tmp_path, data=data, environ=path
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (line,) = logged(data)
    said = f"session-start claude-code: cannot print {data}/export"
    assert re.match(LINE + re.escape(said), line)
    assert hooks_log_path(data).stat().st_mode & 0o777 == 0o600


def test_a_call_with_an_unknown_source_is_a_line_in_the_log(
    form: list[str], data: Path, tmp_path: Path
) -> None:
    data.mkdir()
    run_hook(form, "session-start", "begin", "codex", cwd=tmp_path, data=data)
    (line,) = logged(data)
    assert line.endswith("session-start codex: called for 'begin', which is no source")


def test_where_all_is_well_nothing_is_logged(
    form: list[str], data: Path, tmp_path: Path
) -> None:
    exported(data, tmp_path)
    for folder in (tmp_path, Path("/")):
        run_hook(form, "session-start", "startup", cwd=folder, data=data)
    assert logged(data) == []


def locked(store: Path) -> Callable[[], None]:
    conn = sqlite3.connect(store)
    conn.execute("create table t(x)")
    conn.execute("begin exclusive")
    return conn.close


def corrupt(store: Path) -> Callable[[], None]:
    store.write_bytes(b"no database" * 100)
    return lambda: None


def missing(_: Path) -> Callable[[], None]:
    return lambda: None


@pytest.mark.parametrize("trouble", [locked, corrupt, missing])
@pytest.mark.parametrize("stdin", [b"", b"garbage\0" * 9])
def test_whatever_the_store_is_the_last_good_text_is_printed(
    data: Path,
    tmp_path: Path,
    trouble: Callable[[Path], Callable[[], None]],
    stdin: bytes,
) -> None:
    answer = exported(data, tmp_path)
    over = trouble(store_path(data))
    done = run_hook(
        ["sh"], "session-start", "startup", cwd=tmp_path, data=data, stdin=stdin
    )
    over()
    assert (done.returncode, done.stdout, done.stderr) == (0, answer, b"")


def test_a_full_disk_keeps_nobody_from_being_told(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    answer = exported(data, tmp_path)
    (data / "fired").mkdir()
    for name in ("hooks.log", "sync.wanted", "sync.said", "fired/claude-code"):
        (data / name).symlink_to("/dev/full")
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, answer, b"")
    done = run_hook(shell, "sync", "start", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_folder_deleted_under_the_session_is_no_trouble(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    data.mkdir()
    gone = tmp_path / "gone"
    gone.mkdir()
    inner = f'rmdir "{gone}"; exec "$@"'
    for words in (["session-start", "startup"], ["sync", "start"]):
        gone.mkdir(exist_ok=True)
        done = subprocess.run(
            ["sh", "-c", inner, "sh", *shell, str(HOOKS / words[0]), words[1]],
            cwd=gone,
            env={"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)},
            capture_output=True,
            timeout=20,
        )
        # what stands on stderr the shell itself says, before it reads a line of ours
        assert (done.returncode, done.stdout) == (0, b"")


def fails_with(data: Path, code: int, said: str) -> None:
    program = data / "hooks" / "memtui"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\necho first >&2; echo "{said}" >&2\nexit {code}\n')
    program.chmod(0o755)


def sync_to_its_end(shell: list[str], data: Path, cwd: Path) -> None:
    """The detached part, in the foreground."""
    (data / "sync.wanted").touch()
    program = str(data / "hooks" / "memtui")
    run_hook(shell, "sync", "detached", program, cwd=cwd, data=data)


def test_a_sync_that_fails_is_a_line_in_the_log_unless_another_one_reads(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    fails_with(data, 3, "busy")
    sync_to_its_end(shell, data, tmp_path)
    assert logged(data) == []
    fails_with(data, 1, "memtui: the disk is full.")
    sync_to_its_end(shell, data, tmp_path)
    (line,) = logged(data)
    assert re.fullmatch(LINE + r"sync: ended with 1: memtui: the disk is full\.", line)
    assert not (data / "sync.said").exists()


def test_the_log_does_not_grow_without_end(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    fails_with(data, 1, "no")
    hooks_log_path(data).write_text("x\n" * 50_000)
    sync_to_its_end(shell, data, tmp_path)
    assert len(logged(data)) == 1
    assert (data / "hooks.log.old").stat().st_size == 100_000


def test_a_plugin_without_its_program_says_so_once_a_week(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    path = tools(tmp_path / "tools", shell[0], "find", "mkdir", "date")
    around = {**PLUGIN, "CLAUDE_PLUGIN_DATA": str(kept), "PATH": path}

    def says(*words: str) -> bytes:
        done = run_hook(shell, "sync", *words, cwd=tmp_path, data=data, environ=around)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout

    assert says() == b""  # a turn's end is no moment for it
    first = says("start")
    assert first.startswith(b'{"systemMessage":"memtui: the plugin is here')
    assert says("start") == b""
    week = time.time() - 8 * 86_400
    os.utime(kept / "said", (week, week))
    assert says("start") == first
    assert not data.exists()


def test_settings_whose_program_is_gone_say_nothing(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    data.mkdir()
    path = {"PATH": tools(tmp_path / "tools", shell[0], "date", "find")}
    done = run_hook(shell, "sync", "start", cwd=tmp_path, data=data, environ=path)
    assert (done.returncode, done.stdout) == (0, b"")
    (line,) = logged(data)
    assert line.endswith("sync: there is no memtui to run")


@pytest.mark.parametrize(
    ("words", "more", "agent"),
    [
        (["codex"], {}, "codex"),
        (["opencode"], {}, "opencode"),
        ([], {}, "claude-code"),
        ([], {"PLUGIN_ROOT": "/plugin", "CLAUDECODE": "1"}, "codex"),
    ],
)
def test_when_a_session_began_is_left_by_agent(
    shell: list[str],
    data: Path,
    tmp_path: Path,
    words: list[str],
    more: dict[str, str],
    agent: str,
) -> None:
    fails_with(data, 0, "")
    run_hook(shell, "sync", "start", *words, cwd=tmp_path, data=data, environ=more)
    assert [path.name for path in (data / "fired").iterdir()] == [agent]


def test_a_text_for_one_agent_goes_before_the_one_for_all(
    form: list[str], data: Path, tmp_path: Path
) -> None:
    for_all = exported(data, tmp_path)
    own = data / "export" / "_agents" / "codex" / str(tmp_path)[1:] / "startup.json"
    own.parent.mkdir(parents=True)
    own.write_bytes(render.envelope("for codex"))

    def told(*words: str, **more: str) -> bytes:
        return run_hook(
            form, "session-start", "startup", *words, cwd=tmp_path, data=data,
            environ=more,
        ).stdout  # fmt: skip

    assert told() == told("gemini-cli") == for_all
    assert told("codex") == told(PLUGIN_ROOT="/plugin") == own.read_bytes()
    assert told("codex", CLAUDE_PROJECT_DIR="/") == own.read_bytes()
