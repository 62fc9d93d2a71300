"""Words as written and the stems that the index holds for them.

FTS5's vocabulary knows only stems, so ``search while typing`` and "did you
mean" keep their own dictionary of surfaces; these functions feed it. They fold
and stem as ``porter unicode61 remove_diacritics 2`` does.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import Stemmer

from memtui.search.prepare import ByPiece, fold, is_plain, other_spellings, spaced

_TOKEN: Final = re.compile(r"[^\W_]+")
_LENGTHS: Final = range(2, 41)
"""Letters of a word that is worth completing."""
_local = threading.local()


def tokens(text: str) -> list[str]:
    """The text's words, folded, in order."""
    return _TOKEN.findall(fold(text))


def surfaces(pieces: Mapping[bytes, int]) -> Counter[str]:
    """Words long enough to be typed for, and how often they were met.

    Args:
        pieces: of prepared rows; how many rows have each.
    """
    counted: Counter[str] = Counter()
    for piece, rows in pieces.items():
        for word in _words[piece]:
            counted[word] += rows
    return counted


def _said_in(piece: str) -> Iterator[str]:
    """Each word that the index holds for a piece of text."""
    if is_plain(piece):
        return iter((piece.lower(),) if len(piece) in _LENGTHS else ())
    said = " ".join((spaced(piece), *other_spellings(piece)))
    # what is not ASCII was folded before
    return (word for word in _TOKEN.findall(said.lower()) if len(word) in _LENGTHS)


_words: Final = ByPiece(_said_in)


def stems(words: Iterable[str]) -> list[str]:
    """The stem of each word, in order. Two letters and less stay as they are."""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # One per thread: a stemmer keeps state between words.
        stemmer = _local.stemmer = Stemmer.Stemmer("porter")
    given = list(words)
    return [
        stem if len(word) > 2 else word
        for word, stem in zip(given, stemmer.stemWords(given), strict=True)
    ]
