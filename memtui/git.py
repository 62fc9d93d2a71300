"""The git work tree round a folder, found without git.

Three parts ask: ingest, to know a session's project; the preview of what a session
is told; and ``hooks/session-start``, which does the same in ``sh`` (a test keeps
the two equal). Files are read, no process runs.

A ``.git`` file is a claim that any folder can make, so that its git directory has
to say the same: that of a linked worktree lies in its repository's ``worktrees``
and names this folder; any other one (a submodule's, one set apart) has this
folder as its ``core.worktree``, or lies in it (``.bare``). Where it does not, the
folder stands alone.
"""

import os
import re
import stat
from typing import Final, NamedTuple

_LINE_BYTES: Final = 8_192
"""Read of a ``.git`` file: a path fits, a mistaken huge file does no harm."""
_CONFIG_BYTES: Final = 256 << 10
_PACKED_BYTES: Final = 4 << 20
_SCP: Final = re.compile(r"(?:[^@/\\:]+@)?([^/\\:@]{2,}):([^\\]+)")
"""``git@host:path``; one letter before the colon is a drive of Windows."""
_CONFIG_LINES: Final = 200
"""Looked through for ``core.worktree``, which git writes at the top."""


class WorkTree(NamedTuple):
    """A folder that has a ``.git``. Paths are physical, without final slash."""

    root: str
    """Empty for the root of the file system."""
    git_dir: str = ""
    """Where its HEAD is; empty where a ``.git`` file is not believed."""
    common_dir: str = ""
    """What all worktrees of a repository share; empty as ``git_dir`` is."""

    @property
    def is_linked(self) -> bool:
        """It is a worktree beside the repository's main one."""
        return self.git_dir != self.common_dir


def work_tree(folder: str) -> WorkTree | None:
    """The work tree round a folder, or None.

    Args:
        folder: absolute and physical, as ``pwd -P`` spells it.
    """
    root = folder.rstrip("/")
    while not os.path.isfile(f"{root}/.git/HEAD"):
        if os.path.isfile(f"{root}/.git"):
            return _claimed(root)
        if not root:
            return None
        root = root.rpartition("/")[0]
    return WorkTree(root, f"{root}/.git", f"{root}/.git")


def is_bare(folder: str) -> bool:
    """Whether a folder is itself a git directory, as a bare repository is."""
    inside = ("objects", "refs")
    return os.path.isfile(f"{folder}/HEAD") and all(
        os.path.isdir(f"{folder}/{name}") for name in inside
    )


def first_line(path: str) -> str:
    """Of a small file, without its newline; empty where there is none."""
    return os.fsdecode(_start(path, _LINE_BYTES).partition(b"\n")[0])


def config_text(common_dir: str) -> str:
    """A repository's configuration; empty where there is none."""
    return os.fsdecode(_start(f"{common_dir}/config", _CONFIG_BYTES))


def user_name(common_dir: str, home: str) -> str:
    """Who commits there, as the repository's or the person's configuration says.

    Files are read as git writes them; what they include is not looked for.
    """
    known = [config_text(common_dir)] if common_dir else []
    for path in (f"{home}/.gitconfig", f"{home}/.config/git/config"):
        known.append(os.fsdecode(_start(path, _CONFIG_BYTES)))
    for text in known:
        section = ""
        for line in map(str.strip, text.splitlines()):
            if line.startswith("["):
                section = line.lower()
            key, mark, value = line.partition("=")
            if section == "[user]" and mark and key.strip().lower() == "name":
                return value.strip().strip('"')
    return ""


def head(common_dir: str) -> str:
    """Hash of the commit that a repository is at; empty where there is none yet."""
    line = first_line(f"{common_dir}/HEAD")
    name = line.removeprefix("ref: ")
    if name == line:
        return line
    if not name.startswith("refs/") or ".." in name.split("/"):
        return ""
    if found := first_line(f"{common_dir}/{name}"):
        return found
    packed = os.fsdecode(_start(f"{common_dir}/packed-refs", _PACKED_BYTES))
    rows = (row.partition(" ") for row in packed.splitlines())
    return next((sha for sha, _, ref in rows if ref == name), "")


