"""What every reader offers: find transcripts, make records of their lines.

A reader is a stateless description of one agent's format. ``open`` gives a
parser for one transcript; the parser is fed lines in order and remembers what
later lines need (open tool calls, queued prompts, the last time seen). That
memory is ``state()``: stored beside the checkpoint, it lets the next run go on
in mid-file and still end in the records of one clean read.

Ids: ``Record.native_id`` of a conversation record is the agent's own id.
Records that are no conversation (titles, hook output, queued prompts) have an
id with a colon in it, such as ``line:3f…`` or ``attachment:9a…``.

Most agents only ever add lines to a transcript. Of one that writes again what it
wrote before, the reader is a ``RewritingReader``: a record told again holds as it
was told last, and a transcript without lines is read as ``Item``s, all of them
each time it changed. Where one database holds many transcripts, it is a
``DatabaseReader`` too.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from memtui.model import Agent, SessionKind
from memtui.records import Fault, Record, SessionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFile:
    """One transcript on disk, before a line of it was read."""

    path: Path
    kind: SessionKind
    """What the place of the file says; the lines may know better."""
    session: str
    """Native id of the session it holds."""
    parent: str = ""
    """Native id of the session above it, where the place of the file tells."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was told before is shown no more: the person took it back.

    It stays in the store; told again later, it is shown again.
    """

    native_id: str
    part: int | None = None
    """None: all parts of it."""
    is_void: bool = False
    """It only stood for a message that had said nothing yet: nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message, row or file of a transcript that has no lines."""

    key: str
    """Knows it again after it was rewritten."""
    line: bytes
    """As JSON, on one line with its newline; empty where it has ``pieces``."""
    pieces: Callable[[], Iterator[bytes]] | None = None
    """Gives a line over 16 MiB bit by bit, from its start each time it is asked."""


class Marks(NamedTuple):
    """By these a change is seen without opening anything."""

    inode: int
    size: int
    mtime_ns: int


class Damaged(OSError):
    """It can be opened and is not what it should be: only a change of it helps."""


Words = dict[str, Any]
"""What a parser remembers of what was said, by where it keeps it."""


class TooLarge(Damaged):
    """More than is taken into memory: its bytes are to be kept, unread."""


Cut = Callable[[bytes], bytes]
"""Takes what must not be stored out of a JSON text."""


class TranscriptParser(Protocol):
    """Makes records of one transcript's lines, fed in order."""

    @property
    def cwd(self) -> str:
        """Where the last parsed line was made, also a line without records."""
        ...

    def parse(self, line: bytes, number: int) -> Iterable[Record | Fault | Undone]:
        """The records of one line; never raises, whatever the bytes.

        What is ``Undone`` holds for all that was told before it.

        Args:
            line: one line, with or without its newline.
            number: its place in the transcript, from 1.
        """
        ...

    def facts(self) -> SessionFacts:
        """What is known of the session after the lines so far.

        Without a native id as long as nothing tells which session it is.
        """
        ...

    def words(self) -> Words:
        """Titles, prompts and open calls that later lines need.

        Open calls stand by their ids under ``calls``.
        """
        ...

    def go_back(self, words: Words) -> None:
        """Remember of what was said only this, taken before or made less."""
        ...

    def state(self) -> bytes:
        """Everything ``Reader.open`` needs to go on after the last line.

        Take it before parsing an unterminated last line: that line will be
        read again when it is complete.
        """
        ...


class WholeParser(TranscriptParser, Protocol):
    """Makes records of a transcript whose end can be told from a pause."""

    def finish(self) -> Iterator[Record | Fault | Undone]:
        """What only the end of a transcript without lines tells."""
        ...


class Reader(Protocol):
    """One agent's transcript format."""

    @property
    def agent(self) -> Agent:
        """Whose transcripts these are."""
        ...

    @property
    def version(self) -> int:
        """Goes up when the same bytes give other records: time to re-parse."""
        ...

    def folders(self, home: Path) -> list[Path]:
        """Where the agent keeps transcripts under this home; they need not exist."""
        ...

    def find(self, folder: Path) -> Iterator[str]:
        """Every transcript in one of those folders, or in one the person named.

        Plain strings: a sweep meets thousands that it has seen before.
        """
        ...

    def transcript(self, path: Path) -> TranscriptFile:
        """What the place of a transcript says of it; the file is not touched."""
        ...

    def open(self, path: Path, state: bytes = b"") -> TranscriptParser:
        """A parser at the start of a transcript, or where ``state`` was taken.

        The file itself is not touched: it may be gone.
        """
        ...


