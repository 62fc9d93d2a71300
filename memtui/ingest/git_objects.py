"""Commits of a repository, read from its files: loose objects and packs.

No git process is started: a repository may be anybody's, and its configuration
can name programs to run. Whatever is torn, unknown or too large counts as not
there.
"""

import mmap
import os
import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

_HEX: Final = re.compile(r"[0-9a-f]{4,40}")
_PARENT: Final = re.compile(rb"tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\n")
FAR: Final = 10_000
"""Commits that are looked at for the first one: half a second."""
_MOST: Final = 1 << 20
"""Bytes of an object; a commit message that is longer is none."""
_DEEPEST: Final = 50
"""Deltas upon deltas: as deep as git itself packs."""
_ALTERNATES: Final = 5
_FOLDERS: Final = 32
"""Folders of objects that one repository may borrow from, its own among them."""
_ALIKE: Final = 64
"""Names that may begin alike: an index of millions that do is no repository's."""
_MOST_READ: Final = 64 << 20
"""Bytes that all objects of a repository may unpack to: commits are small, and a
chain of deltas may be made to be large."""
_COMMIT, _OFFSET_DELTA, _NAMED_DELTA = 1, 6, 7
_BROKEN: Final = (OSError, ValueError, IndexError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit object."""

    sha: str
    subject: str
    """The first line of its message."""
    at: int | None
    """When it was committed, Unix ms."""


class _Object(NamedTuple):
    kind: int
    data: bytes


class Repository:
    """The objects of one repository. Close it: packs stay mapped while open."""

    def __init__(self, common_dir: Path) -> None:
        """``common_dir``: what all of its worktrees share, ``.git`` for most."""
        self._stack = ExitStack()
        self._left = _MOST_READ
        self._folders = list(islice(_object_folders(common_dir / "objects"), _FOLDERS))
        self._packs = [
            pack
            for folder in self._folders
            for path in _listed(folder / "pack")
            if path.suffix == ".idx" and (pack := _open(path, self._stack))
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def commit(self, abbreviated: str) -> Commit | None:
        """The one commit whose hash begins so; None where none or several do."""
        prefix = abbreviated.lower()
        if not _HEX.fullmatch(prefix):
            return None
        names = set(islice(self._names(prefix), _ALIKE))
        commits = [
            made
            for sha in sorted(names)
            if (made := _commit(sha, self._object(sha))) is not None
        ]
        return commits[0] if len(commits) == 1 and len(names) < _ALIKE else None

    def first_commit(self, sha: str) -> str:
        """Where the history of a commit began, by its first parents.

        Empty where that is not here, or further back than ``FAR`` commits.
        """
        for _ in range(FAR):
            found = self._object(sha)
            if found is None or found.kind != _COMMIT:
                return ""
            parent = _PARENT.match(found.data)
            if parent is None:
                return sha
            sha = parent[1].decode()
        return ""

    def _names(self, prefix: str) -> Iterator[str]:
        for folder in self._folders:
            for path in _listed(folder / prefix[:2]):
                name = prefix[:2] + path.name
                if name.startswith(prefix) and len(name) == 40:
                    yield name
        for pack in self._packs:
            yield from pack.names(prefix)

    def _object(self, sha: str, depth: int = 0) -> _Object | None:
        for folder in self._folders:
            found = _loose(folder / sha[:2] / sha[2:])
            if found is not None:
                return self._counted(found)
        for pack in self._packs:
            try:
                at = pack.offset(bytes.fromhex(sha))
                if at is not None:
                    return self._packed(pack, at, depth)
            except _BROKEN:
                continue  # another pack may hold it whole
        return None

    def _packed(self, pack: "_Pack", at: int, depth: int) -> _Object | None:
        if depth > _DEEPEST:
            return None
        entry = pack.entry(at)
        if entry.kind == _OFFSET_DELTA:
            if not 0 < entry.back <= at:
                return None
            base = self._packed(pack, at - entry.back, depth + 1)
        elif entry.kind == _NAMED_DELTA:
            base = self._object(entry.name.hex(), depth + 1)
        else:
            return self._counted(_Object(entry.kind, entry.data))
        if base is None:
            return None
        return self._counted(_Object(base.kind, _applied(base.data, entry.data)))

    def _counted(self, found: _Object) -> _Object | None:
        """The object, while all of them together are no more than may be read."""
        self._left -= len(found.data)
        return found if self._left >= 0 else None


class _Entry(NamedTuple):
    kind: int
    data: bytes
    back: int = 0
    """How far before it the base of a delta begins."""
    name: bytes = b""
    """The base of a delta, by its hash."""


class _Pack:
    """A pack and its index of version 2."""

    def __init__(self, index: mmap.mmap, pack: mmap.mmap) -> None:
        if index[:8] != b"\xfftOc\0\0\0\x02" or pack[:4] != b"PACK":
            raise ValueError("an index of another version")
        self._index, self._pack = index, pack
        self._fan = struct.unpack(">256I", index[8:1032])
        self._count = self._fan[255]
        if len(index) < 1032 + self._count * 28:
            raise ValueError("a torn index")

    def names(self, prefix: str) -> Iterator[str]:
        """Hashes that begin so."""
        low = bytes.fromhex(prefix + "0" * (40 - len(prefix)))
        for number in range(self._first(low), self._count):
            name = self._name(number).hex()
            if not name.startswith(prefix):
                return
            yield name

    def offset(self, name: bytes) -> int | None:
        """Where an object begins in the pack."""
        number = self._first(name)
        if number >= self._count or self._name(number) != name:
            return None
        table = 1032 + self._count * 24
        (at,) = struct.unpack_from(">I", self._index, table + number * 4)
        if not at & 0x80000000:
            return int(at)
        large = table + self._count * 4 + (at & 0x7FFFFFFF) * 8
        (at,) = struct.unpack_from(">Q", self._index, large)
        return int(at)

    def entry(self, at: int) -> _Entry:
        """What is stored at an offset, a delta as a delta."""
        byte = self._pack[at]
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            at += 1
            byte = self._pack[at]
            size |= (byte & 0x7F) << shift
            shift += 7
        at += 1
        if size > _MOST:
            raise ValueError("too large")
        back, name = 0, b""
        if kind == _OFFSET_DELTA:
            byte = self._pack[at]
            back = byte & 0x7F
            while byte & 0x80:
                at += 1
                byte = self._pack[at]
                back = (back + 1) << 7 | byte & 0x7F
            at += 1
        elif kind == _NAMED_DELTA:
            name = self._pack[at : at + 20]
            at += 20
        data = _inflated(self._pack[at : at + size + 4096], size)
        return _Entry(kind, data, back, name)

    def _first(self, name: bytes) -> int:
        """The first object whose hash is not below this one."""
        low = self._fan[name[0] - 1] if name[0] else 0
        high = min(self._fan[name[0]], self._count)
        return bisect_left(range(self._count), name, low, high, key=self._name)

    def _name(self, number: int) -> bytes:
        at = 1032 + number * 20
        return self._index[at : at + 20]


def _open(index: Path, stack: ExitStack) -> _Pack | None:
    try:
        return _Pack(
            _mapped(index, stack), _mapped(index.with_suffix(".pack"), stack)
        )  # fmt: skip
    except _BROKEN:
        return None


def _opened(path: Path) -> BinaryIO:
    # a pipe that somebody put there must not hold us up
    return open(path, "rb", opener=lambda p, flags: os.open(p, flags | os.O_NONBLOCK))


def _mapped(path: Path, stack: ExitStack) -> mmap.mmap:
    with _opened(path) as file:
        return stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _object_folders(objects: Path) -> Iterator[Path]:
    """This folder of objects and those it borrows from, nearest first."""
    seen: set[str] = set()
    waiting = [(objects, 0)]
    while waiting:
        folder, depth = waiting.pop(0)
        real = os.path.realpath(folder)
        if real in seen or depth > _ALTERNATES:
            continue
        seen.add(real)
        yield folder
        try:
            with _opened(folder / "info" / "alternates") as file:
                lines = file.read(_MOST).decode("utf-8", "replace").splitlines()
        except _BROKEN:
            continue
        waiting += [(folder / line, depth + 1) for line in lines if line]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except _BROKEN:
        return []


def _loose(path: Path) -> _Object | None:
    try:
        with _opened(path) as file:
            whole = _inflated(file.read(_MOST), _MOST)
    except _BROKEN:
        return None
    head, _, data = whole.partition(b"\0")
    return _Object(_COMMIT if head.startswith(b"commit ") else 0, data)


def _inflated(packed: bytes, most: int) -> bytes:
    return zlib.decompressobj().decompress(packed, max(most, 1))


def _applied(base: bytes, delta: bytes) -> bytes:
    """What a delta makes of its base."""
    _, at = _size(delta, 0)
    _, at = _size(delta, at)
    made = bytearray()
    while at < len(delta) and len(made) <= _MOST:
        code = delta[at]
        at += 1
        if not code & 0x80:
            made += delta[at : at + code]
            at += code
            continue
        start = length = 0
        for bit in range(4):
            if code & 1 << bit:
                start |= delta[at] << 8 * bit
                at += 1
        for bit in range(3):
            if code & 0x10 << bit:
                length |= delta[at] << 8 * bit
                at += 1
        length = length or 0x10000
        made += base[start : start + length]
    return bytes(made)


def _size(delta: bytes, at: int) -> tuple[int, int]:
    size = shift = 0
    while True:
        byte = delta[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return size, at


def _commit(sha: str, found: _Object | None) -> Commit | None:
    if found is None or found.kind != _COMMIT:
        return None
    head, _, message = found.data.decode("utf-8", "replace").partition("\n\n")
    lines = message.strip().splitlines()
    made = re.search(r"^committer .* (\d{1,12}) [+-]\d{4}$", head, re.M)
    return Commit(
        sha=sha,
        subject=lines[0].strip() if lines else "",
        at=int(made[1]) * 1000 if made else None,
    )
