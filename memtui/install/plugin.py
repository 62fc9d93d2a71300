"""The hooks as we ship them, and their copy at a place that stays.

Clients' settings name ``<data>/hooks``: that path survives an upgrade, another
virtual environment and a moved checkout. ``install`` fills it again each time.
"""

import json
import os
import re
import shlex
import shutil
import site
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from memtui.errors import InstallError, SettingsError
from memtui.files import replace_file
from memtui.model import Agent
from memtui.paths import fired_dir, hooks_dir, make_private_dir
from memtui.settings import load

SCRIPTS: Final = ("session-start", "sync", "recall", "cleared")
"""What a client runs."""
LIBRARY: Final = ("recall.py", "about.py", "prepared.py")
"""What a script of them runs."""
TELLING: Final = "session-start"
"""The one of them that a session waits for."""
PROGRAM: Final = "memtui"
"""Starts this very program; written for the place it is installed at."""
MARK: Final = "# memtui"
"""Ends our commands in a client's settings, so that we know them again."""

_TOUCHING: Final = "Read|Edit|MultiEdit|Write|NotebookEdit"

_CALL: Final = re.compile(
    r'sh "\$\{CLAUDE_PLUGIN_ROOT\}/hooks/([^"]+)"(?: ([a-z]+))?(?:; \})?$'
)

_NAMED: Final = re.compile(rf"/hooks/(?:{'|'.join(SCRIPTS)})(?=[\s'\";]|$)")


def shipped_hooks() -> Path:
    """The hooks of this installation: in the wheel, or beside the package.

    Raises:
        InstallError: there are none.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_plugin" / "hooks", package.parent / "hooks"):
        if (folder / "hooks.json").is_file():
            return folder
    raise InstallError(
        "This installation of memtui has no hooks.", hint="Install memtui again."
    )


def hook_groups(data: Path, agent: Agent) -> dict[str, list[dict[str, Any]]]:
    """The plugin's hooks as a client's own settings name them, by event."""
    shipped = json.loads((shipped_hooks() / "hooks.json").read_text("utf-8"))
    groups: dict[str, list[dict[str, Any]]] = shipped["hooks"]
    for group in (group for event in groups.values() for group in event):
        for hook in group["hooks"]:
            ((script, word),) = _CALL.findall(hook["command"])
            words = (word, agent) if word else ()
            hook["command"] = (
                sourced(data, *words)
                if script == TELLING and agent is Agent.CLAUDE_CODE
                else command(data, script, *words)
            )
    return groups | _asked_for(data, agent)


def _asked_for(data: Path, agent: Agent) -> dict[str, list[dict[str, Any]]]:
    """Hooks that are off unless the config says otherwise."""
    try:
        known = load()
    except SettingsError:
        return {}  # said wherever the settings are needed
    groups: dict[str, list[dict[str, Any]]] = {}
    if known.prompt_recall and agent in (Agent.CLAUDE_CODE, Agent.CODEX):
        groups["UserPromptSubmit"] = [{"hooks": [_recall(data, "prompt", agent)]}]
    if known.file_history and agent is Agent.CLAUDE_CODE:
        groups["PreToolUse"] = [
            {"matcher": _TOUCHING, "hooks": [_recall(data, "file", agent)]}
        ]
    return groups


def _recall(data: Path, about: str, agent: Agent) -> dict[str, Any]:
    run = command(data, "recall", about, shlex.quote(str(data.absolute())), agent)
    return {"type": "command", "command": run, "timeout": 2}


def command(data: Path, script: str, *words: str) -> str:
    """What a client's settings run: one of our scripts, if it is still there."""
    path = shlex.quote(str(hooks_dir(data) / script))
    return f"[ ! -f {path} ] || {' '.join(['sh', path, *words])} {MARK}"


def sourced(data: Path, *words: str) -> str:
    """The same for ``session-start`` where the client's own shell is ``sh``.

    That shell reads the script itself: a session waits for one shell less.
    """
    path, own = (shlex.quote(str(p)) for p in (hooks_dir(data) / TELLING, data))
    named = " ".join([*words, own])
    return f"[ ! -f {path} ] || {{ set -- {named}; . {path}; }} {MARK}"


