"""Copying memories into a file that agents read, between marks, a line each."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memtui.errors import InstallError, MemtuiError, NotFound
from memtui.inject.render import memory_line
from memtui.install import marks, writing
from memtui.install.block import decoded, in_fence, marked_in
from memtui.install.client import FileChange, read
from memtui.install.marks import COPIED, Marked
from memtui.model import Memory
from memtui.redact.checks import secrets_in

_LINE_ID: Final = re.compile(r"- .* \[([a-z2-7]{12})\]")


def with_copies(path: Path, memories: Sequence[Memory], limit: int) -> FileChange:
    """The file with these memories among its copied lines; nothing is written.

    A line that is there already is written anew where it stands.

    Args:
        limit: UTF-16 units of a line.

    Raises:
        InstallError: the file cannot be read, is no text, or its marks are damaged.
        MemtuiError: a secret stands in one of them.
    """
    before, text, found = _opened(path)
    lines = _lines(text, found)
    for memory in memories:
        # A memory must not end the block, nor begin one.
        line = memory_line(memory, limit).replace("<!--", "‹!--")
        if kinds := secrets_in(f"{memory.title}\n{memory.body}"):
            raise MemtuiError(
                f"{memory.id} is not copied: a secret stands in it "
                f"({', '.join(kinds)}).",
                hint=f"memtui edit {memory.id} takes it out.",
            )
        lines[memory.id] = line
    try:
        after = marks.with_block(text, found, list(lines.values()), COPIED)
    except ValueError as error:
        raise in_fence(path) from error
    return FileChange(path=path, before=before, after=after.encode(), mode=0o644)


def without_copies(path: Path, ids: Sequence[str]) -> FileChange:
    """The file without the lines of these memories; the block goes with its last.

    Raises:
        NotFound: one is not there.
        InstallError: as ``with_copies``.
    """
    before, text, found = _opened(path)
    lines = _lines(text, found)
    for id_ in ids:
        if lines.pop(id_, None) is None:
            raise NotFound(f"{id_} is not among what was copied into {path}.")
    if lines:
        after = marks.with_block(text, found, list(lines.values()), COPIED)
    else:
        after = found.without(found.blocks)
    return FileChange(path=path, before=before, after=after.encode())


def write(change: FileChange, data: Path) -> Path | None:
    """Write the file, whole or not at all; the backup of it.

    Raises:
        InstallError: it was changed since, or cannot be written.
    """
    writing.check(change)
    try:
        backup = writing.back_up(change, data, "native")
        writing.put(change)
    except OSError as error:
        raise InstallError(
            f"{error.filename or change.path} cannot be written: {error.strerror}."
        ) from error
    return backup


def _opened(path: Path) -> tuple[bytes | None, str, Marked]:
    before = read(path)
    text = decoded(path, before)
    return before, text, marked_in(path, text, COPIED)


def _lines(text: str, found: Marked) -> dict[str, str]:
    """The copied lines by the memory's id; what a person wrote between by itself."""
    known: dict[str, str] = {}
    for start, end in found.blocks:
        for line in text[start:end].splitlines()[1:-1]:
            named = _LINE_ID.fullmatch(line)
            known[named[1] if named else line] = line
    return known
