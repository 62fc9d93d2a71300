"""The plugin's own files agree with the scripts and with the package."""

import json
import re
from typing import Final

from memtui import __version__
from tests.hooks.shells import HOOKS

PLUGIN: Final = HOOKS.parent / ".claude-plugin"


def test_the_plugin_has_the_packages_version() -> None:
    plugin = json.loads((PLUGIN / "plugin.json").read_text())
    assert (plugin["name"], plugin["version"]) == ("memtui", __version__)


def test_the_marketplace_offers_the_plugin() -> None:
    market = json.loads((PLUGIN / "marketplace.json").read_text())
    assert [(p["name"], p["source"]) for p in market["plugins"]] == [("memtui", "./")]


def test_every_source_has_one_handler_that_tells_and_one_that_reads() -> None:
    groups = json.loads((HOOKS / "hooks.json").read_text())["hooks"]["SessionStart"]
    told = {}
    for group in groups:
        (hook,) = group["hooks"]
        if found := re.search(r"sh \S+session-start\" (\w+);", hook["command"]):
            assert hook["command"].startswith(f"set -- {found[1]}; ")
            for source in group["matcher"].split("|"):
                assert source not in told
                told[source] = found[1]
        else:
            assert "matcher" not in group
    assert told == {
        "startup": "startup",
        "clear": "startup",
        "compact": "compact",
        "resume": "resume",
        "fork": "resume",
    }


def test_every_command_runs_a_script_that_is_there_and_has_a_time_limit() -> None:
    events = json.loads((HOOKS / "hooks.json").read_text())["hooks"]
    for group in (group for groups in events.values() for group in groups):
        for hook in group["hooks"]:
            (script,) = set(
                re.findall(r"\$\{CLAUDE_PLUGIN_ROOT\}/(\S+)\"", hook["command"])
            )
            assert (HOOKS.parent / script).is_file()
            assert hook["timeout"] == 5
