"""Interactive sessions of the real clients, each in its terminal."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from typing import Final, Self

from tests.e2e.props import KEY
from tests.e2e.stage import Stage, wait_for

_HEARD_S: Final = 5.0
"""A key shows by then, or was not heard."""


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

    def press_until(
        self, wanted: str | Callable[[str], bool], key: Callable[[str], str]
    ) -> None:
        """Press a key until words are shown, or the screen is as it should be.

        What was just drawn, or has much to do, may not hear the first.
        """
        pressed = 0.0

        def is_there() -> bool:
            nonlocal pressed
            shown = self.last()
            if wanted in shown if isinstance(wanted, str) else wanted(shown):
                return True
            if time.monotonic() - pressed > _HEARD_S:
                with contextlib.suppress(subprocess.CalledProcessError):  # it left
                    self.press(key(shown))
                pressed = time.monotonic()
            return False

        what = f"{wanted!r} on the screen" if isinstance(wanted, str) else "a key's end"
        wait_for(is_there, what, self.last)

    def leave(self) -> None:
        """``/exit``, and wait for the client to be gone."""
        self.enter("/exit")
        wait_for(lambda: not self._is_open(), "the client to leave", self.last)

    def wait_for(self, words: str) -> None:
        wait_for(
            lambda: words in self.screen(), f"{words!r} on the screen", self.screen
        )

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "e2e")

    def last(self) -> str:
        """The screen, or nothing once the client has left."""
        try:
            return self.screen()
        except subprocess.CalledProcessError:
            return ""

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


class GeminiTalk(Talk):
    """The same with Gemini CLI."""

    def __enter__(self) -> Self:
        self._open()
        self.wait_for("Type your message")
        return self

    def enter(self, words: str) -> None:
        """Type a line and enter it; where it is still being typed, once more."""
        self._tmux("send-keys", "-t", "e2e", "-l", words)
        self.wait_for(words[-30:])

        def is_taken(shown: str) -> bool:
            typed = [line for line in shown.splitlines() if line.startswith(" > ")]
            return not typed or words[-30:] not in typed[-1]

        self.press_until(is_taken, lambda shown: "Enter")

    def leave(self) -> None:
        """``/quit``, and wait for the client to be gone."""
        self.enter("/quit")
        wait_for(lambda: not self._is_open(), "the client to leave", self.last)


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
        self.wait_for("› 1. Trust and continue")
        self.press_until("Hooks need review", lambda shown: "Enter")
        all_of_them = "› 2. Trust all and continue"
        self.press_until(all_of_them, lambda s: "Down" if "› 1." in s else "Up")
        self.press_until("stub-model default", lambda shown: "Enter")
