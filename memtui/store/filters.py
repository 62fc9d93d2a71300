"""A query and a view as SQL conditions: a closed set of clauses, values bound.

The only place where SQL is put together. A clause never holds what a person
typed; that goes into ``Where.params``.
"""
# ruff: noqa: S608  clauses are ours; what a person typed is bound

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from memtui.model import Agent, Memory, Session, State
from memtui.search import match
from memtui.search.grammar import Filter, Query
from memtui.store import session_names
from memtui.store.docs import FIRST_MEMORY

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
    """Unix ms; nothing older is shown (``history_days``)."""

    @classmethod
    def everything(cls) -> "View":
        """What ``--all`` shows: no limit of project, state or age."""
        return cls(states=ALL_STATES, hidden=True)

    def within(self, project: str | None) -> "View":
        """The same view of another project, or of all."""
        return replace(self, project=project)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row that a window starts after: its time and its id."""

    at: int
    id: str

    @classmethod
    def of(cls, row: Memory | Session) -> "Anchor":
        """The anchor of a row on screen."""
        at = row.ended_at if isinstance(row, Session) else row.at
        return cls(at, row.id)


@dataclass(slots=True)
class Where:
    """Conditions that all hold, and the values bound in them."""

    clauses: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, clause: str, **values: object) -> None:
        """One more condition; ``values`` are the names bound in it."""
        self.clauses.append(clause)
        self.params.update(values)

    def bind(self, value: object) -> str:
        """A fresh name for a value, with its colon."""
        name = f"v{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def bind_all(self, values: Sequence[object]) -> str:
        """Fresh names for values, as the inside of an ``in (…)``."""
        return ", ".join(map(self.bind, values))

    def into(self, sql: str) -> str:
        """The question with these conditions where it says ``{where}``."""
        return sql.replace("{where}", " and ".join(self.clauses) or "1")


def memories_where(query: Query, view: View, *, common: bool = False) -> Where:
    """What a memory (``m``) must be to be shown.

    Args:
        common: so many memories hold the query's words that each row is better
            looked up in the index than in a list of them all.
    """
    where = Where()
    _project_is(where, view, "m.project_id", "m.scope")
    _states(where, query, view)
    if not view.hidden:
        _plain_sight(where, query)
    _times(where, query, view, "m.at")
    for one in query.filters:
        _apply(where, one, MEMORY_FIELDS)
    _memory_text(where, query, HAS_DOC if common else IN_DOCS)
    return where


def memory_match(query: Query) -> str:
    """The index's expression that ``memories_where`` asks with; '' for none."""
    return match.every(match.terms(query), query) or match.excluded(query)


def sessions_where(query: Query, view: View) -> Where:
    """What a session (``s``) must be to be shown."""
    where = Where()
    _project_is(where, view, "s.project_id")
    if not view.hidden:
        where.add("s.kind = 'interactive' and s.records > 0")  # else nothing was said
    _times(where, query, view, "s.ended_at")
    for one in query.filters:
        _apply(where, one, SESSION_FIELDS)
    if expression := match.every(match.terms(query), query):
        named = session_names.called(query, where.bind)
        where.add(f"({SESSION_SAYS} or {named})", match=expression)
    elif query.has_text:
        where.add("0")
    return where


def turns_where(query: Query, view: View) -> Where:
    """What a record (``r``, said in session ``s``, at place ``pl``) must be."""
    where = Where()
    _project_is(where, view, "s.project_id")
    if not view.hidden:
        where.add("s.kind = 'interactive'")
    _times(where, query, view, "r.at")
    for one in query.filters:
        _apply(where, one, TURN_FIELDS)
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
IN_PROJECT = """{column} in (
    select p.id from project p left join project_root g on g.project_id = p.id
    where p.name = {value} collate nocase or p.uuid = {value} or g.path = {value}
        or p.name glob {value}
        or p.id in (select project_id from project_alias where id = {value}))"""


def _memory_text(where: Where, query: Query, clause: str) -> None:
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
    since = max(view.since or 0, query.since or 0)
    if since:
        where.add(f"{column} >= {where.bind(since)}")
    if query.until is not None:
        where.add(f"{column} < {where.bind(query.until)}")


