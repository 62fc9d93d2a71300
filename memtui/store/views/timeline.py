"""Memories: windows down the timeline, the inbox, one by its id."""
# ruff: noqa: S608  questions are put together from our own constants alone

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from memtui.errors import NotFound
from memtui.model import Agent, Memory, ObservationId, Project
from memtui.search.grammar import Query
from memtui.store.rows import memory_from, project_from, strings_column
from memtui.store.search.docs import FIRST_MEMORY
from memtui.store.search.filters import (
    Anchor,
    View,
    Where,
    memories_where,
    memory_match,
)
from memtui.store.views.zone import Zone

_COMMON: Final = 4_000
"""Memories with a word, above which each row is better looked up by itself."""

WITH_PLACE = """
    select f.*, s.native_id as session_native, s.agent as session_agent,
        s.title as session_title, p.uuid as project_uuid, p.name as project_name,
        (select g.path from project_root g where g.project_id = p.id
            order by g.last_at desc limit 1) as project_path
    from found f
    left join session s on s.id = f.session_id
    left join project p on p.id = f.project_id
"""
NEWEST = (
    """
    with found as (
        select * from memory m where {where}
        order by m.at desc, m.id desc limit :limit
    )"""
    + WITH_PLACE
    + "order by f.at desc, f.id desc"
)
NEWER = (
    """
    with found as (
        select * from memory m where {where}
        order by m.at, m.id limit :limit
    )"""
    + WITH_PLACE
    + "order by f.at desc, f.id desc"
)
BY_ID = (
    "with found as (select * from memory where id = :id)" + WITH_PLACE
)  # fmt: skip
BY_IDS = (
    """
    with found as (
        select * from memory where id in (select value from json_each(:ids))
    )"""
    + WITH_PLACE
)
IDS_FROM = """
    select id from curation where id >= :low and id < :high
    union select id from observation where id >= :low and id < :high
    limit 2
"""
IDS = "select m.id from memory m where {where} order by m.at desc, m.id desc"
COUNT = "select count(*) from (select 1 from memory m where {where} limit :cap)"
# The limit keeps SQLite from aggregating over the view itself, which it would read
# whole: this way each half of the view is asked through its own index.
CELLS = """
    select session_id, {day} as day, count(*) as count, max(at) as newest_at
    from (select m.session_id, m.at from memory m where {where} limit -1)
    group by 1, 2
"""
# Sessions one by one: nothing is sorted as a whole, and subagents are passed over.
CELLS_BY_SESSION = """
    select days.session_id, d.value ->> '$[0]' as day, d.value ->> '$[1]' as count,
        d.value ->> '$[2]' as newest_at
    from (
        select s.id as session_id, (
            select json_group_array(json_array(day, count, newest_at)) from (
                select {day} as day, count(*) as count, max(at) as newest_at
                from (select m.at from memory m
                    where m.session_id = s.id and {where} limit -1)
                group by 1)
        ) as days
        from session s where {shown}
    ) days
    join json_each(days.days) d
    union all
    select null, {day}, count(*), max(at)
    from (select m.at from memory m where m.session_id is null and {where} limit -1)
    group by 2
"""
GROUPS = """
    with cell as ({cells})
    select cell.day, cell.count, cell.newest_at, s.native_id, s.agent, s.title,
        s.branch, p.uuid as project_uuid, p.name as project_name,
        (select g.path from project_root g where g.project_id = p.id
            order by g.last_at desc limit 1) as project_path
    from cell
    left join session s on s.id = cell.session_id
    left join project p on p.id = s.project_id
    order by cell.newest_at desc, s.id desc
"""
MATCHES = """
    select count(*) from (
        select 1 from fts where fts match :match and rowid >= :low limit :cap)
"""
OWN = """
    m.scope = 'project'
        and m.project_id = (select id from project where uuid = :project)
"""
WIDE = "m.scope <> 'project'"
TOLD = "m.excluded = 0 and m.superseded_by = ''"
KEPT = "m.state = 'kept'"
SURE = """
    m.state = 'candidate' and m.confidence >= :sure and m.rule <> 'team'
        and m.type in (select value from json_each(:auto))
"""
PULLED = "m.state = 'candidate' and m.rule = 'team'"
INJECTABLE = (
    "with found as (select * from memory m where {where})"
    + WITH_PLACE
    + "order by f.pinned desc, f.pin_order, f.at desc, f.id desc"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one session left on one local day: a header and its rows."""

    session: str
    """Native id; empty for memories added by hand."""
    title: str
    agent: Agent | None
    branch: str
    project: Project | None
    day: int
    """Days since 1 January 1970, local."""
    count: int
    newest_at: int


def newest(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    *,
    before: Anchor | None,
    limit: int,
) -> list[Memory]:
    """The next window down, newest first."""
    where = _where(conn, query, view)
    _after(where, before)
    rows = conn.execute(where.into(NEWEST), where.params | {"limit": limit})
    return [memory_from(row) for row in rows]


def newer(
    conn: sqlite3.Connection, query: Query, view: View, *, after: Anchor, limit: int
) -> list[Memory]:
    """The next window up from a row, newest first."""
    where = _where(conn, query, view)
    where.add(
        "(m.at, m.id) > (:after_at, :after_id)", after_at=after.at, after_id=after.id
    )
    rows = conn.execute(where.into(NEWER), where.params | {"limit": limit})
    return [memory_from(row) for row in rows]


def newest_of_group(
    conn: sqlite3.Connection,
    query: Query,
    view: View,
    group: Group,
    *,
    zone: Zone,
    before: Anchor | None,
    limit: int,
) -> list[Memory]:
    """The next window down within one group."""
    where = _where(conn, query, view)
    session = "(select id from session where native_id = :group and agent = :agent)"
    if group.session:
        where.add(f"m.session_id = {session}", group=group.session, agent=group.agent)
    else:
        where.add("m.session_id is null")
    first, after = zone.bounds_of(group.day)
    where.add("m.at >= :first and m.at < :after", first=first, after=after)
    where.add(f"{zone.day_sql('m.at', where)} = :day", day=group.day)
    _after(where, before)
    rows = conn.execute(where.into(NEWEST), where.params | {"limit": limit})
    return [memory_from(row) for row in rows]


def ids(conn: sqlite3.Connection, query: Query, view: View) -> list[str]:
    """The id of every memory shown, newest first: what an act on a filter takes."""
    where = memories_where(query, view)
    return [one for (one,) in conn.execute(where.into(IDS), where.params)]


def count(conn: sqlite3.Connection, query: Query, view: View, cap: int) -> int:
    """How many memories are shown, counted up to ``cap``."""
    where = _where(conn, query, view)
    (counted,) = conn.execute(where.into(COUNT), where.params | {"cap": cap}).fetchone()
    return int(counted)


def groups(
    conn: sqlite3.Connection, query: Query, view: View, *, zone: Zone
) -> list[Group]:
    """Headers of the timeline, newest first, each with its number of rows."""
    where = memories_where(query, view)
    whole = view.project is None and not (query.has_text or query.filters)
    cells = CELLS_BY_SESSION if whole else CELLS
    shown = "1" if view.hidden else "s.kind = 'interactive'"
    day = zone.day_sql("at", where)
    sql = GROUPS.replace("{cells}", cells).replace("{day}", day)
    rows = conn.execute(where.into(sql.replace("{shown}", shown)), where.params)
    # Thousands of groups share a few projects and branches: one object of each.
    projects: dict[str, Project | None] = {}
    branches: dict[str, str] = {}
    return [_group_from(row, projects, branches) for row in rows]


def by_id(conn: sqlite3.Connection, prefix: str) -> Memory:
    """The memory of this id, or of the only id that begins so.

    Raises:
        NotFound: none, or more than one.
    """
    row = conn.execute(BY_ID, {"id": prefix}).fetchone()
    if row is not None:
        return memory_from(row)
    found = _starting_with(conn, prefix)
    if len(found) == 1:
        return memory_from(conn.execute(BY_ID, {"id": found[0]}).fetchone())
    if found:
        raise NotFound(f"More than one memory begins with {prefix}.")
    raise NotFound(
        f"There is no memory {prefix or 'without an id'}.",
        hint="memtui list --all shows their ids.",
    )


def by_ids(conn: sqlite3.Connection, wanted: Sequence[str]) -> list[Memory]:
    """Memories in the order asked; ids that do not exist are left out."""
    rows = conn.execute(BY_IDS, {"ids": strings_column(wanted)})
    found = {memory.id: memory for memory in map(memory_from, rows)}
    known = map(ObservationId, wanted)
    return [found[one] for one in known if one in found]


def injectable(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    auto_types: Sequence[str],
    auto_confidence: float,
    team: bool,
) -> list[Memory]:
    """What may be told of a project's own, pins first in their order.

    Args:
        project: None: what is told beyond any one project, of every group and agent.
    """
    values = {
        "project": project,
        "auto": strings_column(auto_types),
        "sure": auto_confidence,
    }
    layer = WIDE if project is None else OWN
    # Each a question of its own, so that each is asked through an index of its own.
    asked = [KEPT, *([SURE] if auto_types else []), *([PULLED] if team else [])]
    return [
        memory_from(row)
        for one in asked
        for row in conn.execute(Where([one, TOLD, layer]).into(INJECTABLE), values)
    ]


def _where(conn: sqlite3.Connection, query: Query, view: View) -> Where:
    expression = memory_match(query)
    common = bool(expression) and is_common(conn, expression)
    return memories_where(query, view, common=common)


def is_common(conn: sqlite3.Connection, expression: str) -> bool:
    """Whether so many memories match that a list of them all is a detour."""
    params = {"match": expression, "low": FIRST_MEMORY, "cap": _COMMON}
    return bool(conn.execute(MATCHES, params).fetchone()[0] >= _COMMON)


def _group_from(
    row: sqlite3.Row, projects: dict[str, Project | None], branches: dict[str, str]
) -> Group:
    project, branch = row["project_uuid"], row["branch"] or ""
    if project not in projects:
        projects[project] = project_from(row)
    return Group(
        session=row["native_id"] or "",
        title=row["title"] or "",
        agent=Agent(row["agent"]) if row["agent"] else None,
        branch=branches.setdefault(branch, branch),
        project=projects[project],
        day=row["day"],
        count=row["count"],
        newest_at=row["newest_at"],
    )


def _after(where: Where, before: Anchor | None) -> None:
    if before is not None:
        where.add(
            "(m.at, m.id) < (:before_at, :before_id)",
            before_at=before.at,
            before_id=before.id,
        )


def _starting_with(conn: sqlite3.Connection, prefix: str) -> list[str]:
    if not prefix:
        return []
    bounds = {"low": prefix, "high": prefix + "\U0010ffff"}
    return [one for (one,) in conn.execute(IDS_FROM, bounds)]
