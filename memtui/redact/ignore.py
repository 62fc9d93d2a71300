"""Which records are never stored: by folder, by file, by tool."""

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import translate
from pathlib import PurePosixPath

from memtui.paths import can_exist

IGNORE_FILE = ".memtui-ignore"


class IgnoreRules:
    """The person's rules, asked once per record.

    Rules are read when first needed and kept: make a new one for every sync.

    Args:
        globs: of files, absolute or ``~/…`` or of any depth; a folder's glob
            covers all that is in it, a record's own folder included.
        tools: names of tools, as the agent spells them; ``*`` and ``?`` count.
        home: what ``~`` stands for.
    """

    def __init__(
        self,
        globs: Sequence[str] = (),
        tools: Sequence[str] = (),
        *,
        home: str = "",
    ) -> None:
        home = home or os.path.expanduser("~")
        self._globs = _compiled(
            [home + glob[1:] if glob.startswith("~/") else glob for glob in globs]
        )
        self._has_globs = bool(globs)
        self._tools = re.compile("|".join(map(translate, tools)) or r"(?!)")
        self._anywhere = bool(globs or tools)
        self._read: dict[str, _Folder | None] = {}
        self._above: dict[str, tuple[_Folder, ...]] = {}

    def watches(self, cwd: str) -> bool:
        """Whether any rule may hide a record made in ``cwd``; most often none can."""
        folders = self._above.get(cwd)
        if folders is None:
            folders = self._folders_above(cwd)
        return self._anywhere or bool(folders)

    def hides(self, cwd: str, files: Sequence[str] = (), tool: str = "") -> bool:
        """Whether a record made in ``cwd``, touching ``files``, is not stored."""
        if tool and self._tools.match(tool):
            return True
        folders = self._folders_above(cwd)
        if any(folder.everything for folder in folders):
            return True
        if not folders and not self._has_globs:
            return False
        touched = [_absolute(cwd, file) for file in files]
        if any(map(self._globs.match, [*touched, *([cwd] if cwd else [])])):
            return True
        return any(folder.hides(file) for folder in folders for file in touched)

    def _folders_above(self, cwd: str) -> "tuple[_Folder, ...]":
        folders = self._above.get(cwd)
        if folders is None:
            folders = self._above[cwd] = tuple(self._rules_above(cwd))
        return folders

    def _rules_above(self, cwd: str) -> "Iterator[_Folder]":
        if not cwd.startswith("/") or not can_exist(cwd):
            return
        for folder in (PurePosixPath(cwd), *PurePosixPath(cwd).parents):
            key = str(folder)
            if key not in self._read:
                self._read[key] = _read(key)
            if rules := self._read[key]:
                yield rules


class _Folder:
    """One ``.memtui-ignore``: its folder and its lines."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._path = path.rstrip("/") + "/"
        self.everything = not lines
        self._globs = _compiled(lines)

    def hides(self, file: str) -> bool:
        if not file.startswith(self._path):
            return False
        return bool(self._globs.match("/" + file.removeprefix(self._path)))


def _read(folder: str) -> _Folder | None:
    try:
        with open(os.path.join(folder, IGNORE_FILE), encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except UnicodeDecodeError:
        return _Folder(folder, [])  # a rule we cannot read hides too much
    except (OSError, ValueError):
        return None
    return _Folder(folder, [line for line in lines if line and line[0] != "#"])


def _absolute(cwd: str, file: str) -> str:
    """Below the root where no folder is known: globs of any depth hold there too."""
    return os.path.normpath(os.path.join("/", cwd, file)) if file else file


def _compiled(globs: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_glob, globs)) or r"(?!)", re.S)


def _glob(glob: str) -> str:
    """A gitignore-like glob as a pattern over absolute paths.

    ``**`` crosses folders, ``*`` and ``?`` do not; without a slash in front or
    in the middle it holds at any depth; all below a matched folder matches.
    """
    anchored = "/" in glob.rstrip("/")
    body = glob.strip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?[^\]/]+\])", body)
    wild = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pattern = "".join(_piece(part, wild) for part in parts)
    try:
        re.compile(pattern)
    except re.error:  # a range such as [z-a]
        pattern = re.escape(body)
    return ("/" if anchored else "(?:.*/)?") + pattern + "(?:/.*)?\\Z"


def _piece(part: str, wild: dict[str, str]) -> str:
    if part in wild:
        return wild[part]
    if part.startswith("[") and part.endswith("]"):
        negated = part[1] == "!"
        members = re.sub(r"[^A-Za-z0-9-]", r"\\\g<0>", part[1 + negated : -1])
        members = re.sub(r"(?<![A-Za-z0-9])-|-(?![A-Za-z0-9])", r"\\-", members)
        return f"[{'^' if negated else ''}{members}]"
    return re.escape(part)
