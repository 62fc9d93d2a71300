"""Our groups of hooks inside the text of a client's settings."""

import json
from pathlib import Path
from typing import Any, Final

from memtui import paths
from memtui.install import json_edit, plugin

PLUGIN_STAYS: Final = "memtui stays enabled as a plugin; the client itself removes it."
_ENABLED: Final = "memtui@"


def ours(known: dict[str, Any]) -> dict[str, list[Any]]:
    """Our groups in settings by event, without what a person added to them."""
    hooks = known.get("hooks")
    if not isinstance(hooks, dict):
        return {}
    found = {
        event: [found for group in groups if (found := plugin.ours_of(group))]
        for event, groups in hooks.items()
        if isinstance(groups, list)
    }
    return {event: groups for event, groups in found.items() if groups}


def with_groups(text: str, wanted: dict[str, list[dict[str, Any]]]) -> str:
    """The text with our groups at the end of each event's.

    Raises:
        ValueError: something there has not the shape that the client wants.
    """
    if json_edit.member(text, json_edit.document(text), "hooks") is None:
        return json_edit.added(text, json_edit.document(text), wanted, key="hooks")
    for event, groups in wanted.items():
        hooks = _member(text, json_edit.document(text), "hooks", "{")
        if json_edit.member(text, hooks, event) is None:
            text = json_edit.added(text, hooks, groups, key=event)
            continue
        for group in groups:
            hooks = _member(text, json_edit.document(text), "hooks", "{")
            text = json_edit.added(text, _member(text, hooks, event, "["), group)
    return text


def without_ours(text: str) -> str:
    """The text without our hooks, nor groups, lists and objects of them alone.

    A hook that a person put into a group of ours stays, in its group.
    """
    while True:
        top = json_edit.document(text)
        hooks = json_edit.member(text, top, "hooks")
        if hooks is None or text[hooks.value] != "{":
            return text
        shorter = _without_one(text, hooks)
        if shorter is None:
            return text
        text = shorter
        hooks = json_edit.member(text, json_edit.document(text), "hooks")
        if hooks and not json_edit.members(text, hooks):
            top = json_edit.document(text)
            return json_edit.removed(text, top, hooks, is_member=True)


def _without_one(text: str, hooks: json_edit.Span) -> str | None:
    for event in json_edit.members(text, hooks):
        if text[event.value] != "[":
            continue
        groups = json_edit.elements(text, event)
        for group in groups:
            if not (found := plugin.ours_of(json_edit.value_of(text, group))):
                continue
            if found != json_edit.value_of(text, group):
                return _without_hook(text, group)
            if len(groups) == 1:
                return json_edit.removed(text, hooks, event, is_member=True)
            return json_edit.removed(text, event, group, is_member=False)
    return None


def _without_hook(text: str, group: json_edit.Span) -> str:
    listed = _member(text, group, "hooks", "[")
    first = next(
        hook
        for hook in json_edit.elements(text, listed)
        if plugin.is_our_hook(json_edit.value_of(text, hook))
    )
    return json_edit.removed(text, listed, first, is_member=False)


def _member(text: str, at: json_edit.Span, key: str, bracket: str) -> json_edit.Span:
    found = json_edit.member(text, at, key)
    if found is None or text[found.value] != bracket:
        kind = "an object" if bracket == "{" else "a list"
        raise ValueError(f"{key!r} is not {kind}")
    return found


def notes(text: str) -> tuple[str, ...]:
    """What a person should know about these settings, one sentence each."""
    known = json.loads(text)
    found = []
    if known.get("disableAllHooks"):
        found.append("All hooks are switched off here by disableAllHooks.")
    if has_plugin(known):
        found.append("memtui is also enabled as a plugin; one of the two is enough.")
    return tuple(found)


def left(text: str, data: Path) -> tuple[str, ...]:
    """What uninstalling leaves in these settings, one sentence each."""
    known = json.loads(text)
    hooks = known.get("hooks")
    added = [
        command
        for groups in (hooks.values() if isinstance(hooks, dict) else ())
        for group in (groups if isinstance(groups, list) else ())
        if plugin.ours_of(group)
        for command in plugin.commands_of(group)
        if not plugin.is_ours(command)
    ]
    found = [
        f"This command in a group of ours is not ours; it stays: {c}" for c in added
    ]
    folder = f"{paths.hooks_dir(data)}/"
    found += [
        f"This command names a hook of ours, but is changed; it stays: {command}"
        for command in plugin.commands(known)
        if folder in command and command not in added and not plugin.is_ours(command)
    ]
    if has_plugin(known):
        found.append(PLUGIN_STAYS)
    return tuple(found)


def has_plugin(known: dict[str, Any]) -> bool:
    """Whether these settings enable memtui as a plugin."""
    plugins = known.get("enabledPlugins")
    return isinstance(plugins, dict) and any(
        name.startswith(_ENABLED) and on for name, on in plugins.items()
    )
