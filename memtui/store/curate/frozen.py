"""Rows of ``curation``: a memory's frozen text and what was decided about it."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from memtui.model import State
from memtui.store.rows import evidence_from, strings_column, strings_from
from memtui.store.search import docs

if TYPE_CHECKING:  # who only wants a rule's name unpacks no journal
    from memtui.store.curate.journal import Change, Row

BY_HAND: Final = "hand"
"""The rule of a memory that a person wrote."""
MODEL: Final = "model"
"""The rule of what a model proposed and a person accepted."""
IMPORTED: Final = frozenset({"claude-mem", "claude-relay", "episodic-memory"})
"""Rules of what another memory tool kept, by its name."""
TEAM: Final = "team"
"""The rule of what came from a team's file in a repository."""
BUNDLED: Final = "bundle"
"""The rule of what somebody else's bundle proposed."""
BORN_OF_AN_ACT: Final = frozenset({BY_HAND, MODEL, TEAM, BUNDLED}) | IMPORTED
"""Taking that act back leaves nothing of them; a proposal is one again."""
FROZEN: Final = (
    "session_id", "project_id", "type", "title", "body", "at", "trust", "rule",
    "confidence", "facts", "tags", "files", "evidence", "branch", "agent", "session",
)  # fmt: skip
DECIDED: Final = (
    "state", "was", "pinned", "pin_order", "excluded", "superseded_by", "review_by",
    "scope", "unlike", "confirmed_at", "acted_at",
)  # fmt: skip
COLUMNS: Final = (*FROZEN, *DECIDED)
SEARCHED: Final = ("title", "body", "facts", "tags", "files", "evidence")
"""Columns whose change makes search look at other words."""

UNTOUCHED: "Final[Row]" = {
    "state": State.CANDIDATE.value, "was": "", "pinned": 0, "pin_order": None,
    "excluded": 0, "superseded_by": "", "review_by": None, "scope": "project",
    "unlike": "[]", "confirmed_at": None, "acted_at": 0,
}  # fmt: skip
EMPTY: "Final[Row]" = UNTOUCHED | {
    "session_id": None, "project_id": None, "body": "", "facts": "[]", "tags": "[]",
    "files": "[]", "evidence": "[]", "branch": "", "agent": "", "session": "",
}  # fmt: skip
"""What a memory by hand has where nothing is said."""

CURATED = """
    select * from curation where id in (select value from json_each(:ids))
"""
PROPOSED = """
    select o.id, o.session_id, o.project_id, o.type, o.title, o.body, o.at, o.trust,
        o.rule, o.confidence, o.facts, o.tags, o.files, o.evidence, o.branch,
        coalesce(s.agent, '') as agent, coalesce(s.native_id, '') as session
    from observation o left join session s on s.id = o.session_id
    where o.id in (select value from json_each(:ids))
"""
# A session or project that is gone since must not keep an act from coming back.
PUT = """
    insert or replace into curation (id, session_id, project_id, type, title, body,
        at, trust, rule, confidence, facts, tags, files, evidence, branch, agent,
        session, state, was, pinned, pin_order, excluded, superseded_by, review_by,
        scope, unlike, confirmed_at, acted_at)
    values (:id, (select id from session where id = :session_id),
        (select id from project where id = :project_id), :type, :title, :body, :at,
        :trust, :rule, :confidence, :facts, :tags, :files, :evidence, :branch, :agent,
        :session, :state, :was, :pinned, :pin_order, :excluded, :superseded_by,
        :review_by, :scope, :unlike, :confirmed_at, :acted_at)
"""
DELETE = "delete from curation where id = :id"
CHANGE = "update curation set {sets} where id = :id"


def curated(conn: sqlite3.Connection, ids: Sequence[str]) -> "dict[str, Row]":
    """Rows of the memories that a person has acted on."""
    rows = conn.execute(CURATED, {"ids": strings_column(ids)})
    return {row["id"]: {name: row[name] for name in COLUMNS} for row in rows}


def proposed(conn: sqlite3.Connection, ids: Sequence[str]) -> "dict[str, Row]":
    """What the distiller says now, as rows that nobody acted on."""
    rows = conn.execute(PROPOSED, {"ids": strings_column(ids)})
    return {row["id"]: {name: row[name] for name in FROZEN} | UNTOUCHED for row in rows}


def write(
    conn: sqlite3.Connection, made: "Mapping[str, Change]", *, forget: bool = False
) -> None:
    """Put rows as they are after a change. Inside the caller's transaction.

    Args:
        forget: where nothing is left of a row, nothing stays of the memory either.
    """
    known = proposed(conn, [one for one, (_, after) in made.items() if after is None])
    changed: dict[tuple[str, ...], list[Row]] = {}
    for memory, (before, after) in made.items():
        if after is None:
            _thaw(conn, memory, before or {}, forget or memory in known)
        elif before is None:
            conn.execute(PUT, after | {"id": memory})
        else:
            changed.setdefault(tuple(after), []).append(after | {"id": memory})
    for columns, rows in changed.items():
        if not set(columns) <= set(COLUMNS):
            raise ValueError(f"no columns of a memory: {columns}")
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        conn.executemany(CHANGE.replace("{sets}", sets), rows)


def read_otherwise(conn: sqlite3.Connection, made: "Mapping[str, Change]") -> list[str]:
    """The memories in which search must look at other words after a change.

    Asked before the change is written.
    """
    whole = [one for one, sides in made.items() if None in sides]
    now = proposed(conn, whole)
    found = []
    for memory, (before, after) in made.items():
        if before is not None and after is not None:
            if not after.keys().isdisjoint(SEARCHED):
                found.append(memory)
            continue
        frozen, known = before or after or {}, now.get(memory)
        if known is None or any(frozen[name] != known[name] for name in SEARCHED):
            found.append(memory)
    return found


def index(conn: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Let search see what these memories say now."""
    if not ids:
        return
    docs.mask_memories(conn, ids)
    rows = proposed(conn, ids) | curated(conn, ids)
    docs.put_memories(conn, list(docs_of_rows(rows)))


def docs_of_rows(rows: "Mapping[str, Row]") -> Iterable[docs.MemoryDoc]:
    """What search will find of memories, by their columns."""
    for memory, row in rows.items():
        yield docs.memory_doc(
            memory,
            session_id=row["session_id"],
            at=row["at"],
            title=row["title"],
            body=row["body"],
            facts=strings_from(row["facts"]),
            tags=strings_from(row["tags"]),
            files=strings_from(row["files"]),
            evidence=evidence_from(row["evidence"]),
        )


def _thaw(conn: sqlite3.Connection, memory: str, frozen: "Row", known: bool) -> None:
    if known or frozen.get("rule") in BORN_OF_AN_ACT:
        conn.execute(DELETE, {"id": memory})
    else:
        # Nothing else holds its text any more: it goes back to the inbox.
        conn.execute(PUT, frozen | UNTOUCHED | {"id": memory})
