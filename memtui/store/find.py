"""Ranked search: memories and turns together, best first.

Two lanes: rows with every word, then rows with some, the rarest words first as
far as a budget of postings reaches. Where even the rarest word is too common,
the newest rows that have it are weighed.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from memtui.search import match, rank
from memtui.search.grammar import Query
from memtui.search.words import stems, tokens
from memtui.store import timeline
from memtui.store.docs import FIRST_MEMORY
from memtui.store.filters import View
from memtui.store.hits import Hit, Shown, hits, memory_hit, shown

BEST: Final = """
    select rowid as doc, bm25(fts, 3.0, 1.0, 0.25, 0.25) as rank from fts
    where fts match :match and rowid >= :low and rowid < :high
    order by rank limit :limit
"""
NEWEST_FROM: Final = """
    select min(rowid) from (
        select rowid from fts where fts match :match and rowid >= :low and rowid < :high
        order by rowid desc limit :limit)
"""
FREQUENCY: Final = """
    select coalesce(sum(df), 0) from term
    where surface >= :low and surface < :high and stem = :stem
"""
_EVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class _Lane:
    expression: str
    factor: float
    whole: bool
    """False: too common, only its newest rows are weighed."""


def ranked(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[Hit]:
    """Best first; a query without words gives the newest memories."""
    if not query.has_text:
        newest = timeline.newest(conn, query, view, before=None, limit=limit)
        return [memory_hit(memory, query) for memory in newest]
    wanted = match.terms(query)
    if not wanted:
        return []
    lanes = _lanes(conn, query, wanted)
    size = max(rank.LANE, 4 * limit)
    found = _through(conn, lanes, size)
    seen = shown(conn, list(found), query, view)
    if len({one.thing for one in seen}) < limit and len(found) >= size:
        # Most of what was found is hidden here: look further down once.
        found = _through(conn, lanes, 10 * size)
        seen = shown(conn, list(found), query, view)
    scores = _scores(seen, found)
    best = sorted(seen, key=lambda one: (-scores[one.doc], -one.at, one.doc))
    return hits(conn, _each_once(best)[:limit], query, scores)


def frequency(conn: sqlite3.Connection, text: str) -> int:
    """In how many rows the rarest word of a text stands, about."""
    words = tokens(text)
    pairs = zip(words, stems(words), strict=True)
    return min((_rows_with(conn, word, stem) for word, stem in pairs), default=0)


def _rows_with(conn: sqlite3.Connection, word: str, stem: str) -> int:
    # Surfaces of one stem begin alike but for its last letter (happy, happi).
    beginning = stem[:-1] if len(stem) > 3 else word
    bounds = {"low": beginning, "high": beginning + "\U0010ffff", "stem": stem}
    return int(conn.execute(FREQUENCY, bounds).fetchone()[0])


def _lanes(
    conn: sqlite3.Connection, query: Query, wanted: Sequence[str]
) -> list[_Lane]:
    known = sorted((frequency(conn, one), one) for one in wanted)
    # An AND costs about as many steps as its rarest term has rows.
    lanes = [_Lane(match.every(wanted, query), 1.0, known[0][0] <= rank.BUDGET)]
    if len(wanted) == 1:
        return lanes
    some: list[str] = []
    spent = 0
    for rows, one in known:
        if spent and spent + rows > rank.BUDGET:
            break
        spent += rows
        some.append(one)
    expression = match.some(some, query)
    return [*lanes, _Lane(expression, rank.SOME_WORDS, spent <= rank.BUDGET)]


def _through(
    conn: sqlite3.Connection, lanes: Sequence[_Lane], size: int
) -> dict[int, float]:
    found: dict[int, float] = {}
    for lane in lanes:
        bounds = {"match": lane.expression, "limit": size, "low": 0, "high": _EVER}
        if lane.whole:
            parts = [bounds]
        else:
            parts = [_newest_part(conn, bounds, 0, FIRST_MEMORY)]
            parts.append(_newest_part(conn, bounds, FIRST_MEMORY, _EVER))
        for part in parts:
            for doc, score in conn.execute(BEST, part):
                # bm25 is better the lower it is.
                found.setdefault(doc, -score * lane.factor)
    return found


def _newest_part(
    conn: sqlite3.Connection, bounds: dict[str, object], low: int, high: int
) -> dict[str, object]:
    asked = bounds | {"low": low, "high": high, "limit": rank.NEWEST}
    (first,) = conn.execute(NEWEST_FROM, asked).fetchone()
    return bounds | {"low": high if first is None else first, "high": high}


def _scores(seen: Sequence[Shown], found: dict[int, float]) -> dict[int, float]:
    best = max((found[one.doc] for one in seen), default=1.0) or 1.0
    newest = max((one.at for one in seen), default=0)
    return {
        one.doc: rank.weigh(found[one.doc] / best, one.kind, newest - one.at)
        for one in seen
    }


def _each_once(ordered: Sequence[Shown]) -> list[Shown]:
    first: dict[tuple[str, int, int], Shown] = {}
    for one in ordered:
        first.setdefault(one.thing, one)
    return list(first.values())
