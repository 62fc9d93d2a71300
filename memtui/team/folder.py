"""The folder of shared memories in a repository, as others left it.

Whoever may push to the repository decides what lies here. So: regular files only, no
link is followed, sizes and numbers are limited, and a file that is not understood is
named and left alone, never read by half.
"""

import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from memtui.errors import MemtuiError, NotFound
from memtui.git import work_tree
from memtui.redact.checks import secrets_in
from memtui.team.files import NAME, Conflict, Shared, Unfit, understood

FILE_BYTES: Final = 64 << 10
MOST_FILES: Final = 2_000
README: Final = "README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file in the folder that is no memory to be read."""

    name: str
    why: str
    is_conflict: bool = False

    @property
    def id(self) -> str:
        """The memory that the file is of, by its name; empty: of none."""
        found = NAME.fullmatch(self.name)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFolder:
    """What a repository shares."""

    root: Path
    """The work tree."""
    path: Path
    """The folder in it."""
    exists: bool = True
    memories: Mapping[str, Shared] = field(default_factory=dict)
    """By id, in the order of the ids."""
    faults: tuple[Fault, ...] = ()

    def file(self, id_: str) -> Path:
        """Where a memory stands, or would."""
        return self.path / f"{id_}.md"


def place(here: Path, name: str) -> tuple[Path, Path]:
    """The work tree round a folder, and the folder of shared memories in it.

    Raises:
        NotFound: there is no work tree.
        MemtuiError: the folder is a link, or leads out of it.
    """
    tree = work_tree(os.path.realpath(here))
    if tree is None or not tree.root:
        raise NotFound(
            f"{here} is in no git work tree.",
            hint="Team memories lie in a repository; git carries them.",
        )
    root = Path(tree.root)
    folder = root.joinpath(*PurePosixPath(name).parts)
    if os.path.realpath(folder) != str(folder):
        raise MemtuiError(
            f"{folder} is a link, or leads out of the repository.",
            hint="It stays as it is; nothing in it is read.",
        )
    return root, folder


def read_folder(here: Path, name: str, types: Collection[str]) -> TeamFolder:
    """Everything that the repository round a folder shares.

    Args:
        name: of the folder of shared memories, relative to the work tree.
        types: those that the config knows; what is of another one is not read.

    Raises:
        NotFound, MemtuiError: as ``place``.
    """
    root, path = place(here, name)
    memories: dict[str, Shared] = {}
    faults: list[Fault] = []
    try:
        names = sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return TeamFolder(root=root, path=path, exists=False)
    except OSError as error:
        raise MemtuiError(f"{path} cannot be read: {error.strerror}.") from error
    wanted = [one for one in names if one != README and not one.startswith(".")]
    for one in wanted[:MOST_FILES]:
        try:
            if not NAME.fullmatch(one):
                raise Unfit("its name is not that of a shared memory")
            memory = understood(_bytes(path / one), one)
            _refuse(memory, types)
            memories[memory.id] = memory
        except Unfit as error:
            faults.append(
                Fault(name=one, why=str(error), is_conflict=isinstance(error, Conflict))
            )
    if len(wanted) > MOST_FILES:
        faults.append(
            Fault(name=wanted[MOST_FILES], why=f"only {MOST_FILES:,} files are read")
        )
    return TeamFolder(root=root, path=path, memories=memories, faults=tuple(faults))


def _refuse(memory: Shared, types: Collection[str]) -> None:
    if memory.type not in types:
        raise Unfit(f"it is of a type that is not known here: {memory.type}")
    if kinds := secrets_in(memory.text):
        raise Unfit(f"it holds a secret ({', '.join(kinds)})")


def _bytes(path: Path) -> bytes:
    """All of a small regular file.

    Raises:
        Unfit: it is a link, no regular file, too large or not to be read.
    """
    try:
        handle = os.open(
            path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        )
    except OSError as error:
        if path.is_symlink():
            raise Unfit("it is a link, which is not followed") from error
        raise Unfit(f"it cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unfit("it is no regular file")
        with open(handle, "rb", closefd=False) as file:
            data = file.read(FILE_BYTES + 1)
    finally:
        os.close(handle)
    if len(data) > FILE_BYTES:
        raise Unfit(f"it is larger than {FILE_BYTES >> 10} KiB")
    return data
