"""The words of memtui as values. Frozen and slotted.

``Memory`` is an observation as a person sees it: with its state, flags and frozen
text. What readers and the distiller make of transcripts lies in ``records``.
Every time is Unix milliseconds, UTC; only ``tui`` and ``cli`` make it local.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

ObservationId = NewType("ObservationId", str)
"""Twelve characters, a function of the evidence alone."""


_AGENT_NAME = re.compile(r"[a-z][a-z0-9]{0,20}(?:-[a-z0-9]{1,20}){0,3}")

FADED = 0.1
"""Below this product of weight and fading a memory has faded out."""


class Agent(StrEnum):
    """A coding agent whose transcripts we read.

    These four, and whichever a reader brings: ``Agent("goose")`` is one too, from
    then on always the same. Going through ``Agent`` gives the four.
    """

    CLAUDE_CODE = "claude-code"
    CODEX = "codex"
    GEMINI_CLI = "gemini-cli"
    OPENCODE = "opencode"

    @classmethod
    def _missing_(cls, value: object) -> "Agent | None":
        if not isinstance(value, str) or not _AGENT_NAME.fullmatch(value):
            return None
        agent = str.__new__(cls, value)
        agent._name_ = value.upper().replace("-", "_")
        agent._value_ = value
        cls._value2member_map_[value] = agent
        return agent


class RecordKind(StrEnum):
    """What one normalised item of a turn is."""

    PROMPT = "prompt"
    """The person's own words. Nothing that a client put into their mouth."""
    RESPONSE = "response"
    THINKING = "thinking"
    TOOL_USE = "tool_use"
    TOOL_RESULT = "tool_result"
    SUMMARY = "summary"
    """A compaction or away summary that the client wrote by itself."""
    TITLE = "title"
    CONTEXT = "context"
    """What a hook or the client put in: proof of delivery, never distilled."""


class Tool(StrEnum):
    """What a tool does, whatever its agent calls it."""

    SHELL = "shell"
    EDIT = "edit"
    READ = "read"
    SEARCH = "search"
    ASK = "ask"
    PLAN = "plan"
    TASK = "task"
    TODO = "todo"
    WEB = "web"
    OTHER = "other"


class Trust(StrEnum):
    """Whose word a memory is, best first."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    WEB = "web"
    SHARED = "shared"
    """Somebody else's: it came in a bundle or a team's file."""


class State(StrEnum):
    """Where a memory stands. Pinned and excluded are flags on kept ones."""

    CANDIDATE = "candidate"
    KEPT = "kept"
    PRUNED = "pruned"


class SessionKind(StrEnum):
    """Who was talking."""

    INTERACTIVE = "interactive"
    SUBAGENT = "subagent"
    AUTOMATED = "automated"


class Rung(StrEnum):
    """How long a type of memory lives by default."""

    EPHEMERAL = "ephemeral"
    WORK = "work"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationType:
    """One type of memory, as data: a user's config can add more."""

    name: str
    rung: Rung
    glyph: str
    ascii_glyph: str
    role: str
    """Theme variable of the glyph, without the dollar sign."""
    half_life_days: int | None
    """Days after which relevance halves; None: it never fades."""
    weight: float
    """Factor of the injection rank, 1.0 for a decision."""
    short: str = ""
    """The word in rows where ``name`` is too long; empty: ``name``."""

    def fading(self, days: int) -> float:
        """What is left of the relevance after so many days, 1 to 0."""
        if not self.half_life_days:
            return 1.0
        return float(0.5 ** (max(days, 0) / self.half_life_days))

    @property
    def fades_after(self) -> int | None:
        """Days after which one of this type has faded out; None: it never does."""
        if not self.half_life_days:
            return None
        if self.weight < FADED:
            return 0
        return math.floor(self.half_life_days * math.log2(self.weight / FADED)) + 1


