"""Projects, counts and statistics."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from memtui.model import Project, State
from memtui.paths import is_utf8
from memtui.store.rows import project_from

PROJECTS = """
    select p.uuid as project_uuid, p.name as project_name,
        (select g.path from project_root g where g.project_id = p.id
            order by g.last_at desc limit 1) as project_path
    from project p where p.id not in (select id from project_joined) order by (
        select max(s.ended_at) from session s where s.project_id = p.id
    ) desc, p.name
"""
ROOTS = """
    select g.path, p.uuid as project_uuid, p.name as project_name,
        g.path as project_path
    from project_root g join project p on p.id = g.project_id
    where g.path in (select value from json_each(:paths))
    order by length(g.path) desc limit 1
"""
STATES = """
    select c.state, c.pinned, c.excluded, c.superseded_by <> '' as superseded,
        count(*) as count
    from curation c {where}
    group by 1, 2, 3, 4
"""
OF_PROJECT = "where c.project_id = (select id from project where uuid = :project)"
TOTALS = """
    select (select count(*) from record) as records,
        (select count(*) from transcript t join session s on s.id = t.session_id
            where t.talked > 0 and s.kind <> 'subagent') as sessions,
        (select count(*) from memory) as observations,
        (select count(*) from project
            where id not in (select id from project_joined)) as projects,
        (select coalesce(sum(count), 0) from fault_count) as faults,
        coalesce((select sum(bytes) from block), 0) as raw_bytes
"""
BY_AGENT = """
    select a.agent, a.files, coalesce(s.sessions, 0) as sessions,
        coalesce(r.records, 0) as records, coalesce(r.native_ids, 0) as native_ids,
        coalesce(f.faults, 0) as faults
    from (select agent, sum(talked >= 0 and path not glob '*/history.jsonl#*') as files
        from transcript group by 1) a
    left join (select t.agent, count(*) as sessions
        from transcript t join session s on s.id = t.session_id
        where t.talked > 0 and s.kind <> 'subagent' group by 1) s on s.agent = a.agent
    left join (select agent, count(*) as records, count(distinct native_id)
        filter (where instr(native_id, ':') = 0) as native_ids
        from record group by 1) r on r.agent = a.agent
    left join (select t.agent, sum(x.count) as faults from fault_count x
        join transcript t on t.id = x.transcript_id group by 1) f
        on f.agent = a.agent
    order by 1
"""
FAULTS = """
    select t.agent, t.path, f.line, f.reason
    from fault f join transcript t on t.id = f.transcript_id
    order by t.mtime_ns desc, f.line limit :limit
"""


class StoredFault(NamedTuple):
    """A fault and the transcript it lies in."""

    agent: str
    path: str
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many memories stand where."""

    inbox: int = 0
    backlog: int = 0
    """Counted up to ten thousand."""
    kept: int = 0
    pinned: int = 0
    excluded: int = 0
    superseded: int = 0
    review: int = 0
    duplicates: int = 0
    """Pairs to decide about: alike, or one corrects the other."""
    trash: int = 0
    proposed: int = 0
    """What a model proposes, and nobody decided about."""

    @property
    def shown(self) -> int:
        """What the timeline shows: neither trash, excluded nor superseded."""
        return self.inbox + self.backlog + self.kept - self.excluded


def conflicts(conn: sqlite3.Connection) -> int:
    """Memories that another machine left otherwise, and nobody chose yet."""
    asked = "select count(distinct memory) from bundle_conflict where settled_at = 0"
    (count,) = conn.execute(asked).fetchone()
    return int(count)


def projects(conn: sqlite3.Connection) -> list[Project]:
    """Every project, the last active first."""
    return [p for p in map(project_from, conn.execute(PROJECTS)) if p]


def project_at(conn: sqlite3.Connection, path: Path | str) -> Project | None:
    """The project with the longest known root that is ``path`` or above it."""
    from memtui.store.rows import strings_column

    where = PurePath(path)
    above = list(filter(is_utf8, map(str, (where, *where.parents))))
    row = conn.execute(ROOTS, {"paths": strings_column(above)}).fetchone()
    return project_from(row) if row else None


def counts(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    inbox: int,
    candidates: int,
    review: int = 0,
    duplicates: int = 0,
) -> Counts:
    """How many memories stand where.

    Args:
        inbox: how many the inbox shows.
        candidates: how many there are, those included.
        review: how many are due for review.
        duplicates: how many pairs there are to decide about.
    """
    total = dict.fromkeys(("kept", "pinned", "excluded"), 0)
    superseded = trash = 0
    sql = STATES.replace("{where}", "" if project is None else OF_PROJECT)
    for row in conn.execute(sql, {"project": project}):
        number = row["count"]
        if row["state"] == State.PRUNED:
            trash += number
            continue
        if row["superseded"]:
            superseded += number
            continue
        total["kept"] += number if row["state"] == State.KEPT else 0
        for flag in ("pinned", "excluded"):
            total[flag] += number if row[flag] else 0
    return Counts(
        inbox=inbox,
        backlog=max(0, candidates - inbox),
        superseded=superseded,
        review=review,
        duplicates=duplicates,
        trash=trash,
        **total,
    )


def stats(conn: sqlite3.Connection, path: Path) -> dict[str, Any]:
    """The object of ``memtui stats --json``, in bytes and counts."""
    totals = dict(conn.execute(TOTALS).fetchone())
    raw_bytes = totals.pop("raw_bytes")
    names = ("files", "sessions", "records", "native_ids", "faults")
    by_agent = {
        row["agent"]: {name: row[name] for name in names}
        for row in conn.execute(BY_AGENT)
    }
    return totals | {
        "store_bytes": store_bytes(path),
        "raw_bytes": raw_bytes,
        "by_agent": by_agent,
    }


def store_bytes(path: Path) -> int:
    """Size of the store's file and its write-ahead log."""
    sides = (path, path.with_name(path.name + "-wal"))
    return sum(side.stat().st_size for side in sides if side.exists())


def faults(conn: sqlite3.Connection, limit: int) -> list[StoredFault]:
    """What could not be read, the newest transcripts first."""
    return [StoredFault(**dict(r)) for r in conn.execute(FAULTS, {"limit": limit})]
