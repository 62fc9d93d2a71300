"""A query and a view as SQL conditions: a closed set of clauses, values bound.

With ``fields`` the only place where SQL is put together.
"""

# ruff: noqa: S608  clauses are ours; what a person typed is bound

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from memtui.later import later
from memtui.model import TYPES, Memory, ObservationType, Session, State
from memtui.search.grammar import PATTERN, Filter, Query
from memtui.store.curate import session_names
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.fields import (
    MEMORY_FIELDS,
    SESSION_FIELDS,
    TURN_FIELDS,
    Clause,
)
from memtui.store.search.fields import Where as Where

if TYPE_CHECKING:  # no word is asked for when the app opens
    from memtui.search import match
else:
    match = later("memtui.search.match")

ALL_STATES: Final = frozenset(State)
OPEN_STATES: Final = frozenset({State.CANDIDATE, State.KEPT})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of the store a screen or command looks at."""

    project: str | None = None
    """UUID of the one project shown; None: all; empty: no project's own."""
    layers: tuple[str, ...] = ()
    """Scopes such as ``global`` whose memories are shown beside the project's."""
    states: frozenset[State] = OPEN_STATES
    """States shown; ``is:`` in a query asks for others."""
    hidden: bool = False
    """Also subagents, automated sessions, what is excluded or superseded."""
    since: int | None = None
    """Unix ms; nothing older is shown (``history_days``) unless a query has dates."""
    whole: bool = False
    """An expression alone is held against every record, not the newest ones alone."""
    types: Mapping[str, ObservationType] = field(default_factory=lambda: TYPES)
    """Those of the config: how long each lasts, for ``is:review``."""

    @classmethod
    def everything(cls) -> "View":
        """What ``--all`` shows: no limit of project, state or age."""
        return cls(states=ALL_STATES, hidden=True, whole=True)

    def within(self, project: str | None) -> "View":
        """The same view of another project, or of all."""
        return replace(self, project=project)


class Anchor(NamedTuple):
    """A row that a window starts after: its time and its id."""

    at: int
    id: str

    @classmethod
    def of(cls, row: Memory | Session) -> "Anchor":
        """The anchor of a row on screen."""
        at = row.ended_at if isinstance(row, Session) else row.at
        return cls(at, row.id)


def memories_where(query: Query, view: View, *, common: bool = False) -> Where:
    """What a memory (``m``) must be to be shown.

    Args:
        common: so many memories hold the query's words that each row is better
            looked up in the index than in a list of them all.
    """
    where = Where(now_ms=query.now_ms, types=view.types)
    _project_is(where, view, "m.project_id", "m.scope")
    _states(where, query, view)
    if not view.hidden:
        _plain_sight(where, query)
    _times(where, query, view, "m.at")
    _fields(where, query, MEMORY_FIELDS)
    _memory_text(where, query, HAS_DOC if common else IN_DOCS)
    return where


def memory_match(query: Query) -> str:
    """The index's expression that ``memories_where`` asks with; '' for none."""
    if not (query.has_text or query.excluded):
        return ""
    return match.every(match.terms(query), query) or match.excluded(query)


def sessions_where(query: Query, view: View) -> Where:
    """What a session (``s``) must be to be shown."""
    where = Where()
    _project_is(where, view, "s.project_id")
    if not view.hidden:
        where.add("s.kind = 'interactive' and s.records > 0")  # else nothing was said
    _times(where, query, view, "s.ended_at")
    _fields(where, query, SESSION_FIELDS)
    if not query.has_text:
        return where
    if expression := match.every(match.terms(query), query):
        named = session_names.called(query, where.bind)
        where.add(f"({SESSION_SAYS} or {named})", match=expression)
    else:
        where.add("0")
    return where


def sessions_shown(view: View) -> Where:
    """Whose turns a view shows at all (``s``), whatever is asked."""
    where = Where()
    _project_is(where, view, "s.project_id")
    if not view.hidden:
        where.add("s.kind = 'interactive'")
    return where


