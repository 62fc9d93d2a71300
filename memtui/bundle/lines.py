"""The lines of a bundle, as typed values: what does not fit is refused on reading."""

import re
from typing import Any, Final

import msgspec

from memtui.model import Agent, SessionKind, State, Trust

FORMAT: Final = 1
"""Version of the format; a reader refuses a higher one."""
MOST_PAST: Final = 200
"""Earlier versions of a memory that a bundle names, the newest ones."""

_ID: Final = re.compile(r"[a-z2-7]{12}")
_SCOPE: Final = re.compile(r"project|global|(?:group|agent):[^\x00-\x1f:]{1,100}")
_HIGHEST: Final = 1 << 53


class Header(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="bundle", tag_field="line",
):  # fmt: skip
    """The first line."""

    format: int
    store: str
    """UUID of the store that wrote it."""
    origin: str
    """What the machine is called."""
    at: int
    """When it was written, Unix ms."""


class Project(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="project", tag_field="line",
):  # fmt: skip
    """A project that memories belong to."""

    id: str
    """UUID."""
    name: str
    at: int = 0
    remote: str = ""
    first_commit: str = ""
    roots: list[str] = []


Shown = tuple[str, str, int, int | None, str]
"""One evidence: session, record, part, line, quote."""


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a memory says and what was decided about it."""

    type: str
    title: str
    body: str = ""
    at: int
    trust: str
    rule: str
    confidence: float
    facts: list[str] = []
    tags: list[str] = []
    files: list[str] = []
    evidence: list[Shown] = []
    branch: str = ""
    agent: str = ""
    session: str = ""
    project: str = ""
    """UUID; empty: none."""
    state: str = State.CANDIDATE.value
    was: str = ""
    pinned: int = 0
    pin_order: int | None = None
    excluded: int = 0
    superseded_by: str = ""
    review_by: int | None = None
    scope: str = "project"
    unlike: list[str] = []
    confirmed_at: int | None = None
    acted_at: int = 0


class Version(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a memory came to say this: the same id is the same history.

    ``at`` is the time of the last act, or later: never before that of any version that
    this one came from, whatever clocks say. Of two versions the later one holds.
    """

    id: str
    at: int
    past: list[str] = []
    """Ids of versions that this one came from, the oldest first."""


class Memory(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="memory", tag_field="line",
):  # fmt: skip
    """A memory as it stands."""

    id: str
    said: Said | None = None
    """None: an act on it was taken back, and nothing is left of it."""
    version: Version | None = None
    """None: nobody has decided anything about it."""


class Entry(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="entry", tag_field="line",
):  # fmt: skip
    """One act of the journal."""

    number: int
    at: int
    act: str
    actor: str
    target: int | None = None
    count: int
    note: str = ""
    about: list[tuple[str, str]] = []
    changes: dict[str, tuple[dict[str, Any] | None, dict[str, Any] | None]] = {}


class SessionName(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="session name", tag_field="line",
):  # fmt: skip
    """What a person called a session."""

    id: str
    title: str
    at: int


class HiddenSession(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="hidden session", tag_field="line",
):  # fmt: skip
    """A session that a person left out of the recent ones."""

    id: str
    at: int


class Decided(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="decided", tag_field="line",
):  # fmt: skip
    """What a person said to what a model proposed."""

    id: str
    accepted: int
    at: int


class Tomb(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="tomb", tag_field="line",
):  # fmt: skip
    """Something that was purged, by its hash or its id."""

    id: str


class Conflict(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="conflict", tag_field="line",
):  # fmt: skip
    """A version that lost against another one which did not come from it."""

    memory: str
    version: str
    said: Said | None = None
    origin: str = ""
    at: int = 0
    settled_at: int = 0
    """When a person chose; 0: nobody has."""


class Transcript(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="transcript", tag_field="line",
):  # fmt: skip
    """Where the lines that follow stood, and the session that they tell of."""

    number: int
    """By which ``Lines`` name it."""
    agent: str
    path: str
    session: str
    """Native id."""
    kind: str = SessionKind.INTERACTIVE.value
    parent: str = ""
    project: str = ""
    """UUID; empty: none."""
    cwd: str = ""
    branch: str = ""
    title: str = ""
    title_rank: int = 0
    started_at: int = 0
    ended_at: int = 0
    generation: int = 0
    """The newest reading of it."""
    last_line: int = 0
    talked: int = 1


class Lines(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="lines", tag_field="line",
):  # fmt: skip
    """A block of the archive, newlines included."""

    transcript: int
    generation: int = 0
    first: int
    part: int = 0
    text: str = ""
    raw: bytes = b""
    """Instead of ``text``, where that would be no text."""


class End(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
    tag="end", tag_field="line",
):  # fmt: skip
    """The last line."""

    lines: int
    """Those before it, the header included."""
    digest: str
    """Of all bytes before it."""


Line = (
    Project | Memory | Entry | SessionName | HiddenSession | Decided | Tomb | Conflict
    | Transcript | Lines
)  # fmt: skip
decode: Final = msgspec.json.Decoder(Header | Line | End).decode
encode: Final = msgspec.json.Encoder().encode


def why_not(line: Line) -> str:
    """What is wrong with a line that is of the right form; empty: nothing."""
    numbers = (getattr(line, name) for name in line.__struct_fields__)
    if not all(abs(n) < _HIGHEST for n in numbers if isinstance(n, int)):
        return "no number that can be"
    if isinstance(line, Memory | Conflict):
        name = line.id if isinstance(line, Memory) else line.memory
        if not _ID.fullmatch(name):
            return "no id of a memory"
        version = line.version if isinstance(line, Memory) else None
        if version is not None and not 0 <= version.at < _HIGHEST >> 1:
            return "no time"
        return "" if line.said is None else _why_not_said(line.said)
    if isinstance(line, Transcript):
        is_known = line.kind in set(SessionKind) and _is_agent(line.agent)
        return "" if is_known and line.session else "no session"
    if isinstance(line, Lines):
        is_place = line.first > 0 <= line.generation and line.part in range(4)
        return "" if is_place else "no place"
    return ""


def _why_not_said(said: Said) -> str:
    times = (said.at, said.acted_at, said.review_by or 0, said.confirmed_at or 0)
    if not all(0 <= at < _HIGHEST for at in times):
        return "no time"
    if said.trust not in set(Trust) or said.state not in set(State):
        return "no trust or state that is known"
    if said.was not in {"", *State} or said.pinned not in (0, 1):
        return "no state that is known"
    if said.excluded not in (0, 1) or not 0 <= said.confidence <= 1:
        return "no number that can be"
    if said.pin_order is not None and not 0 <= said.pin_order < _HIGHEST:
        return "no number that can be"
    if not _SCOPE.fullmatch(said.scope):
        return "no scope"
    names = [*said.unlike, *([said.superseded_by] if said.superseded_by else [])]
    if not all(map(_ID.fullmatch, names)):
        return "no id of a memory"
    numbers = [n for shown in said.evidence for n in (shown[2], shown[3] or 0)]
    if not all(-_HIGHEST < number < _HIGHEST for number in numbers):
        return "no number that can be"
    return "" if not said.agent or _is_agent(said.agent) else "no agent"


def _is_agent(name: str) -> bool:
    try:
        Agent(name)
    except ValueError:
        return False
    return True
