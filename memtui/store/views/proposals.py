"""What ingest or an agent proposes about memories, read for the screens that decide.

A proposal stands until a person acts on one of the two: it is not shown where
one of them is in the trash or superseded, or where they were told apart.
"""
# ruff: noqa: S608  questions are put together from our own constants alone

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from memtui.model import Memory
from memtui.search.near import bag_of, jaccard
from memtui.store.connect import open_writer, transaction
from memtui.store.rows import memory_from, strings_column
from memtui.store.views.timeline import WITH_PLACE, by_ids


class ProposalKind(StrEnum):
    """What a person is asked about two memories."""

    DUPLICATE = "duplicate"
    """They say the same."""
    SUPERSEDE = "supersede"
    """The later one corrects the one that stands."""
    REVISION = "revision"
    """The distiller now says something else about what was frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Two memories that a person may want to decide about together."""

    kind: ProposalKind
    memory: Memory
    """What stands: the earlier, or the frozen one."""
    other: Memory
    """The later one. Of a revision: what the distiller says now, under the same
    id where it is the same memory."""
    why: str
    """How the other relates to it, to be read after "the later one"."""
    share: float
    """Jaccard of the words, 0 to 1."""

    def beside(self, id: str) -> Memory:  # noqa: A002  the model's own name
        """The one of the two that is not ``id``."""
        return self.memory if self.other.id == id else self.other


SAID: Final = """
    select id, title, body, coalesce(project_id, 0) as project_id from memory
    where id in (:one, :two)
"""
PROPOSE: Final = """
    insert into proposal (kind, memory, other, project_id, at, share, why)
    values ('supersede', ?, ?, ?, ?, ?, ?)
    on conflict (memory, other) do update set kind = excluded.kind, at = excluded.at,
        share = excluded.share, why = excluded.why
"""
UNTOLD: Final = """
    not exists (select 1 from curation c, json_each(c.unlike) u
        where c.id = p.memory and u.value = p.other)
    and not exists (select 1 from curation c, json_each(c.unlike) u
        where c.id = p.other and u.value = p.memory)
"""
STANDING: Final = """
    exists (select 1 from memory m where m.id = p.{side}
        and m.state <> 'pruned' and m.superseded_by = '')
"""
# A correction of something that nobody kept is one candidate beside another.
ASKED: Final = f"""
    select p.kind, p.memory, p.other, p.why, p.share from proposal p
    where {{where}} and p.kind <> 'revision'
        and (p.kind = 'duplicate' or exists (
            select 1 from curation k where k.id = p.memory and k.state = 'kept'))
        and {UNTOLD}
        and {STANDING.replace("{side}", "memory")}
        and {STANDING.replace("{side}", "other")}
    order by p.at desc, p.memory, p.other limit :limit
"""
OF_PROJECT: Final = "p.project_id = (select id from project where uuid = :project)"
OF_MEMORY: Final = f"""
    select p.kind, p.memory, p.other, p.why, p.share, p.at from proposal p
    where p.memory = :memory and {UNTOLD}
    union
    select p.kind, p.memory, p.other, p.why, p.share, p.at from proposal p
    where p.other = :memory and {UNTOLD}
    order by p.at desc, p.memory, p.other
"""
SAID_NOW: Final = (
    """
    with found as (
        select o.*, 'candidate' as state, 0 as pinned, null as pin_order,
            0 as excluded, '' as superseded_by, null as review_by,
            'project' as scope, null as confirmed_at, null as acted_at,
            '' as frozen_agent, '' as frozen_session
        from observation o where o.id in (select value from json_each(:ids))
    )"""
    + WITH_PLACE
)


def propose(path: Path, memory: str, by: str, *, why: str, at: int) -> None:
    """Somebody says that ``by`` holds instead of a memory; a person decides.

    Raises:
        StoreBusy: another process has been writing for too long.
        StoreError: the store cannot be written.
    """
    conn = open_writer(path, "curation")
    try:
        with transaction(conn):
            rows = conn.execute(SAID, {"one": memory, "two": by})
            said = {row["id"]: row for row in rows}
            bags = [bag_of(f"{row['title']}\n{row['body']}") for row in said.values()]
            share = jaccard(*bags) if len(bags) == 2 else 0.0
            project = said[memory]["project_id"] if memory in said else 0
            conn.execute(PROPOSE, (memory, by, project, at, share, why))
    finally:
        conn.close()


def duplicates(
    conn: sqlite3.Connection, project: str | None, limit: int
) -> list[Proposal]:
    """Pairs to decide about, the newest first."""
    where = "1" if project is None else OF_PROJECT
    asked = {"project": project, "limit": limit}
    rows = conn.execute(ASKED.replace("{where}", where), asked)
    return _proposals(conn, rows.fetchall())


def count(conn: sqlite3.Connection, project: str | None) -> int:
    """How many pairs there are to decide about."""
    where = "1" if project is None else OF_PROJECT
    sql = f"select count(*) from ({ASKED.replace('{where}', where)})"
    return int(conn.execute(sql, {"project": project, "limit": -1}).fetchone()[0])


def related(conn: sqlite3.Connection, memory: str) -> list[Proposal]:
    """Everything proposed about one memory, the newest first, the trash included."""
    rows = conn.execute(OF_MEMORY, {"memory": memory})
    return _proposals(conn, rows.fetchall())


def _proposals(conn: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Proposal]:
    wanted = {row[side] for row in rows for side in ("memory", "other")}
    known = {one.id: one for one in by_ids(conn, sorted(wanted))}
    again = strings_column([r["other"] for r in rows if r["other"] == r["memory"]])
    newer = {
        one.id: one
        for one in map(memory_from, conn.execute(SAID_NOW, {"ids": again}))
    }  # fmt: skip
    found = []
    for row in rows:
        memory = known.get(row["memory"])
        same = row["other"] == row["memory"]
        other = (newer if same else known).get(row["other"])
        if memory is not None and other is not None:
            found.append(
                Proposal(
                    kind=ProposalKind(row["kind"]), memory=memory, other=other,
                    why=row["why"], share=row["share"],
                )
            )  # fmt: skip
    return found
