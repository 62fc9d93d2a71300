"""What an agent may see: the project it works in, and what holds everywhere."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from memtui.errors import NotFound
from memtui.inject.gather import groups_of, project_at
from memtui.inject.place import locate
from memtui.model import Agent, Memory, Project, Session, State
from memtui.settings import Settings
from memtui.store.queries import StoreView, View

DAY_MS: Final = 86_400_000
_FOLDERS: Final = ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR")
"""Variables in which a client names the project that a session works in."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The store as one agent sees it."""

    store: StoreView
    settings: Settings
    project: Project | None
    """Where the agent works; None: in no project that is known."""
    view: View

    @property
    def everywhere(self) -> bool:
        """The person lets agents see every project."""
        return self.view.project is None

    def memory(self, id_: str) -> Memory:
        """One memory by its id or the only one that begins so.

        Raises:
            NotFound: there is none, or not for this agent: it is told the same.
        """
        found = self.store.memory(id_)
        if found.state is State.PRUNED or not (
            self.everywhere
            or self._holds(found.project)
            or found.scope in self.view.layers
        ):
            raise NotFound(f"There is no memory {id_}.")
        return found

    def holds(self, memory: Memory) -> bool:
        """Whether it stems from where this agent may look up sessions."""
        return self.everywhere or self._holds(memory.project)

    def session(self, id_: str) -> Session:
        """One session by its id or the only one that begins so.

        Raises:
            NotFound: there is none, or not for this agent.
        """
        found = self.store.session(id_)
        if not (self.everywhere or self._holds(found.project)):
            raise NotFound(f"There is no session {id_}.")
        return found

    def _holds(self, project: Project | None) -> bool:
        return project is not None and project == self.project


def seen(
    store: StoreView, settings: Settings, folder: Path, agent: Agent | None
) -> Seen:
    """What an agent that works in a folder may see."""
    # As a session's start sees it: a folder without git belongs to no parent.
    project = project_at(store, locate(folder))
    days = settings.history_days
    since = time.time_ns() // 1_000_000 - days * DAY_MS if days else None
    whole = View(since=since, types=settings.types)
    if settings.mcp_all_projects:
        return Seen(store, settings, project, whole)
    layers = ["global", *(f"group:{n}" for n in groups_of(store, settings, project))]
    if agent is not None:
        layers.append(f"agent:{agent}")
    # No project of this id: what is left is what holds everywhere.
    own = project.id if project else ""
    view = replace(whole, project=own, layers=tuple(layers))
    return Seen(store, settings, project, view)


def working_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The folder that the session which started this process works in."""
    known = os.environ if environ is None else environ
    for name in _FOLDERS:
        if known.get(name, "").startswith("/"):
            return Path(known[name])
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path(known.get("PWD", "/"))
