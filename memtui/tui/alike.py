"""Pairs that look alike, as groups to decide about. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from memtui.model import Memory, State
from memtui.store.views.proposals import Proposal, ProposalKind


@dataclass(frozen=True, slots=True)
class Group:
    """Memories that are proposed together, the one that stands first."""

    rows: tuple[Memory, ...]
    pairs: tuple[Proposal, ...]
    """The newest pair first."""

    @property
    def words(self) -> str:
        """How they relate."""
        first = self.pairs[0]
        if first.kind is ProposalKind.DUPLICATE and len(self.rows) > 2:
            return f"{len(self.rows)} say the same"
        if first.kind is ProposalKind.DUPLICATE and first.why == "says the same":
            return "both say the same"
        return f"the later one {first.why}"

    def pair_of(self, id: str) -> tuple[Memory, Memory]:  # noqa: A002  the model's own
        """The newest pair with this memory, the one that stands first."""
        pairs = [p for p in self.pairs if id in (p.memory.id, p.other.id)]
        pair = (pairs or list(self.pairs))[0]
        first, second = sorted((pair.memory, pair.other), key=_standing)
        return first, second

    @property
    def share(self) -> str:
        """How many of the words the newest pair shares."""
        return f"{round(100 * self.pairs[0].share)} % of the words are shared"


def groups_of(
    proposals: Sequence[Proposal], wanted: Collection[str] | None = None
) -> list[Group]:
    """Pairs that share a memory belong together; the newest pair leads.

    Args:
        wanted: only groups with one of these ids; None: all.
    """
    group_of: dict[str, int] = {}
    members: dict[int, list[Proposal]] = {}
    for number, pair in enumerate(proposals):
        met = {
            group_of[one] for one in (pair.memory.id, pair.other.id) if one in group_of
        }
        first = min(met, default=number)
        joined = [p for other in sorted(met) for p in members.pop(other)]
        members[first] = [*joined, pair]
        for one in members[first]:
            group_of[one.memory.id] = group_of[one.other.id] = first
    groups = [_group(pairs) for pairs in members.values()]
    if wanted is None:
        return groups
    return [g for g in groups if any(row.id in wanted for row in g.rows)]


def _group(pairs: Sequence[Proposal]) -> Group:
    rows: dict[str, Memory] = {}
    for pair in pairs:
        for one in (pair.memory, pair.other):
            rows.setdefault(one.id, one)
    ordered = sorted(rows.values(), key=_standing)
    return Group(tuple(ordered), tuple(pairs))


def _standing(row: Memory) -> tuple[bool, bool, int, str]:
    """What a person decided for stands first, then what was said first."""
    return not row.pinned, row.state is not State.KEPT, row.at, row.id
