"""Looking for cue words: cheap, because it is done for every sentence there is.

Cues are patterns, but most stand for a few words and phrases, which are spelt out
once. One scan of a text finds all words that are cues or begin one; only where it
did is a phrase looked for, or a pattern that cannot be spelt out.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from memtui.distil.cues import CUES
from memtui.distil.patterns import any_of
from memtui.distil.spelling import Spelling, spellings
from memtui.search.near import CJK

_ALL: Final = frozenset(CUES)
_NOT_A_WORD = re.compile(r"\W")
_BLANKS: Final = bytes(
    code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(256)
)
"""What parts words in ASCII; of bytes, which are translated in a fifth of the time."""


class _Told:
    """What it tells that something is found."""

    def __init__(self) -> None:
        self.families: set[str] = set()
        """Those of which it is a cue."""
        self.phrases: dict[tuple[str, str], None] = {}
        """Families and phrases that may be there, for which marks count too."""
        self.patterns: dict[tuple[str, str], None] = {}
        """Families and cues that may be there."""

    def add_to(self, found: set[str], low: str) -> None:
        """Add the families of what is there, of those that are not found already."""
        for family, phrase in self.phrases:
            if family not in found and _says(low, phrase):
                found.add(family)
        for family, cue in self.patterns:
            if family not in found and _pattern(cue).search(low):
                found.add(family)


class Families:
    """The cues of some families, to be looked for together."""

    def __init__(self, cues: Mapping[str, Sequence[str]]) -> None:
        self._cues = cues
        told: dict[bytes, _Told] = {}
        for name in cues:
            for cue in cues[name]:
                if cue.isascii() or not CJK.search(cue):
                    _spell_out(name, cue, told)
        self._told = [
            (one.families, one if one.phrases or one.patterns else None)
            for one in told.values()
        ]
        self._sought = BytesAhoCorasick([*told])

    def found_in(self, text: str) -> set[str]:
        """The families of which something occurs in a text."""
        low = text.lower()
        said, found, going_on = _words_of(low), set[str](), list[_Told]()
        for index, _, _ in self._sought.find_matches_as_indexes(said, overlapping=True):
            families, more = self._told[index]
            found |= families
            if more is not None:
                going_on.append(more)
        for one in going_on:
            one.add_to(found, low)
        if not low.isascii() and CJK.search(low):
            found.update(name for name, one in self._dense.items() if one.search(low))
        return found

    @cached_property
    def _dense(self) -> dict[str, re.Pattern[str]]:
        """By family: substrings of scripts without blanks; most texts have none."""
        found = {name: [*filter(CJK.search, cues)] for name, cues in self._cues.items()}
        return {
            name: re.compile("|".join(cues)) for name, cues in found.items() if cues
        }


def _spell_out(family: str, cue: str, told: dict[bytes, _Told]) -> None:
    """Note under which words a cue is found."""
    spelt, plain = spellings(cue)
    for one in spelt:
        one_told = told.setdefault(_sought_for(one, cue), _Told())
        if not plain or one.is_open:
            one_told.patterns[family, cue] = None
        elif _NOT_A_WORD.search(one.text):
            one_told.phrases[family, one.text] = None
        else:
            one_told.families.add(family)


def _sought_for(one: Spelling, cue: str) -> bytes:
    """The words that a spelling is found by, of a text that has nothing but words."""
    words = _words_of(one.text)
    if one.is_open or not _is_letter(one.text[-1]):
        words = words.rstrip() if _is_letter(one.text[-1:]) else words.rstrip() + b" "
    if not words.strip():
        raise ValueError(f"no first word in the cue {cue!r}")
    return words


def families_of(text: str) -> set[str]:
    """The cue families of which something occurs in a text."""
    return _cues(_ALL).found_in(text)


def is_of(text: str, names: AbstractSet[str]) -> bool:
    """Whether something of one of these families occurs in a text."""
    return bool(_cues(frozenset(names)).found_in(text))


@cache
def _cues(names: frozenset[str]) -> Families:
    return Families({name: CUES[name] for name in sorted(names)})


def _words_of(low: str) -> bytes:
    """The words of a text in lower case, whatever else there is made blanks."""
    if low.isascii():
        return b" %b " % low.encode().translate(_BLANKS)
    return f" {_NOT_A_WORD.sub(' ', low)} ".encode()


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


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    """A cue that cannot be spelt out, once a text has its first word."""
    return any_of(cue, flags=0)
