"""What takes room in the store, by agent and project; nothing large is read."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.store.views.numbers import store_bytes

# A blob's length stands in its row: its pages are not read for it.
_HELD: Final = """
    select t.agent, p.uuid, p.name, count(distinct t.session_id) as sessions,
        sum(b.bytes) as lines, sum(b.packed) as packed,
        min(nullif(s.started_at, 0)) as first_at, max(s.ended_at) as last_at
    from (select transcript_id, sum(bytes) as bytes, sum(length(data)) as packed
        from block group by transcript_id) b
    join transcript t on t.id = b.transcript_id
    left join session s on s.id = t.session_id
    left join project p on p.id = s.project_id
    group by t.agent, p.id order by packed desc
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one agent's sessions of one project take in the archive."""

    agent: str
    project: str | None
    """UUID; None: no project is known."""
    name: str
    sessions: int
    lines: int
    """Bytes of the source lines."""
    packed: int
    """Bytes that they take in the store."""
    first_at: int | None
    last_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Where the bytes of the store are."""

    store: int
    """The file and its log."""
    archive: int
    """Packed source lines."""
    free: int
    """Pages that hold nothing: what a vacuum gives back at least."""
    held: tuple[Held, ...]
    """Most room first."""

    @property
    def rest(self) -> int:
        """Texts, memories and indexes."""
        return max(self.store - self.archive - self.free, 0)


def sizes(conn: sqlite3.Connection, path: Path) -> Sizes:
    """Sizes in bytes."""
    held = tuple(
        Held(
            agent=row["agent"], project=row["uuid"], name=row["name"] or "",
            sessions=row["sessions"], lines=row["lines"], packed=row["packed"],
            first_at=row["first_at"], last_at=row["last_at"],
        )
        for row in conn.execute(_HELD)
    )  # fmt: skip
    (free,) = conn.execute("pragma freelist_count").fetchone()
    (page,) = conn.execute("pragma page_size").fetchone()
    return Sizes(
        store=store_bytes(path),
        archive=sum(one.packed for one in held),
        free=free * page,
        held=held,
    )
