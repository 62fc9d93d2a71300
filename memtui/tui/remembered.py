"""What the app remembers between two starts: convenient, never needed.

One small JSON file. A file that is missing, foreign or broken counts as empty; one
that cannot be written is no reason to stop.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from memtui.paths import make_private_dir

MOST: Final = 100
"""Scopes that are kept; the oldest go."""


@dataclass
class Remembered:
    """Read at the start, written at the end and when something was chosen."""

    theme: str = ""
    """Chosen in the app; empty: the one of the settings."""
    scopes: dict[str, str] = field(default_factory=dict)
    """By folder that the app was started in: a project's UUID; empty: all."""
    path: Path | None = None
    """None: nothing is kept."""

    def scope(self, cwd: Path, project: str | None) -> None:
        """Keep the scope of a folder."""
        self.scopes.pop(str(cwd), None)
        self.scopes[str(cwd)] = project or ""
        self.scopes = dict(list(self.scopes.items())[-MOST:])

    def write(self) -> None:
        """Write the file, whole or not at all."""
        if self.path is None:
            return
        kept = asdict(self)
        del kept["path"]
        made = self.path.with_suffix(".new")
        try:
            make_private_dir(self.path.parent)
            made.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            made.replace(self.path)
        except OSError:
            return  # the next start begins like a first one


def remembered(path: Path | None) -> Remembered:
    """What the file says, as far as it can be read."""
    try:
        found = json.loads(path.read_text("utf-8")) if path is not None else {}
    except (OSError, ValueError):
        found = {}
    if not isinstance(found, dict):
        found = {}
    scopes = found.get("scopes")
    return Remembered(
        theme=_text(found.get("theme")),
        scopes={k: _text(v) for k, v in scopes.items()}
        if isinstance(scopes, dict)
        else {},
        path=path,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
