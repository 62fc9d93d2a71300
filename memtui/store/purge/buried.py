"""What a person purged or scrubbed, met again in another store or in a backup.

A store that was set aside, or is put back, knows nothing of purges since. Tombstones
name what they took by hashes: what another store holds is asked for by those.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from memtui.errors import StoreError
from memtui.model import Agent
from memtui.store.connect import open_reader
from memtui.store.purge import tombs
from memtui.store.purge.removing import Removed
from memtui.store.purge.traces import Target
from memtui.store.rescue import daily
from memtui.store.trouble import explained

_ALL: Final = "select id from tombstone"
_PROJECTS: Final = "select uuid from project"
_SESSIONS: Final = "select agent, native_id from session"
_RECORDS: Final = "select id, agent, native_id from record"
_MEMORIES: Final = """
    select t.id from tombstone t where exists (select 1 from curation where id = t.id)
        or exists (select 1 from observation where id = t.id)
"""


def of_store(path: Path, backups: Path) -> frozenset[str]:
    """All tombstones of a store; where it cannot be read, those of its backups."""
    if not path.exists():
        return frozenset()
    try:
        with explained(path), closing(open_reader(path)) as conn:
            return frozenset(row[0] for row in conn.execute(_ALL))
    except StoreError:
        newest = daily.newest_backup(backups)
        rows = daily.rows_of(newest) if newest else ()
        return frozenset(r["id"] for r in rows if r.get("table") == "tombstone")


def bury(conn: sqlite3.Connection, ids: Collection[str]) -> list[Target]:
    """Note these tombstones in this store, too; what of it they name."""
    tombs.put(conn, "", ids)
    projects = [u for (u,) in conn.execute(_PROJECTS) if _is_project(u, ids)]
    sessions = {
        native
        for agent, native in conn.execute(_SESSIONS)
        if tombs.SESSION + tombs.hashed(agent, native) in ids
    }
    records = (
        row
        for row, agent, native in conn.execute(_RECORDS)
        if tombs.RECORD + tombs.hashed(agent, native) in ids
    )
    rest = Target(
        memories=tuple(row[0] for row in conn.execute(_MEMORIES)),
        sessions=tuple(sorted(sessions)),
        records=tuple(records),
        keep_lines=True,  # those that went with the memories are named themselves
    )
    return [*(Target(project=uuid) for uuid in projects), rest]


def removed_from(rows: Sequence[Mapping[str, Any]], ids: Collection[str]) -> Removed:
    """What of the rows of a backup these tombstones name."""
    named = {name for row in rows for name in _names(row)}
    return Removed(
        memories=frozenset(ids),
        sessions=frozenset(n for n in named if _is_any(tombs.SESSION, n, ids)),
        session_rows=frozenset(),
        records=frozenset(n for n in named if _is_any(tombs.RECORD, n, ids)),
        projects=frozenset(n for n in named if _is_project(n, ids)),
        project_rows=frozenset(),
        roots=frozenset(),
    )


def _names(row: Mapping[str, Any]) -> Iterator[str]:
    """Whatever a row of a backup calls by a name of its own."""
    for name in ("id", "uuid", "session"):
        if isinstance(value := row.get(name), str):
            yield value
    for name in ("evidence", "about"):
        for told in json.loads(row.get(name) or "[]"):
            yield from (one for one in told[:2] if isinstance(one, str))


def _is_project(uuid: str, ids: Collection[str]) -> bool:
    return tombs.PROJECT + tombs.hashed(uuid) in ids


def _is_any(kind: str, name: str, ids: Collection[str]) -> bool:
    return any(kind + tombs.hashed(agent.value, name) in ids for agent in Agent)
