"""Why it failed: what the agent found out between a failure and its cure."""

from collections.abc import Iterator, Sequence

from memtui.distil import deeds, near, words
from memtui.distil.drafts import Draft
from memtui.distil.families import families_of, is_of
from memtui.distil.kinds import type_of
from memtui.distil.signals import effective_length, is_idle_at_sight, opened
from memtui.distil.statements import Stated, details_of, stated_in, texts_of
from memtui.distil.strip import without_injected
from memtui.distil.text import Unit, units
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_AHEAD = 12
"""A cure comes within so many steps."""
_EXPLAINS = frozenset({"cause", "limit"})
_NO_REASONS = frozenset({"advice", "open", "perhaps", "planning", "offer"})
"""Cues of one that is none, whatever else it says."""
_LEAST = 40
_REFUTED = 0.25
"""Shared words from which a new explanation after a new failure replaces the old."""


def from_causes(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each explanation that held until the end of its turn."""
    for turn in turns:
        found = list(_in_turn(turn))
        for index, draft in enumerate(found):
            if not any(_refutes(later, draft) for later in found[index + 1 :]):
                yield draft


def _in_turn(turn: Turn) -> Iterator[Draft]:
    failing = False
    for index, step in enumerate(turn.steps):
        if step.kind is RecordKind.TOOL_RESULT:
            failing = failing or step.failed
        elif step.kind is RecordKind.RESPONSE and step is not turn.answer:
            ahead = turn.steps[index + 1 : index + 1 + _AHEAD]
            draft = _draft(turn, step, failing, ahead)
            if draft:
                yield draft
                failing = False


def _draft(
    turn: Turn, step: Record, failing: bool, ahead: Sequence[Record]
) -> Draft | None:
    mended = any(s.writes and not s.failed for s in ahead)
    if not (failing or mended):
        return None
    text = step.text if step.text.isascii() else step.text.replace("’", "'")
    if not is_of(text, _EXPLAINS):
        return None
    text = deeds.SO_THEN.sub("", text)
    if not any(map(_may_explain, units(without_injected(text)))):
        return None
    stated = stated_in(text)
    told = [one for one in stated if _explains(one)]
    if not told:
        return None
    head = max(told, key=lambda one: one.worth + (0.4 if "fits" in one.signals else 0))
    place = {"middle", *turn.place}
    if failing:
        place.add("after_failure")
    if mended:
        place.add("mended")
    if words.RETRACTS.match(step.text.lstrip("*_# ")):
        place.add("retracts")
    details = texts_of(details_of(stated, head, 3))
    return Draft(
        rule="cause", record=step, quote=head.unit.raw, title=head.text,
        details=details, type=type_of(head.signals, set(), place, "gotcha"),
        signals=head.signals | place, turn=turn.number,
    )  # fmt: skip


def _may_explain(unit: Unit) -> bool:
    """Whether it is worth all its signals: of three texts with such words one is."""
    if unit.leads or effective_length(f"{unit.label}: {unit.text}") < _LEAST:
        return False
    if is_idle_at_sight(unit.text):
        return False
    if "[redacted" in unit.text or '"' in unit.text:
        return True  # what is cut out and what is quoted does not count
    found = families_of(unit.text)
    return not found.isdisjoint(_EXPLAINS) and found.isdisjoint(_NO_REASONS)


def _explains(one: Stated) -> bool:
    if one.signals & {"advice", "open"} or deeds.NEXT_STEP.match(opened(one.text)):
        return False
    if words.NO.match(opened(one.unit.text).lower()):
        return False  # it answers somebody, and names no cause
    said = one.unit.text
    if words.TOOL_MECHANICS.search(said) or deeds.INTENDS.search(said):
        return False
    if one.unit.leads or effective_length(one.text) < _LEAST or "vague" in one.signals:
        return False
    return bool(one.signals & _EXPLAINS) and "perhaps" not in one.signals


def _refutes(later: Draft, draft: Draft) -> bool:
    """Whether a later explanation took this one's place: it had not helped."""
    if not later.signals & {"after_failure", "retracts"}:
        return False
    shared = near.jaccard(near.bag_of(later.text), near.bag_of(draft.text))
    return shared >= _REFUTED or (
        "retracts" in later.signals and bool(opened(draft.title)) and shared > 0.1
    )
