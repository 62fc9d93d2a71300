"""What agents' own files say at a place, beside what is remembered there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.inject.gather import project_at
from memtui.inject.place import locate
from memtui.masking import safe
from memtui.model import Memory
from memtui.native.comparing import Beside, Found
from memtui.native.finding import NativeFile, native_files, text_of
from memtui.native.statements import statements
from memtui.store.queries import StoreView, View

MOST: Final = 5_000
"""Memories of a project that are compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """One file as it may be shown, and what each of its statements is to a memory."""

    file: NativeFile
    text: str = ""
    found: Sequence[Found] = ()
    why: str = ""
    """Why it cannot be read; empty where it was."""


def root_at(folder: Path) -> Path:
    """The work tree round a folder, else the folder itself."""
    place = locate(folder)
    return Path(place.root or "/") if place else folder


def memories_at(view: StoreView, root: Path) -> list[Memory]:
    """What the project at a root, and every project, remembers."""
    project = project_at(view, locate(root))
    looked = View(project=project.id if project else None)
    own = view.memories(view=looked, limit=MOST) if project else []
    known = {one.id for one in own}
    return [*own, *(one for one in view.injectable(None) if one.id not in known)]


def files_read(
    root: Path, home: Path, memories: Sequence[Memory]
) -> Iterator[FileRead]:
    """Each file that agents read by themselves at a root, the project's own first."""
    beside = Beside(memories)
    for file in native_files(root, home):
        try:
            text = safe(text_of(file.path))
        except OSError as error:
            yield FileRead(file=file, why=error.strerror or str(error))
        else:
            found = tuple(beside.found(file, statements(text)))
            yield FileRead(file=file, text=text, found=found)
