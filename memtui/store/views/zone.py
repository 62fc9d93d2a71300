"""Local days: the zone's own offset from UTC at any moment, as a value for questions.

An offset holds until the clock changes, so that a day of last winter begins where it
began then, not where today's offset would put it.
"""

import time
from dataclasses import dataclass
from typing import Final

from memtui.store.search.fields import Where

DAY_MS: Final = 86_400_000
YEARS: Final = 12
"""How far back changes of the clock are known; before them the oldest one holds."""
_STEP_S: Final = 14 * 86_400
"""No zone changes its clock twice in so short a time."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Offsets from UTC in milliseconds: ``first``, and what holds since each change."""

    first: int = 0
    changes: tuple[tuple[int, int], ...] = ()
    """(UTC milliseconds, offset from then on), the newest first."""

    def offset_at(self, at: int) -> int:
        """What to add to UTC milliseconds of that moment to get local ones."""
        return next(
            (offset for since, offset in self.changes if at >= since), self.first
        )

    def day_of(self, at: int) -> int:
        """The local day of a moment, in days since 1 January 1970."""
        return (at + self.offset_at(at)) // DAY_MS

    def bounds_of(self, day: int) -> tuple[int, int]:
        """Moments between which that local day lies, and some of its neighbours."""
        offsets = (self.first, *(offset for _, offset in self.changes))
        return day * DAY_MS - max(offsets), (day + 1) * DAY_MS - min(offsets)

    def day_sql(self, column: str, where: Where) -> str:
        """``day_of`` as SQL over a column, its values bound in ``where``."""
        cases = "".join(
            f" when {column} >= {where.bind(since)} then {where.bind(offset)}"
            for since, offset in self.changes
        )
        first = where.bind(self.first)
        offset = f"case{cases} else {first} end" if cases else first
        return f"({column} + {offset}) / {DAY_MS}"


UTC: Final = Zone()


def local_zone(now_ms: int) -> Zone:
    """The zone of this machine, its changes up to half a year ahead."""
    until = now_ms // 1000 + 183 * 86_400
    at = until - YEARS * 366 * 86_400
    first = offset = _offset_ms(at)
    changes: list[tuple[int, int]] = []
    while at < until:
        then = _offset_ms(at + _STEP_S)
        if then != offset:
            changes.append((_change_between(at, at + _STEP_S) * 1000, then))
            offset = then
        at += _STEP_S
    return Zone(first, tuple(reversed(changes)))


def _change_between(low: int, high: int) -> int:
    """The second from which on the offset is that of ``high``."""
    wanted = _offset_ms(high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_ms(middle) == wanted:
            high = middle
        else:
            low = middle
    return high


def _offset_ms(at_s: int) -> int:
    return time.localtime(at_s).tm_gmtoff * 1000
