"""Finds a set of literals in bytes, at more than a GB a second.

One automaton for all literals does half of that. The library has a SIMD scan,
but only for few literals, of three bytes and more, and only where matches need
not overlap. So the literals go into several scans, of which each holds none
that could overlap: together they miss nothing.
"""

from collections.abc import Sequence

from ahocorasick_rs import BytesAhoCorasick, MatchKind

_GROUP = 16
"""Literals in one scan, as measured; from 48 on the SIMD scan is of no use."""

_FEW = 8
"""A scan of fewer is slow; one literal alone is fast again."""

Hit = tuple[int, int, int]
"""Which literal, where it begins, where it ends."""


class LiteralScan:
    """All places of all literals."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._scans: list[tuple[BytesAhoCorasick, tuple[int, ...]]] = []
        # Short ones slow down the scan they are in, so they share one.
        order = sorted(
            range(len(literals)), key=lambda i: (len(literals[i]), literals[i])
        )
        for group in _apart(order, literals):
            scan = BytesAhoCorasick(
                [literals[i] for i in group], matchkind=MatchKind.LeftmostFirst
            )
            self._scans.append((scan, tuple(group)))

    def hits(self, raw: bytes) -> list[Hit]:
        """Every place of every literal, in order."""
        hits = [
            (group[index], start, end)
            for scan, group in self._scans
            for index, start, end in scan.find_matches_as_indexes(raw)
        ]
        if hits:
            hits.sort(key=lambda hit: hit[1])
        return hits


def _apart(order: Sequence[int], literals: Sequence[bytes]) -> list[list[int]]:
    """Groups of literals of which no two can overlap in any text."""
    groups: list[list[int]] = []
    for index in order:
        for group in groups:
            if len(group) < _GROUP and not any(
                _may_overlap(literals[index], literals[other]) for other in group
            ):
                group.append(index)
                break
        else:
            groups.append([index])
    many = [group for group in groups if len(group) >= _FEW]
    alone = [[index] for group in groups if len(group) < _FEW for index in group]
    return many + alone


def _may_overlap(one: bytes, two: bytes) -> bool:
    if one in two or two in one:
        return True
    shorter = min(len(one), len(two))
    return any(
        one.endswith(two[:size]) or two.endswith(one[:size])
        for size in range(1, shorter)
    )
