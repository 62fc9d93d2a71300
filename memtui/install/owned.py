"""Files that a client looks for in a folder, and that are wholly ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from memtui.install import plugin
from memtui.install.client import Edits, FileChange, Wired, read

_MARK: Final = b"memtui"
"""Stands in every file of ours, whatever its version."""


def writing(wanted: Mapping[Path, bytes]) -> tuple[FileChange, ...]:
    """The files as they should be.

    Raises:
        InstallError: one that is there cannot be read.
    """
    return tuple(
        FileChange(path=path, before=read(path), after=text)
        for path, text in wanted.items()
    )


def removing(wanted: Mapping[Path, bytes]) -> Edits:
    """The files gone; one that does not name us is somebody else's and stays.

    Of one that was changed a person is told: the backup has it.

    Raises:
        InstallError: one cannot be read.
    """
    changes, notes = [], []
    for path, text in wanted.items():
        before = read(path)
        keep = before is not None and _MARK not in before
        if keep:
            notes.append(f"{path} is not ours; it stays.")
        elif before not in (None, text):
            notes.append(
                f"{path} is not as this memtui writes it; it goes, its backup stays."
            )
        after = before if keep else None
        changes.append(FileChange(path=path, before=before, after=after))
    return Edits(files=tuple(changes), notes=tuple(notes))


def wired(wanted: Mapping[Path, bytes], data: Path) -> Wired:
    """How a client that reads these files is wired."""
    there = [path for path in wanted if path.is_file()]
    if not there:
        return Wired(where="")
    where, again = str(there[-1]), "Run: memtui install"
    if len(there) < len(wanted):
        return Wired(where=where, broken="the hooks are missing or old", hint=again)
    if plugin.stale_hooks(data):
        return Wired(where=where, broken="the hooks are missing or old", hint=again)
    same = all(_bytes(path) == text for path, text in wanted.items())
    if not same and not any(
        str(data).encode() in (_bytes(path) or b"") for path in wanted
    ):
        broken = "the hooks belong to another data folder"
        return Wired(where=where, broken=broken, hint=again)
    return Wired(where=where, differs=not same)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
