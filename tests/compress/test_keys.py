"""Where a key comes from, and that it goes nowhere else."""

import json
import os
import selectors
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from memtui.compress import claude_program, keys
from memtui.compress.asking import Question
from memtui.compress.claude_program import ClaudeProgram, environment, home_of
from memtui.compress.endpoint import Failed, is_local
from memtui.compress.opening import connect, destination
from memtui.errors import SettingsError
from memtui.settings import Settings

OFFICIAL = "https://api.anthropic.com"


def test_a_command_goes_first_and_is_given_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-in-the-environment")
    code = "import os; print(os.environ.get('ANTHROPIC_API_KEY', 'sk-none-given'))"
    settings = Settings(
        compress_key_command=(sys.executable, "-c", code), compress_key_file="/nowhere"
    )
    key = keys.must_find(settings, OFFICIAL)
    assert key.value() == "sk-none-given"
    assert "sk-" not in repr(key)


def test_a_failing_command_says_nothing_that_it_printed() -> None:
    code = "import sys; print('sk-secret'); sys.exit(3)"
    settings = Settings(compress_key_command=(sys.executable, "-c", code))
    with pytest.raises(SettingsError) as raised:
        keys.must_find(settings, OFFICIAL).value()
    assert "sk-secret" not in str(raised.value) + str(raised.value.__cause__)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("sk-key\n")
    path.chmod(mode)
    settings = Settings(compress_key_file=str(path))
    with pytest.raises(SettingsError, match="can be read by others"):
        keys.must_find(settings, OFFICIAL).value()
    path.chmod(stat.S_IRUSR)
    assert keys.must_find(settings, OFFICIAL).value() == "sk-key"


def test_the_keyring_is_asked_by_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    asked: list[tuple[str, str]] = []

    def get_password(service: str, name: str) -> str:
        asked.append((service, name))
        return "sk-ring"

    ring.get_password = get_password  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    key = keys.must_find(Settings(), OFFICIAL)
    assert (key.value(), key.source) == (
        "sk-ring", "the keyring, memtui for api.anthropic.com",
    )  # fmt: skip
    assert asked == [("memtui", "api.anthropic.com")]


def test_a_variable_counts_for_its_makers_host_alone_and_once_it_was_named(
    data: Path,
) -> None:
    known = {"ANTHROPIC_API_KEY": "sk-a", "OPENAI_API_KEY": "sk-o"}
    key = keys.find(Settings(), OFFICIAL, known)
    assert key is not None
    assert key.from_environment
    assert "ANTHROPIC_API_KEY" in key.source
    assert keys.find(Settings(), "https://models.example/v1", known) is None


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True), ("http://127.0.0.1:1", True),
        ("http://127.8.8.8", True), ("http://[::1]:5", True),
        ("http://127.0.0.1.example/v1", False), ("http://127.example", False),
        ("http://localhost.example", False), ("http://10.0.0.1", False),
    ],
)  # fmt: skip
def test_only_what_no_network_can_claim_is_this_machine(url: str, local: bool) -> None:
    assert is_local(url) == local


def test_a_key_of_the_environment_is_not_used_unasked(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-a")
    to = destination(Settings(), data)
    assert to.key is not None
    assert "environment variable" in to.key.source
    with pytest.raises(SettingsError, match="environment variable"):
        connect(Settings(), data, to, from_environment=False)


@pytest.mark.parametrize("value", ["sk a", "sk\nb", "schlüssel", " \n"])
def test_a_key_that_is_none_is_said_before_anybody_is_asked(
    data: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", value)
    to = destination(Settings(), data)
    with pytest.raises(SettingsError, match="gives no key") as raised:
        connect(Settings(), data, to, from_environment=True)
    assert value.strip() == "" or value not in str(raised.value)


FAKE = """#!{python}
import json, os, sys
seen = dict(os.environ)
given = sys.stdin.read()
with open(os.path.join(os.environ["HOME"], "seen.json"), "w") as file:
    json.dump([sys.argv, seen, given, os.getcwd()], file)
print({answer!r})
"""


@pytest.fixture
def program(tmp_path: Path) -> Any:
    """Writes a program that plays claude and notes what it is given."""

    def write(answer: str) -> str:
        path = tmp_path / "claude"
        path.write_text(FAKE.format(python=sys.executable, answer=answer))
        path.chmod(0o755)
        return str(path)

    return write


QUESTION = Question(
    instructions="Do.", context="", text="[0] user: hi", schema={}, most=9
)
ANSWER = {
    "type": "result", "is_error": False, "result": "",
    "structured_output": {"observations": []},
    "usage": {"input_tokens": 9, "output_tokens": 2},
}  # fmt: skip


def test_the_persons_claude_runs_apart_from_their_own_settings(
    data: Path, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*keys.SECRETS, "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"):
        monkeypatch.setenv(name, "sk-of-the-person")
    told_before = '{"type": "system"}\n{"type": "stream_event", "said": "result"}\n'
    endpoint = ClaudeProgram(
        data, "haiku", program=program(told_before + json.dumps(ANSWER))
    )
    reply = endpoint.ask(QUESTION)
    assert reply.text == '{"observations": []}'
    assert reply.usage is not None
    assert (reply.usage.input, reply.usage.output) == (9, 2)
    home = home_of(data)
    argv, seen, given, folder = json.loads((home / "seen.json").read_text())
    assert given == "[0] user: hi"
    assert "sk-of-the-person" not in seen.values()
    assert (seen["HOME"], folder) == (str(home), str(home))
    assert seen["CLAUDE_CONFIG_DIR"] == str(home / ".claude")
    assert (seen["CLAUDE_CODE_MAX_RETRIES"], seen["CLAUDE_CODE_MAX_OUTPUT_TOKENS"]) == (
        "0", "9",
    )  # fmt: skip
    told = " ".join(argv)
    for flag in ("--no-session-persistence", "--strict-mcp-config", "--tools  "):
        assert flag in told
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("no json", "garbled"),
        (json.dumps(ANSWER | {"is_error": True, "result": "Please run /login",
                              "structured_output": None}), "denied"),
        (json.dumps(ANSWER | {"is_error": True, "api_error_status": 429}), "limited"),
        (json.dumps(ANSWER | {"is_error": True, "api_error_status": 529}),
         "unavailable"),
        (json.dumps({"type": "result", "is_error": True, "usage": ANSWER["usage"],
                     "subtype": "error_max_structured_output_retries"}),
         "wrong form"),
    ],
)  # fmt: skip
def test_what_claude_cannot_do_has_a_name(
    data: Path, program: Any, answer: str, failure: str
) -> None:
    with pytest.raises(Failed) as raised:
        ClaudeProgram(data, "haiku", program=program(answer)).ask(QUESTION)
    assert raised.value.failure == failure