def linked_worktrees(common_dir: str) -> list[str]:
    """Folders that a repository has as its worktrees, those that are gone too."""
    try:
        names = sorted(os.listdir(f"{common_dir}/worktrees"))
    except OSError:
        return []
    links = (first_line(f"{common_dir}/worktrees/{name}/gitdir") for name in names)
    return [link.removesuffix("/.git") for link in links if link.endswith("/.git")]


def is_shallow(common_dir: str) -> bool:
    """Whether the beginning of its history is not here."""
    return os.path.exists(f"{common_dir}/shallow")


def same_remote(url: str) -> str:
    """What all spellings of a remote have in common; empty where nothing is sure.

    ``https://me@host/a/b.git`` and ``git@host:a/b`` are ``host/a/b``.
    """
    scheme, mark, rest = url.partition("://")
    if mark and scheme != "file":
        host, _, path = rest.rpartition("@")[2].partition("/")
        host = host.partition(":")[0]
    elif mark or url.startswith("/"):
        host, path = "", rest if mark else url
    elif found := _SCP.fullmatch(url):
        host, path = found[1], found[2]
    else:
        return ""  # a relative path: it counts from who knows where
    path = path.strip("/").removesuffix(".git")
    return f"{host.lower()}/{path}" if path else ""


def _claimed(root: str) -> WorkTree:
    line = first_line(f"{root}/.git")
    named = line.removeprefix("gitdir: ")
    git = _physical(root, named) if named and named != line else ""
    if not git or not os.path.isfile(f"{git}/HEAD"):
        return WorkTree(root)
    if os.path.isfile(f"{git}/commondir"):
        common = _physical(git, first_line(f"{git}/commondir"))
        names_root = _names(root, git)
        if common and names_root and os.path.dirname(git) == f"{common}/worktrees":
            return WorkTree(root, git, common)
    elif os.path.dirname(git) == (root or "/") or any(
        _physical(git, path) == (root or "/") for path in _core_worktrees(git) if path
    ):
        return WorkTree(root, git, git)
    return WorkTree(root)


def _names(root: str, git: str) -> bool:
    """Whether a worktree's git directory names the ``.git`` file in ``root``."""
    back = first_line(f"{git}/gitdir")
    folder, _, name = _joined(git, back).rpartition("/")
    return name == ".git" and _physical("", folder) == (root or "/")


def _core_worktrees(git: str) -> list[str]:
    """What ``core.worktree`` says, as git writes it; escapes are not believed."""
    found = []
    for name in ("config", "config.worktree"):
        section = ""
        raw = _start(f"{git}/{name}", _CONFIG_BYTES)
        for line in os.fsdecode(raw).split("\n")[:_CONFIG_LINES]:
            line = line.strip(" \t")
            if line.startswith("["):
                section = line
            elif section == "[core]" and line.startswith("worktree = "):
                value = line.removeprefix("worktree = ")
                if value.startswith('"') and value.endswith('"'):
                    value = value[1:-1]
                if "\\" not in value and '"' not in value:
                    found.append(value)
    return found


def _joined(folder: str, named: str) -> str:
    return named if named.startswith("/") else f"{folder}/{named}"


def _physical(folder: str, named: str) -> str:
    """A folder that exists, as ``cd -P`` finds it; else empty."""
    path = _joined(folder, named)
    try:
        return os.path.realpath(path, strict=True) if os.path.isdir(path) else ""
    except OSError:
        return ""


def _start(path: str, limit: int) -> bytes:
    """Of a regular file: a pipe in its place must block nobody."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return b""
    with open(handle, "rb") as file:
        try:
            is_file = stat.S_ISREG(os.fstat(handle).st_mode)
            return file.read(limit) if is_file else b""
        except OSError:
            return b""
