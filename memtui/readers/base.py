"""What every reader offers: find transcripts, make records of their lines.

A reader is a stateless description of one agent's format. ``open`` gives a
parser for one transcript; the parser is fed lines in order and remembers what
later lines need (open tool calls, queued prompts, the last time seen). That
memory is ``state()``: stored beside the checkpoint, it lets the next run go on
in mid-file and still end in the records of one clean read.

Ids: ``Record.native_id`` of a conversation record is the agent's own id.
Records that are no conversation (titles, hook output, queued prompts) have an
id with a colon in it, such as ``line:3f…`` or ``attachment:9a…``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from memtui.model import Agent, Fault, Record, SessionFacts, SessionKind


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


class TranscriptParser(Protocol):
    """Makes records of one transcript's lines, fed in order."""

    @property
    def cwd(self) -> str:
        """Where the last parsed line was made, also a line without records."""
        ...

    def parse(self, line: bytes, number: int) -> Iterator[Record | Fault]:
        """The records of one line; never raises, whatever the bytes.

        Args:
            line: one line, with or without its newline.
            number: its place in the transcript, from 1.
        """
        ...

    def facts(self) -> SessionFacts:
        """What is known of the session after the lines so far."""
        ...

    def state(self) -> bytes:
        """Everything ``Reader.open`` needs to go on after the last line.

        Take it before parsing an unterminated last line: that line will be
        read again when it is complete.
        """
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


def is_conversation(native_id: str) -> bool:
    """Whether this is the agent's own id of something said or done."""
    return ":" not in native_id
