"""Sessions that hold what is looked for, by their best rows.

A session counts as much as the three rows of it that answer best, be they turns or
memories. Fields are asked of those rows too; dates are asked of the session.
"""
# ruff: noqa: S608  questions are put together from our own constants alone

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from memtui.model import RecordKind, Session
from memtui.search import rank
from memtui.search.grammar import PATTERN, Query
from memtui.store.curate import session_names
from memtui.store.rows import session_from
from memtui.store.search.fields import SESSION_FIELDS
from memtui.store.search.filters import View, Where, sessions_where
from memtui.store.search.find import ranking
from memtui.store.search.find_newest import said
from memtui.store.views.sessions import AS_SHOWN

_WIDER: Final = (4, 40)
"""So many finds for each session wanted, at first and at last."""

OF_IDS: Final = (
    """
    with found as (
        select s.* from json_each(:ids) wanted cross join session s
        on s.id = wanted.value where {where}
    )"""
    + AS_SHOWN
)
NAMED: Final = "select s.id from session s where {where} limit :limit"


def found(
    conn: sqlite3.Connection, query: Query, view: View, limit: int
) -> list[Session]:
    """The best first; of a query with an expression and no words the newest."""
    rows = replace(query, since=None, until=None)
    seen = replace(view, since=None)
    named = _named(conn, query, view, limit)
    if query.has_text:
        scores = _scores(conn, rows, seen, limit)
        for row in named:
            scores[row] = scores.get(row, 0.0) + rank.weight_of(RecordKind.TITLE)
        best = _shown(conn, query, view, scores)
        best.sort(key=lambda one: -scores[one[0]])
    else:
        holding = {one.session for one in said(conn, rows, seen)}
        best = _shown(conn, query, view, holding.union(named))
        best.sort(key=lambda one: -one[1].ended_at)
    return [session for _, session in best[:limit]]


def _scores(
    conn: sqlite3.Connection, query: Query, view: View, limit: int
) -> dict[int, float]:
    """What each session counts, enough of them if there are."""
    scores: dict[int, float] = {}
    for times in _WIDER:
        rows = ranking(conn, query, view, times * limit)
        scores = dict(rows.of_sessions)
        if len(scores) >= limit or not rows.found.is_cut:
            break
    return scores


def _named(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[int]:
    """Sessions whose name has it: what a person called them no index knows."""
    where = sessions_where(query.without_text(), view)
    if query.has_text:
        where.add(session_names.called(query, where.bind))
    rows = conn.execute(where.into(NAMED), where.params | {"limit": limit})
    return [row for (row,) in rows]


def _shown(
    conn: sqlite3.Connection, query: Query, view: View, ids: Iterable[int]
) -> list[tuple[int, Session]]:
    """Those that the scope shows, by row; other fields were asked of what they say."""
    fields = SESSION_FIELDS.keys() - {PATTERN}
    own = tuple(one for one in query.filters if one.field in fields)
    where: Where = sessions_where(replace(query.without_text(), filters=own), view)
    numbers = f"[{','.join(map(str, ids))}]"
    rows = conn.execute(where.into(OF_IDS), where.params | {"ids": numbers})
    return [(row["id"], session_from(row)) for row in rows]
