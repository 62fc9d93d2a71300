"""Gemini CLI: an extension of two small files, wholly ours.

Its own ``settings.json`` may hold comments, which we could not keep; an
extension needs no change there.
"""

import json
from pathlib import Path
from typing import Any, Final

from memtui import __version__
from memtui.install import owned, plugin, settings_file
from memtui.install.client import Edits, Wired
from memtui.model import Agent

_SOURCES: Final = ("startup", "clear", "resume")
"""Gemini CLI compares a matcher with the source letter by letter. All three are told
the text of a start: what it resumes has lost its first message, and ours with it."""
_LIMIT_MS: Final = 5_000


class GeminiCli:
    """Gemini CLI, as far as we wire it."""

    agent: Final = Agent.GEMINI_CLI

    def folder(self, home: Path) -> Path:
        """``~/.gemini``."""
        return home / ".gemini"

    def installing(self, home: Path, data: Path) -> Edits:
        """See ``Client``."""
        files = owned.writing(self._files(home, data))
        return Edits(files=files)

    def uninstalling(self, home: Path, data: Path, made: frozenset[Path]) -> Edits:
        """See ``Client``."""
        return owned.removing(self._files(home, data))

    def wired(self, home: Path, data: Path) -> Wired:
        """See ``Client``."""
        found = owned.wired(self._files(home, data), data)
        settings = settings_file.known(self.folder(home) / "settings.json")
        switches = settings.get("hooksConfig")
        off = isinstance(switches, dict) and switches.get("enabled") is False
        if found.where and off:
            return Wired(
                where=found.where,
                broken="the client's hooks are switched off",
                hint=f"{self.folder(home)}/settings.json says so in hooksConfig.",
            )
        return found

    def _files(self, home: Path, data: Path) -> dict[Path, bytes]:
        folder = self.folder(home) / "extensions" / "memtui"
        about = {
            "name": "memtui",
            "version": __version__,
            "description": "What you kept from earlier sessions, told to the next one",
        }
        return {
            folder / "gemini-extension.json": _dumped(about),
            folder / "hooks" / "hooks.json": _dumped({"hooks": _hooks(data)}),
        }


def _hooks(data: Path) -> dict[str, list[dict[str, Any]]]:
    def group(name: str, *words: str, matcher: str = "") -> dict[str, Any]:
        command = plugin.command(data, *words)
        hook = {"type": "command", "name": f"memtui-{name}", "command": command}
        only = {"matcher": matcher} if matcher else {}
        return {**only, "hooks": [{**hook, "timeout": _LIMIT_MS}]}

    start = "session-start"
    told = [
        group(f"tell-{source}", start, "startup", Agent.GEMINI_CLI, matcher=source)
        for source in _SOURCES
    ]
    reads = group("sync", "sync")
    begins = group("sync-start", "sync", "start", Agent.GEMINI_CLI)
    return {
        "SessionStart": [*told, begins],
        "AfterAgent": [reads],
        "SessionEnd": [reads],
    }


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
