"""What a sweep finds to be done."""

from dataclasses import dataclass, field
from typing import Final

from memtui.ingest.databases import Inside
from memtui.ingest.report import AgentReport, SyncReport
from memtui.model import Agent
from memtui.readers.base import IndexingReader, Marks, Reader

UNREADABLE: Final = "cannot be opened: "
"""How the reason of a quarantine begins that a change of rights may end."""


@dataclass(frozen=True, slots=True)
class Found:
    """A transcript on disk whose marks say that there is something to read."""

    reader: Reader
    path: str
    marks: Marks
    """As the sweep saw them."""
    new_bytes: int
    """Of a file; what a database has of it shows when it is read."""
    is_file: bool = True
    moved_from: str = ""
    """A vanished transcript that was this very file."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A transcript that is to be parsed anew from the archive."""

    reader: Reader
    path: str


@dataclass(frozen=True, slots=True)
class History:
    """What a client remembers of sessions apart from their transcripts."""

    reader: Reader
    path: str
    told: frozenset[str]
    """Native ids of sessions that have a transcript, here or in the store."""


@dataclass(frozen=True, slots=True)
class Index:
    """A list of the names that an agent's sessions have."""

    reader: IndexingReader
    path: str
    marks: Marks
    is_news: bool
    """It changed since it was read."""


@dataclass(slots=True)
class Survey:
    """What is to be done, and how many transcripts each agent has."""

    files: dict[Agent, int] = field(default_factory=dict)
    todo: list[Found] = field(default_factory=list)
    """Newest first."""
    stale: list[Stale] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    databases: list[Inside] = field(default_factory=list)
    """To be noted when all else is done."""
    histories: list[History] = field(default_factory=list)
    """To be looked into for sessions that are in no transcript any more."""
    indexes: list[Index] = field(default_factory=list)
    """To be looked into if they changed, or when there are new sessions."""
    told_again: list[str] = field(default_factory=list)
    """Recalled sessions whose transcript turned up."""
    unnamed: list[str] = field(default_factory=list)
    """Paths that the store cannot hold, as they can be shown."""
    due: bool = False
    """Some session waits for the distiller."""
    purged: frozenset[str] = frozenset()
    """Hashes of paths that are not to be read: a person purged what they hold."""

    @property
    def is_empty(self) -> bool:
        """Nothing to do at all."""
        return not self.due and self.only_due

    @property
    def only_due(self) -> bool:
        """Nothing but the distilling of what was read before."""
        work = (self.todo, self.stale, self.gone, self.back, self.databases)
        besides = self.histories or any(index.is_news for index in self.indexes)
        return not (any(work) or besides)

    def report(self) -> SyncReport:
        """What a run says that has done nothing yet."""
        return SyncReport(
            agents={a.value: AgentReport(files=n) for a, n in self.files.items()},
            quarantined=list(self.unnamed),
        )
