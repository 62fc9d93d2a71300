"""The tools that look: an index first, whole things by their ids."""

import re
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from memtui.errors import NotFound, UsageError
from memtui.mcp import answer, arguments
from memtui.mcp.answer import Row, when
from memtui.mcp.rows import (
    hit_row,
    memory_row,
    session_row,
    turn_named,
    turn_row,
    whole_memory,
    whole_turn,
)
from memtui.mcp.scope import Seen
from memtui.model import Memory
from memtui.records import Turn
from memtui.search.dates import span_of
from memtui.search.grammar import Query, parse, why_words
from memtui.search.reasons import Explanation
from memtui.store.queries import Anchor

_NEAR: Final = 3
"""Words that stand nowhere and are told of."""
_BEST: Final = 200
"""Sessions with what was looked for that can be gone through."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def search(seen: Seen, asked: arguments.Search, now_ms: int) -> str:
    """Memories and turns, best first; without words, the newest memories."""
    query = _query(asked.query, now_ms)
    wanted = asked.offset + asked.limit + 1
    # Loaded for this answer alone: it takes half a gigabyte.
    embedder = seen.store.embedder() if asked.meaning and query.has_text else None
    told: Explanation | None = None
    if asked.explain:
        hits, told = seen.store.explained(query, seen.view, wanted, embedder=embedder)
        pairs = list(zip(hits, told.whys, strict=True))[asked.offset :]
        found = [hit_row(hit, seen) | {"why": why.line()} for hit, why in pairs]
    elif query.has_text or query.patterns:
        hits = seen.store.search(query, seen.view, wanted, embedder=embedder)
        found = [hit_row(hit, seen) for hit in hits[asked.offset :]]
    else:
        newest = seen.store.memories(query, seen.view, limit=wanted)[asked.offset :]
        found = [memory_row(memory, seen) for memory in newest]
    more = len(found) > asked.limit
    return answer.text(
        project=_place(seen),
        note=_unknown(query) or _near(seen, query) or _how_far(seen, query),
        found=found[: asked.limit],
        looked_for=_looked_for(told) if told else None,
        next_offset=asked.offset + asked.limit if more else None,
        next="get takes these ids." if found else "Nothing matches.",
    )


def _looked_for(told: Explanation) -> Row:
    """What the query was taken for; no counts, which tell of other projects too."""
    return {
        "words": [" ".join((term.word, *term.also))[:200] for term in told.terms],
        "left_out": list(told.left_out) or None,
        "without": list(told.excluded) or None,
        "narrowed_by": list(told.fields) or None,
        "not_looked_at": list(told.hides) or None,
    }


def recent(seen: Seen, asked: arguments.Recent, now_ms: int) -> str:
    """The newest memories, or sessions; sessions of a query with words best first."""
    query = _query(asked.query, now_ms)
    store, view, limit = seen.store, seen.view, asked.limit
    before: Anchor | None = None
    found: list[Row]
    if asked.sessions and (query.has_text or query.patterns):
        best = store.best_sessions(query, view, _BEST)
        behind = (n for n, one in enumerate(best, 1) if one.id == asked.before)
        start = next(behind, 0)
        found = [session_row(session) for session in best[start : start + limit]]
    elif asked.sessions:
        if asked.before:
            before = Anchor.of(seen.session(asked.before))
        rows = store.sessions(query, view, before=before, limit=limit)
        found = [session_row(session) for session in rows]
    else:
        if asked.before:
            before = Anchor.of(seen.memory(asked.before))
        memories = store.memories(query, view, before=before, limit=limit)
        found = [memory_row(memory, seen) for memory in memories]
    more = len(found) == limit
    return answer.text(
        project=_place(seen),
        note=_unknown(query) or _near(seen, query),
        found=found,
        next=f"before: {found[-1]['id']} goes on from there." if more else None,
    )


def timeline(seen: Seen, asked: arguments.Timeline, now_ms: int) -> str:
    """What was learnt before and after a memory, a turn, a session or a day."""
    query = _query(asked.query, now_ms)
    anchor, memory = _moment(seen, asked.anchor, now_ms)
    older = seen.store.memories(query, seen.view, before=anchor, limit=asked.before)
    newer = seen.store.newer(query, seen.view, after=anchor, limit=asked.after)
    found = [memory_row(one, seen) for one in newer]
    if memory is not None:
        found.append(memory_row(memory, seen) | {"anchor": True})
    found += [memory_row(one, seen) for one in older]
    return answer.text(
        project=_place(seen),
        note=_unknown(query) or _near(seen, query),
        anchor=when(anchor.at),
        order="newest first",
        found=found,
    )


def get(seen: Seen, asked: arguments.Get, _now_ms: int) -> str:
    """Memories with their evidence, turns with what was said and done."""
    found: list[Row] = []
    missing: list[str] = []
    for id_ in dict.fromkeys(asked.ids):
        native, number = turn_named(id_)
        try:
            if number is None:
                found.append(whole_memory(seen.memory(id_), seen))
            else:
                found.append(whole_turn(_turn(seen, native, number)))
        except NotFound:
            missing.append(id_)
    if not found:
        raise NotFound(
            f"There is nothing of the id {', '.join(missing[:5])}.",
            hint="search and recent print ids; of sessions, session has more.",
        )
    return answer.text(found=found, missing=missing or None)


def session(seen: Seen, asked: arguments.OneSession, _now_ms: int) -> str:
    """A session, a window of turns at a time."""
    native, number = turn_named(asked.id)
    one = seen.session(native)
    last = seen.store.last_turn(one)
    first = asked.first
    if first is None:
        first = 0 if number is None else max(0, number - asked.limit // 2)
    turns = seen.store.turns(one, first=first, limit=asked.limit)
    after = first + asked.limit
    return answer.text(
        session=session_row(one),
        turns=f"{first} to {min(after - 1, last)}; the last one is {last}",
        found=[turn_row(turn) for turn in turns],
        next=f"first: {after} has the next ones." if after <= last else None,
    )


def _moment(seen: Seen, named: str, now_ms: int) -> tuple[Anchor, Memory | None]:
    """Where in time something stands, and which memory it is, if it is one."""
    if _DATE.fullmatch(named):
        try:
            day = datetime.strptime(named, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError as error:
            raise UsageError(f"{named} is no day.") from error
        return Anchor(int(day.timestamp() * 1000), ""), None
    native, number = turn_named(named)
    if number is not None:
        at = _turn(seen, native, number).at
        return Anchor(at or seen.session(native).ended_at, ""), None
    try:
        memory = seen.memory(named)
    except NotFound:
        try:
            return Anchor(seen.session(named).ended_at, ""), None
        except NotFound:
            if day_said := span_of(named, now_ms=now_ms):
                return Anchor(day_said[0], ""), None
            raise NotFound(f"There is nothing of the id {named}.") from None
    return Anchor.of(memory), memory


def _turn(seen: Seen, session: str, number: int) -> Turn:
    turns = seen.store.turns(seen.session(session), first=number, limit=1)
    if not turns or turns[0].number != number:
        raise NotFound(f"There is no turn {number} in session {session}.")
    return turns[0]


def _query(text: str, now_ms: int) -> Query:
    """What is asked for; never what the person threw away.

    Raises:
        UsageError: it asks for the trash, or by an expression that is none.
    """
    query = parse(text, now_ms=now_ms)
    if query.wrong:
        raise UsageError(query.wrong[0])
    if "trash" in query.values("is"):
        raise UsageError("What the person threw away is not shown.")
    return query


def _unknown(query: Query) -> str | None:
    if not query.unknown:
        return None
    return " ".join(map(why_words, query.unknown))[:300]


def _near(seen: Seen, query: Query) -> str | None:
    """Words that may have been meant; they are not searched for.

    The dictionary is that of all projects: only what this agent finds is told.
    """
    told: list[str] = []
    for word, near in islice(seen.store.did_you_mean(query).items(), _NEAR):
        own = [one for one in near if seen.everywhere or _is_found(seen, one)]
        if own:
            told.append(f"{word[:40]} stands nowhere; near: {', '.join(own)}")
    return f"{'; '.join(told)}."[:300] if told else None


def _how_far(seen: Seen, query: Query) -> str | None:
    newest = seen.store.newest_alone(query, seen.view)
    far = f"An expression alone is held against the newest {newest:,} records; "
    return f"{far}words or dates look further." if newest else None


def _is_found(seen: Seen, word: str) -> bool:
    return bool(seen.store.search(parse(word, now_ms=0), seen.view, 1))


def _place(seen: Seen) -> str:
    if seen.everywhere:
        return "all projects"
    if seen.project is None:
        return "none is known here; what holds everywhere is shown"
    return seen.project.name
