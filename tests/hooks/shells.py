"""The shells that hooks must run in, and a way to run one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
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
