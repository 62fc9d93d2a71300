"""Search over memories and turns together."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memtui.model import Memory, Record, RecordKind
from memtui.search import match
from memtui.search.grammar import Query
from memtui.search.marks import Snippet, snippet
from memtui.search.words import fold, stems
from memtui.store import timeline
from memtui.store.filters import View, memories_where, turns_where
from memtui.store.rows import record_from, strings_column

BEST = """
    select rowid, bm25(fts, 3.0, 1.0, 0.25, 0.25) as rank from fts
    where fts match :match order by rank limit :limit
"""
NEWEST = """
    select rowid, 0.0 as rank from fts where fts match :match
    and rowid < :before order by rowid desc limit :limit
"""
SHOWN_MEMORIES = """
    select d.id, m.id as memory from doc d join memory m on m.id = d.memory
    where d.id in (select value from json_each(:docs)) and d.live = 1 and {where}
"""
SHOWN_RECORDS = """
    select d.id, r.native_id, r.part, r.kind, r.at, r.text, r.detail, l.line,
        l.turn, pl.cwd, pl.branch, s.native_id as session, s.title as session_title,
        s.agent, p.name as project
    from doc d join record r on r.id = d.record_id
    join session s on s.id = d.session_id
    join link l on l.record_id = r.id and l.session_id = s.id
    left join place pl on pl.id = r.place_id
    left join project p on p.id = s.project_id
    where d.id in (select value from json_each(:docs)) and d.live = 1 and {where}
"""
COMPLETIONS = """
    select surface, stem from term where surface >= :low and surface < :high
    order by df desc limit :limit
"""

KIND_WEIGHTS: Final = {
    RecordKind.PROMPT: 1.3,
    RecordKind.RESPONSE: 1.2,
    RecordKind.SUMMARY: 1.2,
    RecordKind.TITLE: 1.2,
    RecordKind.THINKING: 1.0,
    RecordKind.TOOL_USE: 1.0,
    RecordKind.TOOL_RESULT: 0.8,
}
_MEMORY_WEIGHT: Final = 1.4
_LANE_B: Final = 0.8
_RECENT: Final = 0.15
_HALF_LIFE_MS: Final = 30 * 86_400_000
_COMPLETIONS: Final = 24


class HitKind(StrEnum):
    """What was found."""

    MEMORY = "memory"
    TURN = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One find, with the words that match."""

    kind: HitKind
    at: int
    score: float
    """Best first where it is above 0; 0 where the order is by time."""
    title: Snippet
    snippet: Snippet
    session: str
    session_title: str = ""
    project: str = ""
    agent: str = ""
    memory: Memory | None = None
    record: Record | None = None
    """The record of the turn that matches."""
    turn: int | None = None


def ranked(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[Hit]:
    """Best first: rows with every word, then rows with some."""
    wanted = match.terms(query)
    if not wanted:
        return []
    found: dict[int, float] = {}
    for expression, lane in (
        (match.every(wanted, query), 1.0),
        (match.some(wanted, query), _LANE_B),
    ):
        for doc, rank in _matching(conn, BEST, expression, limit=limit * 8):
            found.setdefault(doc, -rank * lane)
        if len(wanted) == 1:
            break
    hits = _shown(conn, query, view, found)
    newest = max((hit.at for hit in hits), default=0)
    best = max((hit.score for hit in hits), default=1.0) or 1.0
    weighed = [_weighed(hit, best, newest) for hit in hits]
    weighed.sort(key=lambda hit: (-hit.score, -hit.at))
    return weighed[:limit]


def typing(conn: sqlite3.Connection, query: Query, view: View, limit: int) -> list[Hit]:
    """Newest first, the last word taken as the beginning of one."""
    expression = _typed(conn, query)
    if not expression:
        return []
    rows = _matching(conn, NEWEST, expression, limit=limit * 8)
    hits = _shown(conn, query, view, dict.fromkeys((doc for doc, _ in rows), 0.0))
    hits.sort(key=lambda hit: -hit.at)
    return hits[:limit]


def _typed(conn: sqlite3.Connection, query: Query) -> str:
    if not query.words or query.text[-1:].isspace():
        return match.every(match.terms(query), query)
    *whole, last = query.words
    wanted = [*map(match.phrase, query.phrases), *map(match.word, whole)]
    wanted.append(match.beginning(last, _completions(conn, last)))
    return match.every([w for w in wanted if w], query)


def _completions(conn: sqlite3.Connection, beginning: str) -> list[str]:
    """Words written so that the index's stems do not begin as they do."""
    typed = fold(beginning)
    if not typed.isalnum() or len(typed) < 3:
        return []
    bounds = {"low": typed, "high": typed + "\U0010ffff", "limit": _COMPLETIONS}
    rows = conn.execute(COMPLETIONS, bounds).fetchall()
    (stemmed,) = stems([typed])
    return [surface for surface, stem in rows if not stem.startswith(stemmed)]


def _matching(
    conn: sqlite3.Connection, sql: str, expression: str, *, limit: int
) -> list[tuple[int, float]]:
    params = {"match": expression, "limit": limit, "before": 1 << 62}
    return [(doc, rank) for doc, rank in conn.execute(sql, params)]


def _shown(
    conn: sqlite3.Connection, query: Query, view: View, found: dict[int, float]
) -> list[Hit]:
    docs = strings_column([str(doc) for doc in found])
    return [
        *_memories(conn, query, view, found, docs),
        *_records(conn, query, view, found, docs),
    ]


def _memories(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    found: dict[int, float],
    docs: str,
) -> Iterable[Hit]:
    where = memories_where(_without_words(query), view)
    rows = conn.execute(where.into(SHOWN_MEMORIES), where.params | {"docs": docs})
    doc_of = {row["memory"]: row["id"] for row in rows}
    for memory in timeline.by_ids(conn, list(doc_of)):
        yield Hit(
            kind=HitKind.MEMORY,
            at=memory.at,
            score=found[doc_of[memory.id]],
            title=snippet(memory.title, query),
            snippet=snippet(_rest(memory), query),
            session=memory.session,
            session_title=memory.session_title,
            project=memory.project.name if memory.project else "",
            agent=memory.agent or "",
            memory=memory,
        )


def _records(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    found: dict[int, float],
    docs: str,
) -> Iterable[Hit]:
    where = turns_where(query, view)
    rows = conn.execute(where.into(SHOWN_RECORDS), where.params | {"docs": docs})
    for row in rows:
        record = record_from(row)
        said = record.text if not record.command else f"{record.command} {record.text}"
        yield Hit(
            kind=HitKind.TURN,
            at=record.at or 0,
            score=found[row["id"]],
            title=snippet(said, query, length=120),
            snippet=snippet(said, query),
            session=row["session"],
            session_title=row["session_title"],
            project=row["project"] or "",
            agent=row["agent"],
            record=record,
            turn=row["turn"],
        )


def _rest(memory: Memory) -> str:
    return " ".join((memory.body, *memory.facts, *memory.files))


def _without_words(query: Query) -> Query:
    from dataclasses import replace

    return replace(query, words=(), phrases=(), excluded=())


def _weighed(hit: Hit, best: float, newest: int) -> Hit:
    from dataclasses import replace

    kind = KIND_WEIGHTS[hit.record.kind] if hit.record else _MEMORY_WEIGHT
    fading = 2 ** (-max(0, newest - hit.at) / _HALF_LIFE_MS)
    score = hit.score / best * kind * (1 - _RECENT + _RECENT * fading)
    return replace(hit, score=score)


Docs = Sequence[int]
