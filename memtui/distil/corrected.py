"""What a session said first and took back later: a wrong first theory is no memory."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from memtui.distil import near, rules
from memtui.distil.drafts import Draft, without_lines
from memtui.distil.subjects import Subjects
from memtui.model import RecordKind, Trust

STATED: Final = frozenset({"cause", "commit", "finding", "outcome", "patch", "summary"})
"""Rules whose drafts state what is so in the agent's own words."""
_THEORIES = frozenset({"cause", "finding"})
"""And of these those that may have been wrong."""
_ANEW = 0.5
"""Share of a theory's words in what took its place."""
_AT_ONCE = 2
"""So many turns later at most."""
_SAID_ANEW = 0.75
"""Share of the person's words in those that correct them."""
_LEAST_SAID = 3
"""And so many of them at least."""
_CORRECTS = frozenset({"conceded", "reported"})
"""Signals of a prompt that denies, or to which the agent gives in."""


def current(drafts: Sequence[Draft]) -> list[Draft]:
    """Those that nothing took back; ``drafts``: as they stand in the session."""
    left = _without_superseded(drafts)
    wishes = [*_corrections(left)]
    return [
        one
        for one in left
        if not (_is_taken_back(one, left) or _is_said_anew(one, wishes))
    ]


def is_said(draft: Draft) -> bool:
    """Whether it is the person's word."""
    return rules.RULES[draft.rule].trust is Trust.USER


def _without_superseded(drafts: Sequence[Draft]) -> list[Draft]:
    """Of statements on one subject only the last: numbers and negation change.

    What the person said nobody else corrects. Lines that repeat what was dropped are
    dropped with it.
    """
    about = [near.subject_of(draft.title) for draft in drafts]
    later = {said: Subjects(about) for said in (True, False)}
    kept: list[Draft] = []
    gone: set[str] = set()
    for draft, subject in zip(reversed(drafts), reversed(about), strict=True):
        said = draft.record.kind is RecordKind.PROMPT or is_said(draft)
        # the very same words are no correction: the better draft tells them
        if later[said].is_told(subject, draft.title) and not _is_proposed(draft, kept):
            gone.add(draft.title)
            continue
        kept.append(draft)
        later[False].add(subject, draft.title)
        if said:
            later[True].add(subject, draft.title)
    return [without_lines(draft, gone) for draft in reversed(kept)]


def _is_proposed(draft: Draft, later: Iterable[Draft]) -> bool:
    """Whether what was committed stands in a pull request of the same turn: that is
    no correction, and which of the two tells more is weighed."""
    return draft.rule == "commit" and any(
        one.rule == draft.rule and one.turn == draft.turn for one in later
    )


def _corrections(drafts: Iterable[Draft]) -> Iterable[tuple[int, frozenset[str]]]:
    """The turn of each prompt that corrects something, and what it is about."""
    for draft in drafts:
        if is_said(draft) and not _CORRECTS.isdisjoint(draft.signals):
            yield draft.turn, near.subject_of(draft.text)


def _is_said_anew(
    draft: Draft, corrections: Iterable[tuple[int, AbstractSet[str]]]
) -> bool:
    """Whether the person said most of it again, and otherwise."""
    if not is_said(draft):
        return False
    said = near.subject_of(draft.title)
    return len(said) >= _LEAST_SAID and any(
        turn > draft.turn and len(said & about) >= _SAID_ANEW * len(said)
        for turn, about in corrections
    )


def _is_taken_back(draft: Draft, drafts: Iterable[Draft]) -> bool:
    """Whether the person denied a theory at once, and the turns after that tell of
    the same thing anew: what held is told there."""
    if draft.rule not in _THEORIES or "contested" not in draft.signals:
        return False
    said = near.bag_of(draft.title)
    return any(
        near.contained(said, near.bag_of(later.text)) >= _ANEW
        for later in drafts
        if later.rule in STATED and 0 < later.turn - draft.turn <= _AT_ONCE
    )
