"""Redacts a plain text that comes in stretches of lines, one after the other.

What a tool printed is one text: a private key or a private span goes on over its
lines, and over the border of two stretches. Each line is cut by itself, so that
there are as many lines afterwards as before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from memtui.redact.redactor import PRIVATE, Redactor, Span, cut, private_end

_BEFORE: Final = 64 << 10
"""Bytes of what came before that a stretch is seen with: no key is longer."""


class SheetRedactor:
    """One text's redactor: make a new one for the next text."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._before = b""
        self._private = False

    def lines(self, lines: Sequence[bytes]) -> list[bytes]:
        """The next lines without their secrets."""
        behind = len(self._before)
        text = self._before + b"".join(lines)
        spans, _ = self._redactor.found(text, plain=True)
        if self._private:
            spans.append((behind, private_end(text, behind), PRIVATE))
        self._private = any(
            kind == PRIVATE and end == len(text) for _, end, kind in spans
        )
        self._before = text[-_BEFORE:]
        return _cut_by_line(lines, [(a - behind, b - behind, k) for a, b, k in spans])


def _cut_by_line(lines: Sequence[bytes], spans: Sequence[Span]) -> list[bytes]:
    """Each line without its part of the spans; newlines stay."""
    starts = [0, *accumulate(map(len, lines))]
    within: dict[int, list[Span]] = {}
    for start, end, kind in spans:
        first = max(bisect_right(starts, max(start, 0)) - 1, 0)
        for index in range(first, len(lines)):
            base = starts[index]
            if base >= end:
                break
            size = len(lines[index].rstrip(b"\r\n"))
            begin, stop = max(start - base, 0), min(end - base, size)
            if begin < stop:
                within.setdefault(index, []).append((begin, stop, kind))
    return [
        cut(line, within[index]).data if index in within else line
        for index, line in enumerate(lines)
    ]
