"""What is never sent: private projects, and sessions that a person excluded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Final, Self

from memtui import paths
from memtui.model import Memory, Project, Session, SessionKind
from memtui.records import Record
from memtui.settings import Settings
from memtui.store.queries import StoreView

PRIVATE: Final = "of a private project"
EXCLUDED: Final = "excluded"
AUTOMATED: Final = "automated or of a subagent"


@dataclass(frozen=True, slots=True)
class Privacy:
    """The private projects, by UUID and by every folder that they are known by."""

    projects: frozenset[str]
    folders: tuple[str, ...]
    sessions: frozenset[str]
    """Native ids of those of which no memory is told either: what a person excluded,
    and what so much as worked in a private folder."""

    @classmethod
    def of(cls, settings: Settings, view: StoreView) -> Self:
        """As the config says now."""
        patterns = [_full(one) for one in settings.private_projects]
        excluded = frozenset(view.excluded_sessions())
        if not patterns:
            return cls(frozenset(), (), excluded)
        private = [
            place
            for place in view.places()
            if _is_meant((place.project.name, *place.roots), patterns)
        ]
        named = tuple(one for one in patterns if one.startswith("/"))
        folders = (*named, *(root for place in private for root in place.roots))
        inside = [one for one in view.folders() if _is_inside(one, folders)]
        return cls(
            frozenset(place.project.id for place in private),
            folders,
            excluded | view.sessions_in(inside),
        )

    def withholds(self, session: Session) -> str:
        """Why a session is not sent, in words; empty: it may be."""
        if session.excluded:
            return EXCLUDED
        if session.kind is not SessionKind.INTERACTIVE:
            return AUTOMATED
        return PRIVATE if self.hides(session.project) else ""

    def hides(self, project: Project | None) -> bool:
        """Whether a project is private."""
        return project is not None and (
            project.id in self.projects or _is_inside(project.path, self.folders)
        )

    def withholds_any(self, records: Sequence[Record]) -> bool:
        """Whether a session worked in a private folder, be it its own or not."""
        if not self.folders:
            return False
        folders = {record.cwd for record in records}
        return any(_is_inside(one, self.folders) for one in folders)

    def may_tell(self, memory: Memory) -> bool:
        """Whether a memory may be told: not of a session that is never sent."""
        return memory.session not in self.sessions


def _is_inside(folder: str, folders: Collection[str]) -> bool:
    if not folder:
        return False
    return _is_meant([folder, *map(str, PurePath(folder).parents)], folders)


def _is_meant(names: Collection[str], patterns: Collection[str]) -> bool:
    return any(fnmatchcase(name, one) for name in names for one in patterns)


def _full(pattern: str) -> str:
    """A pattern with the person's home in the place of ``~``."""
    if pattern.startswith("~/"):
        pattern = f"{paths.home()}{pattern[1:]}"
    return pattern.rstrip("/") or pattern
