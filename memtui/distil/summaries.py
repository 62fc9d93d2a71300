"""What the client itself summed up: compaction and away summaries."""

from collections.abc import Iterator

from memtui.distil import rules, words
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.statements import (
    details_of,
    head_of,
    signals_in,
    stated_in,
    texts_of,
)
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_AWAY = 1_500
"""A shorter summary is a recap of a few sentences."""


class Summaries:
    """The last long and the last short summary of a session.

    A later compaction tells again what an earlier one told.
    """

    def __init__(self) -> None:
        self._long: tuple[int, Record] | None = None
        self._short: tuple[int, Record] | None = None

    def take(self, turn: Turn) -> None:
        """What was summed up in one more turn."""
        for step in turn.of(RecordKind.SUMMARY):
            if len(step.text) >= _AWAY:
                self._long = turn.number, step
            else:
                self._short = turn.number, step

    def drafts(self) -> Iterator[Draft]:
        """One draft for each section that states facts, and one of the recap."""
        if self._long:
            yield from _sections(*self._long)
        if self._short:
            yield from _recap(*self._short)


def _recap(turn: int, record: Record) -> Iterator[Draft]:
    stated = stated_in(record.text)
    if stated:
        head = head_of(stated)
        yield Draft(
            rule="recap", record=record, quote=head.unit.raw, title=head.text,
            details=texts_of(details_of(stated, head, 4)), type="progress",
            signals=head.signals, turn=turn,
        )  # fmt: skip


def _sections(turn: int, record: Record) -> Iterator[Draft]:
    stated = stated_in(record.text, later=True)
    for block in sorted({one.unit.block for one in stated}):
        inside = [
            one for one in stated if one.unit.block == block and not one.unit.leads
        ]
        if not inside:
            continue
        default = section_type(inside[0].unit.under)
        if not default:
            continue
        head = head_of(inside)
        details = details_of(inside, head, 4)
        found, seen = signals_in(details), head.signals | head.labelled
        if default == rules.RULES["summary"].type and seen & rules.DOES:
            default = "change"
        yield Draft(
            rule="summary", record=record, quote=head.unit.raw, title=head.text,
            details=texts_of(details),
            type=type_of(seen, found, set(), default),
            signals=head.signals | {f"body_{name}" for name in found},
            turn=turn,
        )  # fmt: skip


def section_type(under: tuple[str, ...]) -> str:
    """What a section below these headings makes; empty: nothing."""
    for heading in under:
        for pattern, name in words.SUMMARY_SECTIONS:
            if pattern.search(heading):
                return name
    return rules.RULES["summary"].type
