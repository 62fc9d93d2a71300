"""Sessions whose folder was only named by a hash, placed when the folder is met.

An agent may call a folder by its sha256. Which folder that is shows as soon as any
agent has worked in it, or above or below it: the hash decides, nothing is guessed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from memtui.ingest.projects import ProjectFinder
from memtui.paths import can_exist
from memtui.readers import READERS
from memtui.readers.base import HashingReader
from memtui.store.ingest.writes import Store


def place(store: Store, finder: ProjectFinder) -> Iterator[int]:
    """Give sessions without a project the one their hash names; their rows."""
    for agent, reader in READERS.items():
        if not isinstance(reader, HashingReader):
            continue
        unplaced = store.unplaced(agent)
        if not unplaced:
            continue
        known = {reader.hash_of(folder): folder for folder in _above(store.folders())}
        for session, path in unplaced:
            place = Path(path)
            folder = reader.folder_of(place) or known.get(reader.hash_in(place), "")
            if root := finder.session_root(folder):
                store.place(session, folder, root)
                yield session


def _above(folders: Iterable[str]) -> Iterator[str]:
    """All folders, and each that is above one of them, once."""
    met: set[str] = set()
    for folder in filter(can_exist, folders):
        posix = folder.startswith("/")
        pure = PurePosixPath(folder) if posix else PureWindowsPath(folder)
        for one in (folder, *map(str, pure.parents)):
            if one not in met:
                met.add(one)
                yield one
