"""From drafts to observations: weigh, drop doubles, keep the best."""

import math
from collections.abc import Iterable, Sequence

from memtui.distil import near, rules
from memtui.distil.drafts import Draft, body_of, title_of
from memtui.distil.signals import kind_of
from memtui.distil.text import TEXT_LIMIT
from memtui.model import Evidence, Observation, SessionFacts, observation_id


def confidence(draft: Draft) -> float:
    """The chance that a person would keep it."""
    odds = rules.RULES[draft.rule].base
    odds += sum(rules.WEIGHTS.get(name, 0.0) for name in draft.signals)
    return round(1 / (1 + math.exp(-odds)), 3)


def choose(
    drafts: Iterable[Draft], delivered: Sequence[frozenset[str]]
) -> list[tuple[Draft, float]]:
    """The drafts worth showing, best first."""
    ranked = sorted(
        ((draft, confidence(draft)) for draft in drafts),
        key=lambda pair: (-pair[1], pair[0].record.line or 0, pair[0].quote),
    )
    taken: list[tuple[Draft, float]] = []
    counts: dict[str, int] = {}
    for draft, chance in ranked:
        if chance < rules.CONFIDENT or len(taken) >= rules.MOST:
            break
        if counts.get(draft.rule, 0) >= rules.RULES[draft.rule].most:
            continue
        words = near.words_of(draft.text)
        if near.heard(words, delivered):
            continue
        if any(_covers(other, draft) for other, _ in taken):
            continue
        taken.append((draft, chance))
        counts[draft.rule] = counts.get(draft.rule, 0) + 1
    return taken


def _covers(other: Draft, draft: Draft) -> bool:
    title = near.words_of(draft.title)
    return (
        near.same(other.title, draft.title)
        or near.contained(title, near.words_of(other.text)) >= 0.85
        or near.contained(near.words_of(draft.text), near.words_of(other.text)) >= 0.7
    )


def observation_of(draft: Draft, chance: float, facts: SessionFacts) -> Observation:
    """The draft as the observation that is stored."""
    rule = rules.RULES[draft.rule]
    title, whole = title_of(draft.title)
    details = draft.details if whole else (draft.title, *draft.details)
    body = body_of(details, TEXT_LIMIT - len(title) - 3)
    shows = ((draft.record, draft.quote), *draft.shows)
    return Observation(
        id=observation_id(
            facts.agent, draft.record.native_id, draft.record.part, draft.quote
        ),
        type=draft.type or kind_of(draft.signals, rule.type),
        title=title, body=body,
        at=draft.record.at or facts.ended_at or facts.started_at or 0,
        trust=rule.trust, rule=draft.rule, confidence=chance,
        files=tuple(dict.fromkeys(_relative(f, facts.cwd) for f in draft.files)),
        evidence=tuple(
            Evidence(
                session=facts.native_id, record=r.native_id, part=r.part,
                line=r.line, quote=quote[:300],
            )
            for r, quote in shows
        ),
        branch=draft.record.branch,
    )  # fmt: skip


def _relative(path: str, root: str) -> str:
    base = root.rstrip("/\\")
    if (
        base
        and path.startswith(base)
        and path[len(base) : len(base) + 1] in ("/", "\\")
    ):
        return path[len(base) + 1 :].replace("\\", "/")
    return path
