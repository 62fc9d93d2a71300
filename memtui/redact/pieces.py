"""Redacts one overlong line that comes in overlapping pieces.

A secret on a cut is whole in one of the two pieces, which share ``overlap``
bytes; the other piece loses its half of it.
"""

import re

from memtui.redact.redactor import (
    PRIVATE,
    Redacted,
    Redactor,
    Span,
    cut,
    private_rest,
)

_EDGE_BYTES = 4 << 10
"""Longer than what is known by its shape; a private key is so without its end."""

_EDGE = "cut"
_VALUE = re.compile(rb"[^\s\"'\\]*+")
_BORDER = re.compile(rb"[\s\"'\\]")


class PieceRedactor:
    """One line's redactor: make a new one for the next line."""

    def __init__(self, redactor: Redactor, overlap: int) -> None:
        self._redactor = redactor
        self._overlap = overlap
        self._carried: list[Span] = []
        self._private = False
        self._open = ""
        """The kind of a value that reached the end of the piece before."""

    def piece(self, raw: bytes, *, last: bool) -> Redacted:
        """The next piece; its first ``overlap`` bytes ended the one before."""
        found, hits = self._redactor.found(raw)
        spans = [*self._carried, *found]
        if self._private:
            spans.append((0, private_rest(raw), PRIVATE))
        if self._open:
            spans.append((0, _rest(raw, self._overlap), self._open))
        shift = len(raw) - self._overlap
        self._private = any(
            kind == PRIVATE and end == len(raw) for _, end, kind in spans
        )
        reached = (k for _, end, k in spans if end == len(raw) and k != PRIVATE)
        self._open = next(reached, "")
        self._carried = [
            (max(start - shift, 0), end - shift, kind)
            for start, end, kind in spans
            if end > shift
        ]
        if not last:
            edge = min(len(raw) - _EDGE_BYTES, _last_value(raw, self._overlap))
            if unsure := [start for _, start, _ in hits if start >= edge]:
                spans.append((unsure[0], len(raw), _EDGE))
        return cut(raw, spans)


def _last_value(raw: bytes, most: int) -> int:
    """Where begins what goes on behind these bytes without a blank: a token may."""
    border = _BORDER.search(raw[: -most - 1 : -1])
    return len(raw) - (border.start() if border else min(most, len(raw)))


def _rest(raw: bytes, start: int) -> int:
    """Where a value ends that goes on at ``start``."""
    found = _VALUE.match(raw, start)
    return found.end() if found else len(raw)
