"""The same finds as ``find`` with the reasons: asked for by people who wonder."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from memtui.search import match, rank
from memtui.search.grammar import PartKind, Query
from memtui.search.reasons import Explanation, SoughtTerm, Why
from memtui.store.search import lanes
from memtui.store.search.filters import ALL_STATES, View, since_of
from memtui.store.search.find import Ranking, each_once, ranking
from memtui.store.search.find_newest import SCANNED, leaves_out, newest
from memtui.store.search.hits import Hit, hits
from memtui.store.search.vectors import Meaning

HAVE: Final = """
    select rowid from fts
    where fts match :match and rowid in (select value from json_each(:docs))
"""

_SAME: Final = 0.999
"""Two numbers that differ by less are the same."""


def explained(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    limit: int,
    meaning: Meaning | None = None,
) -> tuple[list[Hit], Explanation]:
    """Finds in the order of ``find.ranked``, and why they are these."""
    if not query.has_text:
        shown = newest(conn, query, view, limit)
        nothing = Why(matched=(), missing=())
        scanned = SCANNED if leaves_out(conn, query, view) else 0
        told = replace(_asked(query, view), scanned=scanned)
        return shown, replace(told, whys=(nothing,) * len(shown))
    found = ranking(conn, query, view, limit, meaning)
    once, total = each_once(conn, found, limit)
    chosen = hits(conn, once, query, total)
    rows = len(found.found.docs)
    return chosen, replace(
        _asked(query, view),
        terms=tuple(_term(term, found) for term in found.wanted),
        left_out=match.left_out(query),
        rows=rows,
        hidden=rows - sum(one.doc in found.found for one in found.shown),
        is_cut=found.found.is_cut,
        from_texts=not found.found.is_weighed,
        whys=tuple(_whys(conn, found, chosen)),
    )


def _asked(query: Query, view: View) -> Explanation:
    fields = (p for p in query.parts if p.kind is PartKind.FILTER)
    return Explanation(
        as_words=query.unknown,
        fields=tuple(query.text[part.start : part.end] for part in fields),
        excluded=query.excluded,
        hides=tuple(_hides(query, view)),
    )


def _hides(query: Query, view: View) -> list[str]:
    asked = set(query.values("is"))
    found = ["other projects"] if view.project is not None else []
    if view.states != ALL_STATES and "trash" not in asked:
        found.append("the trash")
    if not view.hidden:
        found += [f"what is {n}" for n in ("excluded", "superseded") if n not in asked]
        found.append("subagents and automated sessions")
    if (since := since_of(query, view)) and since != query.since:
        day = datetime.fromtimestamp(since / 1000).astimezone()
        found.append(f"what is older than {day:%Y-%m-%d}")
    return found


def _term(term: lanes.Term, found: Ranking) -> SoughtTerm:
    word, *also = lanes.forms(term)
    return SoughtTerm(
        word=word, also=tuple(also), rows=term.rows, common=term not in found.found.rare
    )


def _whys(
    conn: sqlite3.Connection,
    found: Ranking,
    chosen: Sequence[Hit],
) -> list[Why]:
    near = found.meaning.cosines if found.meaning else {}
    docs = f"[{','.join(str(hit.doc) for hit in chosen)}]"
    having = {}
    for term in found.wanted:
        rows = conn.execute(HAVE, {"match": term.expression, "docs": docs})
        having[lanes.forms(term)[0]] = {row["rowid"] for row in rows}
    shown = {one.doc: one for one in found.shown}
    whys = []
    for hit in chosen:
        one = shown[hit.doc]
        whys.append(
            Why(
                matched=tuple(w for w, rows in having.items() if hit.doc in rows),
                missing=tuple(w for w, rows in having.items() if hit.doc not in rows),
                relevance=found.relevance[hit.doc],
                likeness=near.get(hit.doc, 0.0),
                kind=one.kind.value if one.kind else "memory",
                weight=rank.weight_of(one.kind),
                freshness=rank.freshness(found.newest - one.at),
                session=found.share_of(one.session),
                raised=found.meaning is None
                and bool(one.memory)
                and hit.score > found.scores[one.doc] * found.share_of(one.session),
                said_again=found.meaning is None
                and not one.memory
                and hit.score
                < found.scores[one.doc] * found.share_of(one.session) * _SAME,
                score=hit.score,
            )
        )
    return whys
