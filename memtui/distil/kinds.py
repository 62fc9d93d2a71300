"""Which type a draft has: the votes of its signals, the title's counting most."""

from collections.abc import Set as AbstractSet

from memtui.distil.rules import BODY_SHARE, SAID_TYPES, TYPE_VOTES
from memtui.distil.signals import weigh


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
    best, most = default, 0.0
    if default not in SAID_TYPES:
        place = place | {"told"}
    for name, votes in TYPE_VOTES.items():
        total = weigh(title | place, votes)
        total += BODY_SHARE * weigh(body - title, votes)
        if name == default:
            total += votes.get("default", 0.0)
        if total > most:
            best, most = name, total
    return best
