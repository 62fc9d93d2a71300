"""Ranked search: memories and turns together, best first.

Two lanes of ``lanes`` bring in some hundred rows: those with every word, and those
with some of the rarest. Where a word was too common to be weighed by the index,
the rows' own texts are weighed instead.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from memtui.model import RecordKind
from memtui.search import rank
from memtui.search.grammar import Query
from memtui.search.meaning import SHARE, SHARE_BESIDE_ALL
from memtui.search.weigh import Text, relevances
from memtui.store.search import lanes
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.filters import View
from memtui.store.search.find_newest import newest
from memtui.store.search.hits import Hit, Shown, hits, shown
from memtui.store.search.vectors import Meaning

TEXTS: Final = """
    select d.id as doc, '' as title,
        substr(r.text, 1, :most) || ' ' || substr(r.detail, 1, 600) as body
    from json_each(:docs) wanted cross join doc d on d.id = wanted.value
    join record r on r.id = d.record_id where d.id < :first_memory
    union all
    select d.id, m.title, m.body || ' ' || m.facts || ' ' || m.tags || ' ' || m.files
    from json_each(:docs) wanted cross join doc d on d.id = wanted.value
    cross join memory m on m.id = d.memory where d.id >= :first_memory
"""
SAID: Final = """
    select d.id as doc, r.kind, substr(r.text, 1, :most) as text
    from json_each(:docs) wanted cross join doc d on d.id = wanted.value
    cross join record r on r.id = d.record_id