Sight = tuple[str, os.stat_result | None]
"""A path and what the system says of what is there; None: look there yourself."""


@runtime_checkable
class SeeingReader(Reader, Protocol):
    """A format whose files are met as they are: no second look for each is needed."""

    def see(self, folder: Path) -> Iterator[Sight]:
        """As ``find``, with what the system says of each."""
        ...


@runtime_checkable
class RewritingReader(Reader, Protocol):
    """The format of an agent that writes again what it wrote before.

    A record with a known id replaces what it said, unless it is older.
    """

    def open(self, path: Path, state: bytes = b"") -> WholeParser:
        """As any reader; ``state`` is only of use to a transcript with lines."""
        ...

    def has_items(self, path: str) -> bool:
        """Whether this transcript has no lines, or none that stay as they are."""
        ...

    def tells_again(self, path: str) -> bool:
        """Whether this transcript's agent writes again; the others only add to it."""
        ...

    def marks(self, path: str) -> Marks:
        """Of a transcript that has items, or of a database.

        Raises:
            OSError: it is gone or cannot be looked at.
        """
        ...

    def items(self, path: Path, cut: Cut) -> Iterator[Item]:
        """All of a transcript, in the order in which its parser wants it.

        Args:
            cut: for JSON texts that stand in an item as a string. The items
                themselves are cut by who asks for them.

        Raises:
            TooLarge: it holds more than can be read at once.
            Damaged: it holds something else.
            OSError: it is gone or cannot be read.
        """
        ...

    def in_order(self, lines: Iterable[tuple[int, bytes]]) -> list[int]:
        """The numbers of lines from the archive, in the order of ``items``.

        The archive has them in the order in which they were met.
        """
        ...


@runtime_checkable
class DatabaseReader(RewritingReader, Protocol):
    """The format of an agent that keeps many transcripts in one database.

    ``find`` gives the database; it is opened only when its marks changed.
    """

    def is_database(self, path: str) -> bool:
        """Whether what ``find`` gave holds transcripts and is none itself."""
        ...

    def deep(self, folder: Path) -> list[Path]:
        """Where below such a folder files change with a transcript.

        Databases lie in the folder itself, maybe among much that is none of ours.
        """
        ...

    def transcripts_in(self, database: str) -> Iterator[tuple[str, Marks]]:
        """Paths and marks of all transcripts in a database.

        Such a path is that of the database, ``#`` and a name.

        Raises:
            OSError: it is gone or cannot be read.
        """
        ...


@runtime_checkable
class HashingReader(Reader, Protocol):
    """The format of an agent that calls a project's folder by a hash of it."""

    def hash_in(self, path: Path) -> str:
        """The hash that the place of a transcript holds; empty for none."""
        ...

    def hash_of(self, folder: str) -> str:
        """What the agent would call a folder by."""
        ...

    def folder_of(self, path: Path) -> str:
        """The folder, if a file beside the transcript tells; else empty."""
        ...


@runtime_checkable
class DescribingReader(Reader, Protocol):
    """The format of an agent that describes a transcript in a small file beside it.

    ``find`` does not give that file; ``open`` knows it.
    """

    def description_of(self, path: Path) -> Path | None:
        """Where the description of a transcript is, if there is one."""
        ...

    def described_by(self, path: Path) -> Iterator[Path]:
        """Transcripts that are described where what this one tells is kept.

        Their own descriptions may have come after the last line of each.
        """
        ...


@runtime_checkable
class IndexingReader(Reader, Protocol):
    """The format of an agent that keeps the names of its sessions in an index.

    ``find`` gives the index too. What it says of one session is a transcript of its
    own, whose path is that of the index, ``#`` and the session.
    """

    @property
    def index(self) -> str:
        """How the paths end of what ``find`` gives that is an index."""
        ...

    def entries(self, raw: bytes) -> Iterator[tuple[str, bytes]]:
        """Native ids of the sessions in an index, and what it says of each: a line."""
        ...


def is_conversation(native_id: str) -> bool:
    """Whether this is the agent's own id of something said or done."""
    return ":" not in native_id
