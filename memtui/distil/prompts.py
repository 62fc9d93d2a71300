"""What the person said: wishes, corrections, standing orders."""

from collections.abc import Iterator

from memtui.distil import rules
from memtui.distil.drafts import Draft
from memtui.distil.signals import bare, effective_length, is_idle, signals_of
from memtui.distil.strip import own_words, without_injected
from memtui.distil.text import plain, sentences, units
from memtui.distil.turns import Turn
from memtui.model import Record

_LEAST = 24
"""A prompt of fewer characters means nothing without what stood before."""
_MOST_SENTENCES = 6


def from_prompts(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each prompt that says something."""
    for turn in turns:
        for record in turn.prompts:
            draft = _draft(record, turn)
            if draft:
                yield draft


def _draft(record: Record, turn: Turn) -> Draft | None:
    typed, pasted = own_words(record.text)
    if rules.EMPTY_PROMPTS.match(typed) or effective_length(typed) < _LEAST:
        return None
    said = [s for line in typed.splitlines() for s in sentences(line)]
    said = [s for s in said if effective_length(plain(s)) >= 12]
    if not said:
        return None
    best = max(said, key=lambda s: (_weight(s), -said.index(s)))
    found = signals_of(" ".join(map(plain, said[:_MOST_SENTENCES])))
    found |= {f"said_{name}" for name in signals_of(best)}
    found.add("first" if turn.number <= 1 else "later")
    if pasted:
        found.add("pasted")
    if turn.writes:
        found.add("edited")
    if effective_length(typed) < 400:
        found.add("terse")
    reply = _reply(turn)
    if reply and _conceded(turn):
        found.add("conceded")
    rule = "prompt"
    if "standing" in found and "said_standing" in found:
        rule = "standing"
    elif "conceded" in found and turn.number > 1:
        rule = "correction"
    others = [plain(s) for s in said if s is not best][:_MOST_SENTENCES]
    wish = wish_of(plain(best))
    if not wish:
        return None
    return Draft(
        rule=rule, record=record, quote=best, title=wish,
        details=(*others, *([f"Agent: {reply}"] if reply else [])),
        signals=frozenset(found), turn=turn.number,
    )  # fmt: skip


def _weight(sentence: str) -> float:
    found = signals_of(plain(sentence))
    gain = {"standing": 0.5, "choice": 0.4, "limit": 0.3, "named": 0.3, "short": -1.0,
            "cause": 0.3, "path": 0.2}  # fmt: skip
    return sum(gain.get(name, 0.0) for name in found)


def wish_of(sentence: str) -> str:
    """The sentence without its politeness: what is wanted, as a statement."""
    wish = rules.ASKING.sub("", sentence)
    if len(wish) < 12:
        wish = sentence
    elif wish != sentence:
        wish = wish.rstrip(" ?？")
    return wish[:1].upper() + wish[1:]


def _conceded(turn: Turn) -> bool:
    first = next((r.text for r in turn.responses), "")
    return bool(rules.CONCEDES.search(first[:160]))


def _reply(turn: Turn) -> str:
    """The first thing the agent said to it that is so."""
    for record in (*turn.responses[:3], *turn.responses[-1:]):
        for unit in units(without_injected(record.text))[:8]:
            if not is_idle(unit) and effective_length(unit.text) >= 30:
                return bare(unit.text)
    return ""
