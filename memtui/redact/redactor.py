"""Cuts secrets and private spans out of raw transcript lines.

Two stages. First a scan of the bytes for the literals that every kind of
secret has; then the exact pattern, only where a literal was found. What is cut
leaves the mark ``[redacted:KIND]``; a line that was JSON stays JSON, because no
span begins or ends inside an escape sequence.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby

import msgspec

from memtui.redact.escapes import Unescaped, hides_letters
from memtui.redact.fields import FIELDS
from memtui.redact.patterns import Secret
from memtui.redact.scan import Hit, LiteralScan
from memtui.redact.split import Split
from memtui.redact.strings import VALUE
from memtui.redact.table import SECRETS

PRIVATE = "private"
"""The kind of a span that the person marked themselves."""

_PRIVATE_OPEN = (
    b"<private>",
    b"<Private>",
    b"<PRIVATE>",
    b"u003cprivate\\u003e",
    b"u003Cprivate\\u003E",
    b"u003cprivate\\\\u003e",
)
_PRIVATE_CLOSE = re.compile(rb"<\\*+/private>|\\++u003c\\*+/private\\++u003e", re.I)

_NO_TAG_BEHIND = re.compile(rb"=\Z|(?<!\\)(?<!\\u[0-9a-fA-F]{3})\w\Z")
"""An opening tag behind these counts only where it is closed; escapes are none."""
_GENERIC = frozenset(secret.kind for secret in FIELDS)

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
        literals: dict[bytes, list[tuple[int, Secret]]] = {
            opening: [] for opening in _PRIVATE_OPEN
        }
        for number, secret in enumerate(secrets):
            for literal in secret.literals:
                literals.setdefault(literal, []).append((number, secret))
        self._secrets = [tuple(found) for found in literals.values()]
        self._scan = LiteralScan(list(literals))

    def line(self, raw: bytes) -> Redacted:
        """One source line without its secrets; the very same bytes if none.

        An unclosed ``<private>`` hides up to the end of its JSON string.
        """
        if hides_letters(raw):
            return cut(raw, self.found(raw)[0])
        hits = self._scan.hits(raw)
        return cut(raw, self.spans(raw, hits)) if hits else Redacted(raw)

    def lines(self, lines: Sequence[bytes], joined: bytes = b"") -> list[bytes]:
        """The bytes of ``line`` of each, in one pass over them all: much faster.

        Args:
            joined: the same bytes in one piece, where they are at hand.
        """
        results = list(lines)
        joined = joined or b"".join(lines)
        if hides_letters(joined):
            for index, line in enumerate(lines):
                if hides_letters(line):
                    results[index] = self.line(line).data
        hits = self._scan.hits(joined)
        if not hits:
            return results
        starts = [0, *accumulate(map(len, lines))]
        for index, found in groupby(hits, lambda hit: bisect_right(starts, hit[1]) - 1):
            base = starts[index]
            within = [(which, at - base, end - base) for which, at, end in found]
            if results[index] is not lines[index]:
                continue  # done
            if spans := self.spans(lines[index], within):
                results[index] = cut(lines[index], spans).data
        return results

    def text(self, text: str) -> str:
        """A text that is no JSON, such as a memory typed by hand."""
        raw = text.encode("utf-8", "surrogatepass")
        hits = self._scan.hits(raw)
        if not hits:
            return text
        redacted = cut(raw, self.spans(raw, hits, plain=True))
        return redacted.data.decode("utf-8", "surrogatepass")

    def found(self, raw: bytes, *, plain: bool = False) -> tuple[list[Span], list[Hit]]:
        """What to cut, and the hits that were looked at; ``plain``: it is no JSON.

        Letters that stand as escapes are seen as what they are.
        """
        if not hides_letters(raw):
            hits = self._scan.hits(raw)
            return self.spans(raw, hits, plain=plain), hits
        seen = Unescaped(raw)
        hits = self._scan.hits(seen.data)
        spans = self.spans(seen.data, hits, plain=plain)
        return (
            [(*seen.back(start, end), kind) for start, end, kind in spans],
            [(which, *seen.back(start, end)) for which, start, end in hits],
        )

    def spans(
        self, raw: bytes, hits: Iterable[Hit], *, plain: bool = False
    ) -> list[Span]:
        """What to cut round these hits; ``plain`` when ``raw`` is no JSON."""
        spans: list[Span] = []
        tags = _PrivateTags(raw, plain=plain)
        covered: dict[int, int] = {}
        hits = list(hits)
        values = Split(raw, hits)
        for index, start, end in hits:
            if index < len(_PRIVATE_OPEN):
                spans += tags.spans(start, end)
                continue
            for number, secret in self._secrets[index]:
                # Inside a span of its own a kind finds nothing new: it is greedy.
                # Another kind may, and both are cut.
                if start < covered.get(number, 0):
                    continue
                found = values.find(secret, start, end)
                if found and (plain or not _halves_escape(raw, found[0])):
                    spans.append((*found, secret.kind))
                    covered[number] = found[1]
        return spans


def _halves_escape(raw: bytes, start: int) -> bool:
    r"""Whether what begins here is the second half of an escape, as in ``\\npm_``."""
    before = raw[max(0, start - 64) : start]
    return bool((len(before) - len(before.rstrip(b"\\"))) % 2)


class _PrivateTags:
    """Where private spans of one line end, each part of it looked at once."""

    def __init__(self, raw: bytes, *, plain: bool) -> None:
        self._raw = raw
        self._value = (0, len(raw)) if plain else (0, 0)
        self._closed: re.Match[bytes] | None = None
        self._open_from = len(raw) + 1
        """No closing tag from here on."""

    def spans(self, start: int, end: int) -> list[Span]:
        """The span that the tag at ``start:end`` opens; none where it is no tag."""
        if self._raw.startswith(b"u", start):  # an escape begins at its backslashes
            tag = self._raw[:start].rstrip(b"\\")
            if len(tag) == start:
                return []
            start = len(tag)
        limit = self._value_end(end)
        closed = self._close_after(end)
        if closed and closed.end() <= limit:
            return [(start, closed.end(), PRIVATE)]
        # macOS prints name=<private> where its log hides a value, and Local<Private>
        # is a type in C++: nobody's tag.
        if _NO_TAG_BEHIND.search(self._raw, max(0, start - 8), start):
            return []
        if self._raw[start - 1 : start] == self._raw[end : end + 1] == b"`":
            return []  # told of in Markdown, not used
        return [(start, limit, PRIVATE)]

    def _value_end(self, at: int) -> int:
        first, last = self._value
        if not first <= at <= last:
            found = VALUE.match(self._raw, at)
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
    value = VALUE.match(raw)
    limit = value.end() if value else len(raw)
    closed = _PRIVATE_CLOSE.search(raw, 0, limit)
    return closed.end() if closed else limit


def private_end(text: bytes, start: int) -> int:
    """Where a private span ends that began before this place of a plain text."""
    closed = _PRIVATE_CLOSE.search(text, start)
    return closed.end() if closed else len(text)


def _by_place(span: Span) -> tuple[int, int, bool]:
    """Longest first, and of two alike the one whose name says more."""
    start, end, kind = span
    return start, -end, kind in _GENERIC


def cut(raw: bytes, spans: list[Span]) -> Redacted:
    """The bytes with a mark in place of each span; overlapping ones are one."""
    if not spans:
        return Redacted(raw)
    parts: list[bytes] = []
    kinds: set[str] = set()
    position = count = 0
    for start, end, kind in sorted(spans, key=_by_place):
        kinds.add(kind)
        if end <= position:
            continue
        if start >= position:
            parts += (raw[position:start], f"[redacted:{kind}]".encode())
            count += 1
        position = end
    parts.append(raw[position:])
    return Redacted(b"".join(parts), tuple(sorted(kinds)), count)
