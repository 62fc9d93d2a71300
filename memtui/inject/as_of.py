"""Of which config the exported files are: ``recall-policy.json`` names its state.

Light, for a sync asks this each time, and most have nothing else to do.
"""

import json
from pathlib import Path
from typing import Final

from memtui.paths import config_path

NAME: Final = "recall-policy.json"
"""Written with each export; see ``policy``."""

State = list[object]
"""Path of the config, its time (ns) and its size; two zeros where there is none."""


def state() -> State:
    """Of the config as it is now."""
    path = config_path()
    try:
        found = path.stat()
    except OSError:
        return [str(path.absolute()), 0, 0]
    return [str(path.absolute()), found.st_mtime_ns, found.st_size]


def is_behind(data: Path) -> bool:
    """Whether the config was edited since something was exported."""
    try:
        known = json.loads((data / NAME).read_bytes())
    except (OSError, ValueError):
        return False  # nothing was exported yet, or by no version that says so
    return not isinstance(known, dict) or known.get("config") != state()
