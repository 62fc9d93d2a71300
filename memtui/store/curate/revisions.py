"""What a distiller says anew about memories that a person has acted on.

Their text is frozen and stays; what is said now becomes a proposal. Either the
same evidence still gives the same memory in other words, or it gives another
memory in its place.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from memtui.records import Observation
from memtui.search.near import bag_of, jaccard
from memtui.store.rows import evidence_from

FROZEN: Final = """
    select c.id, c.type, c.title, c.body, coalesce(c.project_id, 0) as project_id
    from json_each(:ids) wanted cross join curation c on c.id = wanted.value
"""
PROPOSE: Final = """
    insert into proposal (kind, memory, other, project_id, at, share, why)
    values ('revision', ?, ?, ?, ?, ?, ?)
    on conflict (memory, other) do update set kind = excluded.kind, at = excluded.at,
        share = excluded.share, why = excluded.why
"""
FORGET: Final = """
    delete from proposal where kind = 'revision' and memory = ? and other = ?
"""
FORGET_OTHERS: Final = """
    delete from proposal where kind = 'revision' and memory = ? and other <> ?
"""
_SAID: Final = ("type", "title", "body")


def note(
    conn: sqlite3.Connection,
    said: Sequence[Observation],
    before: Mapping[str, sqlite3.Row],
    left: Iterable[sqlite3.Row],
    version: int,
) -> None:
    """Propose what a session's distiller now says otherwise about frozen memories.

    Args:
        said: what it says now.
        before: what it said of the same ids, by id.
        left: rows of what it says no more.
    """
    changed = [
        o for o in said
        if (row := before.get(o.id)) is not None and row["touched"]
        and any(row[name] != getattr(o, name) for name in _SAID)
    ]  # fmt: skip
    dropped = {row["id"]: row for row in left if row["touched"]}
    again = [o.id for o in said if (row := before.get(o.id)) and row["touched"]]
    conn.executemany(FORGET_OTHERS, ((memory, memory) for memory in again))
    if not changed and not dropped:
        return
    ids = json.dumps([*(o.id for o in changed), *dropped])
    frozen = {row["id"]: row for row in conn.execute(FROZEN, {"ids": ids})}
    for now in changed:
        old = frozen.get(now.id)
        if old is None:
            continue
        newer = before[now.id]["distiller_version"] != version
        if all(old[name] == getattr(now, name) for name in _SAID):
            conn.execute(FORGET, (now.id, now.id))
        else:
            _propose(conn, old, now, "is read otherwise" if newer else "goes on")
    for memory, row in dropped.items():
        old = frozen.get(memory)
        successor = _of_same_evidence(row, said, before)
        if old is not None and successor is not None:
            conn.execute(FORGET_OTHERS, (memory, successor.id))
            _propose(conn, old, successor, "is read from the same words")


def _propose(
    conn: sqlite3.Connection, old: sqlite3.Row, now: Observation, why: str
) -> None:
    share = jaccard(_bag(old["title"], old["body"]), _bag(now.title, now.body))
    conn.execute(
        PROPOSE, (old["id"], now.id, old["project_id"], now.at, round(share, 3), why)
    )


def _of_same_evidence(
    row: sqlite3.Row, said: Sequence[Observation], before: Mapping[str, sqlite3.Row]
) -> Observation | None:
    """What is said now, for the first time, of the record that showed a memory."""
    shown = evidence_from(row["evidence"])
    if not shown:
        return None
    here = (shown[0].record, shown[0].part)
    old = _bag(row["title"], row["body"])
    able = [
        o for o in said
        if o.id not in before and o.evidence
        and (o.evidence[0].record, o.evidence[0].part) == here
    ]  # fmt: skip
    return max(
        able, key=lambda o: (jaccard(old, _bag(o.title, o.body)), o.id), default=None
    )


def _bag(title: str, body: str) -> frozenset[str]:
    return bag_of(f"{title}\n{body}")
