"""The words that end a turn: the densest source, condensed to what is so."""

from collections.abc import Iterator, Sequence

from memtui.distil import near, rules, words
from memtui.distil.commits import has_commit
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import bare, effective_length, signals_of
from memtui.distil.speech import speech_of
from memtui.distil.statements import (
    Stated,
    asks_back,
    details_of,
    head_of,
    signals_in,
    stated_in,
    texts_of,
)
from memtui.distil.turns import Turn
from memtui.records import Record

_MOST_DETAILS = 5
_MOST_REASONS = 2
_MOST_OF_TROUBLE = 5
"""More lines under one heading are a list of troubles."""
_ASKED_FOR = 0.6
"""Share of a wish's words in an answer that only repeats it."""
_LEAST_REASON = 50
_LEANS = frozenset(
    {"claimed", "vague", "perhaps", "pointing", "address", "advice", "refers", "thing"}
)
"""A statement with one of these needs another beside it."""
_ACTS = frozenset({"add", "change", "fix", "refactor"})
_FOUND = rules.LASTING | {"limit"}
"""What was found says one of these; else it lists what there is."""
_NO_TITLE = frozenset({"question", "vague", "short", "limit", "cause", "pointing"})


def from_answers(turns: list[Turn]) -> Iterator[Draft]:
    """For each turn: its reasons, and an outcome or finding of the rest."""
    for turn in turns:
        if not turn.answer:
            continue
        stated = stated_in(turn.answer.text)
        rest: list[Stated] = list(stated)
        for group in trouble_groups(stated):
            yield _trouble(turn, turn.answer, group)
            rest = [one for one in rest if one not in group]
        reasons = [one for one in rest if is_reason(one)][:_MOST_REASONS]
        for one in reasons:
            yield _reason(turn, turn.answer, one, stated)
        rest = [one for one in rest if one not in reasons and not one.is_status]
        if rest:
            yield _outcome(turn, turn.answer, rest)


def trouble_groups(stated: Sequence[Stated]) -> list[list[Stated]]:
    """Blocks in which one line is labelled as the trouble: one fact each."""
    groups: dict[int, list[Stated]] = {}
    for one in stated:
        groups.setdefault(one.unit.block, []).append(one)
    return [
        group
        for group in groups.values()
        if 1 < len(group) <= _MOST_OF_TROUBLE
        and sum(bool(words.TROUBLE_LABELS.match(one.unit.label)) for one in group) == 1
    ]


def _trouble(turn: Turn, record: Record, group: Sequence[Stated]) -> Draft:
    """Trouble, cause and cure as one: the trouble is the title."""
    told = [one for one in group if words.TROUBLE_LABELS.match(one.unit.label)]
    head = told[0]
    others = [one for one in group if one is not head]
    inside = signals_in(others)
    return Draft(
        rule="cause", record=record, quote=head.unit.raw, title=bare(head.unit.text),
        details=texts_of(others), turn=turn.number,
        type=type_of(head.signals | {"cause"}, inside, turn.place, "gotcha"),
        signals=head.signals | turn.place | {f"body_{name}" for name in inside},
    )  # fmt: skip


def is_reason(one: Stated) -> bool:
    """Whether a statement explains on its own: specific, sure, with its why."""
    if not _stands_alone(one):
        return False
    if {"cause", "limit"} <= one.signals:
        return True
    return "barrier" in one.signals and bool(one.signals & {"named", "path"})


def _stands_alone(one: Stated) -> bool:
    if one.unit.leads or effective_length(one.text) < _LEAST_REASON:
        return False
    return not one.signals & _LEANS


def _reason(turn: Turn, record: Record, one: Stated, stated: Sequence[Stated]) -> Draft:
    """The statement with what stands beside it in its section."""
    beside = [other for other in stated if other.unit.block == one.unit.block]
    return Draft(
        rule="cause", record=record, quote=one.unit.raw, title=one.text,
        details=texts_of(details_of(beside, one, 2)), turn=turn.number,
        type=type_of(one.signals, set(), turn.place, "gotcha"),
        signals=one.signals | turn.place,
    )  # fmt: skip


def _outcome(turn: Turn, answer: Record, stated: Sequence[Stated]) -> Draft:
    head = head_of(stated)
    title, signals = head.text, head.signals
    beside = details_of(stated, head, _MOST_DETAILS)
    inside, details = signals_in(beside), texts_of(beside)
    wish = _wish(turn) if _needs_a_title(head) else ""
    if wish:
        title, signals = wish, head.signals | signals_of(wish)
        details = (head.text, *details[: _MOST_DETAILS - 1])
    place = set(turn.place)
    if asks_back(answer.text):
        place.add("asks_back")
    if has_commit(turn):
        place.add("committed")
    if turn.prompts and not details and _restates(title, turn):
        place.add("restates")
    if head.unit.item and not wish:
        place.add("item_title")
    rule = rules.RULES["outcome" if turn.writes else "finding"]
    if not turn.writes and title.isascii() and not signals & _FOUND:
        place.add("inventory")
    # what was done without writing a file was done by commands
    named = signals | head.labelled
    done = "claimed" in head.signals or (
        turn.shell and "change" in named and "cause" not in named
    )
    kind = "change" if done else rule.type
    return Draft(
        rule=rule.name, record=answer, quote=head.unit.raw, whole=True, title=title,
        details=details, type=type_of(named, inside, place, kind),
        signals=signals | place | {f"body_{name}" for name in inside},
        files=turn.writes, turn=turn.number,
    )  # fmt: skip


def _restates(title: str, turn: Turn) -> bool:
    """Whether one sentence says that what was asked for was done, and no more."""
    told, asked = near.bag_of(title), speech_of(turn.prompts[0].text)
    return asked is not None and (
        near.contained(near.bag_of(asked.wish), told) >= _ASKED_FOR
    )


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
