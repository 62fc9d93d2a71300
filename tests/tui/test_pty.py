"""The app in a real terminal: first start, clean end, hostile text."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import memtui
from tests.factories import Ask, Bash, Edit, Say, Turn, transcript
from tests.hooks.shells import listening, processes_around
from tests.ingest.telling import ask, synced
from tests.tui.terminal import Terminal

pytestmark = pytest.mark.tui

CHECKOUT = Path(memtui.__file__).resolve().parents[1]
MOST_KEYS = 5
MOST_SECONDS = 60.0
STARTER = "marked"
"""Said by the status line once the first reading ended and ten are marked."""


@pytest.fixture
def env(home: Path, data: Path) -> dict[str, str]:
    """What a newcomer's shell hands to the app."""
    return {
        "HOME": str(home),
        "MEMTUI_DATA_DIR": str(data),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TZ": "UTC",
    }


def start(env: Mapping[str, str], *words: str, cwd: Path | None = None) -> Terminal:
    command = [sys.executable, "-m", "memtui", *words]
    return Terminal(command, env, cwd or Path(env["HOME"]))


def kept_in_exports(data: Path) -> list[str]:
    """Lines of memories in the files that the hook prints."""
    lines: list[str] = []
    for file in (data / "export").rglob("*.json"):
        if answer := file.read_bytes():
            told = json.loads(answer)["hookSpecificOutput"]["additionalContext"]
            lines += [line for line in told.splitlines() if line.startswith("- ")]
    return lines


def wait_for_export(terminal: Terminal, data: Path, seconds: float = 20) -> list[str]:
    """The kept memories in the exports, as soon as there are any."""
    end = time.monotonic() + seconds
    while not (kept := kept_in_exports(data)) and time.monotonic() < end:
        terminal.settle(quiet=0.05, seconds=0.5)
    return kept


def quit_app(terminal: Terminal) -> int:
    """Leave by the key for it; a screen above the first needs it once more."""
    for _ in range(4):
        terminal.press(b"q")
        terminal.settle(quiet=0.3, seconds=3)
        if terminal.status is not None or _gone(terminal):
            break
    return terminal.wait_end()


def _gone(terminal: Terminal) -> bool:
    return b"\x1b[?1049l" in terminal.raw


def write_sessions(home: Path) -> None:
    """A fortnight of two small projects, enough for ten candidates."""
    for day in range(6):
        transcript(
            turns=[
                Turn(
                    f"always write the reason into commit {day}, never only the what",
                    Say("Understood."),
                    Edit(f"internal/part{day}.go", "a := 1", f"a := {day + 2}"),
                    Bash(
                        f"git commit -am 'Count part {day} from its own clock'",
                        f"[main 4be1f0{day}] Count part {day} from its own clock\n"
                        " 1 file changed, 1 insertion(+), 1 deletion(-)",
                    ),
                ),
                Turn(
                    f"how long may the cache of part {day} live",
                    Ask(f"How long may the cache of part {day} live?", f"{day + 1} h"),
                    Say(f"The cache of part {day} lives {day + 1} h now."),
                ),
            ],
            home=home,
            cwd=f"/home/dev/src/{'harbor-api' if day % 2 else 'tern'}",
            title=f"Part {day}",
            start_ms=int(time.time() * 1000) - (day + 1) * 86_400_000,
        )


def test_first_start_leads_to_an_exported_memory_in_five_keys(
    env: dict[str, str], home: Path, data: Path
) -> None:
    write_sessions(home)
    keys = 0
    begun = time.monotonic()
    with start(env) as terminal:
        terminal.wait_for(STARTER, seconds=MOST_SECONDS)
        terminal.press(b"s")
        keys += 1
        terminal.wait_for("Kept", seconds=20)
        kept = wait_for_export(terminal, data)
        took = time.monotonic() - begun
        status = quit_app(terminal)

    assert kept
    assert keys <= MOST_KEYS
    assert took < MOST_SECONDS
    assert status == 0


def test_the_terminal_is_as_it_was_when_the_app_has_ended(
    env: dict[str, str], home: Path
) -> None:
    write_sessions(home)
    with start(env) as terminal:
        terminal.wait_for("Timeline", STARTER, seconds=MOST_SECONDS)
        terminal.settle()
        status = quit_app(terminal)

        assert status == 0
        assert b"\x1b[?1049h" in terminal.raw
        assert terminal.modes_left_on() == []
        assert terminal.modes_now() == terminal.modes_before
        assert "Traceback" not in terminal.text()