def _types() -> Iterable[ObservationType]:
    lasting, care, work, passing = "◆", "▲", "○", "·"
    for name, weight, short in (
        ("decision", 1.0, ""),
        ("architecture", 0.95, "arch"),
        ("pattern", 0.85, ""),
        ("preference", 1.0, ""),
    ):
        yield ObservationType(
            name=name, rung=Rung.PERMANENT, glyph=lasting, ascii_glyph="#",
            role="primary", half_life_days=None, weight=weight, short=short,
        )  # fmt: skip
    for name, weight in (("gotcha", 1.0), ("security", 1.0)):
        yield ObservationType(
            name=name, rung=Rung.PERMANENT, glyph=care, ascii_glyph="!",
            role="warning", half_life_days=None, weight=weight,
        )  # fmt: skip
    for name, weight in (
        ("bugfix", 0.7), ("feature", 0.6), ("refactor", 0.5),
        ("change", 0.5), ("discovery", 0.75),
    ):  # fmt: skip
        yield ObservationType(
            name=name, rung=Rung.WORK, glyph=work, ascii_glyph="o",
            role="secondary", half_life_days=60, weight=weight,
        )  # fmt: skip
    for name, weight, short in (
        ("progress", 0.5, ""),
        ("coordination", 0.4, "coord"),
    ):
        yield ObservationType(
            name=name, rung=Rung.EPHEMERAL, glyph=passing, ascii_glyph=".",
            role="muted", half_life_days=7, weight=weight, short=short,
        )  # fmt: skip


TYPES: dict[str, ObservationType] = {t.name: t for t in _types()}
"""The thirteen built-in types by name. ``Settings.types`` adds a user's own."""

PROMOTION: dict[Rung, str] = {
    Rung.EPHEMERAL: "discovery",
    Rung.WORK: "decision",
}
"""The type that a memory of this rung gets when promoted without a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The record that shows an observation, and the words in it that do."""

    session: str
    """Native id of the session."""
    record: str
    """Native id of the record, without the part."""
    part: int = 0
    line: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A place where work is done: UUID, name, roots, git identity."""

    id: str
    """UUID."""
    name: str
    path: str
    """The root seen last; empty when unresolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """An observation as a person sees it.

    An untouched one shows the distiller's newest text; any act freezes the
    text, and from then on the frozen copy is shown, exported and bundled.
    """

    id: ObservationId
    type: str
    title: str
    body: str
    at: int
    trust: Trust
    rule: str
    confidence: float
    state: State = State.CANDIDATE
    pinned: bool = False
    pin_order: int | None = None
    """The person's order among pins, from 1."""
    excluded: bool = False
    superseded_by: str = ""
    review_by: int | None = None
    scope: str = "project"
    """``project``, ``group:NAME``, ``global`` or ``agent:NAME``."""
    facts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    branch: str = ""
    project: Project | None = None
    session: str = ""
    """Native id; empty for a memory added by hand."""
    session_title: str = ""
    agent: Agent | None = None
    confirmed_at: int | None = None
    """When a person said last that it is still true: its age counts from there."""
    acted_at: int | None = None
    """When a person last decided something about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session as lists show it."""

    id: str
    """Native id."""
    agent: Agent
    kind: SessionKind
    title: str
    project: Project | None
    branch: str
    started_at: int
    ended_at: int
    turns: int
    records: int
    observations: int
    parent: str = ""
    source_gone: bool = False
    """The transcript was deleted; the session is kept here."""
    gone_at: int | None = None
    """When that was noticed, Unix ms."""
    path: str = ""
    excluded: bool = False
    """Never named among the recent ones that a new session is told."""


def observation_id(agent: str, record: str, part: int, quote: str) -> ObservationId:
    """The id of what ``quote`` in this record shows, for ever.

    The rule, title and type are left out on purpose: a newer distiller may
    change them without changing which memory it is.
    """
    words = " ".join(quote.split()).casefold()
    key = "\x1f".join((agent, record, str(part), words))
    return ObservationId(_short_hash(key.encode("utf-8", "replace")))


def _short_hash(data: bytes) -> str:
    import base64
    import hashlib

    digest = hashlib.blake2b(data, digest_size=8).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:12]


def text_id(text: str) -> str:
    """A short id of a text: names an export by its content."""
    return _short_hash(text.encode("utf-8", "replace"))
