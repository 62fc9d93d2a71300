"""Why a memory is known, and where the next session would read it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from memtui.errors import MemtuiError
from memtui.model import Agent, Memory, Project, State, Trust
from memtui.settings import Settings
from memtui.store.curate.frozen import BUNDLED, BY_HAND, IMPORTED, MODEL, TEAM
from memtui.store.queries import StoreView

if TYPE_CHECKING:  # most of what injecting needs is not there before first paint
    from memtui.inject.values import Injection


def because(memory: Memory) -> str:
    """The rule's own words; its name where it has none."""
    from memtui.distil.rules import RULES  # compiles its cues; not before first paint

    if memory.rule == BY_HAND:
        wrote = memory.trust is Trust.USER
        return "You wrote it yourself" if wrote else "An agent asked to remember it"
    if memory.rule in IMPORTED:
        return f"{memory.rule} kept it; you brought it in"
    if memory.rule == TEAM:
        return "Somebody shared it with the team; you pulled it"
    if memory.rule == BUNDLED:
        return "It came with somebody else's bundle"
    if memory.rule == MODEL:
        return "A model proposed it"
    rule = RULES.get(memory.rule)
    return rule.because if rule else memory.rule


def place_of(view: StoreView, settings: Settings, memory: Memory) -> str:
    """Its rank in what the next session of its project reads, in words.

    Of a candidate: the rank that it would have, were it kept.
    """
    from memtui.inject.values import Cut, Item

    project = memory.project
    if project is None or memory.state is State.PRUNED:
        return ""
    try:
        chosen = _chosen(view, settings, memory, project)
    except MemtuiError:
        return ""
    total = sum(1 for item in chosen.items if item.memory is not None)
    every: list[Item | Cut] = [*chosen.items, *chosen.cut]
    one = next((one for one in every if one.id == memory.id), None)
    if isinstance(one, Item):
        return f"rank {one.rank} of {total} in {project.name}, {one.units} units"
    if one is not None:
        return f"not injected into {project.name}: {one.reason}"
    return ""


def _chosen(
    view: StoreView, settings: Settings, memory: Memory, project: Project
) -> "Injection":
    from memtui.inject.gather import Layer, inject
    from memtui.inject.values import Source

    if memory.state is State.KEPT:
        return inject(view, settings, project, Source.STARTUP, memory.branch)

    class IfKept(Layer):
        """The project's texts as they would be with this one kept."""

        def memories(self) -> list[Memory]:
            known = [one for one in Layer.memories(self) if one.id != memory.id]
            return [*known, replace(memory, state=State.KEPT)]

    known = view.places([project.id])
    layer = IfKept(view, settings, known[0])
    return layer.injection(Source.STARTUP, memory.branch, None, Agent.CLAUDE_CODE)