"""
_OF_TOOLS: Final = frozenset({RecordKind.TOOL_USE, RecordKind.TOOL_RESULT})
_ALIKE: Final = 500
"""Characters by which two turns say the same."""
_MOST: Final = 6_000
"""Characters of a record that are weighed."""


@dataclass(frozen=True)
class Ranking:
    """The rows that a query with words found, and what each counts."""

    wanted: list[lanes.Term]
    found: lanes.Found
    shown: list[Shown]
    """Those of the rows that the view shows, the best first."""
    relevance: dict[int, float]
    """By row: of the best one 1; 0 where meaning alone brought it in."""
    scores: dict[int, float]
    """By row, of its words."""
    meaning: Meaning | None = None
    """What counts beside the words."""
    likeness: Mapping[int, float] = field(default_factory=dict)
    """By row with a vector: of the most like in meaning 1."""

    @cached_property
    def of_sessions(self) -> dict[int, float]:
        """What the rows of each session count together.

        A memory says again what a turn says: it counts where no turn was found.
        """
        by_session: dict[int, list[float]] = {}
        for one in self.shown:
            if one.session and not one.memory:
                by_session.setdefault(one.session, []).append(self.scores[one.doc])
        said = by_session.keys() | {0}
        for one in self.shown:
            if one.session not in said:
                by_session.setdefault(one.session, []).append(self.scores[one.doc])
        return {session: rank.together(own) for session, own in by_session.items()}

    def share_of(self, session: int) -> float:
        """Of the best session 1; so much do the finds of one count."""
        if not session:
            return 1.0
        return self.of_sessions[session] / self._best_session

    @cached_property
    def _best_session(self) -> float:
        return max(self.of_sessions.values()) or 1.0

    def fused(self, docs: Iterable[int], score: float) -> float:
        """The score of a memory or turn with its meaning: weighted, never by ranks.

        Where none of its rows has a vector nothing is known: it keeps what it has.

        Args:
            docs: its rows.
            score: by its words, of the best 1.
        """
        known = [self.likeness[doc] for doc in docs if doc in self.likeness]
        if not known:
            return score
        return (1 - self._meant) * score + self._meant * max(known)

    @cached_property
    def _meant(self) -> float:
        """What meaning counts: less where the words all stand in one row."""
        is_said = any(one.doc in self.found.every for one in self.shown)
        return SHARE_BESIDE_ALL if is_said else SHARE

    @property
    def newest(self) -> int:
        """When the newest of the shown rows was said, in Unix ms."""
        return max((one.at for one in self.shown), default=0)


def ranked(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    limit: int,
    meaning: Meaning | None = None,
) -> list[Hit]:
    """Best first; a query without words gives the newest finds."""
    if not query.has_text:
        return newest(conn, query, view, limit)
    found = ranking(conn, query, view, limit, meaning)
    once, total = each_once(conn, found, limit)
    return hits(conn, once, query, total)


def ranking(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    limit: int,
    meaning: Meaning | None = None,
) -> Ranking:
    """Enough rows for ``limit`` finds, as far as there are any.

    Args:
        meaning: what is about the same; it brings in rows of its own.
    """
    wanted = lanes.terms(conn, query)
    if not wanted:
        return Ranking([], lanes.Found({}, {}, True, False), [], {}, {})
    size = max(rank.LANE, 2 * limit)
    found = lanes.through(conn, query, view, wanted, size)
    seen = shown(conn, found.docs, query, view)
    if found.is_cut and len({one.thing for one in seen}) < limit:
        # Most of what was found is hidden here: look further down once.
        found = lanes.through(conn, query, view, wanted, 10 * size)
        seen = shown(conn, found.docs, query, view)
    relevance = _relevance(conn, wanted, seen, found)
    likeness: dict[int, float] = {}
    if meaning is not None:
        further = [doc for doc in meaning.near if doc not in relevance]
        seen += shown(conn, further, query, view)
        relevance = {one.doc: relevance.get(one.doc, 0.0) for one in seen}
        likeness = meaning.likeness(conn, relevance)
    newest = max((one.at for one in seen), default=0)
    scores = {
        one.doc: rank.weigh(relevance[one.doc], one.kind, newest - one.at)
        for one in seen
    }
    best = sorted(seen, key=lambda one: (-scores[one.doc], -one.at, one.doc))
    return Ranking(wanted, found, best, relevance, scores, meaning, likeness)


def _relevance(
    conn: sqlite3.Connection,
    wanted: Sequence[lanes.Term],
    seen: Sequence[Shown],
    found: lanes.Found,
) -> dict[int, float]:
    relevance = found.every | found.some
    if not found.is_weighed:
        texts = dict(_texts(conn, [one.doc for one in seen]))
        rows = lanes.row_count(conn)
        asked = [(term.expression, term.rows) for term in wanted]
        relevance |= relevances(asked, texts, rows)
    for doc in found.some:
        relevance[doc] *= rank.SOME_WORDS
    best = max((relevance[one.doc] for one in seen), default=1.0) or 1.0
    return {one.doc: relevance[one.doc] / best for one in seen}


def _texts(conn: sqlite3.Connection, docs: Sequence[int]) -> Iterator[tuple[int, Text]]:
    numbers = f"[{','.join(map(str, docs))}]"
    params = {"docs": numbers, "most": _MOST, "first_memory": FIRST_MEMORY}
    for row in conn.execute(TEXTS, params):
        yield row["doc"], Text(row["title"], row["body"])


def each_once(
    conn: sqlite3.Connection, found: Ranking, limit: int
) -> tuple[list[Shown], dict[int, float]]:
    """Each turn and memory by its best row.

    What was said where more answers counts more: its session, not its turn, in which
    one output may hold a word in many rows.
    """
    rows: dict[tuple[str, int, int], list[Shown]] = {}
    for one in found.shown:
        rows.setdefault(one.thing, []).append(one)
    total = {
        own[0].doc: found.scores[own[0].doc] * found.share_of(own[0].session)
        for own in rows.values()
    }
    if found.meaning is not None:
        # After all that words tell: fused before a row's session was weighed, three
        # points less of LoCoMo's answers were among the first five (measured).
        best = max(total.values(), default=0.0) or 1.0
        for own in rows.values():
            docs = [one.doc for one in own]
            total[docs[0]] = found.fused(docs, total[docs[0]] / best)
    total |= _raised(found.found, rows.values(), total)
    once = [own[0] for own in rows.values()]
    once.sort(key=lambda one: (-total[one.doc], not one.memory))
    first = once[: 2 * limit]
    for doc in _said_again(conn, first):
        total[doc] *= rank.SAID_AGAIN
    first.sort(key=lambda one: (-total[one.doc], not one.memory))
    return first[:limit], total


def _raised(
    found: lanes.Found, things: Collection[list[Shown]], total: Mapping[int, float]
) -> dict[int, float]:
    """What memories count that stand before what they were distilled from.

    That is the turn that they stem from, wherever it stands, and, for one with every
    word, what tools of its session were told and printed: a command that holds a word
    is shorter than any sentence about it, and says less.
    """
    turns: dict[tuple[int, int], float] = {}
    tools: dict[int, float] = {}
    for best, *others in things:
        if best.memory:
            continue
        for one in (best, *others):
            turns[one.session, one.at] = total[best.doc]
        if best.kind in _OF_TOOLS:
            tools[best.session] = max(tools.get(best.session, 0.0), total[best.doc])
    raised = {}
    for one, *_ in things:
        if one.memory:
            whence = turns.get((one.session, one.at), 0.0)
            behind = tools.get(one.session, 0.0) if one.doc in found.every else 0.0
            raised[one.doc] = max(total[one.doc], whence, behind)
    return raised


def _said_again(conn: sqlite3.Connection, once: Sequence[Shown]) -> Iterator[int]:
    """Those rows of turns that an earlier one of the same session says, too."""
    docs = f"[{','.join(str(one.doc) for one in once if not one.memory)}]"
    rows = conn.execute(SAID, {"docs": docs, "most": _ALIKE})
    said = {row["doc"]: (row["kind"], row["text"]) for row in rows}
    known = set()
    for one in once:
        if one.doc in said:
            text = (one.session, *said[one.doc])
            if text in known:
                yield one.doc
            known.add(text)
