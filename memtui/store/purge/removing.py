"""Taking out of the store what ``traces`` found. Inside the caller's transaction.

Every table that points to what goes is named here. Some are asked by a column that
nothing else asks for: an index on it is made for the while.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memtui.store.curate import alike
from memtui.store.ingest import archive
from memtui.store.purge import tombs

_GOING_FILES: Final = """
    create temp table going_transcript as
    select id, path from transcript
    where session_id in (select id from temp.going_session)
    union
    select t.id, t.path from temp.going_record g join record r on r.id = g.id
    join transcript t on t.path = json_extract(r.detail, '$.output')
    where r.detail like '%"output"%'
"""
_SESSIONS: Final = """
    select s.id, s.agent, s.native_id from temp.going_session g
    join session s on s.id = g.id
"""
_RECORDS: Final = """
    select distinct r.agent, r.native_id from temp.going_record g
    join record r on r.id = g.id
"""
_TOUCHED: Final = """
    select distinct l.session_id from temp.going_record g
    join link l on l.record_id = g.id
    where l.session_id not in (select id from temp.going_session)
"""
_PATHS_OF: Final = """
    select path from transcript where session_id = ? and talked >= 0 order by path
"""
_SAID: Final = """
    select distinct r.text from temp.going_record g join record r on r.id = g.id
    join link l on l.record_id = r.id
    where l.session_id = ? and r.kind in ('prompt', 'response', 'title', 'summary')
"""
_ROOTS: Final = """
    select path from project_root
    where project_id in (select id from temp.going_project)
"""
_AGENTS: Final = """
    select t.id, t.agent from temp.going_transcript g join transcript t on t.id = g.id
"""
_IS_RECORD: Final = "select 1 from record where agent = ? and native_id = ?"
_UUIDS: Final = """
    select p.uuid from temp.going_project g join project p on p.id = g.id
