"""What a person decided, on a connection of its own.

Every act is one transaction: it freezes the memories it is about into rows of
``curation``, changes those, and writes one entry of the journal that holds the
columns before and after. Undo and redo put the one or the other back and are
entries themselves; nothing in the journal is ever changed.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from memtui.errors import StoreBusy
from memtui.store.closing import Closing
from memtui.store.connect import open_writer, transaction
from memtui.store.curate import (
    alike,
    changes,
    frozen,
    hidden,
    journal,
    regroup,
    session_names,
)
from memtui.store.curate.journal import REDO, UNDO, Change, Done, Named, Row
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.rows import strings_column

PROJECT_ROW = "select id from project where uuid = :uuid"
PROJECT_UUIDS = """
    select p.uuid from curation c join project p on p.id = c.project_id
    where c.id in (select value from json_each(:ids))
    union
    select p.uuid from observation o join project p on p.id = o.project_id
    where o.id in (select value from json_each(:ids))
"""
ANY_SCOPED = """
    select exists (select 1 from curation
        where scope <> 'project' and id in (select value from json_each(:ids)))
"""
PINS_BESIDE = """
    select id from curation where pinned = 1
        and id not in (select value from json_each(:ids))
        and project_id in (select project_id from curation
            where id in (select value from json_each(:ids)))
    order by pin_order, at desc, id
"""
LAST_PINS = """
    select project_id, max(pin_order) as last from curation
    where pinned = 1 group by project_id
"""
PINS = """
    select count(*) from curation where pinned = 1 and project_id is
        (select project_id from curation where id = :id)
"""
KNOWN = """
    select exists (select 1 from curation where id = :id)
        or exists (select 1 from observation where id = :id)
        or exists (select 1 from tombstone where id = :id)
"""

_CACHE_KB: Final = 32_000
"""Acts on tens of thousands of memories touch as many pages of indexes."""

TOGETHER: Final = 100
"""Memories compared anew in a transaction: some 0.1 s."""

Decide = Callable[[Row], Row | None]
"""From a memory's columns to the ones an act changes; None leaves it alone."""


