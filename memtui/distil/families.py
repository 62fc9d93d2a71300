"""Looking for cue words: cheap, because it is done for every sentence there is.

Cues are patterns, but most stand for a few words and phrases, which are spelt out
once. A word of a text is then looked up; a phrase is looked for where its first
words are there, and a pattern that cannot be spelt out where its first word is.
"""

import re
from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from memtui.distil.cues import CUES
from memtui.distil.spelling import Spelling, spellings
from memtui.search.near import CJK


def any_of(*words: str, flags: int = re.I) -> re.Pattern[str]:
    """Whole words; substrings where a script sets no blanks between words."""
    return re.compile(either(*words), flags)


def either(*words: str) -> str:
    """The same as the text of a pattern."""
    spaced = "|".join(word for word in words if not CJK.search(word))
    parts = [rf"(?<!\w)(?:{spaced})(?!\w)"] if spaced else []
    dense = [word for word in words if CJK.search(word)]
    return "|".join(parts + dense)


class Sought:
    """A pattern that is seldom found, looked for where a text has what begins it."""

    def __init__(self, pattern: str) -> None:
        """``pattern``: all that matches it begins with letters."""
        begins = sorted({one.text for one in spellings(pattern)[0]})
        if not all(begins):
            raise ValueError(f"what does it begin with? {pattern}")
        self._begins = AhoCorasick(begins)
        self._pattern = pattern

    def search(self, text: str) -> bool:
        """Whether it is found anywhere, in capitals or not, if it is in lower case."""
        low = text.lower()
        return self._may_be_in(low) and bool(self._compiled.search(low))

    def find(self, text: str) -> str:
        """The first that is found, as it is spelt; empty: there is none."""
        found = self._compiled.search(text) if self._may_be_in(text) else None
        return found[0] if found else ""

    def _may_be_in(self, text: str) -> bool:
        try:
            return bool(self._begins.find_matches_as_indexes(text))
        except UnicodeEncodeError:  # half of a surrogate pair: no UTF-8
            return True

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern)


_PHRASED = re.compile(r"[ ',-]|\(\?<")
"""What a cue of more than one word has in its pattern."""
_WORD = re.compile(r"\w+")
_KEPT_WORDS = 8_192
"""Words whose families are remembered: people use the same ones again."""
_BLANKS: Final = bytes(
    code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(256)
)
"""What parts words in ASCII; of bytes, which are translated in a fifth of the time."""


@dataclass(slots=True)
class _Opened:
    """What begins with one word and goes on, by its second word if that is known."""

    phrases: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Families and phrases that are looked for as they are."""
    patterns: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)
    """Families and cues that are not."""
    seconds: set[str] = field(default_factory=set)
    """All second words."""

    def add(self, said: str, words: set[str], found: set[str]) -> None:
        """Put to the families found those of what a text says so."""
        for second in self.seconds & words:
            for family, phrase in self.phrases.get(second, ()):
                if family not in found and _says(said, phrase):
                    found.add(family)
            for family, cue in self.patterns.get(second, ()):
                if family not in found and _pattern(cue).search(said):
                    found.add(family)


class _Cues:
    """All cues, apart by what it costs to look for them."""

    def __init__(self) -> None:
        self.words: dict[str, set[str]] = defaultdict(set)
        """The families of a word."""
        self.endless: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        """Families and cues of words that begin so."""
        self.opened: dict[str, _Opened] = defaultdict(_Opened)
        """By the first word."""
        for family, cues in CUES.items():
            for cue in cues:
                if cue.isascii() or not CJK.search(cue):
                    self._add(family, cue)
        self.beginnings = tuple(self.endless)

    @cached_property
    def dense(self) -> dict[str, re.Pattern[str]]:
        """By family: substrings of scripts without blanks; most texts have none."""
        found = {name: [*filter(CJK.search, cues)] for name, cues in CUES.items()}
        return {
            name: re.compile("|".join(cues)) for name, cues in found.items() if cues
        }

    def _add(self, family: str, cue: str) -> None:
        spelt, plain = spellings(cue)
        for one in spelt:
            if plain and not one.is_open:
                self._add_words(family, one.text)
            elif _PHRASED.search(cue):
                self._add_pattern(family, cue, one)
            else:
                self.endless[one.text][family, cue] = None

    def _add_words(self, family: str, said: str) -> None:
        first, *others = _WORD.findall(said)
        if not others:
            self.words[first].add(family)
        else:
            known = self.opened[first].phrases
            known.setdefault(others[0], []).append((family, said))
            self.opened[first].seconds.add(others[0])

    def _add_pattern(self, family: str, cue: str, begins: Spelling) -> None:
        """A pattern is looked for where its first word is: it must have a whole one."""
        words = _WORD.findall(begins.text)
        if begins.is_open and _is_letter(begins.text[-1:]):
            words.pop()
        if not words:
            raise ValueError(f"no first word in the cue {cue!r}")
        second = words[1] if len(words) > 1 else words[0]
        known = self.opened[words[0]].patterns
        known.setdefault(second, {})[family, cue] = None
        self.opened[words[0]].seconds.add(second)


def families_of(text: str) -> set[str]:
    """The cue families of which something occurs in a text."""
    low, words = _words_of(text)
    found: set[str] = set()
    going_on: list[_Opened] = []
    for families, opened in filter(None, map(_known, words)):
        found |= families
        if opened and not opened.seconds.isdisjoint(words):
            going_on.append(opened)
    for opened in going_on:  # of families that no word told already
        opened.add(low, words, found)
    return found if low.isascii() else found | _dense_in(low)


def is_of(text: str, names: AbstractSet[str]) -> bool:
    """Whether something of one of these families occurs in a text."""
    low, words = _words_of(text)
    known = [*filter(None, map(_known, words))]
    if any(not names.isdisjoint(families) for families, _ in known):
        return True
    found = set(CUES.keys() - names)  # nobody asks for these
    others = len(found)
    for _, opened in known:
        if opened and not opened.seconds.isdisjoint(words):
            opened.add(low, words, found)
    return len(found) > others or not names.isdisjoint(_dense_in(low))


def _words_of(text: str) -> tuple[str, set[str]]:
    """The text in lower case, and its words."""
    low = text.lower()
    if low.isascii():
        return low, set(low.encode().translate(_BLANKS).decode().split())
    return low, set(_WORD.findall(low))


def _dense_in(low: str) -> set[str]:
    """The families of which something occurs in a script without blanks."""
    if low.isascii() or not CJK.search(low):
        return set()
    return {name for name, one in _CUES.dense.items() if one.search(low)}


def _says(text: str, phrase: str) -> bool:
    """Whether a phrase occurs in a text, not as a part of longer words."""
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not (_is_letter(text[at - 1 : at]) or _is_letter(text[end : end + 1])):
            return True
        at = text.find(phrase, at + 1)
    return False


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


@lru_cache(maxsize=_KEPT_WORDS)
def _known(word: str) -> tuple[frozenset[str], _Opened | None] | None:
    """The families of a word and what may begin with it; None: it is no cue."""
    found = set(_CUES.words.get(word, ()))
    if word.startswith(_CUES.beginnings):
        for begins, cues in _CUES.endless.items():
            if word.startswith(begins):
                found |= {n for n, cue in cues if _pattern(cue).fullmatch(word)}
    opened = _CUES.opened.get(word)
    return (frozenset(found), opened) if found or opened else None


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    """A cue that cannot be spelt out, once a text has its first word."""
    return any_of(cue, flags=0)


_CUES: Final = _Cues()
