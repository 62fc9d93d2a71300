"""What the next session of a project reads, and what earlier ones were told."""

from dataclasses import dataclass
from typing import Final

from memtui.inject.gather import inject
from memtui.inject.place import Place, printed
from memtui.inject.render import fenced, from_envelope
from memtui.inject.values import Injection, Source
from memtui.model import Project
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.queries import StoreView, View
from memtui.tui.desk import Desk

SESSIONS: Final = 50
"""Newest sessions of a project that are asked what they received."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the last session of a project received."""

    at: int
    export: str
    text: str
    """From fence to fence, as its transcript shows it."""


def last_delivered(view: StoreView, project: Project | None) -> Delivered | None:
    """The newest proof that a session of the project was told something."""
    if project is None:
        return None
    shown = View(project=project.id, hidden=True)
    found = [
        delivery
        for session in view.sessions(view=shown, limit=SESSIONS)
        for delivery in view.deliveries(session)
        if delivery.export
    ]
    if not found:
        return None
    last = max(found, key=lambda one: one.at)
    return Delivered(last.at, last.export, fenced(last.text))


def chosen_for(
    view: StoreView, settings: Settings, project: Project | None, source: Source
) -> Injection:
    """What is told on the branch that was worked on last."""
    branch = ""
    if project is not None:
        newest = view.sessions(view=View(project=project.id), limit=1)
        branch = newest[0].branch if newest else ""
    return inject(view, settings, project, source, branch)


def likely(view: StoreView, looked_at: Project | None) -> Project | None:
    """A project to show where none was chosen: rather one that is told something."""
    asked = parse("is:kept", now_ms=0)
    if looked_at and view.count(asked, View(project=looked_at.id), cap=1):
        return looked_at
    kept = next(iter(view.memories(asked, limit=1)), None)
    if kept is not None and kept.project is not None:
        return kept.project
    return looked_at or next(iter(view.projects()), None)


def printed_now(desk: Desk, project: Project | None, chosen: Injection) -> str | None:
    """What the hook prints there now; None where nothing was exported."""
    if project is None or not project.path:
        return None
    place = Place(project.path, project.path, chosen.branch)
    try:
        file = printed(desk.data, place, chosen.source)
        return from_envelope(file.read_bytes()) if file else None
    except (OSError, ValueError):
        return None
