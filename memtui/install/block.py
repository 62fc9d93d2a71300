"""What a project is told, as a block in a file that agents read by themselves.

``AGENTS.md``, ``CLAUDE.md`` and the like: written only where a person asks for it,
between two marks, and never again by itself. All outside the marks stays as it is.
"""

import re
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import InstallError, NotFound
from memtui.inject.files import replace_file
from memtui.inject.gather import inject, project_at
from memtui.inject.place import locate
from memtui.inject.values import Source
from memtui.install.client import FileChange, read
from memtui.settings import Settings
from memtui.store.queries import StoreView

BEGIN: Final = "<!-- begin memtui: `memtui install --block` writes this anew -->"
END: Final = "<!-- end memtui -->"
_BLOCK: Final = re.compile(
    r"<!-- begin memtui\b[^\n]*?-->.*?<!-- end memtui -->\r?\n?", re.DOTALL
)


def with_block(path: Path, settings: Settings, data: Path) -> FileChange:
    """The file with what its folder's project is told; nothing is written.

    Raises:
        NotFound: no known project is there, or nothing is kept in it.
        InstallError: the file cannot be read, or is no text.
    """
    with StoreView(paths.store_path(data)) as view:
        project = project_at(view, locate(path.parent))
        if project is None:
            raise NotFound(
                f"No project is known at {path.parent}.",
                hint="memtui project list shows those that are.",
            )
        told = inject(view, settings, project, Source.COMPACT)
    if not told.items:
        raise NotFound(
            f"Nothing is kept in {project.name} yet.", hint="memtui keep ID keeps it."
        )
    before = read(path)
    text = _decoded(path, before)
    newline = "\r\n" if "\r\n" in text else "\n"
    # A memory must not end the block, nor begin one.
    inner = told.text.replace("<!--", "‹!--").replace("\n", newline)
    block = f"{BEGIN}{newline}{inner}{newline}{END}{newline}"
    found = _BLOCK.search(text)
    if found:
        after = text[: found.start()] + block + text[found.end() :]
    else:
        # Of a last line without an end, that is set, and taken again later.
        after = f"{text}{newline if text else ''}{block}"
    return FileChange(path=path, before=before, after=after.encode())


def without_block(path: Path) -> FileChange:
    """The file without our block; gone where it held nothing else.

    Raises:
        InstallError: the file cannot be read, or is no text.
    """
    before = read(path)
    text = _decoded(path, before)
    found = _BLOCK.search(text)
    if before is None or found is None:
        return FileChange(path=path, before=before, after=before)
    head, tail = text[: found.start()], text[found.end() :]
    newline = "\r\n" if "-->\r\n" in found[0] else "\n"
    if head.endswith(newline * 2) or (head.endswith(newline) and not tail):
        head = head[: -len(newline)]
    return FileChange(path=path, before=before, after=(head + tail).encode() or None)


def write(change: FileChange) -> None:
    """Write the file, whole or not at all; its mode stays.

    Raises:
        InstallError: it was changed since, or cannot be written.
    """
    if read(change.path) != change.before:
        raise InstallError(
            f"{change.path} was changed in the meantime.",
            hint="Look at the diff again.",
        )
    try:
        if change.after is None:
            change.path.unlink()
            return
        mode = (
            change.path.stat().st_mode & 0o777 if change.before is not None else 0o644
        )
        replace_file(change.path, change.after, mode=mode)
    except OSError as error:
        raise InstallError(
            f"{change.path} cannot be written: {error.strerror}."
        ) from error


def _decoded(path: Path, before: bytes | None) -> str:
    try:
        return (before or b"").decode()
    except UnicodeDecodeError as error:
        raise InstallError(f"{path} is no UTF-8 text.") from error
