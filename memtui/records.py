"""What is made of transcripts: records of turns, and what the distiller states.

``Record`` and ``Fault`` are what a reader makes of a transcript, ``Observation`` is
what the distiller makes of records. Beside ``model``, because the app opens without
them.
"""

from dataclasses import dataclass, field

import msgspec

from memtui.model import (
    Agent,
    Evidence,
    ObservationId,
    RecordKind,
    SessionKind,
    Tool,
    Trust,
)


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One normalised item of a turn.

    Many thousands are made in a first sync: a frozen dataclass takes five times as
    long. ``msgspec.structs.replace`` makes one with other values.
    """

    native_id: str
    """The agent's own id of the message or line."""
    part: int = 0
    """Which block of that message, from 0."""
    kind: RecordKind
    at: int | None
    """None only where no record before it had a time either."""
    text: str
    """What was said, run or printed; capped by the reader, whole in the archive."""
    line: int | None
    """1-based line of the transcript; None where the source has no lines."""
    tool: Tool | None = None
    tool_name: str = ""
    """The agent's own name of the tool."""
    call: str = ""
    """Joins a tool_use to its tool_result."""
    failed: bool = False
    """A tool_result that reports an error or a non-zero exit."""
    command: str = ""
    """The shell command of a Tool.SHELL use."""
    reads: tuple[str, ...] = ()
    """Files the tool read, as the transcript spells them."""
    writes: tuple[str, ...] = ()
    """Files the tool changed, as the transcript spells them."""
    patch: str = ""
    """Condensed unified diff of a Tool.EDIT result, at most 4,000 characters."""
    answers: tuple[tuple[str, str], ...] = ()
    """(question, answer) pairs that the person gave through Tool.ASK."""
    names: str = ""
    """Of a title: native id of the record whose session it names, if not its own."""
    output: str = ""
    """Path of the transcript that has all of what ``text`` shows the beginning of."""
    cwd: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a reader could not read. Counted and shown, never fatal."""

    line: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What a reader learnt about the session a transcript holds."""

    agent: Agent
    native_id: str
    kind: SessionKind = SessionKind.INTERACTIVE
    parent: str = ""
    """Native id of the session that started this subagent."""
    title: str = ""
    title_rank: int = 0
    """3 custom title, 2 the client's, 1 first prompt, 0 none; a higher one wins."""
    started_at: int | None = None
    ended_at: int | None = None
    cwd: str = ""
    """The first absolute cwd."""
    branch: str = ""
    """The last branch named."""
    base: str = ""
    """Native id of the session whose history this one begins with, by reference."""
    base_end: int = 0
    """How many lines of that history, those it took over itself included."""
    is_aside: bool = False
    """Only says to which known session a transcript belongs, and maybe its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One remembered thing, as the distiller states it."""

    id: ObservationId
    type: str
    title: str
    """At most 80 columns, one line."""
    body: str
    at: int
    trust: Trust
    rule: str
    """Name of the rule that made it."""
    confidence: float
    """0 to 1: the chance that a person would keep it."""
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Project-relative where they lie inside the project."""
    evidence: tuple[Evidence, ...] = ()
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One prompt of the person and everything up to the next."""

    session: str
    number: int
    at: int | None
    records: tuple[Record, ...] = field(default=())
