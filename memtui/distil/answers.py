"""The words that end a turn: the densest source, condensed to what is so."""

from collections.abc import Iterator, Sequence

from memtui.distil import rules, words
from memtui.distil.commits import has_commit
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import effective_length, signals_of
from memtui.distil.speech import speech_of
from memtui.distil.statements import (
    Stated,
    asks_back,
    details_of,
    head_of,
    stated_in,
)
from memtui.distil.turns import Turn
from memtui.model import Record

_MOST_DETAILS = 5
_MOST_REASONS = 2
_LEAST_REASON = 50
_ACTS = frozenset({"add", "change", "fix", "refactor"})
_NO_TITLE = frozenset({"question", "vague", "short", "limit", "cause", "pointing"})


def from_answers(turns: list[Turn]) -> Iterator[Draft]:
    """For each turn: up to two reasons, and an outcome or a finding."""
    for turn in turns:
        if not turn.answer:
            continue
        stated = stated_in(turn.answer.text)
        reasons = [one for one in stated if is_reason(one)][:_MOST_REASONS]
        for one in reasons:
            yield _reason(turn, turn.answer, one, stated)
        rest = [one for one in stated if one not in reasons]
        if rest:
            yield _outcome(turn, turn.answer, rest)


def is_reason(one: Stated) -> bool:
    """Whether a statement explains on its own: specific, sure, with its why."""
    if one.unit.leads or effective_length(one.text) < _LEAST_REASON:
        return False
    if one.signals & {"claimed", "vague", "perhaps", "pointing", "address"}:
        return False
    if words.ADVICE.search(one.text):
        return False
    if {"cause", "limit"} <= one.signals:
        return True
    return "barrier" in one.signals and bool(one.signals & {"named", "path"})


def _reason(turn: Turn, record: Record, one: Stated, stated: Sequence[Stated]) -> Draft:
    """The statement with what stands beside it in its section."""
    beside = [other for other in stated if other.unit.block == one.unit.block]
    return Draft(
        rule="cause", record=record, quote=one.unit.raw, title=one.text,
        details=details_of(beside, one, 2), turn=turn.number,
        type=type_of(one.signals, set(), turn.place, "gotcha"),
        signals=one.signals | turn.place,
    )  # fmt: skip


def _outcome(turn: Turn, answer: Record, stated: Sequence[Stated]) -> Draft:
    head = head_of(stated)
    title, signals = head.text, head.signals
    details = details_of(stated, head, _MOST_DETAILS)
    wish = _wish(turn) if _needs_a_title(head) else ""
    if wish:
        title, signals = wish, head.signals | signals_of(wish)
        details = (head.text, *details[: _MOST_DETAILS - 1])
    inside = signals_of(" ".join(details)) if details else set()
    place = turn.place | ({"asks_back"} if asks_back(answer.text) else set())
    if has_commit(turn):
        place.add("committed")
    rule = rules.RULES["outcome" if turn.writes else "finding"]
    return Draft(
        rule=rule.name, record=answer, quote=head.unit.raw, whole=True, title=title,
        details=details, type=type_of(signals, inside, place, rule.type),
        signals=signals | place | {f"body_{name}" for name in inside},
        files=turn.writes, turn=turn.number,
    )  # fmt: skip


def _needs_a_title(head: Stated) -> bool:
    """Whether the best statement is a fragment that names its subject elsewhere."""
    return bool(head.signals & {"pointing", "vague"}) or head.unit.item


def _wish(turn: Turn) -> str:
    """What was asked for, if it asks for a deed and fits a title."""
    speech = speech_of(turn.prompts[0].text) if turn.prompts and turn.writes else None
    if not speech or speech.manner & {"pasted", "wall", "listed"}:
        return ""
    found = signals_of(speech.wish)
    fits = "fits" in found and bool(found & _ACTS) and not found & _NO_TITLE
    return speech.wish if fits else ""
