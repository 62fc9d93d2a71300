"""A bundle of another machine of the same person, merged into the store.

Of two versions of a memory the later one holds (``bundle.lines.Version``), on both
machines the same, whichever reads first. Where neither came from the other both people
changed it: the one that lost is kept as a conflict, until somebody chooses.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from memtui.bundle.lines import (
    Conflict,
    Decided,
    Entry,
    HiddenSession,
    Line,
    Lines,
    Memory,
    Project,
    Said,
    SessionName,
    Tomb,
    Transcript,
    Version,
)
from memtui.store.connect import transaction
from memtui.store.curate import frozen, journal
from memtui.store.curate.changes import BUNDLE
from memtui.store.curate.journal import Change, Done, Row
from memtui.store.moving import archiving, placing, portable, versions
from memtui.store.moving.choosing import change_to
from memtui.store.moving.importing import MovingCuration
from memtui.store.purge import tombs

_KNOWN: Final = """
    select value from json_each(:ids) where value in (select id from observation)
"""
_PURGED: Final = "select 1 from tombstone where id = ?"
_CONFLICT: Final = """
    insert into bundle_conflict (id, memory, said, origin, at, settled_at)
    values (:id, :memory, :said, :origin, :at, :settled_at)
    on conflict (id) do update set settled_at = max(settled_at, excluded.settled_at)
"""
_ABOUT: Final = "select at, act, actor, count, note, about from journal"


@dataclass(slots=True, kw_only=True)
class Merged:
    """What came of a bundle."""

    memories: int = 0
    """Found in it."""
    new: int = 0
    changed: int = 0
    conflicts: int = 0
    """New ones."""
    purged: int = 0
    """Left out: they were purged here."""
    purged_there: list[str] = field(default_factory=list)
    """Here, and purged on the machine that wrote it."""
    sessions: int = 0
    """New in the archive; not read from there yet."""
    acts: int = 0
    """Of its journal, new here."""
    entries: list[int] = field(default_factory=list)
    """Of our journal: undo takes each back."""


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Memories that are merged together."""

    made: dict[str, Change] = field(default_factory=dict)
    came: dict[str, Version] = field(default_factory=dict)
    lost: list[Conflict] = field(default_factory=list)


class MergingCuration(MovingCuration):
    """The curation connection, with what comes in bundles."""

    def start(
        self, origin: str, *, here: str, even_purged: bool, cut: archiving.Cut, at: int
    ) -> "Merging":
        """Begin to merge a bundle.

        Args:
            origin: what the machine is called that wrote it.
            here: what this one is called.
            cut: takes secrets out of archived lines.
        """
        return Merging(
            self, self._conn, origin, here=here, even_purged=even_purged, cut=cut,
            at=at,
        )  # fmt: skip

    def scrubbed(self) -> frozenset[str]:
        """Values that a person had scrubbed, by ``masking.digest`` of each."""
        return tombs.of_kind(self._conn, tombs.VALUE)

    def enter(
        self, made: Mapping[str, Change], *, actor: str, at: int, note: str
    ) -> Done:
        """Carry out a part of a bundle, inside of ``comparing`` and a transaction."""
        return self._enter(BUNDLE, made, actor=actor, at=at, note=note)


