"""The chain from a kept memory to the model, for a status line: where it breaks.

Reads two small files and stats three: cheap enough to ask every few seconds.
"""

import json
from pathlib import Path
from typing import Any

from memtui import paths
from memtui.errors import InstallError
from memtui.install import client_settings, plugin
from memtui.install.plan import settings_path
from memtui.model import Agent


def client_of(home: Path, agent: Agent = Agent.CLAUDE_CODE) -> dict[str, Any]:
    """The settings of a client; nothing where they cannot be read."""
    try:
        path = settings_path(agent, home)
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (InstallError, OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def broken_link(data: Path, home: Path) -> str:
    """What keeps new sessions from being told, in a few words; empty: nothing."""
    client = client_of(home)
    wired = [c for c in plugin.commands(client) if plugin.is_ours(c)]
    if not wired and not client_settings.has_plugin(client):
        return "no client reads the exports yet"
    if client.get("disableAllHooks"):
        return "the client's hooks are switched off"
    if not all(plugin.leads_to(command, data) for command in wired):
        return "the hooks belong to another data folder"
    if wired and plugin.stale_hooks(data):
        return "the hooks are missing or old"
    if not paths.export_dir(data).is_dir():
        return "nothing is exported yet"
    return ""