_Clause = Callable[[Where, str], str]


def _apply(where: Where, one: Filter, fields: dict[str, _Clause]) -> None:
    clause_of = fields.get(one.field)
    if clause_of is None:
        # No such row has this field: asked for, nothing is found.
        if not one.negated:
            where.add("0")
        return
    either = " or ".join(clause_of(where, value) for value in one.values)
    where.add(f"not ({either})" if one.negated else f"({either})")


def _equals(column: str) -> _Clause:
    return lambda where, value: f"{column} = {where.bind(value)}"


def _starts(column: str) -> _Clause:
    def clause(where: Where, value: str) -> str:
        return f"substr({column}, 1, length({(name := where.bind(value))})) = {name}"

    return clause


def _glob(column: str) -> _Clause:
    """Exact, or by shell pattern where the value has a star."""

    def clause(where: Where, value: str) -> str:
        return f"{column} {'glob' if '*' in value else '='} {where.bind(value)}"

    return clause


def _in_json(column: str) -> _Clause:
    def clause(where: Where, value: str) -> str:
        return (
            f"exists (select 1 from json_each({column}) j"
            f" where lower(j.value) = {where.bind(value)})"
        )

    return clause


def _file_in(column: str) -> _Clause:
    def clause(where: Where, value: str) -> str:
        return f"instr(lower({column}), {where.bind(value.lower())}) > 0"

    return clause


def _project(column: str) -> _Clause:
    def clause(where: Where, value: str) -> str:
        named = IN_PROJECT.replace("{column}", column)
        return named.replace("{value}", where.bind(value))

    return clause


def _agent(column: str) -> _Clause:
    return lambda where, value: f"{column} = {where.bind(_agent_named(value))}"


def _agent_named(value: str) -> str:
    short = {"cc": "claude-code", "cx": "codex", "gm": "gemini-cli", "oc": "opencode"}
    if value in short:
        return short[value]
    return next((a.value for a in Agent if a.value.startswith(value)), value)


def _agent_of_memory(where: Where, value: str) -> str:
    name = where.bind(_agent_named(value))
    return (
        f"(m.frozen_agent = {name} or m.session_id in"
        f" (select a.id from session a where a.agent = {name}))"
    )


def _session_of_memory(where: Where, value: str) -> str:
    inside = _starts("a.native_id")(where, value)
    return f"m.session_id in (select a.id from session a where {inside})"


def _trust(where: Where, value: str) -> str:
    said = {"you": "user", "agent": "assistant"}.get(value, value)
    return f"m.trust = {where.bind(said)}"


def _scope(where: Where, value: str) -> str:
    name = where.bind(value)
    return f"(m.scope = {name} or m.scope glob {name} || ':*')"


_IS: Final = {
    "candidate": "m.state = 'candidate'",
    "kept": "m.state = 'kept'",
    "trash": "m.state = 'pruned'",
    "pinned": "m.pinned = 1",
    "excluded": "m.excluded = 1",
    "superseded": "m.superseded_by <> ''",
    "review": "m.review_by is not null",
}


def _is(_where: Where, value: str) -> str:
    return _IS[value]


MEMORY_FIELDS: Final[dict[str, _Clause]] = {
    "type": _equals("m.type"),
    "project": _project("m.project_id"),
    "agent": _agent_of_memory,
    "branch": _glob("m.branch"),
    "file": _file_in("m.files"),
    "tag": _in_json("m.tags"),
    "rule": _starts("m.rule"),
    "trust": _trust,
    "scope": _scope,
    "is": _is,
    "session": _session_of_memory,
}
SESSION_FIELDS: Final[dict[str, _Clause]] = {
    "project": _project("s.project_id"),
    "agent": _agent("s.agent"),
    "branch": _glob("s.branch"),
    "session": _starts("s.native_id"),
}
TURN_FIELDS: Final[dict[str, _Clause]] = {
    "project": _project("s.project_id"),
    "agent": _agent("s.agent"),
    "branch": _glob("pl.branch"),
    "file": _file_in("r.detail"),
    "session": _starts("s.native_id"),
}
