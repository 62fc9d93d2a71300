"""When two texts say the same: word sets, with numbers, paths and negation.

One notion of likeness for a session's own drafts, for what was delivered to it,
and for memories of different sessions.
"""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

SAME: Final = 0.6
"""Jaccard of the word sets from which two texts are near-duplicates."""

STOP_WORDS: Final = frozenset(
    {
        "the", "a", "an", "of", "to", "in", "on", "for", "and", "or", "is", "are",
        "was", "were", "be", "been", "it", "its", "this", "that", "with", "as", "by",
        "from", "at", "we", "you", "i", "now", "has", "have", "had", "so", "also",
        "will", "can", "into", "than", "then", "which", "who", "der", "die", "das",
        "und", "ist", "im", "zu", "den", "von", "mit", "и", "в", "на", "с", "по",
        "что", "это", "как", "的", "了", "是", "在",
    }
)  # fmt: skip
"""Words that carry no meaning when texts are compared."""

_NEGATION: Final = re.compile(
    "|".join(
        rf"{first}(?<!\w{first})(?:{rest})(?!\w)"
        for first, rest in {
            "n": "ot|ever|o|icht|ie", "w": "ithout|on'?t", "d": "on'?t|oesn'?t",
            "c": "an'?t|annot", "i": "sn'?t", "k": r"ein\w*", "o": "hne",
            "н": "е|ет|икогда", "б": "ез",
        }.items()
    )
    + "|不|没|未|無|ない"
)  # fmt: skip
"""What turns a statement round: two texts that differ in it are not the same.

For text in lower case; each way begins with a letter, so that they are soon found.
"""

_DEGREES: Final = frozenset({"longer", "more", "only", "just", "yet", "mehr", "больше"})
"""Words between a negation and what it turns round."""

