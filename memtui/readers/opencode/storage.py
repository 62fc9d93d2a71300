"""OpenCode's older tree of files: one for each session, message and part.

``session/<project>/<session>.json``, ``message/<session>/<message>.json`` and
``part/<message>/<part>.json``. A session's own file names it; its marks are those
of all its files.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from memtui.readers.base import Item, Marks
from memtui.readers.loose_json import escaped, on_one_line
from memtui.readers.opencode.lines import in_order
from memtui.readers.regular import bytes_of, open_regular
from memtui.readers.tail import CHUNK_BYTES, LINE_BYTES
from memtui.readers.walk import is_folder

_SUFFIX: Final = ".json"


def sessions_below(folder: str) -> Iterator[str]:
    """The file of every session in a ``session`` folder."""
    for project in _entries(folder):
        if is_folder(project):
            inside = _entries(project.path)
            yield from (e.path for e in inside if e.name.endswith(_SUFFIX))


def marks_of(path: str) -> Marks:
    """Of all files of a session together.

    Raises:
        OSError: the session's own file is gone.
    """
    stat = os.stat(path)
    size, time = stat.st_size, stat.st_mtime_ns
    for entry in _files_of(path):
        try:
            found = entry.stat()
        except OSError:
            continue  # gone since it was listed
        size, time = size + found.st_size, max(time, found.st_mtime_ns)
    return Marks(stat.st_ino, size, time)


def items_of(path: Path) -> Iterator[Item]:
    """The session, then each message with its parts.

    Raises:
        OSError: the session's own file cannot be read.
    """
    bytes_of(path, 0)
    files = [str(path), *(entry.path for entry in _files_of(str(path)))]
    for number in in_order((n, _line_of(file)) for n, file in enumerate(files)):
        file = files[number]
        key = os.path.basename(file).removesuffix(_SUFFIX)
        if _is_long(file):
            yield Item(key, b"", partial(_pieces, file))
        elif line := _line_of(file):
            yield Item(key, line)


def _line_of(file: str) -> bytes:
    """A file as one line; nothing of one that is too long, gone, or no file."""
    try:
        return b"" if _is_long(file) else on_one_line(bytes_of(file))
    except OSError:
        return b""


def _is_long(file: str) -> bool:
    try:
        return os.stat(file).st_size > LINE_BYTES
    except OSError:
        return False


def _pieces(file: str) -> Iterator[bytes]:
    """All of a long file as a JSON string."""
    with open_regular(file) as opened:
        yield b'"'
        yield from escaped(iter(partial(opened.read, CHUNK_BYTES), b""))
        yield b'"\n'


def _files_of(path: str) -> Iterator[os.DirEntry[str]]:
    """Of messages and parts, in the order of their names."""
    storage = Path(path).parent.parent.parent
    session = Path(path).stem
    for message in _entries(storage / "message" / session):
        if message.name.endswith(_SUFFIX):
            yield message
            identity = message.name.removesuffix(_SUFFIX)
            inside = _entries(storage / "part" / identity)
            yield from (e for e in inside if e.name.endswith(_SUFFIX))


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
