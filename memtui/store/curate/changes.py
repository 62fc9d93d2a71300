"""Rows of several tables before and after one act, as the journal holds them.

An act on projects or sessions changes rows of more than one table. Each is named
``TABLE:KEY`` in what the journal keeps; before and after are as in ``journal``.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from memtui.store.curate.hidden import HIDE, SHOW
from memtui.store.curate.journal import Change, Row
from memtui.store.rows import strings_column

MERGE: Final = "merge projects"
MOVE: Final = "move project"
ALIAS: Final = "name project"
APART: Final = "tell projects apart"
RENAME: Final = "rename session"
ACCEPT: Final = "accept"
REJECT: Final = "reject"
IMPORT: Final = "import"
BUNDLE: Final = "bundle"
CHOOSE: Final = "choose"
FROM_ELSEWHERE: Final = frozenset({IMPORT, BUNDLE})
"""Acts that bring memories: taken back, nothing of those is left."""
ON_PROJECTS: Final = frozenset({MERGE, MOVE, ALIAS, APART})
"""Acts whose entries in the journal are about projects, by UUID."""
ON_SESSIONS: Final = frozenset({HIDE, SHOW, RENAME})
"""Acts whose entries in the journal are about sessions, by native id."""
ON_PROPOSALS: Final = frozenset({ACCEPT, REJECT})
"""Acts on what a model proposed: rows of ``model_decided``, and of memories."""
TOLD_BY_NAME: Final = ON_PROJECTS | ON_PROPOSALS | {RENAME, CHOOSE}
"""Acts whose entries name something else than the rows that they changed."""

KEYS: Final = {
    "bundle_conflict": "id",
    "curation": "id",
    "model_decided": "id",
    "observation": "id",
    "place": "id",
    "project": "id",
    "project_alias": "id",
    "project_apart": "id",
    "project_joined": "id",
    "project_root": "path",
    "session": "id",
    "session_name": "id",
}
"""Tables that such an act may change, and the column that names a row."""

_COLUMNS: Final = frozenset(
    {
        "accepted", "acted_at", "common_dir", "first_at", "joined", "last_at",
        "last_session", "project_id", "settled_at", "title",
    }
)  # fmt: skip


def write(conn: sqlite3.Connection, made: Mapping[str, Change]) -> None:
    """Put rows as they are after an act. Inside the caller's transaction.

    Rows go before others come or change: a column may be unique.
    """
    for name, (_, after) in made.items():
        table, key = _split(name)
        if after is None:
            conn.execute(f"delete from {table} where {KEYS[table]} = ?", (key,))  # noqa: S608 - names of our own
    alike: dict[tuple[str, str], tuple[Row, list[str]]] = {}
    for name, (before, after) in made.items():
        table, key = _split(name)
        if after is not None and before is None:
            _insert(conn, table, after | {KEYS[table]: key})
        elif after is not None:
            alike.setdefault((table, repr(after)), (after, []))[1].append(key)
    for (table, _), (after, keys) in alike.items():
        _update(conn, table, keys, after)


def keys_of(made: Mapping[str, Change], table: str) -> Iterator[str]:
    """The keys of a table's rows among these."""
    for name in made:
        if (found := _split(name))[0] == table:
            yield found[1]


def _split(name: str) -> tuple[str, str]:
    table, _, key = name.partition(":")
    if table not in KEYS:
        raise ValueError(f"no table of an act: {table}")
    return table, key


def _insert(conn: sqlite3.Connection, table: str, row: Row) -> None:
    names = _known(row, KEYS[table])
    places = ", ".join(f":{name}" for name in names)
    conn.execute(
        f"insert or replace into {table} ({', '.join(names)}) values ({places})",  # noqa: S608 - names of our own
        row,
    )


def _update(
    conn: sqlite3.Connection, table: str, keys: Sequence[str], row: Row
) -> None:
    """Many rows that become alike, as those of a project that is joined do."""
    sets = ", ".join(f"{name} = :{name}" for name in _known(row))
    conn.execute(
        f"update {table} set {sets} where {KEYS[table]} in"  # noqa: S608 - names of our own
        " (select value from json_each(:keys))",
        row | {"keys": strings_column(keys)},
    )


def _known(row: Row, *besides: str) -> list[str]:
    if not row.keys() <= _COLUMNS | set(besides):
        raise ValueError(f"no columns of an act: {sorted(row)}")
    return list(row)
