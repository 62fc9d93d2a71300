"""Which version of each memory a store has, and from which earlier ones it came.

That is in the journal: every act makes a version of each memory it is about. What came
in a bundle keeps the version it had elsewhere; ``bundle_version`` says from which entry
of the journal on.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Final

import msgspec

from memtui.bundle.lines import MOST_PAST, Version
from memtui.store.curate import journal
from memtui.store.curate.changes import BUNDLE, ON_PROJECTS, ON_SESSIONS
from memtui.store.curate.frozen import BUNDLED
from memtui.store.curate.journal import UNDO, Change, Row
from memtui.store.moving.portable import version_of

_ACTS: Final = """
    select id, at, act, actor, target, note, length(payload) as size
    from journal order by id
"""
_CAME: Final = "select * from bundle_version order by entry, memory"
_PUT: Final = """
    insert or replace into bundle_version (id, memory, entry, at, past)
    values (?, ?, ?, ?, ?)
"""
_LAST: Final = "select coalesce(max(id), 0) from journal"


def versions(conn: sqlite3.Connection) -> dict[str, Version]:
    """The version of every memory that a person has decided something about."""
    walk = _Walk(conn)
    for row in conn.execute(_ACTS).fetchall():
        walk.past(row)
    return walk.ended()


class _Walk:
    """From the first act to the last, with what bundles brought in between."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._found: dict[str, Version] = {}
        self._came: dict[int, dict[str, Version]] = {}
        for row in conn.execute(_CAME):
            version = Version(id=row["id"], at=row["at"], past=json.loads(row["past"]))
            self._came.setdefault(row["entry"], {})[row["memory"]] = version
        self._left = sorted(self._came, reverse=True)
        self._before: dict[int, dict[str, Version | None]] = {}

    def past(self, row: sqlite3.Row) -> None:
        """Go past an entry of the journal."""
        while self._left and self._left[-1] < row["id"]:
            self._take(self._left.pop())
        if journal.is_elsewhere(row["actor"]) or row["act"] == BUNDLE:
            return
        kind = row["act"] if row["target"] is None else row["note"]
        if kind == BUNDLE:
            self._take_back(row["target"], is_undo=row["act"] == UNDO)
        elif kind not in ON_SESSIONS | ON_PROJECTS:
            label = kind if row["target"] is None else f"{row['act']} {kind}"
            self._act(label, row)

    def ended(self) -> dict[str, Version]:
        """All versions, when every entry was passed."""
        while self._left:
            self._take(self._left.pop())
        return self._found

    def _act(self, label: str, row: sqlite3.Row) -> None:
        for memory, (_, after) in _changes(self._conn, row).items():
            if ":" in memory or (after or {}).get("rule") == BUNDLED:
                continue  # what a stranger proposed is nobody's decision
            before = self._found.get(memory)
            made = version_of(memory, label, row["at"], after, before)
            self._found[memory] = msgspec.structs.replace(
                made, past=made.past[-MOST_PAST:]
            )

    def _take(self, entry: int) -> None:
        came = self._came[entry]
        self._before[entry] = {memory: self._found.get(memory) for memory in came}
        self._found |= came

    def _take_back(self, entry: int, *, is_undo: bool) -> None:
        """Who does not want a bundle after all has decided nothing about its memories:
        all is as if it had never been read."""
        if not is_undo:
            self._found |= self._came.get(entry, {})
            return
        for memory, version in self._before.get(entry, {}).items():
            if version is None:
                self._found.pop(memory, None)
            else:
                self._found[memory] = version


def found_version(memory: str, row: Row) -> Version | None:
    """Of a memory that the journal does not tell of, as a backup gave it back.

    None: nobody has decided anything about it.
    """
    if not row["acted_at"]:
        return None
    return version_of(memory, "", row["acted_at"], row, None)


def note(conn: sqlite3.Connection, came: Mapping[str, Version]) -> None:
    """From the journal's last entry on, memories have these versions."""
    (entry,) = conn.execute(_LAST).fetchone()
    conn.executemany(
        _PUT,
        (
            (one.id, memory, entry, one.at, json.dumps(one.past[-MOST_PAST:]))
            for memory, one in came.items()
        ),
    )


def _changes(conn: sqlite3.Connection, row: sqlite3.Row) -> Mapping[str, Change]:
    """What an entry did; undo and redo did what is in the entry they are about."""
    number = row["id"] if row["target"] is None else row["target"]
    if row["target"] is None and not row["size"]:
        return {}
    made = journal.changes(conn, number)
    if row["act"] == UNDO:
        made = {memory: (after, before) for memory, (before, after) in made.items()}
    return made
