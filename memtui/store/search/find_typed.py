"""Search while typing: newest first, the last word taken as a beginning.

The index holds stems, so what is typed is completed from the words as written
(``term``), the most frequent first; nothing is weighed, so that no keystroke
waits, and what stands round a row is not looked at: it would come first by its age.
Where those completions do not fill the list, all of them are asked for.
"""

import sqlite3
from string import punctuation
from typing import Final

from memtui.search import match
from memtui.search.grammar import Query
from memtui.search.prepare import fold
from memtui.search.words import stems
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.filters import View
from memtui.store.search.find_newest import newest
from memtui.store.search.hits import Hit, Shown, hits, shown

NEWEST: Final = """
    select rowid from fts where fts match :match and rowid >= :low and rowid < :before
    order by rowid desc limit :limit
"""
ANY: Final = "select exists (select 1 from fts where fts match ?)"
COMPLETIONS: Final = """
    select surface, iif(stem = '', surface, stem) from term
    where surface >= :low and surface < :high
    order by df desc, surface limit :limit
"""
_FIRST: Final = 24
"""Completions asked for at first: they fill the list nearly always."""
_BY_NAME: Final = 400
"""So many completions are asked for by name; where there are more, the beginning is."""
_UNCOVERED: Final = 400
"""Completions that a beginning does not cover by itself, at most."""
_CHUNK: Final = 250
_CHUNKS: Final = 12
"""So many times so many rows are looked at; the view may hide them all."""
_EVER: Final = 1 << 62


def typed(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[Hit]:
    """Newest first, with or without words."""
    if not query.has_text:
        return newest(conn, query, view, limit)
    if not query.words or query.text[-1:].isspace():
        expression = match.every(_whole(query, query.words), query)
        return hits(conn, _newest(conn, expression, query, view, limit), query, {})
    *whole, last = query.words
    said = _whole(query, whole)
    if said and not _is_said(conn, match.every(said, query)):
        return []
    some = _completions(conn, last, _FIRST + 1)
    found: list[Shown] = []
    if some:
        asked = match.any_of(map(match.phrase, [s for s, _ in some[:_FIRST]]))
        expression = match.every([*said, asked], query)
        found = _newest(conn, expression, query, view, limit)
    if len(found) < limit and (len(some) > _FIRST or len(fold(last)) > 1):
        expression = match.every([*said, _all(conn, last)], query)
        found = _newest(conn, expression, query, view, limit)
    return hits(conn, found, query, {})


def _whole(query: Query, words: tuple[str, ...] | list[str]) -> list[str]:
    said = [*map(match.phrase, query.phrases), *map(match.word, words)]
    return [one for one in said if one]


def _is_said(conn: sqlite3.Connection, expression: str) -> bool:
    (is_said,) = conn.execute(ANY, (f"- context : ({expression})",)).fetchone()
    return bool(is_said)


def _all(conn: sqlite3.Connection, last: str) -> str:
    """Every word that begins so: by name, or by the index's own prefixes."""
    every = _completions(conn, last, -1)
    if 0 < len(every) <= _BY_NAME:
        # For a prefix the index first puts all its rows together, in memory: half a
        # second and 40 MB for one letter of a million rows, against 20 ms (measured).
        by_name = map(match.phrase, [surface for surface, _ in every])
        return match.any_of([match.word(last), *by_name])
    # The index stems a prefix too: "0ey" asks for what begins with "0ei".
    (beginning,) = stems([_bare(last)])
    uncovered = [surface for surface, stem in every if not stem.startswith(beginning)]
    return match.beginning(last, uncovered[:_UNCOVERED])


def _completions(
    conn: sqlite3.Connection, last: str, limit: int
) -> list[tuple[str, str]]:
    beginning = _bare(last)
    if not beginning.isalnum():
        return []
    bounds = {"low": beginning, "high": beginning + "\U0010ffff", "limit": limit}
    return [(row[0], row[1]) for row in conn.execute(COMPLETIONS, bounds)]


def _bare(last: str) -> str:
    """A word as the index begins it, which knows no ``(`` before it or ``/`` behind."""
    return fold(last).strip(punctuation)


def _newest(
    conn: sqlite3.Connection, expression: str, query: Query, view: View, limit: int
) -> list[Shown]:
    if not expression:
        return []
    found: dict[tuple[str, int, int], Shown] = {}
    for low, high in ((FIRST_MEMORY, _EVER), (0, FIRST_MEMORY)):
        before, here = high, len(found)
        for _ in range(_CHUNKS):
            bounds = {
                "match": f"- context : ({expression})", "low": low,
                "before": before, "limit": _CHUNK,
            }  # fmt: skip
            docs = [doc for (doc,) in conn.execute(NEWEST, bounds)]
            for one in shown(conn, docs, query, view):
                known = found.setdefault(one.thing, one)
                if known.at < one.at:
                    found[one.thing] = one
            if len(docs) < _CHUNK or len(found) - here >= limit:
                break
            before = docs[-1]
    newest = sorted(found.values(), key=lambda one: (-one.at, one.doc))
    return newest[:limit]
