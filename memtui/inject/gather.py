"""What a place is told, gathered from the store: memories, layers, recent work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from memtui.inject import recent, render
from memtui.inject.choose import choose_each
from memtui.inject.groups import groups_at, members_at
from memtui.inject.place import (
    DEFAULT,
    Place,
    has_file,
    is_exportable,
    locate,
    main_tree,
)
from memtui.inject.values import TEXTS, Injection, RecentSession, Source
from memtui.model import Agent, Memory, Project
from memtui.settings import InjectWhen, Settings
from memtui.store.queries import StoreView
from memtui.store.views.surroundings import NOWHERE, KnownPlace, Surroundings


def inject(
    view: StoreView,
    settings: Settings,
    project: Project | None,
    source: Source = Source.STARTUP,
    branch: str = "",
    *,
    budget: int | None = None,
    auto: bool = False,
    agent: Agent = Agent.CLAUDE_CODE,
) -> Injection:
    """What the next session of a project is told.

    Args:
        project: None: a place that belongs to none; the global layer alone.
        branch: counts where it is one of those that have a text of their own.
        auto: as if every candidate above the default confidence were kept.
    """
    if auto:
        every = dict.fromkeys(settings.types, InjectWhen.AUTO)
        settings = replace(settings, inject={**every, **_never(settings)})
    known = _known(view, project)
    return Layer(view, settings, known).injection(source, branch, budget, agent)


def preview(
    view: StoreView,
    settings: Settings,
    path: Path,
    source: Source = Source.STARTUP,
    *,
    budget: int | None = None,
    auto: bool = False,
    agent: Agent = Agent.CLAUDE_CODE,
) -> Injection:
    """What a session started in this folder is told, once all is exported."""
    place = locate(path)
    project = project_at(view, place)
    branch = place.branch if place else ""
    return inject(
        view, settings, project, source, branch, budget=budget, auto=auto, agent=agent
    )


def groups_of(
    view: StoreView, settings: Settings, project: Project | None
) -> tuple[str, ...]:
    """Names of the groups that a project is in."""
    return groups_at_place(_known(view, project), settings.groups)


def project_at(view: StoreView, place: Place | None) -> Project | None:
    """The project whose text the hook prints at a place; never a parent's."""
    for root in place.roots if place else ():
        found = view.project_of_root(root) if is_exportable(root) else None
        if found:
            return found
    return None


EVERYWHERE: Final = KnownPlace(
    project=Project(id="", name="", path=""), common_dir="", roots=(DEFAULT,)
)
"""The global layer, as a place of its own."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Everything that the texts of one project are chosen from, read once."""

    view: StoreView
    settings: Settings
    known: KnownPlace
    wide: Sequence[Memory] | None = None
    """What ``told_beyond`` gave, where many places are asked for; None: it is read."""

    @property
    def project(self) -> Project | None:
        return self.known.project if self.known.project.id else None

    def memories(self) -> list[Memory]:
        own = _told_of(self.view, self.settings, self.project) if self.project else []
        wide = self.wide
        if wide is None:
            wide = told_beyond(self.view, self.settings)
        groups = groups_at_place(self.known, self.settings.groups)
        others = {f"group:{name}" for name in groups} | {"global"}
        return own + [
            m for m in wide if m.scope in others or m.scope.startswith("agent:")
        ]

    def budget(self, source: Source) -> int:
        """Units of a text: of this folder's, else of this source's, else of any."""
        known, text = self.settings.budgets, source.text.value
        roots = {main_tree(self.known.common_dir), *self.known.roots}
        for end in (f"@{text}", ""):
            named = {n: n.removesuffix(end) for n in known if n.endswith(end)}
            for name, folder in named.items():
                if members_at(roots, [folder]):
                    return known[name]
        return known.get(text, self.settings.budget)

    def around(self) -> Surroundings:
        return self.view.surroundings(self.project) if self.project else NOWHERE

    def injection(
        self, source: Source, branch: str, budget: int | None, agent: Agent
    ) -> Injection:
        around = self.around()
        (told,) = _chosen(
            self, self.memories(), around, [source],
            branch if branch in _branches(around) else "", budget, agent,
        )  # fmt: skip
        return told


