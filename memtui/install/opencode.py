"""OpenCode: a plugin of one JavaScript file, wholly ours. It has no shell hooks."""

import json
import os
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.install import owned, plugin
from memtui.install.client import Edits, Wired
from memtui.model import Agent

_PLACE: Final = b'const HOOKS = ""'


class OpenCode:
    """OpenCode, as far as we wire it."""

    agent: Final = Agent.OPENCODE

    def folder(self, home: Path) -> Path:
        """``$XDG_CONFIG_HOME/opencode``, else ``~/.config/opencode``."""
        named = os.environ.get("XDG_CONFIG_HOME") if home == paths.home() else None
        return (Path(named) if named else home / ".config") / "opencode"

    def installing(self, home: Path, data: Path) -> Edits:
        """See ``Client``."""
        return Edits(files=owned.writing(self._files(home, data)))

    def uninstalling(self, home: Path, data: Path, made: frozenset[Path]) -> Edits:
        """See ``Client``."""
        return owned.removing(self._files(home, data))

    def wired(self, home: Path, data: Path) -> Wired:
        """See ``Client``."""
        return owned.wired(self._files(home, data), data)

    def _files(self, home: Path, data: Path) -> dict[Path, bytes]:
        shipped = (plugin.shipped_hooks() / "opencode.js").read_bytes()
        named = json.dumps(str(paths.hooks_dir(data))).encode()
        text = shipped.replace(_PLACE, b"const HOOKS = " + named, 1)
        return {self.folder(home) / "plugin" / "memtui.js": text}
