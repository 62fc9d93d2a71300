"""Looking for cue words: cheap, because it is done for every sentence there is.

A cue of one word is looked up once for each word a text has, and remembered; a
phrase only where one begins; substrings of scripts without blanks only where
such a script is written.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from memtui.distil.cues import CUES

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def any_of(*words: str, flags: int = re.I) -> re.Pattern[str]:
    """Whole words; substrings where a script sets no blanks between words."""
    spaced = "|".join(word for word in words if not _DENSE.search(word))
    parts = [rf"(?<!\w)(?:{spaced})(?!\w)"] if spaced else []
    dense = [word for word in words if _DENSE.search(word)]
    return re.compile("|".join(parts + dense), flags)


_PHRASED = re.compile(r"[ ',-]|\(\?<")
"""What a cue of more than one word has in its pattern."""
_WORD = re.compile(r"\w+")
_KEPT_WORDS = 8_192
"""Words whose families are remembered: people use the same ones again."""


@dataclass(frozen=True, slots=True)
class _Family:
    """The cues of one family, apart by what it costs to look for them."""

    words: re.Pattern[str] | None
    """Asked once for each word there is, however often it occurs."""
    phrases: tuple[str, ...]
    dense: re.Pattern[str] | None
    """Substrings of scripts without blanks."""


def _family(cues: tuple[str, ...]) -> _Family:
    """Cues of one family, for text in lower case."""
    spaced = [cue for cue in cues if not _DENSE.search(cue)]
    dense = [cue for cue in cues if _DENSE.search(cue)]
    single = [cue for cue in spaced if not _PHRASED.search(cue)]
    return _Family(
        words=re.compile("|".join(single)) if single else None,
        phrases=tuple(cue for cue in spaced if _PHRASED.search(cue)),
        dense=re.compile("|".join(dense)) if dense else None,
    )


def families_of(text: str) -> set[str]:
    """The cue families of which something occurs in a text."""
    low = text.lower()
    found: set[str] = set()
    found.update(*map(_of_word, set(_WORD.findall(low))))
    for start in _PHRASE_START.finditer(low):
        at = start.start()
        found |= {name for name, one in _PHRASES.items() if one.match(low, at)}
    if not low.isascii() and _DENSE.search(low):
        found |= {name for name, one in _DENSE_CUES.items() if one.search(low)}
    return found


@lru_cache(maxsize=_KEPT_WORDS)
def _of_word(word: str) -> frozenset[str]:
    if not _ANY_WORD.fullmatch(word):
        return frozenset()
    return frozenset(
        name
        for name, family in _FAMILIES.items()
        if family.words and family.words.fullmatch(word)
    )


_FAMILIES: Final = {name: _family(cues) for name, cues in CUES.items()}
_ANY_WORD: Final = re.compile(
    "|".join(f.words.pattern for f in _FAMILIES.values() if f.words)
)
"""Most words are no cue: asked before each family is."""
_PHRASES: Final = {
    name: any_of(*family.phrases, flags=0)
    for name, family in _FAMILIES.items()
    if family.phrases
}
_ALL_PHRASES: Final = dict.fromkeys(
    cue for family in _FAMILIES.values() for cue in family.phrases
)
_PHRASE_START: Final = re.compile(rf"(?<!\w)(?=(?:{'|'.join(_ALL_PHRASES)})(?!\w))")
"""Where some phrase begins: only there each family is asked."""
_DENSE_CUES: Final = {
    name: family.dense for name, family in _FAMILIES.items() if family.dense
}