def told_beyond(view: StoreView, settings: Settings) -> list[Memory]:
    """What may be told in more than one project; of groups, in those of the group."""
    return _told_of(view, settings, None)


def _told_of(
    view: StoreView, settings: Settings, project: Project | None
) -> list[Memory]:
    auto = [
        name for name in settings.types if settings.injects(name) is InjectWhen.AUTO
    ]
    return view.injectable(
        project.id if project else None,
        auto_types=auto,
        auto_confidence=settings.auto_confidence,
        team=settings.team_inject == "auto",
    )


def _chosen(
    layer: Layer,
    memories: Sequence[Memory],
    around: Surroundings,
    sources: Iterable[Source],
    branch: str,
    budget: int | None = None,
    agent: Agent | None = None,
) -> list[Injection]:
    newest = around.newest_at or max((m.at for m in memories), default=0)
    return choose_each(
        memories,
        sources,
        budget=lambda source: layer.budget(source) if budget is None else budget,
        project=layer.project,
        branch=branch,
        recent_files={name for s in around.sessions for name in s.files},
        recent_sessions=_recent(around),
        settings=layer.settings,
        newest_at=newest,
        agent=agent,
    )


@lru_cache(maxsize=8)  # the texts of a project's branches and sources share it
def _recent(around: Surroundings) -> tuple[RecentSession, ...]:
    """The project's newest sessions, with what keeps any of them from being told."""
    sessions = [
        RecentSession(
            id=s.id, at=s.at, prompt=s.asked[0] if s.asked else "", then=s.asked[1:],
            named=s.named, files=s.files, branch=s.branch, left_out=s.left_out,
        )
        for s in around.sessions
        if s.asked or s.named
    ]  # fmt: skip
    return tuple(recent.quieted(sessions, around.quiet))


def texts_of(layer: Layer) -> dict[tuple[Agent | None, Source, str], bytes]:
    """The files of one project, by agent, source and branch.

    Those of agent None are for all; an agent has its own where a memory for it
    alone makes them differ, and then all of them.
    """
    memories, around = layer.memories(), layer.around()
    for_all = _texts(layer, memories, around, None)
    texts: dict[tuple[Agent | None, Source, str], bytes] = {
        (None, *key): text for key, text in for_all.items()
    }
    apart = {memory.scope for memory in memories}
    for agent in Agent:
        if f"agent:{agent}" in apart:
            own = _texts(layer, memories, around, agent)
            if own != for_all:
                texts |= {(agent, *key): text for key, text in own.items()}
    return texts


def _texts(
    layer: Layer,
    memories: Sequence[Memory],
    around: Surroundings,
    agent: Agent | None,
) -> dict[tuple[Source, str], bytes]:
    """One agent's files; a branch has one where its text differs."""
    made = {memory.branch for memory in memories}
    # To any other branch nothing is nearer than to the next one.
    own = [branch for branch in _branches(around) if branch in made]
    texts: dict[tuple[Source, str], bytes] = {}
    for branch in ("", *own):
        for told in _chosen(layer, memories, around, TEXTS, branch, agent=agent):
            text = render.envelope(told.text)
            # A place with memories that its budget has no room for is told nothing:
            # without a file of its own it would be told what other places are.
            if (text or told.is_out_of_room) and text != texts.get((told.source, "")):
                texts[told.source, branch] = text
    return texts


def _branches(around: Surroundings) -> tuple[str, ...]:
    return tuple(branch for branch in around.branches if has_file(branch))


def _known(view: StoreView, project: Project | None) -> KnownPlace:
    if project is None:
        return EVERYWHERE
    found = view.places([project.id])
    return found[0] if found else KnownPlace(project=project, common_dir="", roots=())


def _never(settings: Settings) -> dict[str, InjectWhen]:
    return {n: w for n, w in settings.inject.items() if w is InjectWhen.NEVER}


def groups_at_place(
    known: KnownPlace, groups: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Names of the groups that one of the project's folders is in."""
    return groups_at({main_tree(known.common_dir), *known.roots}, groups)
