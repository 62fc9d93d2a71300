"""The inbox: which candidates are asked about, best first.

Of each project at most ``limit``, so that it can be emptied. Two kinds compete:

- what a project held when memtui first met it: only its best ``limit``, decided or
  not, are ever asked about, so deciding about one does not bring up the next;
- what came since: all of it, the newest ``ARRIVALS``.

Everything else is backlog: listed and searched, not counted. The best are found
through indexes, stratum by stratum of type and trust, without reading them all.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from heapq import nlargest
from typing import Final, NamedTuple

from memtui.model import State, Trust

LIMIT: Final = 30
"""Candidates of one project that are asked about."""
ARRIVALS: Final = 300
"""New candidates of one project that are weighed."""
_PLAIN: Final = 0.5
"""Weight of a type that no config knows any more."""

PROJECTS = """
    select id, created_at from project where :project is null or uuid = :project
    union all select null, 0 where :project is null
"""
NEXT_TYPE = """
    select min(type) from (
        select min(type) as type from observation
            where project_id is :project and touched = 0 and type > :after
        union all select min(type) from curation
            where project_id is :project and type > :after)
"""
BEST = """
    select * from (
        select id, type, trust, confidence, at, 'candidate' as state, '' as superseded
        from observation o
        where project_id is :project and type = :type and trust = :trust
            and touched = 0 and +at < :met and not exists (
                select 1 from session s
                where s.id = o.session_id and s.kind <> 'interactive')
        order by confidence desc, at desc limit :limit)
    union all
    select * from (
        select id, type, trust, confidence, at, state, superseded_by
        from curation
        where project_id is :project and type = :type and trust = :trust
            and +at < :met
        order by confidence desc, at desc limit :limit)
"""
ARRIVED = """
    select * from (
        select id, type, trust, confidence, at, 'candidate' as state, '' as superseded
        from observation o
        where project_id is :project and touched = 0 and at >= :met and not exists (
            select 1 from session s
            where s.id = o.session_id and s.kind <> 'interactive')
        order by at desc, id desc limit :limit)
    union all
    select * from (
        select id, type, trust, confidence, at, state, superseded_by
        from curation
        where project_id is :project and at >= :met and +state = 'candidate'
            and superseded_by = ''
        order by at desc, id desc limit :limit)
"""


class Worth(NamedTuple):
    """What the inbox sorts by, the best highest."""

    by_user: bool
    value: float
    at: int
    id: str


def ids(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    limit: int,
    weights: Mapping[str, float],
) -> list[str]:
    """The ids of the inbox, best first."""
    asked: list[Worth] = []
    for row in conn.execute(PROJECTS, {"project": project}).fetchall():
        asked += _of_project(conn, row["id"], row["created_at"], limit, weights)
    return [worth.id for worth in sorted(asked, reverse=True)]


def _of_project(
    conn: sqlite3.Connection,
    project: int | None,
    met: int,
    limit: int,
    weights: Mapping[str, float],
) -> list[Worth]:
    undecided: dict[str, bool] = {}
    best: list[Worth] = []
    types = list(_types(conn, project))
    for trust in Trust:
        for type_ in types:
            bounds = {
                "project": project, "type": type_, "trust": trust.value,
                "met": met, "limit": limit,
            }  # fmt: skip
            for row in conn.execute(BEST, bounds):
                open_ = row["state"] == State.CANDIDATE and not row["superseded"]
                undecided[row["id"]] = open_
                best.append(_worth(row, weights))
        if trust is Trust.USER and len(best) >= limit:
            # The person's own words come first: no other can be among the best.
            break
    asked = [worth for worth in nlargest(limit, best) if undecided[worth.id]]
    bounds = {"project": project, "met": met, "limit": ARRIVALS}
    asked += [_worth(row, weights) for row in conn.execute(ARRIVED, bounds)]
    return nlargest(limit, asked)


def _types(conn: sqlite3.Connection, project: int | None) -> Iterator[str]:
    after = ""
    while True:
        params = {"project": project, "after": after}
        (after,) = conn.execute(NEXT_TYPE, params).fetchone()
        if after is None:
            return
        yield after


def _worth(row: sqlite3.Row, weights: Mapping[str, float]) -> Worth:
    value = row["confidence"] * weights.get(row["type"], _PLAIN)
    return Worth(row["trust"] == Trust.USER, value, row["at"], row["id"])
