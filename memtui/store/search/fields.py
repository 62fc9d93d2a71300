"""What each field of a query asks of a memory, a session or a turn, as SQL.

A clause never holds what a person typed; that goes into ``Where.params``.
"""
# ruff: noqa: S608  clauses are ours; what a person typed is bound

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from memtui.model import TYPES, Agent, ObservationType
from memtui.search import patterns
from memtui.search.grammar import PATTERN
from memtui.store.views.due import DUE, fading_lines

IN_PROJECT = """{column} in (
    select p.id from project p left join project_root g on g.project_id = p.id
    where p.name = {value} collate nocase or p.uuid = {value} or g.path = {value}
        or p.name glob {value}
        or p.id in (select project_id from project_alias where id = {value}))"""


@dataclass(slots=True)
class Where:
    """Conditions that all hold, and the values bound in them."""

    clauses: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    now_ms: int = 0
    """The moment that dates are held against."""
    types: Mapping[str, ObservationType] = field(default_factory=lambda: TYPES)
    """How long each type lasts."""

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


Clause = Callable[[Where, str], str]


def _equals(column: str) -> Clause:
    return lambda where, value: f"{column} = {where.bind(value)}"


def _starts(column: str) -> Clause:
    def clause(where: Where, value: str) -> str:
        return f"substr({column}, 1, length({(name := where.bind(value))})) = {name}"

    return clause


def _glob(column: str) -> Clause:
    """Exact, or by shell pattern where the value has a star."""

    def clause(where: Where, value: str) -> str:
        return f"{column} {'glob' if '*' in value else '='} {where.bind(value)}"

    return clause


def _in_json(column: str) -> Clause:
    def clause(where: Where, value: str) -> str:
        return (
            f"exists (select 1 from json_each({column}) j"
            f" where lower(j.value) = {where.bind(value)})"
        )

    return clause


def _file_in(column: str) -> Clause:
    def clause(where: Where, value: str) -> str:
        return f"instr(lower({column}), {where.bind(value.lower())}) > 0"

    return clause


def _project(column: str) -> Clause:
    def clause(where: Where, value: str) -> str:
        named = IN_PROJECT.replace("{column}", column)
        return named.replace("{value}", where.bind(value))

    return clause


def _agent(column: str) -> Clause:
    return lambda where, value: f"{column} = {where.bind(agent_named(value))}"


def agent_named(value: str) -> str:
    """The agent that a value of ``agent:`` means: in full, short, or its beginning."""
    short = {"cc": "claude-code", "cx": "codex", "gm": "gemini-cli", "oc": "opencode"}
    if value in short:
        return short[value]
    return next((a.value for a in Agent if a.value.startswith(value)), value)


def _agent_of_memory(where: Where, value: str) -> str:
    name = where.bind(agent_named(value))
    return (
        f"(m.frozen_agent = {name} or m.session_id in"
        f" (select a.id from session a where a.agent = {name}))"
    )


def _session_of_memory(where: Where, value: str) -> str:
    inside = _starts("a.native_id")(where, value)
    return f"m.session_id in (select a.id from session a where {inside})"


def _matches(*texts: str, as_said: bool = False) -> Clause:
    whole = " || char(10) || ".join(texts)

    def clause(where: Where, value: str) -> str:
        asked = f"matches({where.bind(value)}, {whole})"
        if not (needle := patterns.needle(value)):
            return asked
        # SQLite finds a few letters much faster than it calls us: see ``needle``.
        name = where.bind(f"%{needle}%")
        either = " or ".join(f"{text} like {name}" for text in texts)
        if as_said:  # may hold a NUL, behind which ``like`` reads nothing
            either += f" or instr({texts[0]}, char(0))"
        return f"(({either}) and {asked})"

    return clause


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
}


def _is(where: Where, value: str) -> str:
    if value != "review":
        return _IS[value]
    where.params |= {"now": where.now_ms, "lines": fading_lines(where.types)}
    return f"m.id in (select id from ({DUE.replace('{where}', '1')}))"


MEMORY_FIELDS: Final[dict[str, Clause]] = {
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
    PATTERN: _matches("m.title", "m.body", "m.facts", "m.tags", "m.files"),
}
SESSION_FIELDS: Final[dict[str, Clause]] = {
    "project": _project("s.project_id"),
    "agent": _agent("s.agent"),
    "branch": _glob("s.branch"),
    "session": _starts("s.native_id"),
    PATTERN: _matches("s.title"),
}
TURN_FIELDS: Final[dict[str, Clause]] = {
    "project": _project("s.project_id"),
    "agent": _agent("s.agent"),
    "branch": _glob("pl.branch"),
    "file": _file_in("r.detail"),
    "session": _starts("s.native_id"),
    PATTERN: _matches(
        "r.text", "coalesce(nullif(r.detail, '') ->> '$.command', '')", as_said=True
    ),
}