class Merging:
    """One bundle on its way in. What is needed first comes first in it."""

    def __init__(
        self,
        curation: MergingCuration,
        conn: sqlite3.Connection,
        origin: str,
        *,
        here: str,
        even_purged: bool,
        cut: archiving.Cut,
        at: int,
    ) -> None:
        self._curation = curation
        self._conn = conn
        self._origin = origin
        self._here = here
        self._even_purged = even_purged
        self._versions = versions.versions(conn)
        self._places = placing.Places(conn)
        self._shelf = archiving.Shelf(conn, cut, at)
        self._acts = {_key(row) for row in conn.execute(_ABOUT)}
        self._numbers: dict[int, int] = {}
        self._seen: set[str] = set()
        self.merged = Merged()

    def take(self, lines: Iterable[Line], *, actor: str, at: int) -> Done:
        """Merge some lines, all or none; one act of the journal."""
        with self._curation.comparing(), transaction(self._conn):
            batch = _Batch()
            memories = []
            for line in lines:
                if isinstance(line, Memory):
                    memories.append(line)
                else:
                    self._take_other(line)
            self._take_memories(memories, batch)
            done = self._curation.enter(
                batch.made, actor=actor, at=at, note=self._origin
            )
            versions.note(self._conn, batch.came)
            self._versions |= batch.came
            for conflict in batch.lost:
                self._note(conflict)
            if done.entry is not None:
                self.merged.entries.append(done.entry)
        return done

    def end(self) -> None:
        """All of the bundle was taken."""
        with transaction(self._conn):
            self._shelf.join()

    def _take_other(self, line: Line) -> None:
        conn = self._conn
        match line:
            case Project():
                self._places.meet(line)
            case Tomb():
                self._bury(line.id)
            case Entry():
                self._take_entry(line)
            case Transcript():
                project = self._places.row_of(line.project)
                self.merged.sessions += self._shelf.meet(line, project)
            case Lines():
                self._shelf.put(line)
            case SessionName():
                placing.name_session(conn, line)
            case HiddenSession():
                placing.hide_session(conn, line)
            case Decided():
                conn.execute(
                    "insert or ignore into model_decided values (?, ?, ?)",
                    (line.id, line.accepted, line.at),
                )
            case Conflict():
                if not self._is_purged(line.memory):
                    self._note(line)

    def _take_memories(self, memories: list[Memory], batch: _Batch) -> None:
        ids = [one.id for one in memories]
        rows = frozen.curated(self._conn, ids)
        asked = {"ids": json.dumps(ids)}
        known = {row[0] for row in self._conn.execute(_KNOWN, asked)}
        for one in memories:
            if one.said is not None:
                self.merged.memories += 1
                if one.id in self._seen:
                    continue
                self._seen.add(one.id)
            if self._is_purged(one.id):
                self.merged.purged += one.said is not None
                continue
            mine = self._versions.get(one.id)
            row = rows.get(one.id)
            if mine is None and row is not None:
                mine = versions.found_version(one.id, row)
            if one.version is None:
                if one.said and row is None and one.id not in known:
                    self._adopt(one, None, known, batch)
            elif mine is None:
                self._adopt(one, row, known, batch)
            elif one.version.id != mine.id:
                self._weigh(one, one.version, mine, row, known, batch)

    def _weigh(
        self,
        theirs: Memory,
        version: Version,
        mine: Version,
        row: Row | None,
        known: Collection[str],
        batch: _Batch,
    ) -> None:
        """Let the later version hold; where neither led to the other, keep both."""
        is_later = (version.at, version.id) > (mine.at, mine.id)
        here = self._said(row)
        if is_later:
            self._adopt(theirs, row, known, batch)
        if version.id in mine.past or mine.id in version.past:
            return
        if portable.same(here, theirs.said):
            return
        lost, said, origin = (
            (mine, here, self._here)
            if is_later
            else (version, theirs.said, self._origin)
        )
        batch.lost.append(
            Conflict(
                memory=theirs.id, version=lost.id, said=said, origin=origin, at=lost.at
            )
        )

    def _adopt(
        self, theirs: Memory, row: Row | None, known: Collection[str], batch: _Batch
    ) -> None:
        memory = theirs.id
        if theirs.version is not None:
            batch.came[memory] = theirs.version
        change = change_to(theirs.said, row, memory in known, self._places)
        if change is None:
            return
        batch.made[memory] = change
        is_new = row is None and memory not in known
        self.merged.new += is_new
        self.merged.changed += not is_new

    def _said(self, row: Row | None) -> Said | None:
        if row is None:
            return None
        return portable.said_of(row, self._places.uuid_of(row["project_id"]))

    def _is_purged(self, memory: str) -> bool:
        if self._conn.execute(_PURGED, (memory,)).fetchone() is None:
            return False
        if self._even_purged:
            tombs.drop(self._conn, "", [memory])
        return not self._even_purged

    def _bury(self, tomb: str) -> None:
        """Keep out what was purged elsewhere; what is here stays, and is named."""
        if ":" not in tomb and self._curation.standing([tomb]).there:
            self.merged.purged_there.append(tomb)
        elif not self._even_purged and placing.is_tomb(tomb):
            tombs.put(self._conn, "", [tomb])

    def _note(self, conflict: Conflict) -> None:
        row: dict[str, Any] = {
            "id": f"{conflict.memory}:{conflict.version}", "memory": conflict.memory,
            "said": portable.said_column(conflict.said), "at": conflict.at,
            "origin": conflict.origin, "settled_at": conflict.settled_at,
        }  # fmt: skip
        asked = "select 1 from bundle_conflict where id = ?"
        is_new = self._conn.execute(asked, (row["id"],)).fetchone() is None
        self._conn.execute(_CONFLICT, row)
        self.merged.conflicts += is_new and not conflict.settled_at

    def _take_entry(self, line: Entry) -> None:
        """Put an act of another machine into the journal, to be read."""
        about = journal.about_column(
            [journal.Named(id=one, title=title) for one, title in line.about]
        )
        row: dict[str, Any] = {
            "at": line.at, "act": line.act, "actor": line.actor, "count": line.count,
            "note": line.note, "about": about, "target": None,
            "payload": journal.payload_of(line.changes) if line.changes else b"",
        }  # fmt: skip
        if (key := _key(row)) in self._acts:
            return
        if line.target is not None:
            row["target"] = self._numbers.get(line.target)
            if row["target"] is None:
                return  # what it took back is here already, or was purged
        self._acts.add(key)
        if not journal.is_elsewhere(line.actor):
            row["actor"] = f"{line.actor}@{self._origin}"
        number = self._conn.execute(journal.NEW, row).lastrowid
        self._numbers[line.number] = number or 0
        self.merged.acts += 1


def _key(row: Mapping[str, Any] | sqlite3.Row) -> tuple[Any, ...]:
    """By which an act is known again, whoever tells of it."""
    actor = str(row["actor"]).partition("@")[0]
    return row["at"], row["act"], actor, row["count"], row["note"], row["about"]
