"""Gemini CLI: an extension of two small files, wholly ours.

Its own ``settings.json`` may hold comments, which we could not keep; an
extension needs no change there.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeGuard

from memtui import __version__
from memtui.install import owned, plugin, settings_file
from memtui.install.client import Edits, Wired, own_folder
from memtui.model import Agent

_SOURCES: Final = ("startup", "resume")
"""Gemini CLI compares a matcher with the source letter by letter. Both are told the
text of a start: what it resumes has lost its first message, and ours with it. What a
hook says on ``clear`` it drops: that session is told with its first prompt."""
_LIMIT_MS: Final = 5_000
_NAMES: Final = tuple(f"memtui-tell-{what}" for what in (*_SOURCES, "cleared"))
_SWITCHED_OFF: Final = "the client's hooks are switched off"


class GeminiCli:
    """Gemini CLI, as far as we wire it."""

    agent: Final = Agent.GEMINI_CLI

    def folder(self, home: Path) -> Path:
        """``.gemini`` in ``$GEMINI_CLI_HOME``, else in the home."""
        return own_folder("GEMINI_CLI_HOME", home) / ".gemini"

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
        if not found.where or found.broken:
            return found
        settings = self.folder(home) / "settings.json"
        said = settings_file.known(settings).get("hooksConfig")
        switches = said if isinstance(said, dict) else {}
        off = switches.get("disabled")
        named = [name for name in off if name in _NAMES] if _is_list(off) else []
        if switches.get("enabled") is False or named:
            hint = f"{settings} says so in hooksConfig."
            return replace(found, broken=_SWITCHED_OFF, hint=hint)
        rules = self.folder(home) / "extensions" / "extension-enablement.json"
        if _is_disabled(settings_file.known(rules).get("memtui"), home):
            hint = "Run: gemini extensions enable memtui"
            return replace(found, broken="the extension is disabled", hint=hint)
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


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_disabled(entry: object, home: Path) -> bool:
    """Whether rules of Gemini's disable an extension for the whole home.

    The last rule that holds for a folder counts; ``!`` disables, ``*`` at its end
    takes in all below.
    """
    rules = entry.get("overrides") if isinstance(entry, dict) else None
    disabled = False
    for rule in rules if _is_list(rules) else ():
        place = str(rule).removeprefix("!")
        below = f"{home}/".startswith(place.removesuffix("*"))
        if place == f"{home}/" or (place.endswith("*") and below):
            disabled = str(rule).startswith("!")
    return disabled


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
    cleared = group("cleared", "cleared", "mark", matcher="clear")
    begins = group("sync-start", "sync", "start", Agent.GEMINI_CLI)
    return {
        "SessionStart": [*told, cleared, begins],
        "BeforeAgent": [group("tell-cleared", "cleared", "tell")],
        "AfterAgent": [reads],
        "SessionEnd": [reads],
    }


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
