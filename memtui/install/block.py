"""What a project is told, as a block in a file that agents read by themselves.

``AGENTS.md``, ``CLAUDE.md`` and the like: written only where a person asks for it,
between two marks, and never again by itself. All outside the marks stays as it is.
Where one was written is remembered, so that one that is behind can be named.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import InstallError, MemtuiError, NotFound
from memtui.files import replace_file
from memtui.inject.gather import inject, project_at
from memtui.inject.place import locate
from memtui.inject.values import Source
from memtui.install import marks, writing
from memtui.install.client import FileChange, read
from memtui.install.marks import BEGIN, END, Marked, marked
from memtui.settings import Settings
from memtui.store.queries import StoreView

__all__ = ["BEGIN", "END", "Written", "blocks", "with_block", "without_block", "write"]

_RECORD: Final = "blocks.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A block that we wrote."""

    path: Path
    behind: bool
    """It lacks something that a new one would say."""
    says_more: bool
    """It says something that does not hold any more."""


def with_block(path: Path, settings: Settings, data: Path) -> FileChange:
    """The file with what its folder's project is told; nothing is written.

    Where nothing is kept any more, the block that is there goes.

    Raises:
        NotFound: no known project is there, or nothing is kept in it.
        InstallError: the file cannot be read, is no text, or its marks are damaged.
    """
    before = read(path)
    text = decoded(path, before)
    found = marked_in(path, text)
    with StoreView(paths.store_path(data)) as view:
        project = project_at(view, locate(path.parent))
        if project is None:
            raise NotFound(
                f"No project is known at {path.parent}.",
                hint="memtui project list shows those that are.",
            )
        told = inject(view, settings, project, Source.COMPACT)
    if not told.items:
        if found.blocks:
            return without_block(path, data)
        raise NotFound(
            f"Nothing is kept in {project.name} yet.", hint="memtui keep ID keeps it."
        )
    # A memory must not end the block, nor begin one.
    lines = told.text.replace("<!--", "‹!--").split("\n")
    try:
        after = marks.with_block(text, found, lines, marks.TOLD)
    except ValueError as error:
        raise in_fence(path) from error
    return FileChange(path=path, before=before, after=after.encode(), mode=0o644)


def in_fence(path: Path) -> InstallError:
    """Why a block cannot be added."""
    return InstallError(
        f"{path} ends inside a code fence: a block would be part of it.",
        hint="Close the fence first.",
    )


def without_block(path: Path, data: Path) -> FileChange:
    """The file without our block; gone where we made it and it holds nothing else.

    Raises:
        InstallError: as ``with_block``.
    """
    before = read(path)
    text = decoded(path, before)
    found = marked_in(path, text)
    if before is None or not found.blocks:
        return FileChange(path=path, before=before, after=before)
    left = found.without(found.blocks).encode()
    gone = not left and _recorded(data).get(str(path), False)
    return FileChange(path=path, before=before, after=None if gone else left)


def write(change: FileChange, data: Path) -> Path | None:
    """Write the file, whole or not at all, its mode as it was; the backup of it.

    Raises:
        InstallError: it was changed since, or cannot be written.
    """
    writing.check(change)
    try:
        backup = writing.back_up(change, data, "block")
        writing.put(change)
        _record(change, data)
    except OSError as error:
        raise InstallError(
            f"{error.filename or change.path} cannot be written: {error.strerror}."
        ) from error
    return backup


def blocks(data: Path, settings: Settings) -> list[Written]:
    """The blocks that we wrote and that are still there; never raises.

    One that cannot be made anew says what does not hold any more.
    """
    found = []
    for path in map(Path, _recorded(data)):
        try:
            now = _said(path, read(path))
            if not now:
                continue
            wanted = _said(path, with_block(path, settings, data).after)
        except MemtuiError:
            now, wanted = frozenset({""}), frozenset()
        found.append(Written(path, bool(wanted - now), bool(now - wanted)))
    return found


def _said(path: Path, data: bytes | None) -> frozenset[str]:
    text = decoded(path, data)
    inside = (text[start:end] for start, end in marked_in(path, text).blocks)
    lines = (line for block in inside for line in block.splitlines())
    return frozenset(line for line in lines if line.startswith("- "))


def _recorded(data: Path) -> dict[str, bool]:
    """Files with a block of ours, and whether we made them."""
    try:
        found = json.loads((data / _RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    known = found if isinstance(found, dict) else {}
    return {path: made is True for path, made in known.items()}


def _record(change: FileChange, data: Path) -> None:
    known, path = _recorded(data), str(change.path)
    made = known.pop(path, change.before is None)
    if change.after is not None and _said(change.path, change.after):
        known[path] = made
    paths.make_private_dir(data)
    if known:
        replace_file(data / _RECORD, json.dumps(known, indent=2).encode() + b"\n")
    else:
        (data / _RECORD).unlink(missing_ok=True)


def marked_in(path: Path, text: str, form: marks.Form = marks.TOLD) -> Marked:
    """The blocks of one kind in a file's text.

    Raises:
        InstallError: its marks are damaged.
    """
    try:
        return marked(text, form)
    except ValueError as error:
        raise InstallError(
            f"The marks of memtui in {path} are damaged: {error}.",
            hint="Take the marks, and what is memtui's between them, out by hand.",
        ) from error


def decoded(path: Path, before: bytes | None) -> str:
    """A file's text.

    Raises:
        InstallError: it is none.
    """
    try:
        return (before or b"").decode()
    except UnicodeDecodeError as error:
        raise InstallError(f"{path} is no UTF-8 text.") from error
