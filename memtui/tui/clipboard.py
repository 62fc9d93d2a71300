"""Copying: by OSC 52, which works over ssh, and by the system's own tool."""

import os
import shutil
import subprocess
from typing import Final

from textual.app import App

from memtui.masking import safe
from memtui.tui.format import figure

_TOOLS: Final = (
    ("pbcopy", ("pbcopy",), ""),
    ("wl-copy", ("wl-copy",), "WAYLAND_DISPLAY"),
    ("xclip", ("xclip", "-selection", "clipboard"), "DISPLAY"),
)
"""Program, its call, the variable without which it cannot work."""
OSC_LIMIT: Final = 74_994
"""Bytes that terminals take at least; tmux and xterm drop longer ones silently."""


def copy_words(app: App[object], text: str) -> str:
    """Copy the text; returns what to say about it."""
    text = safe(text)
    ways = []
    if len(text.encode()) <= OSC_LIMIT:
        app.copy_to_clipboard(text)
        ways.append("OSC 52")
    if name := _by_tool(text):
        ways.append(name)
    if not ways:
        return f"Not copied: {figure(len(text))} characters are too many for OSC 52."
    return f"Copied {figure(len(text))} characters by {' and '.join(ways)}."


def _by_tool(text: str) -> str:
    for name, call, variable in _TOOLS:
        if (variable and not os.environ.get(variable)) or shutil.which(name) is None:
            continue
        try:
            subprocess.run(
                call,
                input=text.encode(),
                timeout=2,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return name
    return ""