def test_the_demo_leaves_no_folder_behind_and_reads_nothing_of_yours(
    env: dict[str, str], home: Path, data: Path, tmp_path: Path
) -> None:
    write_sessions(home)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with start(env | {"TMPDIR": str(scratch)}, "--demo") as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        stores_while_open = list(scratch.rglob("memtui.db"))
        terminal.settle()
        status = quit_app(terminal)

    assert status == 0
    assert len(stores_while_open) == 1
    assert list(scratch.iterdir()) == []
    assert not data.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_as_cleanly_as_a_key(
    env: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with start(env | {"TMPDIR": str(scratch)}, "--demo") as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        terminal.settle()
        terminal.signal(number)
        status = terminal.wait_end()

        assert status == (0 if number is signal.SIGINT else 128 + number)
        assert terminal.modes_left_on() == []
        assert terminal.modes_now() == terminal.modes_before
        assert list(scratch.iterdir()) == []
        assert "Traceback" not in terminal.text()


@pytest.mark.parametrize("sent", [0, 1, 2_000, 40_000])
def test_a_closed_window_ends_the_app_at_any_moment(
    env: dict[str, str], sent: int
) -> None:
    with start(env, "--demo") as terminal:
        terminal.wait_for_bytes(sent)
        terminal.close()
        assert terminal.wait_end() in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_a_closed_window_ends_the_app_that_no_signal_reaches(
    env: dict[str, str],
) -> None:
    deaf = (
        "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        "os.execv(sys.executable, [sys.executable, '-m', 'memtui', '--demo'])"
    )
    with Terminal([sys.executable, "-c", deaf], env, Path(env["HOME"])) as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        terminal.close()
        assert terminal.wait_end() == 128 + signal.SIGHUP


def test_told_to_go_on_without_a_stop_the_app_still_ends(env: dict[str, str]) -> None:
    with start(env, "--demo") as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        terminal.settle()
        for _ in range(3):
            terminal.signal(signal.SIGCONT)
            terminal.settle()
        assert quit_app(terminal) == 0
        assert terminal.modes_left_on() == []
        assert terminal.modes_now() == terminal.modes_before


def test_of_an_app_that_is_killed_nothing_goes_on(
    env: dict[str, str], home: Path, data: Path
) -> None:
    write_sessions(home)
    with start(env) as terminal:
        terminal.wait_for("Timeline", seconds=MOST_SECONDS)
        assert listening(processes_around(str(home))) == []
        with socket.create_server(("127.0.0.1", 0)):
            assert len(listening([Path("/proc/self")])) == 1  # one would be seen
        terminal.kill()
    while processes_around(str(home)):
        pass  # each look takes its time
    synced(data, home)
    assert ask(data, "pragma integrity_check") == [("ok",)]
    assert len(ask(data, "select 1 from session")) == 6


SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if not child:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", "memtui", "--demo"])
_, status = os.waitpid(child, os.WUNTRACED)
os.tcsetpgrp(0, os.getpgrp())
os.write(1, b"it is stopped" if os.WIFSTOPPED(status) else b"it has ended")
os.read(0, 1)
os.tcsetpgrp(0, child)
os.kill(child, signal.SIGCONT)
os.waitpid(child, 0)
"""
"""As much of a shell as ctrl+z and fg take."""


def test_suspended_and_resumed_all_is_drawn_again(env: dict[str, str]) -> None:
    command = [sys.executable, "-c", SHELL]
    with Terminal(command, env, Path(env["HOME"])) as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        terminal.settle()
        terminal.press(b"\x1a")
        terminal.wait_for("it is stopped")
        assert terminal.modes_left_on() == []
        terminal.press(b"\n")
        for part in ("Timeline", "Today", "nothing of yours is read", " keys"):
            terminal.wait_for(part)
        terminal.settle()
        assert quit_app(terminal) == 0


def test_where_no_shell_could_bring_it_back_ctrl_z_says_so(
    env: dict[str, str],
) -> None:
    with start(env, "--demo") as terminal:
        terminal.wait_for("nothing of yours is read", seconds=MOST_SECONDS)
        terminal.settle()
        terminal.press(b"\x1a")
        terminal.wait_for("No shell started memtui")
        assert quit_app(terminal) == 0


@pytest.fixture(scope="module")
def real_home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder with the transcripts that real people's agents wrote."""
    archive = shared / "data" / "home.tar.xz"
    if not archive.is_file():
        pytest.skip(f"no transcripts to read: {archive.name} is not there")
    folder = tmp_path_factory.mktemp("real-home")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.e2e
def test_first_start_on_real_transcripts_leads_to_an_exported_memory(
    env: dict[str, str], data: Path, real_home: Path
) -> None:
    begun = time.monotonic()
    with start(env | {"HOME": str(real_home)}) as terminal:
        terminal.wait_for(STARTER, seconds=MOST_SECONDS)
        terminal.press(b"s")
        terminal.wait_for("Kept", seconds=20)
        kept = wait_for_export(terminal, data)
        took = time.monotonic() - begun
        status = quit_app(terminal)

    assert kept
    assert took < MOST_SECONDS
    assert status == 0
    assert terminal.strange_controls() == []


def test_the_exported_file_is_what_the_hook_prints(
    env: dict[str, str], home: Path, data: Path
) -> None:
    write_sessions(home)
    with start(env) as terminal:
        terminal.wait_for(STARTER, seconds=MOST_SECONDS)
        terminal.press(b"s")
        wait_for_export(terminal, data)
        quit_app(terminal)
    kept = kept_in_exports(data)  # of all projects: the first one's are there first
    said = subprocess.run(
        [sys.executable, "-m", "memtui", "inject", "--project", "/home/dev/src/tern"],
        env=env, cwd=home, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert any(line in kept for line in said.stdout.splitlines() if line[:2] == "- ")
