"""Which drafts are worth a look: weigh, drop what was said again, keep the best."""

import math
from collections.abc import Iterable, Sequence

from memtui.distil import near, rules
from memtui.distil.drafts import Draft
from memtui.distil.signals import weigh
from memtui.model import Trust

_COVERED = 0.75
"""Share of a draft's words in a better one from which it adds nothing."""
_TITLE_COVERED = 0.85
"""The same for the words of its title alone."""


def confidence(draft: Draft) -> float:
    """The chance that a person would keep it."""
    rule = rules.RULES[draft.rule]
    said = rule.trust is Trust.USER
    weights = rules.SAID_WEIGHTS if said else rules.TOLD_WEIGHTS
    odds = rule.base + weigh(draft.signals, weights)
    return round(1 / (1 + math.exp(-odds)), 3)


def choose(
    drafts: Iterable[Draft], delivered: Sequence[frozenset[str]], turns: int
) -> list[tuple[Draft, float]]:
    """The drafts worth showing, best first.

    Args:
        drafts: in any order.
        delivered: word sets of what the session was told: seen again, no news.
        turns: how long the session was.
    """
    current = _without_superseded(sorted(drafts, key=_place))
    current = _without_plain_wishes(current)
    ranked = sorted(
        ((draft, confidence(draft)) for draft in current),
        key=lambda pair: (-pair[1], _place(pair[0])),
    )
    most = min(rules.MOST, rules.MOST_BASE + int(rules.MOST_PER_TURN * turns))
    taken: list[tuple[Draft, float]] = []
    bags: list[tuple[bool, frozenset[str], frozenset[str]]] = []
    counts: dict[str, int] = {}
    for draft, chance in ranked:
        if chance < rules.CONFIDENT or len(taken) >= most:
            break
        if counts.get(draft.rule, 0) >= rules.RULES[draft.rule].most:
            continue
        title, whole = near.bag_of(draft.title), near.bag_of(draft.text)
        if near.heard(title, delivered) or near.heard(whole, delivered):
            continue
        said = rules.RULES[draft.rule].trust is Trust.USER
        if any(_adds_nothing(said, title, whole, *bag) for bag in bags):
            continue
        taken.append((draft, chance))
        bags.append((said, title, whole))
        counts[draft.rule] = counts.get(draft.rule, 0) + 1
    return taken


def _place(draft: Draft) -> tuple[int, int, str, int, str, str]:
    record = draft.record
    return (
        record.line or 0, record.at or 0, record.native_id, record.part, draft.rule,
        draft.quote,
    )  # fmt: skip


def _without_superseded(drafts: Sequence[Draft]) -> list[Draft]:
    """Of statements with the same words only the last: numbers and negation change."""
    kept: list[Draft] = []
    bags: list[frozenset[str]] = []
    for draft in reversed(drafts):
        title = near.bag_of(draft.title)
        if not any(near.jaccard(title, later) >= near.SAME for later in bags):
            kept.append(draft)
            bags.append(title)
    return kept[::-1]


def _without_plain_wishes(drafts: Sequence[Draft]) -> list[Draft]:
    """Where a turn has a result, a wish without a reason or a choice is told by it."""
    done = {draft.turn for draft in drafts if draft.rule in ("outcome", "commit")}
    return [
        draft
        for draft in drafts
        if draft.rule != "prompt"
        or draft.turn not in done
        or draft.signals & rules.WISH_SAYS_WHY
    ]


def _adds_nothing(
    said: bool,
    title: frozenset[str],
    whole: frozenset[str],
    other_said: bool,
    other_title: frozenset[str],
    other: frozenset[str],
) -> bool:
    """Whether a better draft says it; the person's words yield to theirs alone."""
    if near.jaccard(title, other_title) >= near.SAME:
        return True
    if said and not other_said:
        return False
    return (
        near.contained(title, other) >= _TITLE_COVERED
        or near.contained(whole, other) >= _COVERED
    )