def records_looked_at(query: Query, view: View) -> Where:
    """Which records (``d``, said in ``s``) an expression is held against."""
    where = sessions_shown(view)
    if (since := since_of(query, view)) is not None:
        where.add("d.at >= :first", first=since)
    if query.until is not None:
        where.add("d.at < :after", after=query.until)
    return where


def turns_where(query: Query, view: View) -> Where:
    """What a record (``r``, said in session ``s``, at place ``pl``) must be."""
    where = sessions_shown(view)
    _times(where, query, view, "r.at")
    _fields(where, query, TURN_FIELDS)
    return where


SESSION_SAYS = """s.id in (
    select d.session_id from fts join doc d on d.id = fts.rowid
    where fts match :match and d.live = 1)"""
IN_DOCS = """m.id in (
    select d.memory from fts join doc d on d.id = fts.rowid
    where fts match :match and fts.rowid >= :first_memory and d.live = 1)"""
HAS_DOC = """exists (
    select 1 from doc d join fts on fts.rowid = d.id
    where d.memory = m.id and d.live = 1 and fts match :match
        and d.id >= :first_memory)"""


def _memory_text(where: Where, query: Query, clause: str) -> None:
    if not (query.has_text or query.excluded):
        return
    if expression := match.every(match.terms(query), query):
        where.add(clause, match=expression, first_memory=FIRST_MEMORY)
    elif query.has_text:
        # Signs alone, such as "->": no row of the index can hold them.
        where.add("0")
    elif expression := match.excluded(query):
        where.add(f"not {clause}", match=expression, first_memory=FIRST_MEMORY)


def _project_is(where: Where, view: View, column: str, scope: str = "") -> None:
    if view.project is None:
        return
    clause = f"{column} = (select id from project where uuid = :in_project)"
    if scope and view.layers:
        clause = f"({clause} or {scope} in ({where.bind_all(view.layers)}))"
    where.add(clause, in_project=view.project)


def _states(where: Where, query: Query, view: View) -> None:
    asked = {v for f in query.filters if f.field == "is" and not f.negated
             for v in f.values}  # fmt: skip
    if "trash" in asked or view.states == ALL_STATES:
        return
    states = sorted(view.states)
    # A single state may use its index; of several, the index of times is better.
    column = "m.state" if len(states) == 1 else "+m.state"
    where.add(f"{column} in ({where.bind_all(states)})")
    if State.PRUNED not in view.states:
        where.add("m.state <> 'pruned'")  # in words that an index of the others has


def _plain_sight(where: Where, query: Query) -> None:
    asked = query.values("is")
    if "excluded" not in asked:
        where.add("m.excluded = 0")
    if "superseded" not in asked:
        where.add("m.superseded_by = ''")
    where.add(
        "not exists (select 1 from session h"
        " where h.id = m.session_id and h.kind <> 'interactive')"
    )


def _times(where: Where, query: Query, view: View, column: str) -> None:
    if (since := since_of(query, view)) is not None:
        where.add(f"{column} >= {where.bind(since)}")
    if query.until is not None:
        where.add(f"{column} < {where.bind(query.until)}")


def since_of(query: Query, view: View) -> int | None:
    """From when on rows are shown: a person's own dates stand above a default."""
    if query.since is None and query.until is None:
        return view.since
    return query.since


def _fields(where: Where, query: Query, fields: dict[str, Clause]) -> None:
    if query.wrong:
        # What is asked for cannot be told: better nothing than something else.
        where.add("0")
        return
    # Expressions last: they read the text that the others spare them.
    for one in sorted(query.filters, key=lambda one: one.field == PATTERN):
        _apply(where, one, fields)


def _apply(where: Where, one: Filter, fields: dict[str, Clause]) -> None:
    clause_of = fields.get(one.field)
    if clause_of is None:
        # No such row has this field: asked for, nothing is found.
        if not one.negated:
            where.add("0")
        return
    either = " or ".join(clause_of(where, value) for value in one.values)
    where.add(f"not ({either})" if one.negated else f"({either})")