"""
_GOING: Final = {
    "session": "in (select id from temp.going_session)",
    "record": "in (select id from temp.going_record)",
    "memory": "in (select id from temp.going_memory)",
    "file": "in (select id from temp.going_transcript)",
    "project": "in (select id from temp.going_project)",
    "theirs_alone": """in (
        select s.native_id from session s join temp.going_session g on g.id = s.id
        except select s.native_id from session s
            where s.id not in (select id from temp.going_session))""",
}
"""What stands for these names in the statements below."""

_INDEXES: Final = {
    "going_by_transcript": "link(transcript_id)",
    "going_by_record": "delivery(record_id)",
    "going_by_place": "record(place_id)",
    "going_by_asked": "compress_item(batch_id)",
}
_OF_ROWS: Final = (
    "delete from delivery where session_id {session} or record_id {record}",
    """delete from commit_told where session_id {session} or (agent, native_id) in (
        select r.agent, r.native_id from temp.going_record g
        join record r on r.id = g.id)""",
    "delete from link where session_id {session} or record_id {record}",
    "update link set transcript_id = null, line = null where transcript_id {file}",
    "delete from doc where record_id {record} or memory {memory}",
    "update doc set session_id = null where session_id {session}",
    "delete from record where id {record}",
    "delete from block where transcript_id {file}",
    "delete from fault where transcript_id {file}",
    "delete from fault_count where transcript_id {file}",
    "delete from transcript where id {file}",
    "delete from continues where session_id {session}",
    "delete from feedback where session_id {session} or memory {memory}",
    "delete from feedback_seen where session_id {session}",
    """update compress_request set why = '' where item_id in (
        select id from compress_item where session_id {session}
            or subject in (select uuid from project where id {project}))""",
    "delete from compress_item where session_id {session}",
    "delete from model_proposal where id {memory}",
    "delete from curation where id {memory}",
    "delete from observation where id {memory}",
    "delete from gone_file where memory {memory}",
    "delete from named_symbol where memory {memory}",
    "delete from proposal where memory {memory} or other {memory}",
    "update curation set session_id = null where session_id {session}",
    "update observation set session_id = null where session_id {session}",
    "delete from hidden_session where id {theirs_alone}",
    "delete from session_name where id {theirs_alone}",
    "delete from session where id {session}",
    """delete from place where id not in (
        select place_id from record where place_id is not null)""",
)
_OF_PROJECTS: Final = (
    "update place set project_id = null where project_id {project}",
    "update session set project_id = null where project_id {project}",
    "update curation set project_id = null where project_id {project}",
    "update observation set project_id = null where project_id {project}",
    "delete from project_root where project_id {project}",
    "delete from project_alias where project_id {project}",
    "delete from project_joined where id {project} or joined {project}",
    """delete from project_apart where exists (
        select 1 from temp.going_project g join project p on p.id = g.id
        where instr(project_apart.id, p.uuid) > 0)""",
    "delete from proposal where project_id {project}",
    "delete from model_proposal where project_id {project}",
    """delete from compress_item
        where subject in (select uuid from project where id {project})""",
    "delete from project where id {project}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The names of what went, for what cannot be found by rows."""

    memories: frozenset[str]
    sessions: frozenset[str]
    """Native ids."""
    session_rows: frozenset[int]
    records: frozenset[str]
    """Native ids of those that sessions which stay have lost."""
    projects: frozenset[str]
    """UUIDs."""
    project_rows: frozenset[int]
    roots: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A session that stays and has lost records: to be stated anew."""

    session: int
    paths: tuple[str, ...]
    """Its transcripts."""
    said: tuple[str, ...]
    """What those records said: lines without records may repeat it."""


def touched(conn: sqlite3.Connection) -> list[Touched]:
    """Asked before anything is removed."""
    return [
        Touched(
            session=session,
            paths=tuple(row[0] for row in conn.execute(_PATHS_OF, (session,))),
            said=tuple(row[0] for row in conn.execute(_SAID, (session,))),
        )
        for (session,) in conn.execute(_TOUCHED).fetchall()
    ]


def remove(conn: sqlite3.Connection, *, with_project: bool) -> Removed:
    """Take out what was noted, and note by hashes that it may not come back."""
    conn.execute("drop table if exists temp.going_transcript")
    conn.execute(_GOING_FILES)
    sessions = conn.execute(_SESSIONS).fetchall()
    lost = list(_lost(conn))
    memories = [row[0] for row in conn.execute("select id from temp.going_memory")]
    files = [row[0] for row in conn.execute("select path from temp.going_transcript")]
    tombs.put(conn, "", memories)
    tombs.put(conn, tombs.SESSION, (tombs.hashed(row[1], row[2]) for row in sessions))
    tombs.put(conn, tombs.RECORD, (tombs.hashed(*one) for one in lost))
    tombs.put(conn, tombs.RECORD, (tombs.hashed(*one) for one in _line_ids(conn)))
    tombs.put(conn, tombs.PATH, map(tombs.hashed, files))
    removed = Removed(
        memories=frozenset(memories),
        sessions=frozenset(row[2] for row in sessions),
        session_rows=frozenset(row[0] for row in sessions),
        records=frozenset(native for _, native in lost),
        projects=_all(conn, _UUIDS) if with_project else frozenset(),
        project_rows=frozenset(
            row[0] for row in conn.execute("select id from temp.going_project")
        ),
        roots=_all(conn, _ROOTS) if with_project else frozenset(),
    )
    tombs.put(conn, tombs.PROJECT, map(tombs.hashed, removed.projects))
    alike.drop(conn, memories)
    for name, columns in _INDEXES.items():
        conn.execute(f"create index {name} on {columns}")
    for statement in (*_OF_ROWS, *(_OF_PROJECTS if with_project else ())):
        conn.execute(statement.format(**_GOING))
    for name in _INDEXES:
        conn.execute(f"drop index {name}")
    return removed


def _lost(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Records by agent and native id."""
    for row in conn.execute(_RECORDS):
        yield row[0], row[1]


def _line_ids(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Agent and own id of archived lines that no record stands for."""
    for transcript, agent in conn.execute(_AGENTS).fetchall():
        for generation in archive.generations(conn, transcript):
            place = archive.Place(transcript, generation)
            for stretch in archive.stretches(conn, place):
                for line in stretch.lines:
                    name = tombs.own_id(line)
                    if name and not conn.execute(_IS_RECORD, (agent, name)).fetchone():
                        yield agent, name


def _all(conn: sqlite3.Connection, question: str) -> frozenset[str]:
    return frozenset(row[0] for row in conn.execute(question))


def as_json(removed: Removed) -> str:
    """The same as a text, to go on after a kill; ``from_json`` reads it."""
    told = {name: sorted(getattr(removed, name)) for name in Removed.__annotations__}
    return json.dumps(told)


def from_json(text: str) -> Removed:
    """What ``as_json`` wrote."""
    told = json.loads(text)
    return Removed(**{name: frozenset(values) for name, values in told.items()})