def _script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "claude"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_only_silence_ends_a_claude_and_what_never_ends(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []
    real = selectors.DefaultSelector.select

    def select(self: Any, timeout: float | None = None) -> Any:
        waits.append(timeout)
        return real(self, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", select)
    talk = f"echo '{{}}'; echo '{{}}'; echo '{json.dumps(ANSWER)}'"
    ClaudeProgram(data, "haiku", program=_script(tmp_path, talk)).ask(QUESTION)
    assert set(waits) == {60.0}
    monkeypatch.setattr(claude_program, "WHOLE_S", 0.3)
    for_ever = _script(tmp_path, "while echo '{}'; do :; done")
    with pytest.raises(Failed) as raised:
        ClaudeProgram(data, "haiku", program=for_ever).ask(QUESTION)
    assert raised.value.failure == "timeout"


def test_what_claude_answered_counts_though_it_does_not_end(
    data: Path, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines(descriptor: int, silence: float) -> Iterator[bytes]:
        yield os.read(descriptor, 65_536).rstrip()
        raise TimeoutError

    monkeypatch.setattr(claude_program, "_lines", lines)
    endpoint = ClaudeProgram(data, "haiku", program=program(json.dumps(ANSWER)))
    assert endpoint.ask(QUESTION).text == '{"observations": []}'


def test_a_claude_that_hangs_is_ended_with_all_that_it_started(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[int, int]] = []
    real = os.killpg

    def killpg(group: int, number: int) -> None:
        ended.append((group, number))
        real(group, number)

    monkeypatch.setattr(os, "killpg", killpg)
    path = _script(tmp_path, "sleep 600 & wait")
    endpoint = ClaudeProgram(data, "haiku", program=path, timeout=0.3)
    with pytest.raises(Failed) as raised:
        endpoint.ask(QUESTION)
    assert raised.value.failure == "timeout"
    ((group, number),) = ended  # a group of its own, with all that is in it
    assert number == signal.SIGKILL
    assert group != os.getpgrp()


def test_whether_claude_is_there_and_has_an_account_is_asked_without_a_model(
    data: Path, program: Any
) -> None:
    status = {"loggedIn": True, "authMethod": "claude.ai"}
    assert (
        ClaudeProgram(data, "haiku", program=program(json.dumps(status))).models() == []
    )
    assert ClaudeProgram(data, "haiku", program=program("of before")).models() == []
    status["loggedIn"] = False
    with pytest.raises(Failed, match="claude auth login") as raised:
        ClaudeProgram(data, "haiku", program=program(json.dumps(status))).models()
    assert raised.value.failure == "denied"
    with pytest.raises(Failed) as raised:
        ClaudeProgram(data, "haiku", program="no-such-claude").models()
    assert raised.value.failure == "unreachable"


def test_no_program_is_said(data: Path) -> None:
    with pytest.raises(Failed, match="not on PATH"):
        ClaudeProgram(data, "haiku", program="no-such-claude").ask(QUESTION)


def test_the_environment_of_claude_is_a_short_list(home: Path) -> None:
    assert set(environment(home)) <= {
        "PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE", "HOME",
        "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK", "CLAUDE_CODE_MAX_RETRIES",
        "DISABLE_AUTOUPDATER", "DISABLE_TELEMETRY", "MAX_STRUCTURED_OUTPUT_RETRIES",
    }  # fmt: skip