def is_ours(command: object) -> bool:
    """Whether a command in a client's settings is one that we put there."""
    return (
        isinstance(command, str)
        and command.endswith(f" {MARK}")
        and _NAMED.search(command) is not None
    )


def leads_to(command: str, data: Path) -> bool:
    """Whether one of our commands runs a script of this data folder."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return False
    return any(word.startswith(f"{hooks_dir(data)}/") for word in words)


def put_hooks(data: Path) -> Path:
    """Copy the hooks to their stable place and name the program there."""
    make_private_dir(data)
    make_private_dir(fired_dir(data))
    folder = make_private_dir(hooks_dir(data))
    source = shipped_hooks()
    for name in (*SCRIPTS, *LIBRARY, "hooks.json"):
        mode = 0o700 if name in SCRIPTS else 0o600
        replace_file(folder / name, (source / name).read_bytes(), mode=mode)
    replace_file(folder / PROGRAM, program_script().encode(), mode=0o700)
    return folder


def drop_hooks(data: Path) -> None:
    """Remove what ``put_hooks`` wrote; another file there stays, and its folder."""
    folder = hooks_dir(data)
    for name in (*SCRIPTS, *LIBRARY, "hooks.json", PROGRAM):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not os.listdir(folder):
        folder.rmdir()


def stale_hooks(data: Path) -> list[str]:
    """Names of copied hooks that are missing or not those of this version."""
    source, folder = shipped_hooks(), hooks_dir(data)
    stale = [
        name
        for name in (*SCRIPTS, *LIBRARY)
        if _bytes(folder / name) != (source / name).read_bytes()
    ]
    if _bytes(folder / PROGRAM) != program_script().encode():
        stale.append(PROGRAM)
    return stale


def copied_hooks(data: Path) -> list[str]:
    """Names of the copies that are there."""
    ours = (*SCRIPTS, *LIBRARY, "hooks.json", PROGRAM)
    return [name for name in ours if (hooks_dir(data) / name).exists()]


def program_script() -> str:
    """A script that runs this memtui from anywhere, and nothing that lies there.

    Hooks and the MCP server start in whatever repository a person opens: neither
    that folder (``-P``) nor a ``PYTHONPATH`` (an empty part of which names it, too)
    may say what is imported.
    """
    command = program_command('"$@"')
    return f"#!/bin/sh\n{command}\n"


def program_command(words: str) -> str:
    """What a shell runs for this memtui with these words, quoted for it."""
    python = shlex.quote(sys.executable or shutil.which("python3") or "python3")
    return f"{_found_at()}exec {python} -P -m memtui {words}"


def _found_at() -> str:
    """A checkout, or a folder of packages, may be run without being installed."""
    root = Path(__file__).resolve().parents[2]
    known = [*site.getsitepackages(), site.getusersitepackages()]
    if root in (Path(os.path.realpath(place)) for place in known):
        return "unset PYTHONPATH\n"
    return f"PYTHONPATH={shlex.quote(str(root))}\nexport PYTHONPATH\n"


def commands(settings: object) -> Iterator[str]:
    """Every hook command in a client's settings, whatever their shape."""
    hooks = settings.get("hooks") if isinstance(settings, dict) else None
    for event in hooks.values() if isinstance(hooks, dict) else ():
        for group in event if isinstance(event, list) else ():
            yield from commands_of(group)


def commands_of(group: object) -> Iterator[str]:
    """Every command in one group of hooks, whatever its shape."""
    listed = group.get("hooks") if isinstance(group, dict) else None
    for hook in listed if isinstance(listed, list) else ():
        command = hook.get("command") if isinstance(hook, dict) else None
        if isinstance(command, str):
            yield command


def ours_of(group: object) -> dict[str, Any] | None:
    """A group of hooks without a person's own; None where none of it is ours."""
    if not isinstance(group, dict) or not isinstance(group.get("hooks"), list):
        return None
    found = [hook for hook in group["hooks"] if is_our_hook(hook)]
    return {**group, "hooks": found} if found else None


def is_our_hook(hook: object) -> bool:
    """Whether a hook in a group is one that we put there."""
    return isinstance(hook, dict) and is_ours(hook.get("command"))


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
