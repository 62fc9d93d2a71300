"""Plans that the person approved: decided, with the reasons they give."""

from collections.abc import Iterator

from memtui.distil.answers import labelled, useful_units
from memtui.distil.drafts import Draft
from memtui.distil.signals import bare, signals_of, worth
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool


def from_plans(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each plan; a refused one gives none, a newer one wins."""
    for turn in turns:
        refused = {s.call for s in turn.steps if s.failed and s.call}
        for record in turn.steps:
            if record.kind is not RecordKind.TOOL_USE or record.tool is not Tool.PLAN:
                continue
            if record.failed or record.call in refused:
                continue
            stated = useful_units(record.text)
            if not stated:
                continue
            name = next((line for line in record.text.splitlines() if line.strip()), "")
            title = plain(name.lstrip("# ")).removeprefix("Plan:").strip()
            best = sorted(stated, key=lambda u: -worth(u.text))[:6]
            yield Draft(
                rule="plan", record=record, quote=name,
                title=bare(title) or bare(stated[0].text),
                details=tuple(labelled(u) for u in stated if u in best),
                signals=frozenset(signals_of(record.text[:1200])), turn=turn.number,
            )  # fmt: skip
