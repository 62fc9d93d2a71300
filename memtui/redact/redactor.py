"""Cuts secrets and private spans out of raw transcript lines.

Two stages. First one pass of a compiled multi-pattern scan over the bytes,
looking for the literals every pattern has (hundreds of MB a second); then the
exact pattern, only where a literal was found. What is cut leaves the mark
``[redacted:KIND]``; a line that was JSON stays JSON, because no span begins or
ends inside an escape sequence.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick

from memtui.redact.patterns import SECRETS, Secret

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
_VALUE = re.compile(rb'(?:[^"\\]+|\\.)*', re.S)

_EDGE_BYTES = 4 << 10

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A line as it may be stored."""

    data: bytes
    kinds: tuple[str, ...] = ()
    """Names of what was cut, sorted, each once."""
    spans: int = 0
    """How many spans were cut."""


class Redactor:
    """Cuts by a table of secrets; knows no state between lines."""

    def __init__(self, secrets: Sequence[Secret] = SECRETS) -> None:
        literals: dict[bytes, list[Secret]] = {opening: [] for opening in _PRIVATE_OPEN}
        for secret in secrets:
            for literal in secret.literals:
                literals.setdefault(literal, []).append(secret)
        self._secrets = [tuple(found) for found in literals.values()]
        self._private = len(_PRIVATE_OPEN)
        self._scan = BytesAhoCorasick(list(literals))

    def line(self, raw: bytes) -> Redacted:
        """One source line without its secrets; the very same bytes if none.

        An unclosed ``<private>`` hides up to the end of its JSON string.
        """
        hits = self._scan.find_matches_as_indexes(raw, True)
        if not hits:
            return Redacted(raw)
        return _cut(raw, self.spans(raw, hits, plain=False))

    def text(self, text: str) -> str:
        """A text that is no JSON, such as a memory typed by hand."""
        raw = text.encode("utf-8", "surrogatepass")
        hits = self._scan.find_matches_as_indexes(raw, True)
        if not hits:
            return text
        redacted = _cut(raw, self.spans(raw, hits, plain=True))
        return redacted.data.decode("utf-8", "surrogatepass")

    def spans(
        self,
        raw: bytes,
        hits: Iterable[tuple[int, int, int]] | None = None,
        *,
        plain: bool,
    ) -> list[Span]:
        """What to cut, as (start, end, kind), in order of the literals' ends."""
        if hits is None:
            hits = self._scan.find_matches_as_indexes(raw, True)
        spans: list[Span] = []
        for index, start, end in hits:
            if index < self._private:
                spans.append((start, _private_end(raw, end, plain=plain), PRIVATE))
                continue
            for secret in self._secrets[index]:
                if found := secret.find(raw, start, end):
                    spans.append((*found, secret.kind))
        return spans

    def unfinished(self, raw: bytes, edge: int) -> int:
        """Where near the end a secret may begin that the end cuts off."""
        tail = raw[-edge:]
        hits = self._scan.find_matches_as_indexes(tail, True)
        starts = [len(raw) - len(tail) + start for _, start, _ in hits]
        return min(starts, default=len(raw))


class PieceRedactor:
    """Redacts one overlong line that comes in overlapping pieces.

    A secret on a cut is whole in one of the two pieces; the other one loses
    its half of it.
    """

    def __init__(self, redactor: Redactor, overlap: int) -> None:
        self._redactor = redactor
        self._overlap = overlap
        self._carried: list[Span] = []

    def piece(self, raw: bytes, *, last: bool) -> Redacted:
        """The next piece; ``overlap`` bytes of it were the end of the former."""
        spans = self._redactor.spans(raw, plain=False)
        for start, end, kind in self._carried:
            if end < 0:  # a private span that has not ended yet
                spans.append((0, _private_end(raw, 0, plain=False), kind))
            else:
                spans.append((start, end, kind))
        if not last:
            start = self._redactor.unfinished(raw, _EDGE_BYTES)
            if start < len(raw):
                spans.append((start, len(raw), "cut"))
        shift = len(raw) - self._overlap
        self._carried = [
            (max(start - shift, 0), -1 if open_ended else end - shift, kind)
            for start, end, kind in spans
            if end > shift and kind != "cut"
            for open_ended in (kind == PRIVATE and end == len(raw),)
        ]
        return _cut(raw, spans)


def _private_end(raw: bytes, start: int, *, plain: bool) -> int:
    value = None if plain else _VALUE.match(raw, start)
    end = value.end() if value else len(raw)
    closed = _PRIVATE_CLOSE.search(raw, start, end)
    return closed.end() if closed else end


def _cut(raw: bytes, spans: list[Span]) -> Redacted:
    if not spans:
        return Redacted(raw)
    spans.sort(key=lambda span: (span[0], -span[1]))
    parts: list[bytes] = []
    kinds: set[str] = set()
    position = count = 0
    for start, end, kind in spans:
        if end <= position:
            continue
        if start >= position:
            parts += (raw[position:start], f"[redacted:{kind}]".encode())
            kinds.add(kind)
            count += 1
        position = end
    parts.append(raw[position:])
    return Redacted(b"".join(parts), tuple(sorted(kinds)), count)