_WORD: Final = re.compile(r"[^\W_]+(?:[.'’/_-][^\W_]+)*", re.U)
_JOINS: Final = ".'/_-"
"""What may stand between the parts of a word."""
_BLANKS: Final = bytes(
    code if chr(code).isalnum() or chr(code) in _JOINS else ord(" ")
    for code in range(256)
)
"""What parts words in ASCII; of bytes, which are translated in a fifth of the time."""
_ENDS: Final = ("ing", "ed", "es", "s")
"""What is cut from a word, to compare it by its stem."""
_LONG: Final = 4_000
"""A longer text is not remembered, nor are its words: it may be one."""
CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts without blanks between words; dear to compile, so there is one."""
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")
_DIGIT: Final = re.compile(r"\d")
_MEASURE: Final = re.compile(r"(?<![\w.:])v?(\d+(?:[.,]\d+)*(?:%|[a-zµ]{1,3})?)(?!\w)")
"""A number with its unit; not a line of a file (``a.py:12``)."""
_PATH: Final = re.compile(r"[\w.-]*[/\\][\w./\\-]+|\b[\w-]+\.[a-z]{1,4}\b")


def bag_of(text: str) -> frozenset[str]:
    """The words that carry meaning; pairs of characters for CJK."""
    return _bag_of(text) if len(text) < _LONG else _words_in(text, _carrying)


def _words_in(text: str, carrying: Callable[[str], tuple[str, ...]]) -> frozenset[str]:
    low = text.casefold()
    if low.isascii():
        low = low.encode().translate(_BLANKS).decode()
    return frozenset(chain.from_iterable(map(carrying, low.split())))


@lru_cache(maxsize=512)
def _bag_of(text: str) -> frozenset[str]:
    """The same: of the same few texts several are asked at once."""
    return _words_in(text, _carried.__getitem__)


def _carrying(piece: str) -> tuple[str, ...]:
    """The same of a piece of text without blanks, in lower case."""
    word = piece.strip(_JOINS)
    if word.isascii() and word.isalnum():
        if word in STOP_WORDS:
            return ()
        return (_stem(word) if word.endswith(_ENDS) else word,)
    found = {_stem(w) for w in _WORD.findall(piece) if w not in STOP_WORDS}
    for run in CJK.findall(piece):
        found.discard(run)
        found |= {run[i : i + 2] for i in range(max(1, len(run) - 1))}
    return tuple(found)


class _Carried(dict[str, tuple[str, ...]]):
    """What was made of each piece: the same few thousand are met again and again."""

    _MOST: Final = 16_384

    def __missing__(self, piece: str) -> tuple[str, ...]:
        if len(self) >= self._MOST:
            self.clear()
        made = self[piece] = _carrying(piece)
        return made


_carried: Final = _Carried()


def subject_of(text: str) -> frozenset[str]:
    """The words of a text without its numbers and negation: what it is about."""
    if text.isascii() and not _NEGATION.search(text.lower()):
        words = bag_of(text)  # somebody asked for it, or will
    else:
        words = bag_of(_NEGATION.sub(" ", text.lower()))
    if text.isascii() and not _DIGIT.search(text):
        return words
    return words - {word for word in words if word.replace(".", "").isdigit()}


def _stem(word: str) -> str:
    if len(word) > 5 and word.isascii() and word.isalpha():
        for end in _ENDS:
            if word.endswith(end):
                return word[: -len(end)]
    return word


def jaccard(a: AbstractSet[object], b: AbstractSet[object]) -> float:
    """Shared words over all words."""
    if not a or not b:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def contained(small: frozenset[str], large: frozenset[str]) -> float:
    """How much of ``small`` stands in ``large``."""
    return len(small & large) / len(small) if small else 0.0


def contradicts(a: str, b: str) -> bool:
    """Whether numbers or negation tell the two texts apart."""
    if bool(_NEGATION.search(a.lower())) != bool(_NEGATION.search(b.lower())):
        return True
    one, two = set(_NUMBER.findall(a)), set(_NUMBER.findall(b))
    return bool(one) and bool(two) and one.isdisjoint(two)


def same(a: str, b: str) -> bool:
    """Near-duplicates: the same words, the same numbers, paths and negation."""
    if jaccard(bag_of(a), bag_of(b)) < SAME:
        return False
    ways = set(_PATH.findall(a)), set(_PATH.findall(b))
    if ways[0] and ways[1] and ways[0].isdisjoint(ways[1]):
        return False
    return not contradicts(a, b)


class Sign(StrEnum):
    """What tells two statements of the same words apart."""

    NOTHING = ""
    NUMBERS = "numbers"
    NEGATION = "negation"
    PATHS = "paths"


@dataclass(frozen=True)
class Signs:
    """What can turn a statement into another one though its words are the same."""

    text: str

    def differ(self, other: "Signs") -> Sign:
        """What tells two texts apart."""
        one, two = self.numbers, other.numbers
        if not (one <= two or two <= one):
            return Sign.NUMBERS
        if self._denies(other) or other._denies(self):
            return Sign.NEGATION
        ways = self.paths, other.paths
        if ways[0] and ways[1] and ways[0].isdisjoint(ways[1]):
            return Sign.PATHS
        return Sign.NOTHING

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers with their units."""
        if not _DIGIT.search(self.text):
            return frozenset()
        return frozenset(_MEASURE.findall(self.text.casefold()))

    @cached_property
    def paths(self) -> frozenset[str]:
        """Last parts of the paths that it names."""
        found = _PATH.findall(self.text.casefold())
        return frozenset(re.split(r"[/\\]", way.rstrip("/\\."))[-1] for way in found)

    @cached_property
    def negated(self) -> frozenset[str]:
        """The first meaningful word behind each negation."""
        return frozenset(word for _, _, word in self._denials if word)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The words that no negation stands before."""
        text = self.text.lower()
        for start, end, _ in reversed(self._denials):
            text = f"{text[:start]} {text[end:]}"
        return bag_of(text)

    @cached_property
    def _denials(self) -> list[tuple[int, int, str]]:
        """Where each negation and what it turns round begins and ends, and that.

        Of the text in lower case.
        """
        found: list[tuple[int, int, str]] = []
        low = self.text.lower()
        for turn in _NEGATION.finditer(low):
            if found and turn.start() < found[-1][1]:
                continue
            heads = _WORD.finditer(low, turn.end())
            head = next((h for h in heads if _turned(h[0].casefold())), None)
            word = next(iter(bag_of(head[0])), "") if head else ""
            found.append((turn.start(), head.end() if head else turn.end(), word))
        return found

    def _denies(self, other: "Signs") -> bool:
        """Whether it denies what the other states; pairs of CJK by presence alone."""
        if CJK.search(self.text) or CJK.search(other.text):
            return bool(self._denials) != bool(other._denials)
        return bool((self.negated & other.plain) - other.negated - self.plain)


def _turned(word: str) -> bool:
    return word not in STOP_WORDS and word not in _DEGREES
