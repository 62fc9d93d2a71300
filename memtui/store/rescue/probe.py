"""Whether the store is sound, and the few facts that tell whether all is wired."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.store.connect import open_reader
from memtui.store.trouble import explained

_QUARANTINED: Final = """
    select path, quarantined from transcript
    where quarantined is not null and gone_at is null
    order by path
"""
_DELIVERED: Final = """
    select s.agent, s.native_id, d.export, max(d.at)
    from delivery d join session s on s.id = d.session_id
    where d.export <> '' group by s.agent order by 4
"""
_KNOWN: Final = "select path, offset from transcript"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDelivery:
    """The newest proof that a session received a text of ours."""

    session: str
    export: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a look into the store found."""

    problems: tuple[str, ...]
    """What SQLite says is broken; empty: nothing."""
    faults: int
    quarantined: tuple[tuple[str, str], ...]
    """Transcripts that are not read any more, and why."""
    decisions: int
    """Entries of the journal."""
    read: dict[str, int]
    """How many bytes of each transcript were read."""


def last_deliveries(path: Path) -> dict[str, LastDelivery]:
    """The newest proof by agent, the newest agent last: cheap enough for a status line.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with closing(open_reader(path)) as conn, explained(path):
        return {
            agent: LastDelivery(session=session, export=export, at=at)
            for agent, session, export, at in conn.execute(_DELIVERED)
        }


def last_delivery(path: Path) -> LastDelivery | None:
    """The newest proof alone, of any agent.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    return next(reversed(last_deliveries(path).values()), None)


def probe(path: Path) -> Probe:
    """Look into the store: every page, the full text index, the counts.

    Raises:
        StoreError: there is no store, or it cannot be read at all.
    """
    with closing(open_reader(path)) as conn, explained(path):
        found = [row[0] for row in conn.execute("pragma quick_check(20)")]
        conn.execute("select rowid from fts where fts match 'a' limit 1").fetchone()
        (faults,) = conn.execute(
            "select coalesce(sum(count), 0) from fault_count"
        ).fetchone()
        (decisions,) = conn.execute("select count(*) from journal").fetchone()
        return Probe(
            problems=() if found == ["ok"] else tuple(found),
            faults=faults,
            quarantined=tuple(
                (path, reason) for path, reason in conn.execute(_QUARANTINED)
            ),
            decisions=decisions,
            read=dict(map(tuple, conn.execute(_KNOWN))),
        )
