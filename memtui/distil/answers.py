"""The words that end a turn: the densest source, condensed to what is so."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memtui.distil import near, rules, words
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import (
    bare,
    effective_length,
    is_idle,
    signals_of,
    unit_signals,
    worth,
)
from memtui.distil.speech import speech_of
from memtui.distil.strip import without_injected
from memtui.distil.text import Unit, units
from memtui.distil.turns import Turn
from memtui.model import Record

_URL = re.compile(r"https?://\S+")
_MOST_DETAILS = 5
_MOST_REASONS = 2
_LEAST_REASON = 50
_LEAST_HEAD = 30
_LEAST_UNIT = 16
_PROSE_GAIN = 0.7
"""A sentence makes a better title than a list item, a leading one most of all."""
_LEAD_GAIN = 0.9
"""And one that introduces the list of what was done even more."""
_NO_TITLE = frozenset({"question", "vague", "short", "limit", "cause", "pointing"})
_LEAD = 2
_FIT_GAIN = 0.5
"""And one that needs no cutting a better one still."""
_POINTING_LOSS = 0.8
"""One that points at the sentence before it is none."""
_LATER_LOSS = 0.15
"""The lead of an answer is written to be its title."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A unit that states something, with what can be seen in it."""

    unit: Unit
    signals: frozenset[str]
    worth: float

    @property
    def text(self) -> str:
        """As a line of a body: with the label it opened with."""
        if self.unit.label:
            return f"{self.unit.label}: {self.unit.text}"
        said = (
            words.DANGLING.sub("", self.unit.text)
            if self.unit.leads
            else self.unit.text
        )
        return bare(said)


def stated_in(text: str, *, later: bool = False) -> list[Stated]:
    """What a text states, outside sections that weigh, praise or offer.

    Args:
        text: Markdown.
        later: sections of what is still to be done count too.
    """
    found: list[Stated] = []
    for unit in units(without_injected(text)):
        if words.SKIP_HEADINGS.match(unit.heading) or words.CLIENT.search(unit.text):
            continue
        if not later and words.LATER_HEADINGS.match(unit.heading):
            continue
        if rules.COMMIT_PREFIX.match(unit.text):
            continue
        if effective_length(_URL.sub("", unit.text)) < _LEAST_UNIT:
            continue
        signals = unit_signals(unit)
        if not is_idle(signals):
            found.append(Stated(unit, frozenset(signals), worth(signals)))
    return found


def head_of(stated: Sequence[Stated]) -> Stated:
    """The statement that makes the best title of them."""

    def gain(pair: tuple[int, Stated]) -> float:
        index, one = pair
        gained = one.worth - _LATER_LOSS * min(index, 8)
        if one.unit.leads:
            whole = not words.DANGLING.search(one.unit.text)
            gained += _LEAD_GAIN if "claimed" in one.signals else 0.0
            gained -= 0.0 if whole or "claimed" in one.signals else 1.0
        elif not one.unit.item:
            gained += _PROSE_GAIN if index < _LEAD else _PROSE_GAIN / 3
        gained += _FIT_GAIN if "fits" in one.signals else 0.0
        gained -= _POINTING_LOSS if "pointing" in one.signals else 0.0
        return gained - (2.0 if effective_length(one.text) < _LEAST_HEAD else 0.0)

    return max(enumerate(stated), key=gain)[1]


def details_of(stated: Sequence[Stated], head: Stated, most: int) -> tuple[str, ...]:
    """The weightiest other statements in the order they were made."""
    said = near.bag_of(head.text)
    others = [
        one
        for one in stated
        if one is not head
        and not one.unit.leads
        and one.worth > rules.LEAST_DETAIL
        and near.contained(near.bag_of(one.text), said) < 0.8
    ]
    best = sorted(others, key=lambda one: -one.worth)[:most]
    return tuple(one.text for one in others if one in best)


def from_answers(turns: list[Turn]) -> Iterator[Draft]:
    """An outcome or a finding for each turn that has one."""
    for turn in turns:
        if turn.answer:
            stated = stated_in(turn.answer.text)
            reasons = [one for one in stated if is_reason(one)][:_MOST_REASONS]
            for one in reasons:
                yield reason_draft(turn, turn.answer, one, stated)
            rest = [one for one in stated if one not in reasons]
            if rest:
                yield _draft(turn, turn.answer, rest)


def is_reason(one: Stated) -> bool:
    """Whether a statement explains on its own: specific, sure, with its why."""
    if one.unit.leads or "claimed" in one.signals:
        return False
    if effective_length(one.text) < _LEAST_REASON:
        return False
    if one.signals & {"vague", "perhaps", "pointing", "address"}:
        return False
    if words.ADVICE.search(one.text):
        return False
    if {"cause", "limit"} <= one.signals:
        return True
    return "barrier" in one.signals and bool(one.signals & {"named", "path"})


def reason_draft(
    turn: Turn, record: Record, one: Stated, stated: Sequence[Stated]
) -> Draft:
    """The statement with what stands beside it in its section."""
    beside = [s for s in stated if s.unit.block == one.unit.block]
    place = place_of(turn)
    return Draft(
        rule="cause", record=record, quote=one.unit.raw, title=one.text,
        details=details_of(beside, one, 2), turn=turn.number,
        type=type_of(one.signals, set(), place, "gotcha"),
        signals=one.signals | place,
    )  # fmt: skip


def _draft(turn: Turn, answer: Record, stated: Sequence[Stated]) -> Draft:
    head = head_of(stated)
    details = details_of(stated, head, _MOST_DETAILS)
    title, quote, signals = head.text, head.unit.raw, head.signals
    wish = _wish(turn) if _needs_a_title(head) else ""
    if wish:
        details = (head.text, *details[: _MOST_DETAILS - 1])
        title, signals = wish, head.signals | signals_of(wish)
    inside = signals_of(" ".join(details)) if details else set()
    place = place_of(turn)
    if asks_back(answer.text):
        place.add("asks_back")
    if details:
        place.add("body")
    rule = rules.RULES["outcome" if turn.writes else "finding"]
    return Draft(
        rule=rule.name, record=answer, quote=quote, title=title,
        details=details, type=type_of(signals, inside, place, rule.type),
        signals=signals | place | {f"body_{name}" for name in inside},
        files=turn.writes[:12], turn=turn.number,
    )  # fmt: skip


def _needs_a_title(head: Stated) -> bool:
    """Whether the best statement is a fragment that names its subject elsewhere."""
    return bool(head.signals & {"pointing", "vague"}) or head.unit.item


def _wish(turn: Turn) -> str:
    """What was asked for, where it was a wish and is short enough for a title."""
    for prompt in turn.prompts[:1]:
        speech = speech_of(prompt.text)
        if turn.writes and speech and not speech.manner & {"pasted", "wall", "listed"}:
            found = signals_of(speech.wish)
            acts = found & {"add", "change", "fix", "refactor"}
            if acts and "fits" in found and not found & _NO_TITLE:
                return speech.wish
    return ""


def asks_back(text: str) -> bool:
    """Whether an answer ends in a question: a proposal, not a result."""
    last = units(text)[-2:]
    return any({"question", "offer"} & signals_of(unit.text) for unit in last)


def place_of(turn: Turn) -> set[str]:
    """The signals of the turn around a draft."""
    place = {
        "edited": bool(turn.writes),
        "worked": len(turn.steps) >= 6,
        "first": turn.number <= 1,
        "last_turn": turn.last,
        "slight": turn.slight,
        "failures": any(s.failed for s in turn.steps),
    }
    return {name for name, holds in place.items() if holds}
