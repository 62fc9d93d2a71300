"""Where transcripts are looked for, and what of that which is found there is none."""

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from itertools import chain
from pathlib import Path

from memtui.readers.base import IndexingReader, Reader, SeeingReader, Sight
from memtui.settings import Settings


def folders(reader: Reader, settings: Settings, home: Path) -> list[Path]:
    """Where an agent's transcripts are looked for: its own places, then named ones.

    A named one may be a pattern, as ``~/old/*/projects``: all folders that match.
    """
    named = chain.from_iterable(
        map(_folders_named, settings.roots.get(reader.agent, ()))
    )
    return list(dict.fromkeys([*reader.folders(home), *named]))


def _folders_named(root: str) -> list[Path]:
    path = Path(root).expanduser()
    if not has_magic(str(path)) or path.is_dir():
        return [path]
    return [Path(found) for found in sorted(glob(str(path))) if os.path.isdir(found)]


def seen_in(reader: Reader, folder: Path) -> Iterator[Sight]:
    """Every transcript in a folder, looked at where that is cheaper here."""
    if isinstance(reader, SeeingReader):
        return reader.see(folder)
    return ((path, None) for path in reader.find(folder))


def indexes_in(reader: Reader, paths: Iterable[str]) -> list[str]:
    """Those of the files that a reader finds which are no transcripts."""
    if not isinstance(reader, IndexingReader):
        return []
    return [path for path in paths if path.endswith(reader.index)]
