"""What the person said: standing orders, corrections, choices, wishes."""

from collections.abc import Iterator

from memtui.distil import rules, words
from memtui.distil.drafts import REPLY, Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import effective_length, signals_of
from memtui.distil.speech import speech_of
from memtui.distil.statements import head_of, stated_in
from memtui.distil.turns import Turn
from memtui.model import Record

_AT_ONCE = 160
"""Who gives in does so in the first letters."""
_LEAST_REPLY = 30


def from_prompts(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each prompt that says something."""
    for turn in turns:
        for record in turn.prompts:
            draft = _draft(record, turn)
            if draft:
                yield draft


def _draft(record: Record, turn: Turn) -> Draft | None:
    speech = speech_of(record.text)
    if not speech:
        return None
    place = turn.place | speech.manner
    if conceded(turn):
        place.add("conceded")
    head = signals_of(speech.wish)
    around = signals_of(" ".join(speech.others)) if speech.others else set()
    rule = _rule(head, place)
    reply = reply_to(turn)
    return Draft(
        rule=rule, record=record, quote=speech.best, whole=True, title=speech.wish,
        details=(*speech.others, *([f"{REPLY}{reply}"] if reply else [])),
        type=type_of(head, around, place, rules.RULES[rule].type),
        signals=frozenset(head | place | {f"body_{name}" for name in around}),
        turn=turn.number,
    )  # fmt: skip


def _rule(head: set[str], place: set[str]) -> str:
    if "standing" in head and not {"question", "wall"} & (head | place):
        return "standing"
    idle = "question" in head and "edited" not in place
    if "conceded" in place and "first" not in place and not idle:
        return "correction"
    return "prompt"


def conceded(turn: Turn) -> bool:
    """Whether the agent gave in at once."""
    first = next((r.text for r in turn.responses), "")
    return bool(words.CONCEDES.search(first[:_AT_ONCE]))


def reply_to(turn: Turn) -> str:
    """What the agent answered at once in a sentence; else how the turn ended."""
    for record in turn.responses[:1]:
        for one in stated_in(record.text)[:2]:
            clear = conceded(turn) or "vague" not in one.signals
            if (
                clear
                and not one.unit.item
                and effective_length(one.text) >= _LEAST_REPLY
            ):
                return one.text
    stated = stated_in(turn.answer.text) if turn.answer else []
    return head_of(stated).text if stated else ""
