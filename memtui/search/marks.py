"""Where a query hits a text: a short cut of it and the spans to mark.

The index holds prepared text and no offsets we could use, so the few rows on a
screen are marked here, in Python.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

from memtui.search import patterns
from memtui.search.grammar import Query
from memtui.search.match import left_out, unmarked
from memtui.search.prepare import fold, is_unspaced, spellings
from memtui.search.words import stems

_SCANNED: Final = 200_000
"""Characters looked at: beyond them a hit is not worth the wait."""
_BEFORE: Final = 0.25
"""Part of a snippet that may stand before its first hit."""
_MOST: Final = 2_000
"""Hits of one text that are looked at."""
_WORD_START: Final = r"(?<![^\W_])"
_REST: Final = r"[^\W_]*"

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A cut of a text, on one line, and (start, end) of each hit in it."""

    text: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a query's words look like in a text."""

    pattern: re.Pattern[str] | None
    """Group ``one``: a single word, to be looked at more closely."""
    beginnings: tuple[str, ...]
    stems: frozenset[str]

    def holds(self, match: re.Match[str]) -> bool:
        """Whether what looks like a hit is one: begins so, or has the same stem."""
        one = match["one"]
        return one is None or one.startswith(self.beginnings) or self._has_stem(one)

    def _has_stem(self, word: str) -> bool:
        (stem,) = stems([word])
        return stem in self.stems


def snippet(text: str, query: Query, *, length: int = 160) -> Snippet:
    """The part of ``text`` with the most different hits, whole words."""
    (found,) = snippets(text, query, length)
    return found


def snippets(text: str, query: Query, *lengths: int) -> list[Snippet]:
    """The same in several lengths, the text looked through once."""
    line = " ".join(text[:_SCANNED].split())
    hits = spans(line, query)
    return [_cut(line, hits, length) for length in lengths]


def spans(text: str, query: Query) -> Spans:
    """(start, end) of every hit, in order, none overlapping."""
    whole = text[:_SCANNED]
    hits: list[tuple[int, int]] = []
    wanted = _wanted(query)
    if wanted.pattern is not None:
        said = filter(wanted.holds, wanted.pattern.finditer(_folded(whole)))
        hits += (match.span() for match in islice(said, _MOST))
    for pattern in query.patterns:
        hits += patterns.found(pattern, whole)
    return _apart(hits) if query.patterns else tuple(hits)


def _cut(line: str, hits: Spans, length: int) -> Snippet:
    start = _best_start(line, hits, length) if hits else 0
    if start > (last := max(0, len(line) - length)):
        # A cut that ends with the text has room for what stands before its hit.
        first = next((a for a, _ in hits if a >= last), last)
        start = max(last, line.find(" ", last, first) + 1) if last else 0
    elif start:
        start = line.rfind(" ", 0, start + 1) + 1
    end = min(len(line), start + length)
    if end < len(line) and (blank := line.rfind(" ", start + length // 2, end)) > 0:
        end = blank
    head, tail = ("… " if start else ""), (" …" if end < len(line) else "")
    shift = len(head) - start
    inside = [(a + shift, b + shift) for a, b in hits if a >= start and b <= end]
    return Snippet(f"{head}{line[start:end]}{tail}", tuple(inside))


def _apart(hits: Sequence[tuple[int, int]]) -> Spans:
    """In order, those that meet made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=8)
def _wanted(query: Query) -> _Wanted:
    unasked = left_out(query)
    words = [word for word in query.words if word not in unasked]
    said = dict.fromkeys((*query.phrases, *words))
    for word in words:
        said.update(dict.fromkeys((*spellings(word), *unmarked(word))))
    single: dict[str, None] = {}
    beginnings: list[str] = []
    several: list[str] = []
    for form in sorted(said, key=len, reverse=True):
        pieces = re.findall(r"[^\W_]+", fold(form))
        if len(pieces) == 1 and not is_unspaced(form):
            begins = _without_ending(pieces[0])
            beginnings.append(begins)
            single[_shared(begins, *stems(pieces))] = None
        elif pieces:
            several.append(_several(form, pieces))
    if single:
        one = "|".join(map(re.escape, single))
        several.append(rf"{_WORD_START}(?P<one>(?:{one}){_REST})")
    else:
        several.append("(?P<one>(?!))")
    known = frozenset(stems([plain for w in words if (plain := fold(w)).isalnum()]))
    pattern = re.compile("|".join(several)) if said else None
    return _Wanted(pattern, tuple(beginnings), known)


def _shared(word: str, stem: str) -> str:
    """What all forms of a word begin with; ``happi`` is the stem of ``happy``."""
    stem = stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem
    same = takewhile(lambda pair: pair[0] == pair[1], zip(word, stem, strict=False))
    return "".join(letter for letter, _ in same)


def _several(words: str, pieces: Sequence[str]) -> str:
    if is_unspaced(words):
        return r"\W*".join(map(re.escape, pieces))
    # The index stems: what is typed is looked for where a word begins.
    return _WORD_START + r"[\W_]*".join(
        re.escape(_without_ending(piece)) + _REST for piece in pieces
    )


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _folded(text: str) -> str:
    """Folded as the index is, each character still in its place."""
    if text.isascii():
        return text.lower()
    folded = text
    for letter in set(text):
        if not letter.isascii() and len(plain := fold(letter)) == 1 and plain != letter:
            folded = folded.replace(letter, plain)
    low = folded.lower()
    if len(low) == len(text):
        return low
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)


def _best_start(line: str, hits: Spans, length: int) -> int:
    """Where the most different hits stand together, and of those the most."""
    starts = [start for start, _ in hits]
    ends = [end for _, end in hits]
    words = [line[start:end].lower() for start, end in hits]
    inside: Counter[str] = Counter()
    best, most, last = hits[0][0], (0, 0), 0
    for number, first in enumerate(starts):
        until = bisect_right(ends, first + length)
        inside.update(words[last:until])
        last = max(last, until)
        if most < (count := (len(inside), last - number)):
            best, most = first, count
        if number < last:
            inside[words[number]] -= 1
            if not inside[words[number]]:
                del inside[words[number]]
        else:
            last = number + 1
    return max(0, best - int(length * _BEFORE))
