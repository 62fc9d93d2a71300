"""The person's own ``claude -p``: their subscription instead of a key.

It runs in a home and with settings of its own in memtui's folder: no hook fires, no
MCP server starts, no tool is at hand and no transcript is written. It is given no key
of the environment. The person logs in there once.
"""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

from memtui import paths
from memtui.compress.asking import Question
from memtui.compress.endpoint import Failed, Failure, Listed, Reply
from memtui.compress.money import Usage, counted

MODEL: Final = "haiku"
HOST: Final = "your claude program"
WHOLE_S: Final = 300.0
"""It says nothing before all is there, so silence cannot be told from work."""
_STATUS_S: Final = 20.0
_GIVEN: Final = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE")
"""All that it is told of our environment."""
_QUIET: Final = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
}


class ClaudeProgram:
    """One program, one model.

    Args:
        program: its name or path.
        timeout: seconds of all of an answer; None: ``WHOLE_S``.
    """

    batches: Final = None

    def __init__(
        self,
        data: Path,
        model: str,
        *,
        program: str = "claude",
        timeout: float | None = None,
    ) -> None:
        self._home = home_of(data)
        self._model = model
        self._program = program
        self._timeout = WHOLE_S if timeout is None else timeout

    def close(self) -> None:
        """Nothing is kept open."""

    def models(self) -> list[Listed]:
        """It does not tell; but whether it is there, and has an account."""
        paths.make_private_dir(self._home)
        try:
            done = subprocess.run(
                [self._program, "auth", "status"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                cwd=self._home,
                env=environment(self._home),
                timeout=_STATUS_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            told = f"{self._program} is not on PATH, or does not start."
            raise Failed(Failure.UNREACHABLE, told) from None
        if _has_no_account(done.stdout):
            raise Failed(Failure.DENIED, login_hint(self._home))
        return []

    def written(self, question: Question) -> bytes:
        """How it is called, and what it is told on its standard input, as JSON."""
        told = {"arguments": self._words(question), "stdin": _said(question)}
        return json.dumps(told, ensure_ascii=False).encode()

    def ask(self, question: Question) -> Reply:
        """Run it once, the text on its standard input."""
        paths.make_private_dir(self._home)
        try:
            done = self._run(question)
        except FileNotFoundError:
            raise Failed(Failure.DENIED, f"{self._program} is not on PATH.") from None
        except OSError as error:
            raise Failed(
                Failure.DENIED, f"{self._program} cannot be run: {error.strerror}."
            ) from None
        return _reply(done, self._home)

    def _words(self, question: Question) -> list[str]:
        return [
            self._program, "-p", "--output-format", "json", "--model", self._model,
            "--no-session-persistence", "--setting-sources", "",
            "--strict-mcp-config", "--tools", "", "--disable-slash-commands",
            "--system-prompt", question.instructions,
            "--json-schema", json.dumps(question.schema),
        ]  # fmt: skip

    def _run(self, question: Question) -> str:
        process = subprocess.Popen(
            self._words(question),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._home,
            env=environment(self._home),
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            out, _ = process.communicate(_said(question), timeout=self._timeout)
        except subprocess.TimeoutExpired:
            raise Failed(
                Failure.TIMEOUT, f"{self._program} did not end in time."
            ) from None
        except UnicodeDecodeError:
            raise Failed(Failure.GARBLED, "What came is no text.") from None
        finally:
            _end(process)
        return out


def _said(question: Question) -> str:
    return "\n\n".join(filter(None, (question.context, question.text)))


def home_of(data: Path) -> Path:
    """The home that the program is given."""
    return data / "claude-home"


def environment(home: Path) -> dict[str, str]:
    """All that the program is told: no key, no mark of an agent, a home of its own."""
    given = {name: os.environ[name] for name in _GIVEN if name in os.environ}
    own = {"HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude")}
    return given | own | _QUIET


def login_hint(home: Path) -> str:
    """What to do where it has no account."""
    own = shlex.join([f"HOME={home}", f"CLAUDE_CONFIG_DIR={home / '.claude'}"])
    return f"claude has no account there. Log in once: env {own} claude auth login"


def _has_no_account(status: bytes) -> bool:
    """Whether it says so; an older program says something else, and is believed."""
    try:
        told = json.loads(status)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("loggedIn") is False


def _end(process: "subprocess.Popen[str]") -> None:
    """Leave no process of it behind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait()


def _reply(out: str, home: Path) -> Reply:
    try:
        answer: dict[str, Any] = json.loads(out)
        usage = _usage(answer["usage"])
        said = answer.get("structured_output")
        text = json.dumps(said) if said is not None else str(answer["result"])
        failed = bool(answer.get("is_error"))
        code = answer.get("api_error_status")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Failed(Failure.GARBLED, "What claude printed is no answer.") from None
    if failed:
        raise _failed(text, code, home)
    return Reply(text=text, usage=usage)


def _failed(text: str, code: object, home: Path) -> Failed:
    if "/login" in text.lower() or code == 401:
        return Failed(Failure.DENIED, login_hint(home))
    if code in (403, 404):
        return Failed(Failure.DENIED, "The account of claude may not use this model.")
    if code == 429:
        return Failed(Failure.LIMITED, "The subscription's limit is reached.")
    return Failed(Failure.UNAVAILABLE, "claude could not answer.")


def _usage(told: dict[str, Any]) -> Usage:
    return Usage(
        input=counted(told.get("input_tokens") or 0),
        output=counted(told.get("output_tokens") or 0),
        written=counted(told.get("cache_creation_input_tokens") or 0),
        kept=counted(told.get("cache_read_input_tokens") or 0),
    )
