"""OpenCode: its database since 1.2, and the tree of files before.

``~/.local/share/opencode/opencode.db`` holds all sessions, each a transcript of
its own; ``storage/session/<project>/<session>.json`` is one. Rows and files are
rewritten while an answer grows. A session made by another is a subagent's.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from memtui import paths
from memtui.model import Agent, SessionKind
from memtui.readers.base import Cut, Item, Marks, TranscriptFile
from memtui.readers.opencode import database as rows
from memtui.readers.opencode import storage
from memtui.readers.opencode.lines import in_order
from memtui.readers.opencode.session import OpenCodeParser

VERSION = 4
"""Goes up whenever the same bytes give other records."""


class OpenCodeReader:
    """Finds and opens OpenCode's sessions."""

    agent = Agent.OPENCODE
    version = VERSION

    def folders(self, home: Path) -> list[Path]:
        """``.local/share/opencode``.

        ``$XDG_DATA_HOME`` counts where ``home`` is the person's own.
        """
        shares = [home / ".local" / "share"]
        own = os.environ.get("XDG_DATA_HOME")
        if own and home == paths.home():
            shares.insert(0, Path(own))
        return [share / "opencode" for share in dict.fromkeys(shares)]

    def find(self, folder: Path) -> Iterator[str]:
        """Databases in the folder, and the sessions of an older tree there."""
        for name in _names(folder):
            if name.startswith("opencode") and name.endswith(".db"):
                yield str(folder / name)
        for tree in (folder, folder / "storage"):
            yield from storage.sessions_below(str(tree / "session"))

    def transcript(self, path: Path) -> TranscriptFile:
        """What the place of a session says of it: no more than its name."""
        _, mark, session = str(path).rpartition("#")
        name = session if mark else path.stem
        return TranscriptFile(path=path, kind=SessionKind.INTERACTIVE, session=name)

    def open(self, path: Path, state: bytes = b"") -> OpenCodeParser:
        """A parser at the start: there is no other place to begin."""
        return OpenCodeParser(self.transcript(path).session)

    def has_items(self, path: str) -> bool:
        """Always."""
        return True

    def tells_again(self, path: str) -> bool:
        """Always."""
        return True

    def marks(self, path: str) -> Marks:
        """Of a database, or of all files of a session."""
        if self.is_database(path):
            return rows.marks_of(path)
        return storage.marks_of(path)

    def items(self, path: Path, cut: Cut) -> Iterator[Item]:
        """The session, each message with its parts, and what is beside them."""
        database, mark, session = str(path).rpartition("#")
        if mark and self.is_database(database):
            return rows.rows_of(database, session, cut)
        if self.is_database(str(path)):
            rows.check(str(path))
            return iter(())
        return storage.items_of(path)

    def in_order(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """As ``items`` gives them."""
        return in_order(lines)

    def deep(self, folder: Path) -> list[Path]:
        """Sessions and messages of the older tree; parts have too many folders."""
        trees = (folder, folder / "storage")
        return [tree / name for tree in trees for name in ("session", "message")]

    def is_database(self, path: str) -> bool:
        """Whether this is a database of sessions."""
        return path.endswith(".db")

    def transcripts_in(self, database: str) -> Iterator[tuple[str, Marks]]:
        """Its sessions, those of subagents included."""
        for session, marks in rows.sessions_in(database):
            yield f"{database}#{session}", marks


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return []


READER = OpenCodeReader()
