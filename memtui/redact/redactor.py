"""Cuts secrets and private spans out of raw transcript lines.

Two stages. First a scan of the bytes for the literals that every kind of
secret has; then the exact pattern, only where a literal was found. What is cut
leaves the mark ``[redacted:KIND]``; a line that was JSON stays JSON, because no
span begins or ends inside an escape sequence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby

import msgspec

from memtui.redact.patterns import Secret
from memtui.redact.scan import Hit, LiteralScan
from memtui.redact.table import SECRETS

PRIVATE = "private"
"""The kind of a span that the person marked themselves."""

_PRIVATE_OPEN = (
    b"<private>",
    b"<Private>",
    b"<PRIVATE>",
    rb"\u003cprivate\u003e",
    rb"\u003Cprivate\u003E",
)
_PRIVATE_CLOSE = re.compile(rb"</private>|\\u003c\\?/private\\u003e", re.I)

# A JSON string from inside it up to, not including, its closing quote.
_VALUE = re.compile(rb'(?:[^"\\]++|\\.)*+', re.S)

Span = tuple[int, int, str]
"""Start, end and kind of what is cut."""


class Redacted(msgspec.Struct, frozen=True, gc=False):
    """A line as it may be stored."""

    data: bytes
    kinds: tuple[str, ...] = ()
    """Names of what was cut, sorted, each once."""
    spans: int = 0
    """How many spans were cut."""


class Redactor:
    """Cuts by a table of secrets; keeps nothing between lines."""

    def __init__(self, secrets: Sequence[Secret] = SECRETS) -> None:
        literals: dict[bytes, list[Secret]] = {opening: [] for opening in _PRIVATE_OPEN}
        for secret in secrets:
            for literal in secret.literals:
                literals.setdefault(literal, []).append(secret)
        self._secrets = [tuple(found) for found in literals.values()]
        self._scan = LiteralScan(list(literals))

    def line(self, raw: bytes) -> Redacted:
        """One source line without its secrets; the very same bytes if none.

        An unclosed ``<private>`` hides up to the end of its JSON string.
        """
        hits = self._scan.hits(raw)
        return cut(raw, self.spans(raw, hits)) if hits else Redacted(raw)

    def lines(self, lines: Sequence[bytes]) -> list[Redacted]:
        """``line`` of each, in one pass over all their bytes: much faster."""
        results = [Redacted(line) for line in lines]
        hits = self._scan.hits(b"".join(lines))
        if not hits:
            return results
        starts = [0, *accumulate(map(len, lines))]
        for index, found in groupby(hits, lambda hit: bisect_right(starts, hit[1]) - 1):
            base = starts[index]
            within = [(which, at - base, end - base) for which, at, end in found]
            results[index] = cut(lines[index], self.spans(lines[index], within))
        return results

    def text(self, text: str) -> str:
        """A text that is no JSON, such as a memory typed by hand."""
        raw = text.encode("utf-8", "surrogatepass")
        hits = self._scan.hits(raw)
        if not hits:
            return text
        redacted = cut(raw, self.spans(raw, hits, plain=True))
        return redacted.data.decode("utf-8", "surrogatepass")

    def hits(self, raw: bytes) -> list[Hit]:
        """Where a literal stands: what ``spans`` has to look at."""
        return self._scan.hits(raw)

    def spans(
        self, raw: bytes, hits: Iterable[Hit], *, plain: bool = False
    ) -> list[Span]:
        """What to cut round these hits; ``plain`` when ``raw`` is no JSON."""
        spans: list[Span] = []
        tags = _PrivateTags(raw, plain=plain)
        covered = 0
        for index, start, end in hits:
            if start < covered:
                continue
            for found, kind in self._found(raw, index, start, end, tags):
                spans.append((*found, kind))
                covered = max(covered, found[1])
        return spans

    def _found(
        self, raw: bytes, index: int, start: int, end: int, tags: "_PrivateTags"
    ) -> Iterator[tuple[tuple[int, int], str]]:
        if index < len(_PRIVATE_OPEN):
            if limit := tags.end(start, end):
                yield (start, limit), PRIVATE
            return
        for secret in self._secrets[index]:
            if found := secret.find(raw, start, end):
                yield found, secret.kind


class _PrivateTags:
    """Where private spans of one line end, each part of it looked at once."""

    def __init__(self, raw: bytes, *, plain: bool) -> None:
        self._raw = raw
        self._value = (0, len(raw)) if plain else (0, 0)
        self._closed: re.Match[bytes] | None = None
        self._open_from = len(raw) + 1
        """No closing tag from here on."""

    def end(self, start: int, end: int) -> int:
        """Where the span opened at ``start:end`` ends; 0 where it is no tag."""
        limit = self._value_end(end)
        closed = self._close_after(end)
        if closed and closed.end() <= limit:
            return closed.end()
        # macOS prints name=<private> where its log hides a value: nobody's tag.
        return 0 if self._raw[start - 1 : start] == b"=" else limit

    def _value_end(self, at: int) -> int:
        first, last = self._value
        if not first <= at <= last:
            found = _VALUE.match(self._raw, at)
            last = found.end() if found else len(self._raw)
            self._value = (at, last)
        return last

    def _close_after(self, at: int) -> re.Match[bytes] | None:
        if at >= self._open_from:
            return None
        if self._closed is None or self._closed.start() < at:
            self._closed = _PRIVATE_CLOSE.search(self._raw, at)
            if self._closed is None:
                self._open_from = at
        return self._closed


def private_rest(raw: bytes) -> int:
    """Where a private span ends that began before these bytes."""
    value = _VALUE.match(raw)
    limit = value.end() if value else len(raw)
    closed = _PRIVATE_CLOSE.search(raw, 0, limit)
    return closed.end() if closed else limit


def cut(raw: bytes, spans: list[Span]) -> Redacted:
    """The bytes with a mark in place of each span; overlapping ones are one."""
    if not spans:
        return Redacted(raw)
    parts: list[bytes] = []
    kinds: set[str] = set()
    position = count = 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end <= position:
            continue
        if start >= position:
            parts += (raw[position:start], f"[redacted:{kind}]".encode())
            kinds.add(kind)
            count += 1
        position = end
    parts.append(raw[position:])
    return Redacted(b"".join(parts), tuple(sorted(kinds)), count)
