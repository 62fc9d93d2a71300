"""What an injection is made of. Values only; see ``choose`` and ``render``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from memtui.inject import render
from memtui.model import Memory


class Source(StrEnum):
    """Why a session starts, in the words of the clients' hooks."""

    STARTUP = "startup"
    CLEAR = "clear"
    COMPACT = "compact"
    RESUME = "resume"
    FORK = "fork"

    @property
    def text(self) -> "Source":
        """The source whose text this one reads: there are three texts."""
        return _READS.get(self, self)


_READS = {Source.CLEAR: Source.STARTUP, Source.FORK: Source.RESUME}

NO_ROOM = "does not fit"
"""Why a memory is cut that the budget has no room for."""
TEXTS = (Source.STARTUP, Source.COMPACT, Source.RESUME)
"""The sources that have a text of their own."""


class Section(StrEnum):
    """A heading of the text; nothing is printed for an empty one."""

    PINNED = "Pinned"
    KEPT = "Kept"
    TEAM = "Shared by the team, taken by the developer's setting"
    UNREVIEWED = "Not reviewed yet, taken by the developer's setting"
    RECENT = "Recent sessions"


def note_of(sections: Iterable[Section]) -> str:
    """What a text says of all that is in it, which has to be true of each line."""
    unkept = {Section.TEAM, Section.UNREVIEWED}
    return render.NOTE if unkept.isdisjoint(sections) else render.MIXED_NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSession:
    """A session as the list of recent ones names it."""

    id: str
    """Native id."""
    at: int
    """When it ended."""
    prompt: str
    """What the person typed first."""
    then: tuple[str, ...] = ()
    """Their next prompts: a first one may be a greeting."""
    named: str = ""
    """The title that they gave it; it is told instead of the prompt."""
    files: tuple[str, ...] = ()
    """What it changed, project-relative."""
    branch: str = ""
    left_out: bool = False
    """Not to be named; what was typed there still tells what is worked on."""

    @property
    def typed(self) -> tuple[str, ...]:
        """What was typed, first things first."""
        return (self.prompt, *self.then)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line that is in."""

    id: str
    """Memory id; for a recent session its native id."""
    rank: int
    """From 1, in the order of the text."""
    section: Section
    text: str
    """Its line, exactly as in the injection's text."""
    reason: str
    memory: Memory | None = None
    """None for a recent session."""

    @property
    def units(self) -> int:
        """UTF-16 units that it takes, its newline included."""
        return render.units(self.text) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One memory that could have been in and is not."""

    id: str
    reason: str
    memory: Memory
    item_limit: int

    @property
    def text(self) -> str:
        """The line that it would have been."""
        return render.memory_line(self.memory, self.item_limit)

    @property
    def units(self) -> int:
        """UTF-16 units that it would have taken, its newline included."""
        return render.units(self.text) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """What was chosen for one place and source, and why."""

    text: str
    """Exactly what the model reads; empty where there is nothing to say."""
    export: str
    """Id of the text by its content; empty with it."""
    project: str
    """Name of the project; empty for the global layer alone."""
    source: Source
    branch: str
    budget: int
    items: tuple[Item, ...] = field(default=())
    cut: tuple[Cut, ...] = field(default=())
    """Best first; what a switch keeps out comes last."""

    @property
    def is_out_of_room(self) -> bool:
        """Whether there is something to tell, and the budget holds none of it."""
        return not self.text and any(cut.reason == NO_ROOM for cut in self.cut)

    @property
    def units(self) -> int:
        """Size of the text in UTF-16 units, as clients count it."""
        return render.units(self.text)

    @property
    def tokens(self) -> int:
        """A rough count: a token is about four units."""
        return self.units // 4

    def as_json(self) -> dict[str, object]:
        """The object that ``memtui inject --json`` prints."""
        return {
            "text": self.text,
            "units": self.units,
            "tokens": self.tokens,
            "items": [
                {"id": i.id, "text": i.text, "reason": i.reason, "rank": i.rank,
                 "units": i.units}
                for i in self.items
            ],
            "cut": [{"id": c.id, "reason": c.reason} for c in self.cut],
        }  # fmt: skip
