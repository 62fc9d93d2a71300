"""Codex: our hooks in its ``hooks.json``, or this repository as its plugin.

Codex runs no hook before the person trusted it, and says nothing when it does
not: so that is told wherever it is wired. The trust stands in ``config.toml``.
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from memtui.errors import InstallError
from memtui.install import client_settings, codex_trust, settings_file
from memtui.install.client import Edits, Wired, own_folder, read
from memtui.model import Agent

TRUST: Final = (
    "Codex runs no hook before you trusted it: start codex once, "
    'answer "Hooks need review", or type /hooks.'
)
_SWITCHED_OFF: Final = "the client's hooks are switched off"


class Codex:
    """Codex, as far as we wire it."""

    agent: Final = Agent.CODEX

    def folder(self, home: Path) -> Path:
        """``$CODEX_HOME``, else ``~/.codex``."""
        return own_folder("CODEX_HOME", home, ".codex")

    def hooks(self, home: Path) -> Path:
        """The file that names hooks."""
        return settings_file.physical(self.folder(home) / "hooks.json")

    def installing(self, home: Path, data: Path) -> Edits:
        """See ``Client``."""
        change, _ = settings_file.with_ours(self.hooks(home), self.agent, data)
        notes = [TRUST] if change.changes else []
        config = self._config(home)
        if _are_off(config):
            notes.append(f"{self._config_path(home)} switches hooks off.")
        if _has_plugin(config):
            notes.append(
                "memtui is also enabled as a plugin; one of the two is enough."
            )
        return Edits(files=(change,), notes=tuple(notes))

    def uninstalling(self, home: Path, data: Path, made: frozenset[Path]) -> Edits:
        """See ``Client``."""
        path = self.hooks(home)
        change, text = settings_file.without_ours(path, made=path in made)
        notes = client_settings.left(text, data)
        if _has_plugin(self._config(home)):
            notes += (client_settings.PLUGIN_STAYS,)
        return Edits(files=(change,), notes=notes)

    def wired(self, home: Path, data: Path) -> Wired:
        """See ``Client``."""
        config, path = self._config(home), self.hooks(home)
        found = settings_file.wired(
            path, self.agent, data, as_plugin=_has_plugin(config)
        )
        if not found.where or found.broken:
            return found
        if _are_off(config):
            said = f"{self._config_path(home)} switches hooks off."
            return replace(found, broken=_SWITCHED_OFF, hint=said)
        if found.where == "plugin":
            trouble = codex_trust.plugin_trouble(config)
        else:
            named = settings_file.known(path)
            trouble = codex_trust.trouble(config, named, str(path))
        return replace(found, broken=trouble, hint=TRUST) if trouble else found

    def _config_path(self, home: Path) -> Path:
        return self.folder(home) / "config.toml"

    def _config(self, home: Path) -> dict[str, Any]:
        try:
            return tomllib.loads((read(self._config_path(home)) or b"").decode())
        except (InstallError, ValueError, RecursionError):
            return {}  # Codex itself says what is wrong with it


def _are_off(config: dict[str, Any]) -> bool:
    features = config.get("features")
    return isinstance(features, dict) and features.get("hooks") is False


def _has_plugin(config: dict[str, Any]) -> bool:
    plugins = config.get("plugins")
    return isinstance(plugins, dict) and any(
        name.startswith("memtui@")
        and not (isinstance(entry, dict) and entry.get("enabled") is False)
        for name, entry in plugins.items()
    )
