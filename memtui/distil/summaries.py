"""What the client itself summed up: compaction and away summaries."""

from collections.abc import Iterator

from memtui.distil.answers import labelled, useful_units
from memtui.distil.drafts import Draft
from memtui.distil.signals import bare, kind_of, signals_of, worth
from memtui.distil.turns import Turn
from memtui.model import RecordKind

_AWAY = 1_500
"""A shorter summary is a recap of a few sentences."""


def from_summaries(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each section of a summary that states facts."""
    for turn in turns:
        for record in turn.steps:
            if record.kind is not RecordKind.SUMMARY:
                continue
            stated = useful_units(record.text)
            if len(record.text) < _AWAY:
                if stated:
                    yield Draft(
                        rule="recap", record=record, quote=stated[0].raw,
                        title=bare(stated[0].text),
                        details=tuple(labelled(u) for u in stated[1:6]),
                        type="progress", signals=frozenset(signals_of(record.text)),
                        turn=turn.number,
                    )  # fmt: skip
                continue
            for block in sorted({u.block for u in stated}):
                inside = [u for u in stated if u.block == block]
                head = max(inside, key=lambda u: worth(u.text))
                found = signals_of(" ".join(u.text for u in inside[:6]))
                yield Draft(
                    rule="summary", record=record, quote=head.raw,
                    title=bare(head.text),
                    details=tuple(labelled(u) for u in inside if u is not head)[:6],
                    type=kind_of(found, "discovery"),
                    signals=frozenset(found), turn=turn.number,
                )  # fmt: skip
