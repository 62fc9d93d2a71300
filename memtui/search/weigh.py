"""How well texts answer a query, from the texts themselves.

The index weighs rare words; of a common one it would count every row there is. So
of the few hundred rows that are left the words are counted here, by the same
formula. A word counts where one begins like its stem, which is nearly always the
same word.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from memtui.search.prepare import fold, spaced
from memtui.search.rank import BM25
from memtui.search.words import stems

_K: Final = 1.2
_B: Final = 0.75
"""As FTS5 has them."""
_FORM: Final = re.compile(r'"((?:[^"]|"")*)"')
_APART: Final = bytes(
    code if code > 127 or chr(code).isalnum() else 32 for code in range(256)
)


class Text(NamedTuple):
    """A row as far as it is weighed."""

    title: str
    body: str


def relevances(
    terms: Sequence[tuple[str, int]], texts: Mapping[int, Text], rows: int
) -> dict[int, float]:
    """The relevance of each text, the higher the better, never below 0.

    Args:
        terms: as the index asks for them, and in how many rows each stands.
        texts: by row.
        rows: of the index.
    """
    asked = [(_needles(expression), _rarity(df, rows)) for expression, df in terms]
    said = {row: (_plain(one.title), _plain(one.body)) for row, one in texts.items()}
    lengths = {row: len(title) + len(body) for row, (title, body) in said.items()}
    mean = sum(lengths.values()) / len(lengths) if lengths else 1
    found = {}
    for row, (title, body) in said.items():
        drag = _K * (1 - _B + _B * lengths[row] / mean)
        total = 0.0
        for needles, rarity in asked:
            times = sum(
                BM25["title"] * title.count(one) + BM25["body"] * body.count(one)
                for one in needles
            )
            total += rarity * times * (_K + 1) / (times + drag)
        found[row] = total
    return found


def _rarity(df: int, rows: int) -> float:
    return max(1e-6, math.log((rows - df + 0.5) / (df + 0.5))) if df < rows else 1e-6


def _needles(expression: str) -> list[bytes]:
    found = []
    for form in _FORM.findall(expression):
        *first, last = _plain(form).decode().split() or [""]
        (stem,) = stems([last])
        # A stem may end as no form of the word does: happi, of happy.
        ending = stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem
        words = " ".join([*first, ending])
        if words:
            found.append((f" {words}" if words.isascii() else words).encode())
    return list(dict.fromkeys(found))


def _plain(text: str) -> bytes:
    """Lower case, one blank before each word, runs without any as pairs."""
    words = fold(spaced(text)).encode("utf-8", "replace").translate(_APART).split()
    return b" " + b" ".join(words)