class Curation(Closing):
    """The curation connection. Belongs to one thread at a time.

    Raises:
        StoreBusy: another process has been writing for too long.
        StoreTooNew: a newer memtui wrote the store.
        StoreError: the store cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._conn = open_writer(path, "curation")
        self._is_moved = False
        self._conn.execute(f"pragma cache_size = -{_CACHE_KB}")

    def act(
        self,
        act: str,
        ids: Sequence[str],
        decide: Decide,
        *,
        actor: str,
        at: int,
        note: str = "",
    ) -> Done:
        """Change memories, all or none, as one entry of the journal."""
        with transaction(self._conn):
            made = self._made(ids, decide, at)
            return self._enter(act, made, actor=actor, at=at, note=note)

    def add(
        self, memory: str, row: Row, project: str | None, *, actor: str, at: int
    ) -> Done:
        """Write a memory by hand; nothing is done where the id exists.

        Args:
            row: the columns that differ from an empty candidate.
            project: UUID of where it belongs.
        """
        with transaction(self._conn):
            if self._conn.execute(KNOWN, {"id": memory}).fetchone()[0]:
                return Done(act="add")
            place = self._conn.execute(PROJECT_ROW, {"uuid": project}).fetchone()
            whole = frozen.EMPTY | row | {"acted_at": at}
            whole["project_id"] = place["id"] if place else None
            made: dict[str, Change] = {memory: (None, whole)}
            return self._enter("add", made, actor=actor, at=at)

    def hide(self, sessions: Sequence[str], *, hide: bool, actor: str, at: int) -> Done:
        """Leave sessions (native ids) out of the recent ones, or no longer."""
        with transaction(self._conn):
            made = hidden.changed(self._conn, sessions, hide=hide, at=at)
            act = hidden.HIDE if hide else hidden.SHOW
            return self._enter(act, made, actor=actor, at=at)

    def rename_session(self, session: str, title: str, *, actor: str, at: int) -> Done:
        """Call a session (native id) so; an empty title takes the name back."""
        with transaction(self._conn):
            made = session_names.changed(self._conn, session, title, at)
            return self._enter(changes.RENAME, made, actor=actor, at=at)

    def merge_projects(
        self, into: str, others: Sequence[str], *, actor: str, at: int
    ) -> Done:
        """Make projects (UUIDs) one, the first; all that is theirs is its."""
        with self._moving():
            made, about = regroup.merged(self._conn, into, others, at)
            return self._enter(changes.MERGE, made, actor=actor, at=at, about=about)

    def move_project(
        self, project: str, root: ProjectRoot, *, actor: str, at: int
    ) -> Done:
        """Say that a project (UUID) is at another root now."""
        with self._moving():
            made, about = regroup.moved(self._conn, project, root, at)
            return self._enter(changes.MOVE, made, actor=actor, at=at, about=about)

    def is_of_another(self, project: str, root: ProjectRoot) -> bool:
        """Whether a root is known to belong to another project than this (UUID)."""
        return bool(regroup.others_at(self._conn, project, root))

    def lead_to_project(
        self, project: str, root: ProjectRoot, *, actor: str, at: int
    ) -> Done:
        """Say that a folder is a way to a project (UUID), which stays where it is."""
        with transaction(self._conn):
            made, about = regroup.led(self._conn, project, root, at)
            return self._enter(changes.ALIAS, made, actor=actor, at=at, about=about)

    def name_project(
        self, project: str, name: str, *, remove: bool, actor: str, at: int
    ) -> Done:
        """Let a project (UUID) be asked for by another name, or no longer."""
        with transaction(self._conn):
            made, about = regroup.aliased(self._conn, project, name, at, remove=remove)
            return self._enter(changes.ALIAS, made, actor=actor, at=at, about=about)

    def tell_projects_apart(self, one: str, other: str, *, actor: str, at: int) -> Done:
        """Never propose again that these two projects (UUIDs) are one."""
        with transaction(self._conn):
            made, about = regroup.apart(self._conn, one, other, at)
            return self._enter(changes.APART, made, actor=actor, at=at, about=about)

    def undo(self, *, actor: str, at: int) -> Done:
        """Take back the last act that stands."""
        with self._moving():
            number = journal.next_undo(self._conn, actor)
            return self._again(UNDO, number, actor=actor, at=at)

    def redo(self, *, actor: str, at: int) -> Done:
        """Do again what was undone last."""
        with self._moving():
            number = journal.next_redo(self._conn, actor)
            return self._again(REDO, number, actor=actor, at=at)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """A transaction, after which the words of what moved follow in short ones.

        What a kill or another writer leaves of them is done after the next such act.
        """
        self._is_moved = False
        with transaction(self._conn):
            yield
        with suppress(StoreBusy):
            ids = alike.astray(self._conn) if self._is_moved else []
            for first in range(0, len(ids), TOGETHER):
                with transaction(self._conn):
                    alike.put(self._conn, ids[first : first + TOGETHER])

    def rows(self, ids: Sequence[str]) -> dict[str, Row]:
        """Memories as an act sees them, in the order asked; unknown ids are out."""
        known = frozen.proposed(self._conn, ids) | frozen.curated(self._conn, ids)
        return {one: known[one] for one in dict.fromkeys(ids) if one in known}

    def pins_beside(self, ids: Sequence[str]) -> list[str]:
        """Pins of the same projects that are not among ``ids``, in their order."""
        rows = self._conn.execute(PINS_BESIDE, {"ids": strings_column(ids)})
        return [one for (one,) in rows]

    def last_pins(self) -> dict[int | None, int]:
        """The highest place among the pins of each project, by its row."""
        rows = self._conn.execute(LAST_PINS)
        return {row["project_id"]: row["last"] or 0 for row in rows}

    def pin_count(self, memory: str) -> int:
        """How many pins there are in the project of a pinned memory."""
        return int(self._conn.execute(PINS, {"id": memory}).fetchone()[0])

    def _made(self, ids: Sequence[str], decide: Decide, at: int) -> dict[str, Change]:
        touched = frozen.curated(self._conn, ids)
        made: dict[str, Change] = {}
        for memory, row in self.rows(ids).items():
            wanted = decide(row | {"id": memory}) or {}
            new = {k: v for k, v in wanted.items() if row[k] != v}
            if not new:
                continue
            new["acted_at"] = at
            if memory in touched:
                made[memory] = ({k: row[k] for k in new}, new)
            else:
                made[memory] = (None, row | new)
        return made

    def _again(self, act: str, number: int | None, *, actor: str, at: int) -> Done:
        if number is None:
            return Done(act=act)
        made = journal.changes(self._conn, number)
        if act == UNDO:
            made = {memory: (after, before) for memory, (before, after) in made.items()}
        taken = journal.entry(self._conn, number)
        return self._enter(
            act, made, actor=actor, at=at, note=taken.act, target=number,
            about=taken.about,
        )  # fmt: skip

    def _enter(
        self,
        act: str,
        made: Mapping[str, Change],
        *,
        actor: str,
        at: int,
        note: str = "",
        target: int | None = None,
        about: Sequence[Named] = (),
    ) -> Done:
        """Carry out what is to change, and enter it; ``about`` is that of projects."""
        if not made:
            return Done(act=act)
        kind = act if target is None else note
        named, projects = self._carry_out(kind, made, list(about))
        told = made  # by what a person calls it, not by rows
        if kind in changes.TOLD_BY_NAME:
            told = {one.id: (None, None) for one in named}
        entry = {
            "at": at, "act": act, "actor": actor, "target": target,
            "count": len(told), "note": note, "about": journal.about_column(named),
            # Undo and redo find their payload in the entry that they are about.
            "payload": b"" if target is not None else journal.payload_of(made),
        }  # fmt: skip
        return Done(
            act=act,
            entry=self._conn.execute(journal.NEW, entry).lastrowid,
            undone=note if target is not None else "",
            about=tuple(named),
            changes=told,
            projects=projects,
        )

    def _carry_out(
        self, act: str, made: Mapping[str, Change], about: list[Named]
    ) -> tuple[list[Named], frozenset[str] | None]:
        """Write what an act changes: what it is about, and whom it is told."""
        if act in changes.ON_PROJECTS:
            regroup.write(self._conn, made)
            self._is_moved = True
            return about, frozenset() if act == changes.APART else None
        if act == changes.RENAME:
            changes.write(self._conn, made)
            sessions = list(changes.keys_of(made, "session_name"))
            session_names.show_named(self._conn, sessions)
        elif act in hidden.ACTS:
            sessions = list(made)
            hidden.write(self._conn, made)
        else:
            forget = act in changes.FROM_ELSEWHERE
            return self._named(made), write_memories(self._conn, made, forget=forget)
        first = sessions[: journal.NAMED]
        return hidden.named(self._conn, first), hidden.projects(self._conn, sessions)

    def _named(self, made: Mapping[str, Change]) -> list[Named]:
        """The first of these memories with the titles that they end up with."""
        first = list(made)[: journal.NAMED]
        now = self.rows(first)
        return [
            Named(id=one, title=(now.get(one, {}) | _side(made[one]))["title"])
            for one in first
        ]


def write_memories(
    conn: sqlite3.Connection, made: Mapping[str, Change], *, forget: bool = False
) -> frozenset[str] | None:
    """Change memories; UUIDs of the projects they are told in, None for any.

    Args:
        forget: see ``frozen.write``.
    """
    ids = strings_column(list(made))
    before = reach(conn, ids)
    searched = frozen.read_otherwise(conn, made)
    frozen.write(conn, made, forget=forget)
    frozen.index(conn, searched)
    after = reach(conn, ids)
    return None if before is None or after is None else before | after


def reach(conn: sqlite3.Connection, ids: str) -> frozenset[str] | None:
    """UUIDs of the projects that memories are told in, None for any."""
    if conn.execute(ANY_SCOPED, {"ids": ids}).fetchone()[0]:
        return None
    rows = conn.execute(PROJECT_UUIDS, {"ids": ids})
    return frozenset(uuid for (uuid,) in rows)


def _side(change: Change) -> Row:
    """The columns after a change; those before where nothing is left."""
    before, after = change
    return after or before or {}
