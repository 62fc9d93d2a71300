"""The shells that hooks must run in, and a way to run one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

HOOKS: Final = Path(__file__).resolve().parents[2] / "hooks"

_COMMANDS: Final = {
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "busybox": ["busybox", "sh"],
}
PYTHON: Final = [sys.executable, "-I", "-S"]
"""The form for Windows, of ``session-start`` alone."""
SHELLS: Final = [
    pytest.param(
        command,
        id=name,
        marks=pytest.mark.skipif(
            not shutil.which(command[0]), reason=f"{name} is not installed"
        ),
    )
    for name, command in _COMMANDS.items()
]


def written_for(shell: list[str], hook: Path) -> Path:
    """The form of a hook that this one runs."""
    return hook if shell != PYTHON else hook.with_name("session_start.py")


def run_hook(
    shell: list[str],
    name: str,
    *words: str,
    cwd: Path | str,
    data: Path | None = None,
    hook: Path | None = None,
    stdin: bytes = b"",
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a hook as a client does: input on stdin, variables, a folder."""
    around = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **(environ or {})}
    if data is not None:
        around["MEMTUI_DATA_DIR"] = str(data)
    script = written_for(shell, hook or HOOKS / name)
    return subprocess.run(
        [*shell, str(script), *words],
        cwd=cwd,
        env=around,
        input=stdin,
        capture_output=True,
        timeout=20,
    )


def running_with(word: str) -> list[str]:
    """Command lines of the processes that were started with this word."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if word in line]


def processes_around(word: str) -> list[Path]:
    """Those whose environment names this word (Linux): what was started and is left."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            if word.encode() in (path / "environ").read_bytes():
                found.append(path)
    return found


def listening(processes: Sequence[Path]) -> list[str]:
    """Sockets on which these wait for whoever may come, of any kind."""
    waiting = set()
    for name, state, column in (
        ("tcp", "0A", 9), ("tcp6", "0A", 9), ("udp", "", 9), ("udp6", "", 9),
        ("unix", "00010000", 6),
    ):  # fmt: skip
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            if not state or state in line.split():
                waiting.add(f"socket:[{line.split()[column]}]")
    found = []
    for descriptor in (one for path in processes for one in (path / "fd").glob("*")):
        with suppress(OSError):  # closed meanwhile
            if (held := os.readlink(descriptor)) in waiting:
                found.append(held)
    return found
