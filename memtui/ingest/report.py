"""What a sync says while it runs and when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class AgentReport:
    """One agent's numbers; all but ``files`` count what is new in this run."""

    files: int = 0
    new_bytes: int = 0
    records: int = 0
    sessions: int = 0
    observations: int = 0
    faults: int = 0


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a sync found and did."""

    agents: dict[str, AgentReport] = field(default_factory=dict)
    changed: bool = False
    """Whether the store shows anything that it did not show before."""
    stopped: bool = False
    """It was asked to stop; the next run goes on where this one ended."""
    quarantined: list[str] = field(default_factory=list)
    """Transcripts that could not be read in this run: paths, as they can be shown."""
    not_exported: str = ""
    """Why the exports of touched projects could not be refreshed; doctor knows too."""
    projects: set[str] = field(default_factory=set)
    """UUIDs of the projects whose sessions changed."""

    def progress(self, files: int, read: int, sizes: Sequence[int]) -> "Progress":
        """How far a run is that read so many files and bytes of files so large."""
        numbers = self.agents.values()
        return Progress(
            files=files,
            files_total=len(sizes),
            bytes=read,
            bytes_total=max(sum(sizes), read),
            sessions=sum(n.sessions for n in numbers),
            observations=sum(n.observations for n in numbers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running sync is."""

    files: int
    """Transcripts read so far, of ``files_total`` that have something new."""
    files_total: int
    bytes: int
    bytes_total: int
    sessions: int
    observations: int
    indexed: int = 0
    """Rows of a new search index so far, of ``to_index``; 0: none is made."""
    to_index: int = 0
