"""What a person may want to look at again, and why.

Kept memories only. A date that was set speaks alone: until it is reached, neither
age nor a file that is gone asks again. Ages count to the project's newest session
and in whole days, as in the injection; nothing that is shown or told renews them,
only a person who says that it is still true.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from memtui.model import Memory, ObservationType
from memtui.store.rows import strings_column, strings_from
from memtui.store.views.due import DUE, fading_lines
from memtui.store.views.timeline import by_ids


class Reason(StrEnum):
    """Why a memory is up for review."""

    DATE = "date"
    """The day that a person set has come."""
    GONE = "gone"
    """None of the files that it names is there any more, or none of the names of
    code that it and they once held."""
    FADED = "faded"
    """It is too old for its type to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A memory to review."""

    memory: Memory
    reasons: tuple[Reason, ...]
    gone: tuple[str, ...] = ()
    """The files, and the names of code, of ``Reason.GONE``."""
    days: int = 0
    """Its age before the project's newest session, as its type counts it."""


BEST: Final = """
    order by by_date desc, gone is not null desc, at desc, id desc limit :limit
"""
GONE_OF: Final = """
    select path as name from gone_file where memory = :id union all
    select symbol from named_symbol where memory = :id and gone_at is not null
    order by name
"""
OF_PROJECT: Final = "c.project_id = (select id from project where uuid = :project)"


def due(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    now: int,
    types: Mapping[str, ObservationType],
    limit: int,
) -> list[Due]:
    """What is to be reviewed: dates first, then what is gone, then what faded.

    Args:
        now: Unix ms, for the dates that a person set.
        types: those of the config, for how long each lasts.
    """
    rows = _rows(conn, project, now=now, types=types, limit=limit)
    known = {m.id: m for m in by_ids(conn, [row["id"] for row in rows])}
    return [
        Due(
            memory=known[row["id"]], reasons=tuple(_reasons(row)),
            gone=strings_from(row["gone"] or strings_column(())),
            days=max(0, row["days"]),
        )
        for row in rows
    ]  # fmt: skip


def gone_of(conn: sqlite3.Connection, memory: str) -> list[str]:
    """Files and names of code that a memory names and that are not there any more."""
    return [name for (name,) in conn.execute(GONE_OF, {"id": memory})]


def count(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    now: int,
    types: Mapping[str, ObservationType],
) -> int:
    """How many memories are to be reviewed."""
    return len(_rows(conn, project, now=now, types=types, limit=-1))


def _rows(
    conn: sqlite3.Connection,
    project: str | None,
    *,
    now: int,
    types: Mapping[str, ObservationType],
    limit: int,
) -> list[sqlite3.Row]:
    where = "1" if project is None else OF_PROJECT
    lines = fading_lines(types)
    asked = {"project": project, "now": now, "lines": lines, "limit": limit}
    return conn.execute(DUE.replace("{where}", where) + BEST, asked).fetchall()


def _reasons(row: sqlite3.Row) -> list[Reason]:
    said = (
        (Reason.DATE, row["by_date"]),
        (Reason.GONE, row["gone"] is not None),
        (Reason.FADED, row["faded"]),
    )
    return [reason for reason, holds in said if holds]
