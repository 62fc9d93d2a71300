"""Why it failed: what the agent found out between a failure and its cure."""

from collections.abc import Iterator

from memtui.distil.answers import labelled, useful_units
from memtui.distil.drafts import Draft
from memtui.distil.signals import bare, signals_of, worth
from memtui.distil.turns import Turn
from memtui.model import RecordKind


def from_causes(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each explanation that work followed."""
    for turn in turns:
        failing = False
        for index, step in enumerate(turn.steps):
            if step.kind is RecordKind.TOOL_RESULT:
                failing = failing or step.failed
                continue
            if step.kind is not RecordKind.RESPONSE or step is turn.answer:
                continue
            stated = useful_units(step.text)
            told = [u for u in stated if signals_of(u.text) & {"cause", "limit"}]
            if not told:
                continue
            head = max(told, key=lambda u: worth(u.text))
            found = signals_of(head.text) | {"middle"}
            if failing:
                found.add("after_failure")
            if any(s.writes and not s.failed for s in turn.steps[index : index + 12]):
                found.add("mended")
            yield Draft(
                rule="cause", record=step, quote=head.raw, title=bare(head.text),
                details=tuple(labelled(u) for u in stated if u is not head)[:5],
                type="gotcha", signals=frozenset(found), turn=turn.number,
            )  # fmt: skip
            failing = False
