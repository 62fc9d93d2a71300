"""The words that end a turn: the densest source, condensed to what is so."""

from collections.abc import Iterator

from memtui.distil import rules
from memtui.distil.drafts import Draft
from memtui.distil.signals import (
    bare,
    effective_length,
    is_idle,
    kind_of,
    signals_of,
    worth,
)
from memtui.distil.strip import without_injected
from memtui.distil.text import Unit, units
from memtui.distil.turns import Turn
from memtui.model import Record

_MOST_DETAILS = 8


def from_answers(turns: list[Turn]) -> Iterator[Draft]:
    """An outcome or a finding for each turn that has one."""
    for turn in turns:
        if turn.answer:
            draft = _draft(turn, turn.answer)
            if draft:
                yield draft


def useful_units(text: str) -> list[Unit]:
    """The units that state something, outside sections that weigh or offer."""
    return [
        unit
        for unit in units(without_injected(text))
        if not rules.SKIP_HEADINGS.match(unit.heading)
        and not is_idle(unit)
        and effective_length(unit.text) >= 16
    ]


def _draft(turn: Turn, answer: Record) -> Draft | None:
    stated = useful_units(answer.text)
    if not stated:
        return None
    head = next((u for u in stated if not u.item), stated[0])
    if effective_length(bare(head.text)) < 30:
        head = max(stated, key=lambda u: worth(u.text))
    rest = sorted((u for u in stated if u is not head), key=lambda u: -worth(u.text))
    chosen = set(map(id, rest[:_MOST_DETAILS]))
    details = tuple(labelled(u) for u in stated if id(u) in chosen)
    found = signals_of(" ".join((head.text, *details)))
    found |= {f"head_{name}" for name in signals_of(head.text)}
    if turn.last:
        found.add("last_turn")
    if details:
        found.add("body")
    rule = "outcome" if turn.writes else "finding"
    return Draft(
        rule=rule, record=answer, quote=head.raw, title=bare(head.text), details=details,
        type=kind_of(found, "change" if turn.writes else "discovery"),
        signals=frozenset(found), files=turn.writes[:12], turn=turn.number,
    )  # fmt: skip


def labelled(unit: Unit) -> str:
    """A list item with the label it opened with."""
    return f"{unit.label}: {unit.text}" if unit.label else bare(unit.text)
