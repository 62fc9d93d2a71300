"""The person's own ``claude -p``: their subscription instead of a key.

It runs in a home and with settings of its own in memtui's folder: no hook fires, no
MCP server starts, no tool is at hand and no transcript is written. It is given no key
of the environment. The person logs in there once. What it says comes bit by bit, so
that silence can be told from work; what fails is tried again by us alone.
"""

import json
import os
import selectors
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from memtui import paths
from memtui.compress.asking import Question
from memtui.compress.endpoint import (
    TIMEOUT_S,
    WHOLE_S,
    Failed,
    Failure,
    Listed,
    Reply,
)
from memtui.compress.money import Usage, counted

MODEL: Final = "haiku"
HOST: Final = "your claude program"
_MOST_BYTES: Final = 16_000_000
"""Of one line: more is no answer."""
_STATUS_S: Final = 20.0
_GIVEN: Final = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE")
"""All that it is told of our environment."""
_QUIET: Final = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1",
    "CLAUDE_CODE_MAX_RETRIES": "0",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "MAX_STRUCTURED_OUTPUT_RETRIES": "1",
}
"""Left alone it sends a question eleven times, and once more for each wrong form."""


class ClaudeProgram:
    """One program, one model.

    Args:
        program: its name or path.
        timeout: seconds of silence; None: ``TIMEOUT_S``.
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
        self._silence = TIMEOUT_S if timeout is None else timeout

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
            line = self._run(question)
        except FileNotFoundError:
            raise Failed(Failure.DENIED, f"{self._program} is not on PATH.") from None
        except OSError as error:
            raise Failed(
                Failure.DENIED, f"{self._program} cannot be run: {error.strerror}."
            ) from None
        return _reply(line, self._home)

    def _words(self, question: Question) -> list[str]:
        return [
            self._program, "-p", "--output-format", "stream-json", "--verbose",
            "--include-partial-messages", "--model", self._model,
            "--no-session-persistence", "--setting-sources", "",
            "--strict-mcp-config", "--tools", "", "--disable-slash-commands",
            "--system-prompt", question.instructions,
            "--json-schema", json.dumps(question.schema),
        ]  # fmt: skip

    def _run(self, question: Question) -> bytes:
        """The line in which it tells what came of the question; empty: it did not."""
        answer = {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(question.most)}
        with tempfile.TemporaryFile(dir=self._home) as told:
            told.write(_said(question).encode())
            told.seek(0)
            process = subprocess.Popen(
                self._words(question),
                stdin=told,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._home,
                env=environment(self._home) | answer,
                start_new_session=True,
            )
        assert process.stdout is not None
        found = b""
        try:
            for line in _lines(process.stdout.fileno(), self._silence):
                found = line if _is_result(line) else found
        except TimeoutError:
            if not found:
                told_so = f"{self._program} did not answer in time."
                raise Failed(Failure.TIMEOUT, told_so) from None
        finally:
            _end(process)
        return found


def _lines(descriptor: int, silence: float) -> Iterator[bytes]:
    """What comes out of a program, until it ends.

    Raises:
        TimeoutError: nothing came for so many seconds, or it went on for too long.
        Failed: a line has no end.
    """
    until = time.monotonic() + WHOLE_S
    rest = b""
    with selectors.DefaultSelector() as watched:
        watched.register(descriptor, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not watched.select(min(silence, left)):
                raise TimeoutError
            piece = os.read(descriptor, 65_536)
            if not piece:
                break
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
            if len(rest) > _MOST_BYTES:
                raise Failed(Failure.GARBLED, "What claude printed is no answer.")
    yield rest


def _is_result(line: bytes) -> bool:
    try:
        told = json.loads(line) if b'"result"' in line else None
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("type") == "result"


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


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Leave no process of it behind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def _reply(line: bytes, home: Path) -> Reply:
    try:
        answer: dict[str, Any] = json.loads(line)
        usage = _usage(answer["usage"])
        said = answer.get("structured_output")
        text = json.dumps(said) if said is not None else str(answer.get("result") or "")
        failed = bool(answer.get("is_error"))
        code = answer.get("api_error_status")
        no_form = str(answer.get("subtype")).startswith("error_max_structured_output")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Failed(Failure.GARBLED, "What claude printed is no answer.") from None
    if failed and no_form:
        told = "The answer has another form than was asked for."
        raise Failed(Failure.WRONG_FORM, told, usage=usage)
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
