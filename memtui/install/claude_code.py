"""Claude Code: our hooks in its ``settings.json``, or this repository as its plugin."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from memtui.install import client_settings, settings_file
from memtui.install.client import Edits, Wired, own_folder
from memtui.model import Agent

_SWITCHED_OFF: Final = "the client's hooks are switched off"


class ClaudeCode:
    """Claude Code, as far as we wire it."""

    agent: Final = Agent.CLAUDE_CODE

    def folder(self, home: Path) -> Path:
        """``$CLAUDE_CONFIG_DIR``, else ``~/.claude``."""
        return own_folder("CLAUDE_CONFIG_DIR", home, ".claude")

    def settings(self, home: Path) -> Path:
        """The file that names hooks."""
        return settings_file.physical(self.folder(home) / "settings.json")

    def known(self, home: Path) -> dict[str, Any]:
        """What its settings say; nothing where they cannot be read."""
        return settings_file.known(self.settings(home))

    def installing(self, home: Path, data: Path) -> Edits:
        """See ``Client``."""
        change, text = settings_file.with_ours(self.settings(home), self.agent, data)
        return Edits(files=(change,), notes=client_settings.notes(text))

    def uninstalling(self, home: Path, data: Path, made: frozenset[Path]) -> Edits:
        """See ``Client``."""
        path = self.settings(home)
        change, text = settings_file.without_ours(path, made=path in made)
        return Edits(files=(change,), notes=client_settings.left(text, data))

    def wired(self, home: Path, data: Path) -> Wired:
        """See ``Client``."""
        known = self.known(home)
        found = settings_file.wired(
            self.settings(home), self.agent, data,
            as_plugin=client_settings.has_plugin(known),
        )  # fmt: skip
        if found.where and known.get("disableAllHooks"):
            said = f"{self.settings(home)} switches every hook off by disableAllHooks."
            return replace(found, broken=_SWITCHED_OFF, hint=said)
        return found
