"""A real client on a stage of its own: home, network and model are all props.

The client and the scripted model run inside a network namespace that has
loopback only; without one nothing runs. ``clients`` is the kit's folder: pinned
packages and stub models.
"""

import fcntl
import json
import os
import shlex
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

KEY: Final = "sk-ant-fake-key-for-tests"
PACKAGE: Final = "@anthropic-ai/claude-code-linux-x64/claude"
LABEL: Final = "SessionStart hook additional context: "
"""What Claude Code puts before the text of a hook."""

# Read before any test gets a home of its own.
_CACHE: Final = Path(
    os.environ.get("E2E_CLIENTS")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "memtui-e2e"
)
_GIT: Final = ["git", "-c", "user.name=T", "-c", "user.email=t@example.invalid"]
_LOOK_S: Final = 0.1
_LOOPBACK: Final = 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"'


def installed_client(clients: Path) -> Path:
    """The pinned Claude Code, fetched once into the cache; or a skip that says why."""
    program = _CACHE / "npm-claude" / "node_modules" / PACKAGE
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _fetch(clients)
    if not program.exists():
        pytest.skip("Claude Code cannot be installed here (npm ci failed)")
    return program


def _fetch(clients: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("Claude Code cannot be installed here (no npm)")
    script = '. "$HERE/lib.sh"; install_client claude "$1"'
    subprocess.run(
        ["bash", "-c", script, "bash", PACKAGE],
        env={**os.environ, "HERE": str(clients), "E2E_CLIENTS": str(_CACHE)},
        capture_output=True,
        timeout=900,
    )


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
    """One home, one git work tree, one model that logs what it is asked."""

    clients: Path
    program: Path
    scenario: Path | None = None
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="mt-")))

    def __post_init__(self) -> None:
        self.home, self.log = self.root / "home", self.root / "requests"
        self.work = self.home / "work"
        self.data = self.home / ".local" / "share" / "memtui"
        for folder in (self.home / "tmp", self.work, self.log, self.home / ".claude"):
            folder.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", "-b", "main", self.work], check=True)
        start = [*_GIT, "commit", "-q", "--allow-empty", "-m", "start"]
        subprocess.run(start, cwd=self.work, check=True)

    def __enter__(self) -> Self:
        """Open the namespace and start the model in it."""
        ready = self.root / "ready"
        stub = [
            sys.executable, "-B", str(self.clients / "stubs" / "stub_anthropic.py"),
            "--scenario", str(self.scenario or self.clients / "scenarios/claude.json"),
            "--cwd", str(self.work), "--log", str(self.log), "--port-file", str(ready),
        ]  # fmt: skip
        self._model = subprocess.Popen([*namespace(), *stub])
        wait_for(ready.exists, "the model to listen")
        self.port = int(ready.read_text())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._model.kill()
        self._model.wait()
        if kind is None and not os.environ.get("E2E_KEEP"):
            shutil.rmtree(self.root, ignore_errors=True)

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
            "IS_SANDBOX": "1",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            "ANTHROPIC_API_KEY": KEY,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "DISABLE_BUG_COMMAND": "1",
        }

    def _inside(self, *command: str) -> list[str]:
        """A command in the model's namespace, with the client's environment."""
        enter = ["nsenter", "--preserve-credentials", "-n", "-t", str(self._model.pid)]
        if os.geteuid() != 0:
            enter.insert(1, "-U")
        words = [f"{name}={value}" for name, value in self.environ.items()]
        return [*enter, "env", "-i", *words, *command]

    def claude(
        self, *words: str, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the client to its end, as in ``claude -p``."""
        return subprocess.run(
            self._inside(str(self.program), *words),
            cwd=cwd or self.work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def memtui(self, *words: str, cwd: Path | None = None) -> str:
        """Run memtui as the person would; what it prints."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "memtui", *words],
            cwd=cwd or self.work,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def memtui_json(self, *words: str) -> list[dict[str, Any]]:
        """The JSON Lines that a verb prints."""
        return [json.loads(line) for line in self.memtui(*words, "--json").splitlines()]

    def settle(self) -> None:
        """Wait for the sync that a hook may have started."""
        if (self.data / "sync.lock").exists():
            with (self.data / "sync.lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)

    def talk(self, cwd: Path | None = None) -> "Talk":
        """An interactive session in a terminal of its own."""
        return Talk(self, cwd or self.work)

    def requests(self) -> list[dict[str, Any]]:
        """What the model was asked, in order; questions about titles left out."""
        found = []
        for path in sorted(self.log.glob("*-v1-messages.json")):
            body = json.loads(path.read_text("utf-8"))["body"]
            if body and body.get("tools"):
                found.append(body)
        return found


class Talk:
    """An interactive session: what the person types, what the screen shows."""

    def __init__(self, stage: Stage, cwd: Path) -> None:
        self._stage, self._cwd = stage, cwd
        self._socket = str(stage.root / "tmux")

    def __enter__(self) -> Self:
        stage = self._stage
        state = {
            "hasCompletedOnboarding": True,
            "theme": "dark",
            "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
            "projects": {
                str(folder): {"hasTrustDialogAccepted": True}
                for folder in {stage.work, self._cwd}
            },
        }
        (stage.home / ".claude.json").write_text(json.dumps(state))
        command = shlex.join(stage._inside(str(stage.program)))
        self._tmux("-f", "/dev/null", "new-session", "-d", "-s", "e2e",
                   "-x", "110", "-y", "40", "-c", str(self._cwd), command)  # fmt: skip
        self.wait_for("❯")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True)

    def say(self, words: str, answer: str) -> None:
        """Type a line, enter it, wait for one more answer on the screen."""
        seen = self.screen().count(answer)
        self.enter(words)
        what = f"{answer!r} once more on the screen"
        wait_for(lambda: self.screen().count(answer) > seen, what, self.screen)

    def clear(self) -> None:
        """``/clear``, and wait for the old words to be gone."""
        old = self.screen().count("●")
        self.enter("/clear")
        what = "an empty screen"
        wait_for(lambda: self.screen().count("●") < old, what, self.screen)

    def enter(self, words: str) -> None:
        """Type a line and enter it."""
        self._tmux("send-keys", "-t", "e2e", "-l", words)
        self.wait_for(words[-30:])
        self._tmux("send-keys", "-t", "e2e", "Enter")

    def leave(self) -> None:
        """``/exit``, and wait for the client to be gone."""
        self.enter("/exit")
        wait_for(lambda: not self._is_open(), "the client to leave")

    def wait_for(self, words: str) -> None:
        wait_for(
            lambda: words in self.screen(), f"{words!r} on the screen", self.screen
        )

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "e2e")

    def _is_open(self) -> bool:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "has-session", "-t", "e2e"],
            capture_output=True,
        )
        return done.returncode == 0

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *words],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"},
        )
        return done.stdout


def wait_for(
    holds: Callable[[], bool], what: str, shown: Callable[[], str] = str
) -> None:
    """Look again until it holds; a failure says what was waited for."""
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited 60 s for {what}\n{shown()}")
        time.sleep(_LOOK_S)


def texts(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every (role, text) of a request, in its order."""
    for message in body["messages"]:
        content = message["content"]
        if isinstance(content, str):
            yield message["role"], content
            continue
        for block in content:
            if block.get("type") == "text":
                yield message["role"], block["text"]


def told(body: dict[str, Any]) -> list[str]:
    """What follows the hook's label in a request, to the end of each text."""
    return [text.partition(LABEL)[2] for _, text in texts(body) if LABEL in text]
