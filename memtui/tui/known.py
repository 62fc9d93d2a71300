"""Why a memory is known, and where the next session would read it."""

from memtui.errors import MemtuiError
from memtui.model import Memory, State
from memtui.settings import Settings
from memtui.store.queries import StoreView


def because(memory: Memory) -> str:
    """The rule's own words; its name where it has none."""
    from memtui.distil.rules import RULES  # compiles its cues; not before first paint

    rule = RULES.get(memory.rule)
    return rule.because if rule else memory.rule


def place_of(view: StoreView, settings: Settings, memory: Memory) -> str:
    """Its rank in what the next session of its project reads, in words."""
    from memtui.inject.export import inject
    from memtui.inject.values import Source

    if memory.project is None or memory.state is not State.KEPT:
        return ""
    try:
        chosen = inject(view, settings, memory.project, Source.STARTUP, memory.branch)
    except MemtuiError:
        return ""
    total = sum(1 for item in chosen.items if item.memory is not None)
    for item in chosen.items:
        if item.id == memory.id:
            where = f"in {memory.project.name}, {item.units} units"
            return f"rank {item.rank} of {total} {where}"
    for cut in chosen.cut:
        if cut.id == memory.id:
            return f"not injected into {memory.project.name}: {cut.reason}"
    return ""
