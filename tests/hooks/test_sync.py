"""The sync hook: returns at once, outlives the client, one sync at a time."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hooks.shells import HOOKS, SHELLS, run_hook, running_with


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


class Program:
    """A stand-in for memtui that says when it runs and waits to be let go."""

    def __init__(self, folder: Path) -> None:
        self.log, self.began, self.gate = (folder / n for n in ("log", "began", "gate"))
        for pipe in (self.began, self.gate):
            os.mkfifo(pipe)

    def script(self) -> str:
        return (
            f'#!/bin/sh\nprintf "%s %s\\n" "$*" "$MEMTUI_DATA_DIR" >>"{self.log}"\n'
            f'echo ran >"{self.began}"\nread -r go <"{self.gate}"\n'
        )

    def put(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.script())
        path.chmod(0o755)

    def wait(self) -> None:
        """Until a run began."""
        self.began.read_text()

    def let_go(self) -> None:
        """Let the run that waits end."""
        self.gate.write_text("go\n")

    def runs(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def program(tmp_path: Path, data: Path) -> Program:
    made = Program(tmp_path)
    made.put(data / "hooks" / "memtui")
    return made


def until_gone(folder: Path) -> None:
    """Wait for the end of what was detached with a program in this folder.

    Its lock alone is not enough: it looks for one more wish after letting go, and
    would find that of the next test, whose folder may have the same name.
    """
    while running_with(f"detached {folder}"):
        pass  # each look takes the time of a process


def test_the_hook_returns_while_the_sync_still_runs(
    shell: list[str], data: Path, tmp_path: Path, program: Program
) -> None:
    done = run_hook(shell, "sync", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    program.wait()
    program.let_go()
    until_gone(tmp_path)
    assert program.runs() == [f"sync --lazily {data}"]


def test_who_comes_while_one_runs_is_served_by_one_more(
    shell: list[str], data: Path, tmp_path: Path, program: Program
) -> None:
    run_hook(shell, "sync", cwd=tmp_path, data=data)
    program.wait()
    for _ in range(20):
        run_hook(shell, "sync", cwd=tmp_path, data=data)
    program.let_go()
    program.wait()
    program.let_go()
    until_gone(tmp_path)
    assert len(program.runs()) == 2
    assert not (data / "sync.wanted").exists()


def test_the_sync_is_no_child_of_the_clients_group(
    shell: list[str], data: Path, tmp_path: Path, program: Program
) -> None:
    script = f'"$@" {HOOKS}/sync; kill -9 -$$'
    client = subprocess.Popen(
        ["setsid", "sh", "-c", script, "sh", *shell],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)},
    )
    assert client.wait() != 0
    program.wait()
    program.let_go()
    until_gone(tmp_path)
    assert len(program.runs()) == 1


def test_where_setsid_and_flock_are_missing_it_still_detaches(
    shell: list[str], data: Path, tmp_path: Path, program: Program
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "nohup", "nice", "rm", shell[0]):
        (tools / name).symlink_to(shutil.which(name) or "")
    run_hook(shell, "sync", cwd=tmp_path, data=data, environ={"PATH": str(tools)})
    program.wait()
    program.let_go()
    until_gone(tmp_path)
    assert program.runs() == [f"sync --lazily {data}"]


def test_without_an_installed_program_the_one_on_the_path_is_used(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    program = Program(tmp_path)
    program.put(tmp_path / "bin" / "memtui")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    run_hook(shell, "sync", cwd=tmp_path, data=data, environ={"PATH": path})
    program.wait()
    program.let_go()
    until_gone(tmp_path)
    assert data.stat().st_mode & 0o777 == 0o700


def test_without_any_program_nothing_happens(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    done = run_hook(shell, "sync", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not data.exists()


def test_a_data_folder_that_cannot_be_written_is_no_trouble(
    shell: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = run_hook(shell, "sync", cwd=tmp_path, data=tmp_path / "file" / "data")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_200_at_once_leave_no_process(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    (data / "hooks").mkdir(parents=True)
    (data / "hooks" / "memtui").write_text(f'#!/bin/sh\necho ran >>"{log}"\n')
    (data / "hooks" / "memtui").chmod(0o755)
    hook = str(shutil.copy(HOOKS / "sync", data / "hooks"))
    around = {"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)}
    # Every detached child holds this pipe open: it ends when the last one has.
    out, held = os.pipe()
    started = [
        subprocess.Popen(["sh", hook], env=around, pass_fds=[held]) for _ in range(200)
    ]
    os.close(held)
    assert {process.wait() for process in started} == {0}
    with os.fdopen(out, "rb") as pipe:
        assert pipe.read() == b""
    assert running_with(hook) == []
    assert 1 <= len(log.read_text().splitlines()) < 200
    assert not (data / "sync.wanted").exists()
