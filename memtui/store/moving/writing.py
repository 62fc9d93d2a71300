"""What a store remembers and what was decided in it, as the lines of a bundle."""

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from memtui.bundle.lines import (
    Conflict,
    Decided,
    Entry,
    HiddenSession,
    Line,
    Memory,
    Project,
    SessionName,
    Tomb,
)
from memtui.store.connect import open_reader, open_writer, transaction
from memtui.store.curate import frozen, journal
from memtui.store.curate.changes import FROM_ELSEWHERE, ON_PROJECTS
from memtui.store.moving.portable import LOCAL, said_from, said_of
from memtui.store.moving.versions import found_version, versions

STORE: Final = "store"
"""The key in ``meta`` of the UUID that a store goes by among others."""
_STORE: Final = "select value from meta where key = ?"
_NAME: Final = "insert or ignore into meta (key, value) values (?, ?)"
_PROJECTS: Final = """
    select p.id, p.uuid, p.name, p.created_at, p.remote, p.first_commit,
        (select json_group_array(path) from (select path from project_root
            where project_id = p.id order by path)) as roots
    from project p where not exists (select 1 from project_joined where id = p.id)
    order by p.uuid
"""
_CURATED: Final = "select id from curation order by id"
_PROPOSED: Final = "select id from observation where touched = 0 order by id"
_ENTRIES: Final = """
    select id, at, act, actor, target, count, note, about, length(payload) as size
    from journal order by id
"""
_TOGETHER: Final = 500


def name_of(path: Path) -> str:
    """The UUID that this store goes by; it is given one at first.

    Raises:
        StoreError: it cannot be written, and has none yet.
    """
    with closing(open_writer(path, "curation")) as conn, transaction(conn):
        conn.execute(_NAME, (STORE, str(uuid.uuid4())))
        (name,) = conn.execute(_STORE, (STORE,)).fetchone()
    return str(name)


def lines_of(path: Path) -> Iterator[Line]:
    """Everything of a store but its archive: one look at one moment.

    Raises:
        StoreError: it cannot be read.
    """
    with closing(open_reader(path)) as conn:
        conn.execute("begin")
        projects: dict[int, str] = {}
        for row in conn.execute(_PROJECTS):
            projects[row["id"]] = row["uuid"]
            yield Project(
                id=row["uuid"], name=row["name"], at=row["created_at"],
                remote=row["remote"] or "", first_commit=row["first_commit"] or "",
                roots=json.loads(row["roots"]),
            )  # fmt: skip
        for (tomb,) in conn.execute("select id from tombstone order by id"):
            yield Tomb(id=tomb)
        yield from _conflicts(conn)  # known before they are met again
        yield from _memories(conn, projects)
        yield from _entries(conn)
        yield from _rest(conn)


def _memories(conn: sqlite3.Connection, projects: dict[int, str]) -> Iterator[Memory]:
    known = versions(conn)
    here = [row[0] for row in conn.execute(_CURATED)]
    for some in _some(here):
        for memory, row in frozen.curated(conn, some).items():
            project = projects.get(row["project_id"], "")
            version = known.pop(memory, None) or found_version(memory, row)
            yield Memory(id=memory, said=said_of(row, project), version=version)
    for memory, version in sorted(known.items()):
        yield Memory(id=memory, version=version)
    for some in _some([row[0] for row in conn.execute(_PROPOSED)]):
        for memory, row in frozen.proposed(conn, some).items():
            project = projects.get(row["project_id"], "")
            yield Memory(id=memory, said=said_of(row, project))


def _some(ids: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), _TOGETHER):
        yield ids[first : first + _TOGETHER]


def _entries(conn: sqlite3.Connection) -> Iterator[Entry]:
    """Acts on memories and sessions; those on projects mean nothing elsewhere."""
    for row in conn.execute(_ENTRIES).fetchall():
        if row["act"] in ON_PROJECTS or row["note"] in ON_PROJECTS:
            continue
        is_told = row["size"] and row["act"] not in FROM_ELSEWHERE
        made = journal.changes(conn, row["id"]) if is_told else {}
        yield Entry(
            number=row["id"], at=row["at"], act=row["act"], actor=row["actor"],
            target=row["target"], count=row["count"], note=row["note"],
            about=[(one, title) for one, title in json.loads(row["about"])],
            changes={
                name: (_portable(before), _portable(after))
                for name, (before, after) in made.items()
            },
        )  # fmt: skip


def _portable(side: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if side is None else {k: v for k, v in side.items() if k not in LOCAL}


def _rest(conn: sqlite3.Connection) -> Iterator[Line]:
    for row in conn.execute("select * from session_name order by id"):
        yield SessionName(id=row["id"], title=row["title"], at=row["acted_at"])
    for row in conn.execute("select * from hidden_session order by id"):
        yield HiddenSession(id=row["id"], at=row["acted_at"])
    for row in conn.execute("select * from model_decided order by id"):
        yield Decided(id=row["id"], accepted=row["accepted"], at=row["acted_at"])


def _conflicts(conn: sqlite3.Connection) -> Iterator[Conflict]:
    for row in conn.execute("select * from bundle_conflict order by id"):
        yield Conflict(
            memory=row["memory"], version=row["id"].partition(":")[2],
            said=said_from(row["said"]), origin=row["origin"], at=row["at"],
            settled_at=row["settled_at"],
        )  # fmt: skip
