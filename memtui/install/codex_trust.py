"""Whether Codex runs a hook that tells: it does once a person trusted this very hook.

``config.toml`` names each by file, event, and place in that file, with a hash of
what was trusted. The hash is that of Codex 0.169 (its ``app-server`` gives it back
on ``hooks/list``). Of a plugin's hooks it covers a path that only Codex knows.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from memtui.install import plugin

NOT_TRUSTED: Final = "the hooks are not trusted yet"
CHANGED: Final = "the hooks changed since they were trusted"
OFF: Final = "the hooks are switched off in the review of hooks"
_EVENT: Final = "session_start"
_LIMIT_S: Final = 600
"""Of a hook that names none."""


def trouble(config: dict[str, Any], settings: dict[str, Any], file: str) -> str:
    """What keeps Codex from running our hooks in ``file``; empty: nothing.

    Args:
        config: what ``config.toml`` says.
        settings: what ``file`` says.
    """
    states = _states(config)
    for name, wanted in _telling(settings):
        entry = states.get(f"{file}:{_EVENT}:{name}")
        if not isinstance(entry, dict) or not entry.get("trusted_hash"):
            return NOT_TRUSTED
        if entry.get("enabled") is False:
            return OFF
        if entry["trusted_hash"] != wanted:
            return CHANGED
    return ""


def plugin_trouble(config: dict[str, Any]) -> str:
    """The same for the hooks of our plugin, as far as it can be seen from here."""
    found = [
        entry
        for name, entry in _states(config).items()
        if name.startswith("memtui@") and f":{_EVENT}:" in name
        if isinstance(entry, dict) and entry.get("trusted_hash")
    ]
    if not found:
        return NOT_TRUSTED
    return OFF if any(entry.get("enabled") is False for entry in found) else ""


def hash_of(event: str, group: dict[str, Any], hook: dict[str, Any]) -> str:
    """What Codex names as the hash of one hook in a group of an event."""
    one: dict[str, Any] = {
        "async": hook.get("async", False),
        "command": hook.get("command"),
        "timeout": hook.get("timeout", _LIMIT_S),
        "type": "command",
    }
    if "statusMessage" in hook:
        one["statusMessage"] = hook["statusMessage"]
    known: dict[str, Any] = {"event_name": event, "hooks": [one]}
    if "matcher" in group:
        known["matcher"] = group["matcher"]
    text = json.dumps(
        known, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def _telling(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Our hooks that print a text, by place (``GROUP:HOOK``), with their hashes."""
    events = settings.get("hooks")
    groups = events.get("SessionStart") if isinstance(events, dict) else None
    for at, group in enumerate(groups if isinstance(groups, list) else ()):
        if not plugin.ours_of(group):
            continue
        for place, hook in enumerate(group["hooks"]):
            if plugin.is_our_hook(hook) and plugin.TELLING in hook["command"]:
                yield f"{at}:{place}", hash_of(_EVENT, group, hook)


def _states(config: dict[str, Any]) -> dict[str, Any]:
    hooks = config.get("hooks")
    states = hooks.get("state") if isinstance(hooks, dict) else None
    return states if isinstance(states, dict) else {}
