"""The four clients as props: where each lies, what it is told of the world."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

KEY: Final = "sk-ant-fake-key-for-tests"
# Read before any test gets a home of its own.
_CACHE: Final = Path(
    os.environ.get("E2E_CLIENTS")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "memtui-e2e"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prop:
    """One client and the stub model that it talks to."""

    agent: str
    kit: str
    """Its name in the kit: of its lock file, its scenario."""
    package: str
    """The program, below ``node_modules``."""
    stub: str
    path: str
    """What the requests to its model end with, as the stub's log names them."""
    variables: Callable[[Path, int], dict[str, str]]
    """Of a home and the model's port."""
    prepare: Callable[[Path, int], None]
    """Write what the client must find in a home before it starts."""
    interpreter: str = ""

    def installed(self, clients: Path) -> Path:
        """The pinned program, fetched once into the cache; or a skip that says why."""
        program = _CACHE / f"npm-{self.kit}" / "node_modules" / self.package
        _CACHE.mkdir(parents=True, exist_ok=True)
        with (_CACHE / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not program.exists():
                self._fetch(clients)
        if not program.exists():
            pytest.skip(f"{self.agent} cannot be installed here (npm ci failed)")
        if self.interpreter and not shutil.which(self.interpreter):
            pytest.skip(f"{self.agent} cannot run here (no {self.interpreter})")
        return program

    def command(self, program: Path) -> list[str]:
        """The words that start it."""
        runs = shutil.which(self.interpreter) if self.interpreter else None
        return [*([runs] if runs else []), str(program)]

    def _fetch(self, clients: Path) -> None:
        if not shutil.which("npm"):
            pytest.skip(f"{self.agent} cannot be installed here (no npm)")
        script = '. "$HERE/lib.sh"; install_client "$1" "$2"'
        subprocess.run(
            ["bash", "-c", script, "bash", self.kit, self.package],
            env={**os.environ, "HERE": str(clients), "E2E_CLIENTS": str(_CACHE)},
            capture_output=True,
            timeout=900,
        )


def _claude_variables(_: Path, port: int) -> dict[str, str]:
    return {
        "IS_SANDBOX": "1",
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "ANTHROPIC_API_KEY": KEY,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_BUG_COMMAND": "1",
    }


def _codex_variables(home: Path, _: int) -> dict[str, str]:
    return {"CODEX_HOME": str(home / ".codex"), "STUB_API_KEY": "fake-key-for-tests"}


def _gemini_variables(_: Path, port: int) -> dict[str, str]:
    return {
        "GEMINI_API_KEY": "fake-key-for-tests",
        "GOOGLE_GEMINI_BASE_URL": f"http://127.0.0.1:{port}",
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
    }


def _opencode_variables(_: Path, __: int) -> dict[str, str]:
    return {
        "OPENCODE_DISABLE_AUTOUPDATE": "1",
        "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
        "OPENCODE_DISABLE_MODELS_FETCH": "1",
        "npm_config_offline": "true",
    }


def _prepare_claude(home: Path, _: int) -> None:
    (home / ".claude").mkdir()


def _prepare_codex(home: Path, port: int) -> None:
    config = home / ".codex" / "config.toml"
    config.parent.mkdir()
    config.write_text(
        'model = "stub-model"\nmodel_provider = "stub"\napproval_policy = "never"\n'
        'sandbox_mode = "danger-full-access"\ncheck_for_update_on_startup = false\n\n'
        '[model_providers.stub]\nname = "Stub"\n'
        f'base_url = "http://127.0.0.1:{port}/v1"\n'
        'wire_api = "responses"\nenv_key = "STUB_API_KEY"\n\n'
        "[analytics]\nenabled = false\n"
    )


def _prepare_gemini(home: Path, _: int) -> None:
    settings = {
        "general": {"disableAutoUpdate": True, "enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False},
        "telemetry": {"enabled": False},
        "security": {"auth": {"selectedType": "gemini-api-key"}},
    }
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text(json.dumps(settings))


def _prepare_opencode(home: Path, port: int) -> None:
    model = {"name": "Stub", "limit": {"context": 100_000, "output": 8_000}}
    options = {"baseURL": f"http://127.0.0.1:{port}/v1", "apiKey": "fake-key"}
    config = {
        "provider": {
            "stub": {
                "npm": "@ai-sdk/openai-compatible", "name": "Stub",
                "options": options, "models": {"stub-model": model},
            }
        },
        "model": "stub/stub-model", "small_model": "stub/stub-model",
        "autoupdate": False, "share": "disabled",
    }  # fmt: skip
    file = home / ".config" / "opencode" / "opencode.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(config))


CLAUDE_CODE: Final = Prop(
    agent="claude-code",
    kit="claude",
    package="@anthropic-ai/claude-code-linux-x64/claude",
    stub="stub_anthropic.py",
    path="v1-messages",
    variables=_claude_variables,
    prepare=_prepare_claude,
)
CODEX: Final = Prop(
    agent="codex",
    kit="codex",
    package="@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex",
    stub="stub_openai.py",
    path="responses",
    variables=_codex_variables,
    prepare=_prepare_codex,
)
GEMINI_CLI: Final = Prop(
    agent="gemini-cli",
    kit="gemini",
    package="@google/gemini-cli/bundle/gemini.js",
    stub="stub_gemini.py",
    path="streamGenerateContent",
    variables=_gemini_variables,
    prepare=_prepare_gemini,
    interpreter="node",
)
OPENCODE: Final = Prop(
    agent="opencode",
    kit="opencode",
    package="opencode-linux-x64/bin/opencode",
    stub="stub_openai.py",
    path="chat-completions",
    variables=_opencode_variables,
    prepare=_prepare_opencode,
)
PROPS: Final = (CLAUDE_CODE, CODEX, GEMINI_CLI, OPENCODE)
