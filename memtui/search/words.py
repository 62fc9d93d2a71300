"""Words as written and the stems that the index holds for them.

FTS5's vocabulary knows only stems, so ``search while typing`` and "did you
mean" keep their own dictionary of surfaces; these functions feed it. They fold
and stem as ``porter unicode61 remove_diacritics 2`` does.
"""

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Final

import Stemmer

from memtui.search.prepare import LENGTHS, fold, is_plain, words_in

_TOKEN: Final = re.compile(r"[^\W_]+")
_local = threading.local()


def tokens(text: str) -> list[str]:
    """The text's words, folded, in order."""
    return _TOKEN.findall(fold(text))


def surfaces(pieces: Mapping[bytes, int]) -> dict[str, int]:
    """Words long enough to be typed for, and how often they were met.

    Args:
        pieces: of prepared rows; how many rows have each.
    """
    counted: dict[str, int] = {}
    plain = _plain(pieces)
    # nine of ten are: made words all at once
    for word, piece in zip(
        b" ".join(plain).decode().lower().split(), plain, strict=True
    ):
        counted[word] = counted.get(word, 0) + pieces[piece]
    for piece in pieces.keys() - plain:
        for word in words_in[piece]:
            counted[word] = counted.get(word, 0) + pieces[piece]
    return {word: rows for word, rows in counted.items() if len(word) in LENGTHS}


def _plain(pieces: Iterable[bytes]) -> list[bytes]:
    """Those of some pieces that are but one word, with no other spelling."""
    words = [piece for piece in pieces if piece.isalpha()]
    return [word for word in words if word[1:].islower() or is_plain(word)]


def stems(words: Iterable[str]) -> list[str]:
    """The stem of each word, in order. Two letters and less stay as they are."""
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # One per thread: a stemmer keeps state between words. Without its memory of
        # words: tidying up in that takes four times as long as stemming anew.
        stemmer = _local.stemmer = Stemmer.Stemmer("porter", 0)
    given = list(words)
    return [
        stem if len(word) > 2 else word
        for word, stem in zip(given, stemmer.stemWords(given), strict=True)
    ]
