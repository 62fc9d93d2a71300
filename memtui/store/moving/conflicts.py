"""Versions of memories that lost against another person's, or one's own elsewhere."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from memtui.bundle.lines import Said
from memtui.store.moving.portable import said_from
from memtui.store.rows import strings_column

_OPEN: Final = """
    select c.id, c.memory, c.said, c.origin, c.at from bundle_conflict c
    where c.settled_at = 0 and (:ids is null
        or c.id in (select value from json_each(:ids))
        or c.memory in (select value from json_each(:ids)))
    order by c.at desc, c.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConflict:
    """A version that nobody has chosen or left yet."""

    id: str
    memory: str
    said: Said | None
    """What it says; None: there, an act was taken back and nothing is left."""
    origin: str
    """The machine that it is of."""
    at: int


def open_conflicts(
    conn: sqlite3.Connection, ids: Sequence[str] | None = None
) -> list[OpenConflict]:
    """The newest first.

    Args:
        ids: only these, by their own id or that of their memory.
    """
    asked = {"ids": None if ids is None else strings_column(ids)}
    return [
        OpenConflict(
            id=row["id"], memory=row["memory"], said=said_from(row["said"]),
            origin=row["origin"], at=row["at"],
        )
        for row in conn.execute(_OPEN, asked)
    ]  # fmt: skip
