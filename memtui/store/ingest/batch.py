"""What goes into the store in one piece, and what it knows of a transcript."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from memtui.model import Agent
from memtui.records import Fault, Record, SessionFacts
from memtui.store.ingest.projects import ProjectRoot


class Unstorable(Exception):
    """The store cannot hold what a transcript says; nothing of this part was kept."""


class Tail(IntEnum):
    """What became of a last line without newline."""

    NONE = 0
    WAITS = 1
    """It may be torn: not kept yet, read again when the file grows or ages."""
    TAKEN = 2
    """It was whole, or it is old: kept, and read again if the file grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a transcript was read, and the marks to know it again by."""

    inode: int = 0
    size: int = 0
    mtime_ns: int = 0
    head_hash: str = ""
    tail_hash: str = ""
    offset: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTranscript:
    """What the store knows of a transcript."""

    id: int
    agent: Agent
    path: str
    session: int | None
    """Row of the session it holds; None: nothing of it was stored."""
    generation: int
    position: Position
    tail: Tail
    state: bytes
    reader_version: int
    gone: bool
    quarantined: str
    """Why it is not read any more; empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a record of kind CONTEXT proves to have reached its session."""

    record: str
    part: int
    export: str
    """Id of the export; empty: another tool's text."""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """What a batch does to that which was told before. Known records are restated."""

    undone: Collection[tuple[str, int | None]] = ()
    """Shown no more, by native id and part (None: all parts), before the records."""
    void: Collection[tuple[str, int | None]] = ()
    """Like ``undone``, but they said nothing and do not stay."""
    unshown: Sequence[Record] = ()
    """Records to store and not to show: undone within the batch."""
    whole: bool = False
    """The records are all that the transcript shows, in order. What it told
    before and tells no more stays in its place."""
    order: Sequence[tuple[str, int]] | None = None
    """Of a transcript that came in several batches, all that it shows, in order; its
    records came before."""
    replaced: Mapping[int, bytes] = field(default_factory=dict)
    """By their numbers, lines that stand for what the archive has there."""
    numbers: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """By native id and part, where in the archive a record without line is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines of one transcript, in order, and what a reader made of them."""

    agent: Agent
    path: str
    facts: SessionFacts | None = None
    """None: nothing may be stored of the session but how far it was read."""
    records: Sequence[Record] = ()
    faults: Sequence[Fault] = ()
    lines: Sequence[bytes] = ()
    """Complete lines, redacted, newlines included."""
    first_line: int = 1
    last_line: bytes | None = None
    """An unterminated line after those, redacted, if it is to be kept."""
    piece: int | None = None
    """``lines`` is this piece, from 0, of a line too long to be read at once."""
    position: Position = field(default_factory=Position)
    generation: int = 0
    tail: Tail = Tail.NONE
    state: bytes = b""
    reader_version: int = 0
    root: ProjectRoot | None = None
    """Where the session began; None: unresolved."""
    places: Mapping[str, ProjectRoot] = field(default_factory=dict)
    """Roots of folders that the file system placed elsewhere than ``root``."""
    deliveries: Sequence[Delivered] = ()
    left_out: Collection[str] = ()
    """Names of messages that are not stored with their session: see ``left_out``."""
    void: Collection[tuple[str, int | None]] = ()
    """Native ids and parts of records that stood for what is told elsewhere now: of a
    transcript that is not ``retold``; nothing of them stays."""
    anew: bool = False
    """From the archive: ``lines`` is empty, and what is known is stated again."""
    retold: Retold | None = None
    """From an agent that writes again, or takes back, what it wrote; None: not so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a batch added that was not there before."""

    transcript: int
    session: int | None
    records: int = 0
    """New records; those that another session already showed are only linked."""
    sessions: int = 0
    """1 when the transcript got its first conversation record."""
    length: int = 0
    """How many conversation records the session shows now."""
    faults: int = 0
    changed: bool = False
    """Whether the session shows anything it did not show before."""
    numbered_on: bool = False
    """Some records have other parts than the reader gave them."""
    rows: Sequence[int] = ()
    """Of what is stated anew: its records, in the order in which they were told."""
    taken: Collection[int] = ()
    """Of what is stated anew: records that were told and are not shown any more."""
