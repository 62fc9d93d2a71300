"""A real client on a stage of its own: home, network and model are all props.

The client and the scripted model run inside a network namespace that has
loopback only; without one nothing runs. ``clients`` is the kit's folder: pinned
packages and stub models.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import pytest

from tests.e2e.props import Prop

_GIT: Final = ["git", "-c", "user.name=T", "-c", "user.email=t@example.invalid"]
_LOOK_S: Final = 0.1
_MOST_S: Final = 120
"""Of patience with a client on a machine that is busy."""
_LOOPBACK: Final = 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"'


def namespace() -> list[str]:
    """The words before a command that must see no network but loopback."""
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*unshare, "true"], capture_output=True).returncode
        ):
            return [*unshare, "sh", "-c", _LOOPBACK, "sh"]
    pytest.skip("no network namespace can be made here")


@dataclass
class Stage:
    """One home, one git work tree, one client, one model that logs what it is asked."""

    clients: Path
    prop: Prop
    scenario: Path | None = None
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="mt-")))

    def __post_init__(self) -> None:
        self.command = self.prop.command(self.prop.installed(self.clients))
        self.home, self.log = self.root / "home", self.root / "requests"
        self.work = self.home / "work"
        self.data = self.home / ".local" / "share" / "memtui"
        for folder in (self.home / "tmp", self.work, self.log):
            folder.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", "-b", "main", self.work], check=True)
        start = [*_GIT, "commit", "-q", "--allow-empty", "-m", "start"]
        subprocess.run(start, cwd=self.work, check=True)

    def __enter__(self) -> Self:
        """Open the namespace, start the model in it, furnish the home."""
        ready = self.root / "ready"
        played = self.clients / "scenarios" / f"{self.prop.kit}.json"
        stub = [
            sys.executable, "-B", str(self.clients / "stubs" / self.prop.stub),
            "--scenario", str(self.scenario or played),
            "--cwd", str(self.work), "--log", str(self.log), "--port-file", str(ready),
        ]  # fmt: skip
        self._model = subprocess.Popen([*namespace(), *stub])
        wait_for(ready.exists, "the model to listen")
        self.port = int(ready.read_text())
        self.prop.prepare(self.home, self.port)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._model.kill()
        self._model.wait()
        if not os.environ.get("E2E_KEEP"):
            # A sync that a hook started would write into what is being removed.
            wait_for(lambda: not self.processes(), "every process to end")
            shutil.rmtree(self.root)

    @property
    def environ(self) -> dict[str, str]:
        """All that the client is told of the world."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "SHELL": "/bin/bash",
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            **self.prop.variables(self.home, self.port),
        }

    def inside(self, *command: str) -> list[str]:
        """A command in the model's namespace, with the client's environment."""
        enter = ["nsenter", "--preserve-credentials", "-n", "-t", str(self._model.pid)]
        if os.geteuid() != 0:
            enter.insert(1, "-U")
        words = [f"{name}={value}" for name, value in self.environ.items()]
        return [*enter, "env", "-i", *words, *command]

    def client(
        self, *words: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the client to its end."""
        return subprocess.run(
            self.inside(*self.command, *words),
            cwd=cwd or self.work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def runs(self, *words: str, cwd: Path | None = None) -> str:
        """Run the client to its end, which must be a good one; what it prints."""
        done = self.client(*words, cwd=cwd)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def memtui(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """Run memtui as the person would; what it prints."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "memtui", *words],
            cwd=self.work,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode in codes, done.stderr
        return done.stdout

    def memtui_json(
        self, *words: str, codes: tuple[int, ...] = (0,)
    ) -> list[dict[str, Any]]:
        """The JSON Lines that a verb prints."""
        printed = self.memtui(*words, "--json", codes=codes)
        return [json.loads(line) for line in printed.splitlines()]

    def doctor(self) -> dict[str, dict[str, Any]]:
        """What doctor finds, by subject; of a client's hooks by its agent."""
        found = self.memtui_json("doctor", codes=(0, 1))
        return {
            one["message"].split(":")[0] if one["subject"] == "hooks"
            else one["subject"]: one
            for one in found
        }  # fmt: skip

    def settle(self) -> None:
        """Wait for the sync that a hook may have started."""
        wait_for(lambda: not self._syncs(), "the sync to end")

    def _syncs(self) -> bool:
        return any("hooks/sync" in args for args in self.processes().values())

    def processes(self) -> dict[int, str]:
        """Command lines that name this stage's home, by pid; the model's apart."""
        listed = subprocess.run(
            ["ps", "-A", "-ww", "-o", "pid=,args="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        mine = [line.split(maxsplit=1) for line in listed if str(self.home) in line]
        return {int(pid): args for pid, args in mine if self.prop.stub not in args}

    def requests(self) -> list[dict[str, Any]]:
        """What the model was asked, in order; questions about titles left out."""
        found = []
        for path in sorted(self.log.glob(f"*{self.prop.path}*.json")):
            body = json.loads(path.read_text("utf-8"))["body"]
            if body and body.get("tools"):
                found.append(body)
        return found


def wait_for(
    holds: Callable[[], bool], what: str, shown: Callable[[], str] = str
) -> None:
    """Look again until it holds; a failure says what was waited for."""
    deadline = time.monotonic() + _MOST_S
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {_MOST_S} s for {what}\n{shown()}")
        time.sleep(_LOOK_S)


def texts(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every (role, text) of a request, in its order, whatever the protocol."""
    for name in ("messages", "input", "contents"):
        for message in body.get(name) or []:
            role = str(message.get("role", ""))
            content = message.get("content", message.get("parts", ""))
            if isinstance(content, str):
                yield role, content
                continue
            for block in content or []:
                if isinstance(block, dict) and isinstance(block.get("text"), str):
                    yield role, block["text"]
