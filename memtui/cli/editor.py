"""A text in the person's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from memtui.errors import MemtuiError

FALLBACK: Final = "vi"


def edited(text: str, *, name: str) -> str | None:
    """What the person made of ``text``; None where they left it as it was.

    The file is readable by its owner alone and is gone afterwards.

    Args:
        name: of the file; its ending tells the editor what it is.

    Raises:
        MemtuiError: the editor cannot be run, or says that it failed.
    """
    with tempfile.TemporaryDirectory(prefix="memtui-") as folder:
        path = Path(folder) / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        _open_editor(path)
        after = path.read_bytes().decode("utf-8", "replace")
    return None if after == text else after


def _open_editor(path: Path) -> None:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK
    try:
        command = [*shlex.split(named), str(path)]
        status = subprocess.run(command, check=False).returncode
    except (OSError, ValueError) as error:
        raise MemtuiError(
            f"The editor {named!r} cannot be run: {error}.",
            hint="Set EDITOR to the one you use.",
        ) from error
    if status:
        raise MemtuiError(f"The editor {named!r} failed; nothing was changed.")
