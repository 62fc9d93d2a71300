"""Prints what memtui chose for this place, where there is no ``sh``: on Windows.

    python -I -S session_start.py startup|resume|compact [AGENT]

The same as ``session-start``, in all it looks for and prints, and tested as that is;
only slower. Nothing of memtui is imported. On any trouble nothing, and exit 0.
"""

from __future__ import annotations

import os
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import prepared  # noqa: E402

AGENTS = ("claude-code", "codex", "gemini-cli", "opencode")
SOURCES = ("startup", "resume", "compact")
OPENING = b'{"hookSpecificOutput": {'
CLOSING = b'"}}'


def main() -> None:
    """Print one text, or nothing."""
    source, agent, *_ = [*sys.argv[1:], "", ""]
    if agent not in AGENTS:
        # The plugin serves two clients; only Codex calls its folder PLUGIN_ROOT.
        agent = "codex" if os.environ.get("PLUGIN_ROOT") else "claude-code"
    data = data_folder()
    if source not in SOURCES:
        note(data, agent, f"called for '{source}', which is no source")
    elif not told_otherwise(data, agent):
        place = prepared.locate(where(agent))
        for name in prepared.looked_for(place, source, agent):
            file = f"{data}/export{name}"
            if os.path.isfile(file) and not os.path.islink(file):
                answer(data, agent, file)
                break


def data_folder() -> str:
    """Where the store lies: as named, round a copy that was installed, as usual."""
    named, own = os.environ.get("MEMTUI_DATA_DIR", ""), os.path.dirname(HERE)
    if not named and os.path.isfile(f"{own}/memtui.db"):
        named = own
    if not named:
        shared = os.environ.get("XDG_DATA_HOME") or f"{_home()}/.local/share"
        named = f"{shared}/memtui"
    return os.path.join(os.getcwd(), named) if not os.path.isabs(named) else named


def told_otherwise(data: str, agent: str) -> bool:
    """Whether the client's own settings are wired as well: those tell it."""
    if not os.environ.get("CLAUDE_PLUGIN_ROOT"):
        return False
    if not os.path.isfile(f"{data}/hooks/installed.json"):
        return False
    folder, name = ("CLAUDE_CONFIG_DIR", "settings.json")
    if agent == "codex":
        folder, name = ("CODEX_HOME", "hooks.json")
    usual = ".codex" if agent == "codex" else ".claude"
    settings = f"{os.environ.get(folder) or f'{_home()}/{usual}'}/{name}"
    try:
        with open(settings, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError:
        return False
    mark = b' # memtui"'
    return any(mark in line.partition(b"hooks/session-start")[2] for line in lines)


def where(agent: str) -> str:
    """The folder that the session works in; one that is gone keeps its name."""
    named = os.environ.get("CLAUDE_PROJECT_DIR", "")
    if named.startswith("/") and agent not in ("codex", "opencode"):
        return named
    try:
        return os.getcwd()
    except OSError:
        return ""  # it was deleted: what holds everywhere is told


def answer(data: str, agent: str, file: str) -> None:
    """Print a file; what is torn, or none of ours, is not."""
    try:
        with open(file, "rb") as exported:
            text = exported.read()
    except OSError:
        note(data, agent, f"cannot print {file}")
        return
    said = text.replace(b"\0", b"").rstrip(b"\n")
    whole = said.startswith(OPENING) and said.endswith(CLOSING)
    if whole and not said.endswith(b"\\" + CLOSING):
        os.write(1, said + b"\n")
    elif text:
        note(data, agent, f"cannot print {file}")


def note(data: str, agent: str, trouble: str) -> None:
    """A line about the trouble, beside the store; what cannot be written is lost."""
    if os.path.isdir(data):
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = f"{now} session-start {agent}: {trouble}\n"
        named = os.open(
            f"{data}/hooks.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
        )
        with open(named, "ab") as log:
            log.write(os.fsencode(line))


def _home() -> str:
    return os.environ.get("HOME") or os.path.expanduser("~")


if __name__ == "__main__":
    try:
        main()
    finally:
        # A hook must not be in the way, whatever went wrong.
        os._exit(0)
