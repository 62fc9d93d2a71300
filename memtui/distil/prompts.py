"""What the person said: standing orders, corrections, choices, wishes."""

from collections.abc import Iterator

from memtui.distil import rules, words
from memtui.distil.answers import place_of, stated_in
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import capital, effective_length, signals_of
from memtui.distil.strip import own_words
from memtui.distil.text import plain, sentences
from memtui.distil.turns import Turn
from memtui.model import Record

_LEAST = 24
"""A prompt of fewer letters means nothing without what stood before."""
_LEAST_SENTENCE = 12
_MOST_SENTENCES = 5
_WALL = 1_500
"""More was written elsewhere and pasted, or is a specification."""
_GAINS = {
    "standing": 0.6, "choice": 0.5, "limit": 0.3, "cause": 0.3, "named": 0.3,
    "path": 0.1, "contrast": 0.3, "fits": 0.2, "short": -0.6, "vague": -0.2,
}  # fmt: skip
"""What makes a sentence of a prompt its title."""


def from_prompts(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each prompt that says something."""
    for turn in turns:
        for record in turn.prompts:
            draft = _draft(record, turn)
            if draft:
                yield draft


def _draft(record: Record, turn: Turn) -> Draft | None:
    typed, pasted = own_words(record.text)
    if words.EMPTY_PROMPTS.match(typed) or effective_length(typed) < _LEAST:
        return None
    said = [s for part in typed.split("\n") for s in sentences(part)]
    said = [s for s in said if effective_length(plain(s)) >= _LEAST_SENTENCE]
    if len(typed) > _WALL:
        said = [*said[:3], *said[3:][-2:]]
    if not said:
        return None
    best = max(said, key=lambda s: (_gain(s), -said.index(s)))
    wish = wish_of(plain(best))
    if effective_length(wish) < _LEAST_SENTENCE:
        return None
    reply = reply_to(turn)
    place = place_of(turn) | _manner(typed, pasted)
    if conceded(turn):
        place.add("conceded")
    head = signals_of(wish)
    others = [plain(s) for s in said if s is not best][:_MOST_SENTENCES]
    around = signals_of(" ".join(others)) if others else set()
    rule = _rule(head, place)
    return Draft(
        rule=rule, record=record, quote=best, title=wish,
        details=(*others, *([f"→ {reply}"] if reply else [])),
        type=type_of(head, around, place, rules.RULES[rule].type),
        signals=frozenset(head | place | {f"body_{name}" for name in around}),
        turn=turn.number,
    )  # fmt: skip


def _gain(sentence: str) -> float:
    return sum(_GAINS.get(name, 0.0) for name in signals_of(plain(sentence)))


def _manner(typed: str, pasted: bool) -> set[str]:
    manner = {
        "pasted": pasted,
        "wall": len(typed) > _WALL,
        "terse": effective_length(typed) < 200,
        "asked": bool(words.ASKING.match(typed)),
    }
    return {name for name, holds in manner.items() if holds}


def _rule(head: set[str], place: set[str]) -> str:
    if "standing" in head and "question" not in head:
        return "standing"
    if "conceded" in place and "first" not in place:
        return "correction"
    return "prompt"


def wish_of(sentence: str) -> str:
    """The sentence without its politeness: what is wanted, as a statement."""
    wish = words.ASKING.sub("", sentence)
    if effective_length(wish) < _LEAST_SENTENCE:
        wish = sentence
    elif wish != sentence:
        wish = wish.rstrip(" ?？")
    return capital(wish)


def conceded(turn: Turn) -> bool:
    """Whether the agent gave in at once."""
    first = next((r.text for r in turn.responses), "")
    return bool(words.CONCEDES.search(first[:160]))


def reply_to(turn: Turn) -> str:
    """The first thing the agent answered that is so; else how the turn ended."""
    for record in (*turn.responses[:2], *turn.responses[-1:]):
        for one in stated_in(record.text)[:6]:
            if "vague" not in one.signals and effective_length(one.text) >= 30:
                return one.text
    return ""
