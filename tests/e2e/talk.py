"""Interactive sessions of the real Claude Code and Codex, each in its terminal."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
from itertools import chain, repeat
from pathlib import Path
from typing import Self

from tests.e2e.props import KEY
from tests.e2e.stage import Stage, wait_for


class Talk:
    """An interactive session: what the person types, what the screen shows."""

    def __init__(self, stage: Stage, cwd: Path | None = None) -> None:
        self._stage, self._cwd = stage, cwd or stage.work
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
        self._open()
        self.wait_for("❯")
        return self

    def _open(self) -> None:
        command = shlex.join(self._stage.inside(*self._stage.command))
        self._tmux("-f", "/dev/null", "new-session", "-d", "-s", "e2e",
                   "-x", "110", "-y", "40", "-c", str(self._cwd), command)  # fmt: skip

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
        self.press("Enter")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", "-t", "e2e", *keys)

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


class CodexTalk(Talk):
    """The same with Codex, which leaves a daemon behind: it is ended by its pid."""

    def __enter__(self) -> Self:
        self._open()
        self.wait_for("Ask Codex to do anything")
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        signals = chain([signal.SIGTERM] * 5, repeat(signal.SIGKILL))
        wait_for(lambda: self._ended(next(signals)), "the daemon to end")

    def _ended(self, number: signal.Signals) -> bool:
        left = self._stage.processes()
        for pid, args in left.items():
            if "app-server" in args:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        return not left

    def trust(self) -> None:
        """Trust the folder and every hook, as a person does who is asked."""
        self.wait_for("Trust this folder?")
        self.press("Enter")
        self.wait_for("Hooks need review")
        self.press("Down")
        self.wait_for("› 2. Trust all and continue")
        self.press("Enter")
        self.wait_for("stub-model default")
