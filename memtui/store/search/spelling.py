"""What may have been meant by a word that stands nowhere: offered, never applied.

So too by a value of ``type:`` or ``agent:`` that nothing has.
"""

import sqlite3
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from memtui.model import TYPES, Agent
from memtui.search.grammar import Query
from memtui.search.prepare import fold
from memtui.store.search.fields import agent_named
from memtui.store.search.lanes import frequency

NEAR: Final = """
    select surface, df from term where length(surface) between :least and :most
"""
_LEAST: Final = 4
"""Letters of a word that is put right: of shorter ones too many are near."""
_WORDS: Final = 8
"""Unknown words of a query that are put right: nobody mistypes more."""
OF_TYPE: Final = "select exists (select 1 from memory where type = ?)"
_AGENTS: Final = tuple(agent.value for agent in Agent)
_FAR: Final = 2
_MOST: Final = 400
"""Words that are as near as that and are told apart by how often they stand."""


def meant(
    conn: sqlite3.Connection, query: Query, limit: int = 3
) -> dict[str, list[str]]:
    """By each unknown word of a query, known ones near it, the most likely first.

    By an unknown value of a field the same: ``{"type:bugfxi": ["type:bugfix"]}``.
    """
    found = dict(_fields(conn, query))
    tried = 0
    for typed in query.words:
        word = fold(typed)
        if len(word) < _LEAST or not word.isalnum() or frequency(conn, typed):
            continue
        tried += 1
        if near := _near(conn, word, limit):
            found[typed] = near
        if tried == _WORDS:
            break
    return found


def _fields(conn: sqlite3.Connection, query: Query) -> Iterator[tuple[str, list[str]]]:
    for one in query.filters:
        for value in one.values:
            if one.field == "agent":
                known: tuple[str, ...] = _AGENTS
                is_known = agent_named(value) in known
            elif one.field == "type":
                known = tuple(TYPES)
                is_known = (
                    value in TYPES or conn.execute(OF_TYPE, (value,)).fetchone()[0]
                )
            else:
                continue
            near = [] if is_known else get_close_matches(value, known, n=1)
            if near:
                yield f"{one.field}:{value}", [f"{one.field}:{near[0]}"]


def _near(conn: sqlite3.Connection, word: str, limit: int) -> list[str]:
    # Only here: most searches know every word, and importing it takes its time.
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    bounds = {"least": max(2, len(word) - _FAR), "most": len(word) + _FAR}
    rows = dict(conn.execute(NEAR, bounds).fetchall())
    close = extract(
        word, rows.keys(), scorer=OSA.distance, score_cutoff=_FAR, limit=_MOST
    )
    best = sorted(close, key=lambda one: (one[1], -rows[one[0]], one[0]))
    return [surface for surface, _, _ in best[:limit]]
