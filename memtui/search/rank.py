"""How finds are weighed. Pure numbers; where they come from: see each.

Kind weights, the recency share and the lanes were measured on known-item search
over real coding sessions; a memory's own weight is a prior.
"""

from typing import Final

from memtui.model import RecordKind

BM25: Final = (3.0, 1.0, 0.25, 0.25)
"""Weights of the index's columns: title, body, context, identifiers."""
BUDGET: Final = 60_000
"""Postings that one search may weigh: about 50 ms of CPU."""
NEWEST: Final = 5_000
"""Rows that are weighed where every word is too common to weigh them all."""
LANE: Final = 400
"""Rows that a lane hands on. The view hides some of them."""

_KINDS: Final = {
    RecordKind.PROMPT: 1.3,
    RecordKind.RESPONSE: 1.2,
    RecordKind.SUMMARY: 1.2,
    RecordKind.TITLE: 1.2,
    RecordKind.THINKING: 1.0,
    RecordKind.TOOL_USE: 1.0,
    RecordKind.TOOL_RESULT: 0.8,
}
_MEMORY: Final = 1.4
SOME_WORDS: Final = 0.8
"""Factor of a row that has some of the words, not all."""
_RECENT: Final = 0.15
"""Share of a score that fades with age."""
_HALF_LIFE_MS: Final = 30 * 86_400_000


def weigh(relevance: float, kind: RecordKind | None, age_ms: int) -> float:
    """A row's score.

    Args:
        relevance: of the best row 1, of others less.
        kind: of the record; None for a memory.
        age_ms: before the newest find.
    """
    weight = _MEMORY if kind is None else _KINDS.get(kind, 1.0)
    fading: float = 2.0 ** (-max(0, age_ms) / _HALF_LIFE_MS)
    return relevance * weight * (1 - _RECENT + _RECENT * fading)
