"""Memories that come from elsewhere, as rows of ``curation``: one act of the journal.

They have no transcript that a distiller could read again, so they are frozen from the
first, and undo takes them away whole.
"""

import sqlite3
import time
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from memtui.errors import StoreBusy
from memtui.store.connect import transaction
from memtui.store.curate import alike, frozen
from memtui.store.curate.changes import FROM_ELSEWHERE, IMPORT
from memtui.store.curate.curation import TOGETHER, reach
from memtui.store.curate.journal import Change, Done, Named, Row
from memtui.store.ingest.projects import ProjectRoot, project_row
from memtui.store.moving.choosing import ChoosingCuration
from memtui.store.moving.placing import BY_UUID
from memtui.store.purge import tombs
from memtui.store.rows import strings_column
from memtui.store.search import docs

_THERE: Final = """
    select value from json_each(:ids) where value in (select id from curation)
        or value in (select id from observation)
"""
_SESSION: Final = "select id, project_id from session where agent = ? and native_id = ?"
_UNRESOLVED: Final = """
    insert into project (uuid, name, resolved, created_at) values (?, ?, 0, ?)
    on conflict (uuid) do update set uuid = excluded.uuid returning id
"""
_JOINED: Final = "select joined from project_joined where id = ?"
_NAMES: Final = uuid.UUID("6f1d5a2c-6b0e-5d0b-9a52-5f0c1b1f7a3d")
"""Projects that are known by another tool's name alone get their UUID from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the store knows of memories that are to come."""

    there: frozenset[str]
    """Here already, in whatever state."""
    purged: frozenset[str]
    """A person removed every trace of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One memory that is to come, and where it belongs."""

    row: Row
    """Columns that differ from those of an empty candidate."""
    tool: str = ""
    project: str = ""
    """What the tool calls its project."""
    root: ProjectRoot | None = None
    """Where that is, if it is known."""
    uuid: str = ""
    """Of a project that may be here, too."""


class MovingCuration(ChoosingCuration):
    """The curation connection, with what comes from elsewhere."""

    def standing(self, ids: Sequence[str]) -> Standing:
        """Which of these are here, and which were purged."""
        asked = {"ids": strings_column(ids)}
        there = frozenset(row[0] for row in self._conn.execute(_THERE, asked))
        purged = tombs.purged(self._conn, ids)
        return Standing(there=there, purged=purged)

    def session_is_known(self, agent: str, native_id: str) -> bool:
        """Whether the store holds a session, and knows its project."""
        row = self._conn.execute(_SESSION, (agent, native_id)).fetchone()
        return row is not None and row["project_id"] is not None

    def bring(
        self,
        arrivals: Mapping[str, Arrival],
        *,
        back: Collection[str] = (),
        actor: str,
        at: int,
        note: str,
    ) -> Done:
        """Write memories that are not here yet, all or none, as one act.

        Args:
            back: ids of purged ones that the person wants back.
            note: which tool they come from.
        """
        with self.comparing(), transaction(self._conn):
            tombs.drop(self._conn, "", back)
            known = self.standing(list(arrivals))
            made: dict[str, Change] = {}
            for memory, one in arrivals.items():
                if memory in known.there or memory in known.purged:
                    continue
                whole = frozen.EMPTY | {"acted_at": at} | one.row
                made[memory] = (None, whole | _place(self._conn, one))
            return self._enter(IMPORT, made, actor=actor, at=at, note=note)

    @contextmanager
    def comparing(self) -> Iterator[None]:
        """An act on many memories, which are compared afterwards in short transactions.

        That takes three times as long as all the rest, and others have to write. What
        a kill leaves of it is done when a memory is next changed.
        """
        self._to_compare: list[str] = []
        yield
        with suppress(StoreBusy):
            for first in range(0, len(self._to_compare), TOGETHER):
                with transaction(self._conn):
                    alike.put(self._conn, self._to_compare[first : first + TOGETHER])

    def _carry_out(
        self, act: str, made: Mapping[str, Change], about: list[Named]
    ) -> tuple[list[Named], frozenset[str] | None]:
        if act not in FROM_ELSEWHERE:
            return super()._carry_out(act, made, about)
        ids = strings_column(list(made))
        before = reach(self._conn, ids)
        searched = frozen.read_otherwise(self._conn, made)
        frozen.write(self._conn, made, forget=True)
        docs.mask_memories(self._conn, searched)
        rows = frozen.proposed(self._conn, searched)
        rows |= frozen.curated(self._conn, searched)
        docs.add_memories(self._conn, list(frozen.docs_of_rows(rows)))
        self._to_compare = searched
        after = reach(self._conn, ids)
        named = self._named(made)
        return named, None if before is None or after is None else before | after


def _place(conn: sqlite3.Connection, one: Arrival) -> Row:
    """Session and project of an arrival, as this store numbers them."""
    asked = (one.row.get("agent", ""), one.row.get("session", ""))
    session = conn.execute(_SESSION, asked).fetchone()
    place: Row = {"session_id": session["id"] if session else None}
    if session is not None and session["project_id"] is not None:
        return place | {"project_id": session["project_id"]}
    known = conn.execute(BY_UUID, (one.uuid,)).fetchone()
    if known is not None:
        return place | {"project_id": known[0]}
    at = one.row["at"]
    if one.root is not None:
        return place | {"project_id": project_row(conn, one.root, at, at)}
    if not one.project:
        return place | {"project_id": None}
    named = str(uuid.uuid5(_NAMES, f"{one.tool}\0{one.project}"))
    now = time.time_ns() // 1_000_000
    (number,) = conn.execute(_UNRESOLVED, (named, one.project, now)).fetchone()
    joined = conn.execute(_JOINED, (number,)).fetchone()
    return place | {"project_id": joined[0] if joined else number}
