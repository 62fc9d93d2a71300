"""Where a Gemini chat was held, as the client's own files tell, or a hash proves.

Chats lie in ``tmp/<name>/chats``. The name is a short one, with the folder in
``.project_root`` beside the chats and in ``projects.json``; or, of old, the
sha256 of the folder. Whatever folder has that hash is the one: no guess.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from memtui.paths import can_exist
from memtui.readers.regular import open_regular

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ROOT_BYTES: Final = 4096
_PROJECTS_BYTES: Final = 1 << 20
_CANDIDATES: Final = 64


def hash_in(path: Path) -> str:
    """The hash in the place of a chat; empty where a short name stands there."""
    name = _own_folder(path).name
    return name if _HASH.fullmatch(name) else ""


def folder_of(path: Path, project_hash: str = "") -> str:
    """The folder a chat was held in; empty where no file tells.

    Args:
        path: of the chat.
        project_hash: what the chat itself says of the folder.
    """
    own = _own_folder(path)
    told = _text(own / ".project_root", _ROOT_BYTES).strip()
    if is_absolute(told):
        return told
    gemini = own.parent.parent
    known = _projects(gemini / "projects.json")
    for folder, name in known.items():
        if name == own.name and is_absolute(folder):
            return folder
    return with_hash(project_hash or hash_in(path), [*known, str(gemini.parent)])


def with_hash(project_hash: str, folders: Iterable[str]) -> str:
    """That of the folders which has this hash; empty where none has."""
    if not project_hash:
        return ""
    return next((f for f in folders if hash_of(f) == project_hash), "")


def hash_of(folder: str) -> str:
    """What the client calls a folder by."""
    return hashlib.sha256(folder.encode("utf-8", "replace")).hexdigest()


def above(paths: Iterable[str]) -> Iterator[str]:
    """Each of these absolute paths and all that is above it, once, not too many."""
    met: dict[str, None] = {}
    for path in paths:
        if is_absolute(path) and can_exist(path) and len(met) < _CANDIDATES:
            posix = path.startswith("/")
            pure = PurePosixPath(path) if posix else PureWindowsPath(path)
            met.update(dict.fromkeys(map(str, (pure, *pure.parents))))
    yield from met


def is_absolute(path: str) -> bool:
    """Whether this is an absolute path, of POSIX or of Windows."""
    return path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/")


def _own_folder(path: Path) -> Path:
    """The folder of the project below ``tmp``."""
    for folder in path.parents:
        if folder.name == "chats":
            return folder.parent
    return path.parent


def _projects(path: Path) -> dict[str, str]:
    try:
        told = json.loads(_text(path, _PROJECTS_BYTES) or "{}")
        projects = told.get("projects", {})
        return {folder: name for folder, name in projects.items() if folder}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _text(path: Path, cap: int) -> str:
    try:
        with open_regular(path) as file:
            return file.read(cap).decode("utf-8", "replace")
    except OSError:
        return ""
