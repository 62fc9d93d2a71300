"""Sessions that are past the time a person chose for their project.

A session of which anything was decided is never among them: its memories, what they
stand on and what it is called stay whole.
"""

import sqlite3
from typing import Final

DUE: Final = """
    with recursive decided(id) as (
        select session_id from curation where session_id is not null
        union select s.id from curation c
            join session s on s.agent = c.agent and s.native_id = c.session
        union select s.id from curation c join json_each(c.evidence) e
            join session s on s.native_id = json_extract(e.value, '$[0]')
        union select s.id from session_name n join session s on s.native_id = n.id
        union select p.id from decided d join session k on k.id = d.id
            join session p on p.agent = k.agent and p.native_id = k.parent
    )
    select s.native_id from session s left join project p on p.id = s.project_id
    where coalesce(p.uuid, '') = :project and s.kind <> 'subagent'
        and s.ended_at > 0 and s.ended_at < :before
        and s.id not in (select id from decided)
        and not exists (select 1 from session k
            where k.agent = s.agent and k.parent = s.native_id and k.parent <> ''
                and k.ended_at >= :before)
    order by s.ended_at
"""


def due(conn: sqlite3.Connection, project: str, before: int) -> list[str]:
    """Native ids of a project's sessions that ended before a time, the oldest first.

    Args:
        project: UUID; empty: of none.
        before: Unix ms.
    """
    asked = {"project": project, "before": before}
    return [row[0] for row in conn.execute(DUE, asked)]
