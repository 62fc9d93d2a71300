"""Redacts one overlong line that comes in overlapping pieces.

A secret on a cut is whole in one of the two pieces, which share ``overlap``
bytes. Those are given out once.
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

_VALUE = re.compile(rb"[^\s\"'\\]*+")


class PieceRedactor:
    """One line's redactor: make a new one for the next line."""

    def __init__(self, redactor: Redactor, overlap: int) -> None:
        self._redactor = redactor
        self._overlap = overlap
        self._carried: list[Span] = []
        """Of the piece before, in its last ``overlap`` bytes."""
        self._private: int | None = None
        """Where a private span begins that goes on in the next piece."""
        self._open: tuple[int, str] | None = None
        """The same of a value that reached its end, and the kind."""
        self._marked = 0
        """Bytes of the next piece that a mark given out stands for."""

    def piece(self, raw: bytes, *, last: bool) -> Redacted:
        """The next piece; its first ``overlap`` bytes ended the one before.

        What a piece ends with is given out with the next one, which shows how it
        goes on: joined, the answers are the line.
        """
        found, _ = self._redactor.found(raw)
        spans = [*self._carried, *found]
        if self._private is not None:
            spans.append((self._private, private_rest(raw), PRIVATE))
        if self._open is not None:
            start, kind = self._open
            spans.append((start, _rest(raw, self._overlap), kind))
        shift = len(raw) if last else len(raw) - self._overlap
        out = _between(raw, spans, self._marked, shift)
        to_the_end = [(max(s - shift, 0), k) for s, end, k in spans if end == len(raw)]
        private = [start for start, kind in to_the_end if kind == PRIVATE]
        self._private = min(private, default=None)
        self._open = next((one for one in to_the_end if one[1] != PRIVATE), None)
        self._carried = [
            (max(start - shift, 0), end - shift, kind)
            for start, end, kind in spans
            if end > shift
        ]
        over = [end - shift for start, end, _ in spans if start < shift < end]
        self._marked = max(over, default=0)
        return out


def _between(raw: bytes, spans: list[Span], begin: int, end: int) -> Redacted:
    """These bytes of a piece, with the spans that reach into them."""
    inside = [
        (max(start, begin) - begin, min(stop, end) - begin, kind)
        for start, stop, kind in spans
        if start < end and stop > begin
    ]
    return cut(raw[begin:end], inside)


def _rest(raw: bytes, start: int) -> int:
    """Where a value ends that goes on at ``start``."""
    found = _VALUE.match(raw, start)
    return found.end() if found else len(raw)
