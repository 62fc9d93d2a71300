"""The person's editor and pager, with a private file that is gone afterwards."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from textual.app import App, SuspendNotSupported

from memtui.errors import MemtuiError


def editor_call(environ: Mapping[str, str] = os.environ) -> list[str]:
    """``$VISUAL``, else ``$EDITOR``, else vi; arguments split as a shell would."""
    return shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "vi")


def pager_call(environ: Mapping[str, str] = os.environ) -> list[str]:
    """``$PAGER``, else less."""
    return shlex.split(environ.get("PAGER") or "less")


def edit_text(app: App[object], text: str, *, suffix: str = ".txt") -> str:
    """The text after the person's editor is done with it.

    Raises:
        MemtuiError: there is no such editor, or no terminal to lend it.
    """
    folder = Path(tempfile.mkdtemp(prefix="memtui-"))
    path = folder / f"memory{suffix}"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        lend_terminal(app, [*editor_call(), str(path)])
        return path.read_text(encoding="utf-8", errors="replace")
    finally:
        shutil.rmtree(folder)  # with the backups that editors leave beside it


def edit_file(app: App[object], path: Path) -> None:
    """Open a file that stays, such as the settings.

    Raises:
        MemtuiError: as ``edit_text``.
    """
    lend_terminal(app, [*editor_call(), str(path)])


def page_text(app: App[object], text: str) -> None:
    """Show the text in the person's pager.

    Raises:
        MemtuiError: as ``edit_text``.
    """
    call = pager_call()
    try:
        with app.suspend():
            subprocess.run(call, input=text.encode(errors="replace"), check=False)
    except FileNotFoundError as error:
        raise MemtuiError(f"{call[0]} is not on PATH.", hint="Set PAGER.") from error
    except SuspendNotSupported as error:
        raise MemtuiError("This terminal cannot be lent to a pager.") from error


def lend_terminal(
    app: App[object], call: list[str], *, folder: Path | None = None
) -> None:
    """Let a program have the terminal until it ends.

    Raises:
        MemtuiError: there is no such program, no terminal to lend, or it failed.
    """
    try:
        with app.suspend():
            done = subprocess.run(call, check=False, cwd=folder)
    except FileNotFoundError as error:
        raise MemtuiError(f"{call[0]} is not on PATH.", hint="Set EDITOR.") from error
    except SuspendNotSupported as error:
        raise MemtuiError(f"This terminal cannot be lent to {call[0]}.") from error
    if done.returncode:
        raise MemtuiError(
            f"{call[0]} ended with {done.returncode}; nothing was changed."
        )
