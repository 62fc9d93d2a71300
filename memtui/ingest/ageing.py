"""Which sessions are past the time that a person chose for their project."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from memtui.inject.groups import members_at
from memtui.model import Project
from memtui.search.dates import span_of
from memtui.settings import Settings
from memtui.store.queries import StoreView

EVERY: Final = "*"
"""In the place of a folder: every project that has no time of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Sessions of one project that are past their time."""

    project: Project | None
    """None: those that belong to none."""
    age: str
    """How long they were to stay, as the config says it."""
    sessions: tuple[str, ...]
    """Native ids, the oldest first. Of none was anything decided."""


def aged(view: StoreView, settings: Settings, now_ms: int) -> Iterator[Aged]:
    """What the config's ``[retention]`` would let go, by project; often nothing."""
    chosen = settings.retention
    for listed in view.listed_projects() if chosen else ():
        age = _age(chosen, listed.roots)
        yield from _past(view, listed.project, age, now_ms)
    if EVERY in chosen:
        yield from _past(view, None, chosen[EVERY], now_ms)


def _age(chosen: Mapping[str, str], roots: tuple[str, ...]) -> str:
    named = [folder for folder in chosen if members_at(roots, [folder])]
    return chosen[named[0]] if named else chosen.get(EVERY, "")


def _past(
    view: StoreView, project: Project | None, age: str, now_ms: int
) -> Iterator[Aged]:
    span = span_of(age, now_ms=now_ms) if age else None
    if span is None:
        return
    sessions = view.aged(project.id if project else "", span[0])
    if sessions:
        yield Aged(project=project, age=age, sessions=tuple(sessions))
