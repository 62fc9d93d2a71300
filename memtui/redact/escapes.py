r"""A line whose letters hide in JSON escapes, as its reader will see it.

``\u0067hp_…`` is a token to whoever decodes it, and none to a scan of the bytes.
No client spells letters so; the escapes it does write are of signs and controls.
"""

import re
from bisect import bisect_right
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

_LETTER: Final = re.compile(rb"u00(?:2[dDeE]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])")
_ESCAPE: Final = re.compile(
    rb"(?:\\+u005[cC]|\\)+u00(?!22|5[cC])([2-6][0-9a-fA-F]|7[0-9a-eA-E])"
)
"""As often escaped as JSON stands in JSON; a quote stays: strings end there."""


class Unescaped:
    """The same line with plain letters, and the way back from its places."""

    def __init__(self, raw: bytes) -> None:
        parts: list[bytes] = []
        self._places = [0]
        self._shifts = [0]
        at = shift = size = 0
        for found in _ESCAPE.finditer(raw):
            parts += (raw[at : found.start()], bytes((int(found[1], 16),)))
            at = found.end()
            size = found.start() - shift + 1
            shift = at - size
            self._places.append(size)
            self._shifts.append(shift)
        parts.append(raw[at:])
        self.data: Final = b"".join(parts)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of ``data`` stands in the line itself: no escape is halved."""
        return self._at(start), self._at(end)

    def _at(self, place: int) -> int:
        return place + self._shifts[bisect_right(self._places, place) - 1]


_SOME: Final = BytesAhoCorasick([b"u00"])
_SIGNS: Final = BytesAhoCorasick([b"\\u00%d" % digit for digit in range(2, 8)])


def hides_letters(raw: bytes) -> bool:
    """Whether some letter of it stands as an escape; hardly ever.

    Each look is at less: all bytes pass the first, the escapes of control characters
    the second. ``bytes.find`` takes as long as the whole scan for secrets, these a
    tenth of it.
    """
    if not _SOME.find_matches_as_indexes(raw):
        return False
    if not _SIGNS.find_matches_as_indexes(raw):
        return False
    return bool(_LETTER.search(raw))
