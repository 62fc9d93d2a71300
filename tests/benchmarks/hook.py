"""What the SessionStart hook costs a session that starts."""

import json
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from memtui.inject.files import UNTOUCHED_NS, locked, replace_if_changed
from memtui.inject.render import envelope
from memtui.install.plugin import hook_groups, put_hooks
from memtui.model import Agent
from tests.benchmarks.measure import CHECKOUT, Result, environment, quietly_in_turn

ANSWER = (
    '{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"%s"}}'
)
UNITS = 4_000


def results(folder: Path, *, times: int) -> Iterator[Result]:
    """Print one export, against ``cat`` of the same file. Default data path."""
    project = folder / "src" / "harbor-api"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    data = folder / ".local" / "share" / "memtui"
    export = data / "export" / str(project).lstrip("/") / "startup.json"
    export.parent.mkdir(parents=True)
    with locked(data / "export.lock"):
        replace_if_changed(export, envelope("x" * UNITS), UNTOUCHED_NS)
    cat = ["sh", "-c", f"exec cat '{export}'"]
    env = environment(folder) | {
        "CLAUDE_PROJECT_DIR": str(project), "CLAUDECODE": "1",
    }  # fmt: skip
    for how, (hook, more) in _ways(folder).items():
        around = env | more
        said = subprocess.run(hook, env=around, cwd=project, capture_output=True)
        if said.stdout != export.read_bytes():
            raise RuntimeError(f"{how}: the hook did not print the export: {said}")
        ours, floor = quietly_in_turn(
            partial(_wall, hook, around, project), partial(_wall, cat, env, project),
            times,
        )  # fmt: skip
        yield Result(
            what=f"SessionStart hook {how}, wall", ours=ours * 1000,
            floor=floor * 1000, unit="ms", goal=1.5, floor_is="sh -c 'exec cat FILE'",
        )  # fmt: skip


def _ways(folder: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The hook alone, as settings name it, as the plugin does; with more variables.

    Clients run a command by their ``sh -c``: that shell counts on both sides.
    """
    told, _ = wired(folder / ".local" / "share" / "memtui")
    shipped = json.loads((CHECKOUT / "hooks" / "hooks.json").read_text())
    plugin = shipped["hooks"]["SessionStart"][0]["hooks"][0]
    return {
        "alone": ([str(CHECKOUT / "hooks" / "session-start"), "startup"], {}),
        "from the settings": (told, {}),
        "of the plugin": (
            ["sh", "-c", plugin["command"]],
            {"CLAUDE_PLUGIN_ROOT": str(CHECKOUT)},
        ),
    }


def wired(data: Path) -> tuple[list[str], list[str]]:
    """Both commands that the settings run when a session starts: tell, then read."""
    put_hooks(data)
    groups = hook_groups(data, Agent.CLAUDE_CODE)["SessionStart"]
    told, read = (groups[at]["hooks"][0]["command"] for at in (0, -1))
    return ["sh", "-c", told], ["sh", "-c", read]


def _wall(command: list[str], env: dict[str, str], cwd: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=env, cwd=cwd, capture_output=True, check=True)
    return time.perf_counter() - begun
