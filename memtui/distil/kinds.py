"""Which type a draft has: the votes of its signals, the title's counting most."""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from math import fsum
from typing import Final

from memtui.distil.rules import BODY_SHARE, DEEDS, DOES, SAID_TYPES, TROUBLE, TYPE_VOTES

_VOTES: Final = {
    signal: [
        (name, votes[signal]) for name, votes in TYPE_VOTES.items() if signal in votes
    ]
    for signal in frozenset().union(*TYPE_VOTES.values())
}
"""By signal: the types it votes for; most signals vote for none."""


def type_of(
    title: AbstractSet[str],
    body: AbstractSet[str],
    place: AbstractSet[str],
    default: str,
) -> str:
    """The type with most votes; ``default`` where no other gets past it.

    Args:
        title: signals of the title.
        body: signals of the details.
        place: signals of the turn around it.
        default: what the rule makes when nothing speaks for another type.
    """
    # what was done tells what the agent told of it; the person's words are theirs
    seen = {*title, *place}
    if default in SAID_TYPES:
        seen = (seen - DEEDS) | {"said"}
    else:
        seen.add("told")
    if {"remove", "asked_remove"} <= seen:
        seen.add("taken_out")
    if "tooling" in seen:
        if TROUBLE & (seen | body):
            # what was asked to be mended was no part of the program
            seen = (seen - {"asked_fix"}) | {"set_up"}
    elif DOES & title and "edited" in seen:
        seen.add("deed")
    said = _votes_of(seen)
    beside = _votes_of(body - title)
    best, most = default, 0.0
    for name, votes in TYPE_VOTES.items():
        if name != default and name not in said and name not in beside:
            continue  # nobody votes for most of them
        total = fsum(said.get(name, ())) + BODY_SHARE * fsum(beside.get(name, ()))
        if name == default:
            total += votes.get("default", 0.0)
        if total > most:
            best, most = name, total
    return best


def _votes_of(seen: AbstractSet[str]) -> dict[str, list[float]]:
    """What these signals vote, by type."""
    given = defaultdict[str, list[float]](list)
    for signal in seen & _VOTES.keys():
        for name, vote in _VOTES[signal]:
            given[name].append(vote)
    return given
