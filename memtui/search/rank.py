"""How finds are weighed. Pure numbers; where they come from: see each.

Kind weights, the recency share and the lanes were measured on known-item search
over real coding sessions, chosen on one half of the sessions and held against the
other; a memory's own weight is a prior.
"""

from collections.abc import Iterable
from typing import Final

from memtui.model import RecordKind

BM25: Final = {"body": 1.0, "title": 3.0, "context": 0.25, "ident": 0.5}
"""Weights of the index's columns, in their order."""
_POSTINGS: Final = ((100_000, 60_000), (300_000, 25_000), (3_000_000, 15_000))
"""Postings that one search may weigh, in a store of fewer rows than so many."""
_LEAST_POSTINGS: Final = 8_000
"""And in a larger one. In a large one each takes three to five microseconds, for its
row is looked up in trees of gigabytes (measured at two and at five million rows)."""
SPELLING: Final = 4_000
"""Postings that another spelling of a name that is known may cost."""
NEWEST: Final = 5_000
"""Rows that are looked at where every word is too common to look at them all."""
WALKED: Final = 300_000
"""Postings of common words that are gone through to find rows with every word. Older
rows come by their rare words; whether they have the others is seen in their texts."""
OF_LETTERS: Final = 8
"""One row in so many has a certain letter or digit that stands alone, about: of real
transcripts a 1 in four, an i in five, a 3 in nine, an x in nineteen."""
LANE: Final = 200
"""Rows that a lane hands on. The view hides some of them."""

_KINDS: Final = {
    RecordKind.PROMPT: 1.2,
    RecordKind.RESPONSE: 1.2,
    RecordKind.SUMMARY: 1.2,
    RecordKind.TITLE: 1.2,
    RecordKind.THINKING: 1.0,
    RecordKind.TOOL_USE: 0.9,
    RecordKind.TOOL_RESULT: 0.6,
}
"""What people and agents say tells what a session was about; what a tool was told or
printed tells only what was touched, in few words that all look rare."""
_MEMORY: Final = 1.0
"""Of what was distilled, which stands before the turn that it stems from anyway. More
put memories before the turns that answer, on all that we measure by."""
SOME_WORDS: Final = 0.6
"""Factor of a row that has some of the words, not all. At .8 half a point less of what
answers long questions was found, at no gain elsewhere (measured)."""
_FURTHER: Final = 0.7
"""What the second best row of a session counts of the best, and the third of that."""
SAID_AGAIN: Final = 0.5
"""Factor of a turn that says word for word what a better one of its session says: a
command that is run time and again would fill the first page."""
_RECENT: Final = 0.1
"""Share of a score that fades with age."""
_HALF_LIFE_MS: Final = 30 * 86_400_000


def budget(rows: int) -> int:
    """How many postings one search of an index of so many rows may weigh."""
    fitting = (most for below, most in _POSTINGS if rows < below)
    return next(fitting, _LEAST_POSTINGS)


def together(scores: Iterable[float]) -> float:
    """What the rows of one session say together: the best three count."""
    best = sorted(scores, reverse=True)[:3]
    return sum(score * _FURTHER**place for place, score in enumerate(best))


def weigh(relevance: float, kind: RecordKind | None, age_ms: int) -> float:
    """A row's score.

    Args:
        relevance: of the best row 1, of others less.
        kind: of the record; None for a memory.
        age_ms: before the newest find.
    """
    return relevance * weight_of(kind) * freshness(age_ms)


def weight_of(kind: RecordKind | None) -> float:
    """What a record of a kind counts, or a memory (None)."""
    return _MEMORY if kind is None else _KINDS.get(kind, 1.0)


def freshness(age_ms: int) -> float:
    """The factor of a row so much older than the newest find: 1 for that itself."""
    fading: float = 2.0 ** (-max(0, age_ms) / _HALF_LIFE_MS)
    return 1 - _RECENT + _RECENT * fading
