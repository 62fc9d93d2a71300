"""Where a query hits a text: a short cut of it and the spans to mark.

The index holds prepared text and no offsets we could use, so the few rows on a
screen are marked here, in Python.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from memtui.search.grammar import Query
from memtui.search.prepare import fold, is_unspaced, spellings

_SCANNED: Final = 200_000
"""Characters looked at: beyond them a hit is not worth the wait."""
_BEFORE: Final = 0.25
"""Part of a snippet that may stand before its first hit."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A cut of a text, on one line, and (start, end) of each hit in it."""

    text: str
    spans: tuple[tuple[int, int], ...]


def snippet(text: str, query: Query, *, length: int = 160) -> Snippet:
    """The part of ``text`` with the most different hits, whole words."""
    line = " ".join(text[:_SCANNED].split())
    hits = spans(line, query)
    start = _best_start(hits, length) if hits else 0
    if start:
        start = line.rfind(" ", 0, start + 1) + 1
    end = min(len(line), start + length)
    if end < len(line) and (blank := line.rfind(" ", start + length // 2, end)) > 0:
        end = blank
    head, tail = ("… " if start else ""), (" …" if end < len(line) else "")
    shift = len(head) - start
    inside = [(a + shift, b + shift) for a, b in hits if a >= start and b <= end]
    return Snippet(f"{head}{line[start:end]}{tail}", tuple(inside))


def spans(text: str, query: Query) -> tuple[tuple[int, int], ...]:
    """(start, end) of every hit, in order, none overlapping."""
    pattern = _pattern(query)
    if pattern is None:
        return ()
    return tuple(m.span() for m in pattern.finditer(_folded(text[:_SCANNED])))


@lru_cache(maxsize=8)
def _pattern(query: Query) -> re.Pattern[str] | None:
    wanted = dict.fromkeys((*query.phrases, *query.words))
    for word in query.words:
        wanted.update(dict.fromkeys(spellings(word)))
    sides = [p for p in map(_one, sorted(wanted, key=len, reverse=True)) if p]
    return re.compile("|".join(sides), re.IGNORECASE) if sides else None


def _one(words: str) -> str:
    pieces = re.findall(r"[^\W_]+", fold(words))
    if not pieces:
        return ""
    if is_unspaced(words):
        return r"\W*".join(map(re.escape, pieces))
    # The index stems: what is typed is looked for where a word begins.
    return r"(?<![^\W_])" + r"[\W_]*".join(_stem(piece) for piece in pieces)


def _folded(text: str) -> str:
    """Folded as the index is, each character still in its place."""
    if text.isascii():
        return text
    return "".join(b if len(b := fold(c)) == 1 else c for c in text)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.lower().endswith(ending) and len(word) - len(ending) >= 3:
            return re.escape(word[: -len(ending)]) + r"[^\W_]*"
    return re.escape(word) + r"[^\W_]*"


def _best_start(hits: Sequence[tuple[int, int]], length: int) -> int:
    best, most = hits[0][0], 0
    for first, _ in hits:
        count = sum(1 for a, b in hits if a >= first and b <= first + length)
        if count > most:
            best, most = first, count
    return max(0, best - int(length * _BEFORE))
