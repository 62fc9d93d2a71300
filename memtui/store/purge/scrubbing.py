"""Rows that a person's decisions stand in, without what was purged or is secret.

The same for the store and for its backups: a row goes in, and comes out as it may
stay, or not at all.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import zstandard

from memtui.store.curate.hidden import ACTS as ON_HIDDEN
from memtui.store.curate.journal import payload_of
from memtui.store.purge.removing import Removed

Row = dict[str, Any]
Rewrite = Callable[[str], str]

WORDS: Final = {
    "curation": ("title", "body", "facts", "tags", "files", "evidence", "branch"),
    "session_name": ("title",),
    "project_alias": ("id",),
    "bundle_conflict": ("said",),
    "journal": ("note", "about"),
}
"""Columns of these tables that hold words, JSON or not."""
_MEMORY_TABLES: Final = ("curation", "observation", "model_decided")
_NOTHING: Final = Removed(
    memories=frozenset(), sessions=frozenset(), session_rows=frozenset(),
    records=frozenset(), projects=frozenset(), project_rows=frozenset(),
    roots=frozenset(),
)  # fmt: skip


def same(text: str) -> str:
    """Rewrites nothing."""
    return text


@dataclass(slots=True)
class Scrub:
    """What is to be taken out. Rows of the journal come in their order."""

    removed: Removed = _NOTHING
    rewrite: Rewrite = same
    """Of each text: without secrets."""
    _entries: set[int] = field(default_factory=set)
    """Of the journal, those that are left out."""

    def row(self, table: str, row: Row) -> Row | None:
        """One row as it may stay; None: it goes."""
        if table == "journal":
            row_ = self._entry(row)
            return None if row_ is None else self._reworded(table, row_)
        gone = self.removed
        if table in ("curation", "model_decided"):
            if row["id"] in gone.memories:
                return None
            row = self._of_memory(row)
        elif table in ("hidden_session", "session_name"):
            if row["id"] in gone.sessions:
                return None
        elif table in ("bundle_version", "bundle_conflict"):
            if row["memory"] in gone.memories:
                return None
            row = self._of_loser(row) if table == "bundle_conflict" else row
        elif self._is_of_project(table, row):
            return None
        return self._reworded(table, row)

    def _reworded(self, table: str, row: Row) -> Row:
        if self.rewrite is same:
            return row
        return {
            name: self.rewrite(value) if name in WORDS.get(table, ()) else value
            for name, value in row.items()
        }

    def _is_of_project(self, table: str, row: Row) -> bool:
        gone = self.removed
        if not gone.projects:
            return False
        if table == "project":
            return row["uuid"] in gone.projects
        if table == "project_joined":
            return not gone.project_rows.isdisjoint((row["id"], row["joined"]))
        if table == "project_alias":
            return row["project_id"] in gone.project_rows
        return table == "project_apart" and any(p in row["id"] for p in gone.projects)

    def _of_memory(self, row: Row) -> Row:
        """A memory's columns, all or some, without the quotes of what went."""
        gone = self.removed
        kept = dict(row)
        if evidence := row.get("evidence"):
            told = json.loads(evidence)
            left = [
                one
                for one in told
                if one[0] not in gone.sessions and one[1] not in gone.records
            ]
            if len(left) < len(told):
                kept["evidence"] = json.dumps(
                    left, ensure_ascii=False, separators=(",", ":")
                )
        if (unlike := row.get("unlike", "[]")) != "[]":
            others = [i for i in json.loads(unlike) if i not in gone.memories]
            kept["unlike"] = json.dumps(others, ensure_ascii=False)
        if row.get("superseded_by") in gone.memories:
            kept["superseded_by"] = ""
        return kept

    def _of_loser(self, row: Row) -> Row:
        """A version that lost, without the quotes of what went."""
        said = json.loads(row["said"])
        if said is None:
            return row
        names = ("evidence", "unlike", "superseded_by")
        told = {name: said[name] for name in names if name in said}
        plain = {k: v for k, v in told.items() if isinstance(v, str)}
        lists = {k: json.dumps(v) for k, v in told.items() if k not in plain}
        left = self._of_memory(plain | lists)
        if left == plain | lists:
            return row
        kept = {k: json.loads(v) if k in lists else v for k, v in left.items()}
        return row | {"said": json.dumps(said | kept, ensure_ascii=False)}

    def _entry(self, row: Row) -> Row | None:
        """An act without what went of it; None where nothing is left to tell."""
        if row["target"] in self._entries:
            self._entries.add(row["id"])
            return None
        about = json.loads(row["about"])
        left = [one for one in about if not self._is_named(one[0])]
        kept = row | {"about": json.dumps(left, ensure_ascii=False)}
        if about == left:
            kept["about"] = row["about"]
        if not row["payload"]:
            return self._counted(kept, about, left)
        made = _unpacked(row["payload"])
        changes = self._changes(made, row["act"])
        of_project = row["act"] not in ON_HIDDEN and len(left) < len(about)
        if not changes or (of_project and not self.removed.projects.isdisjoint(
            one[0] for one in about
        )):  # fmt: skip
            self._entries.add(row["id"])
            return None
        if changes != made:
            kept |= {"payload": payload_of(changes), "count": row["count"]}
            kept["count"] -= len(made) - len(changes)
        return kept

    def _counted(self, row: Row, about: list[Any], left: list[Any]) -> Row | None:
        """Of an undo or redo, whose payload is in the act that it is about."""
        if about and not left:
            self._entries.add(row["id"])
            return None
        return row | {"count": row["count"] - (len(about) - len(left))}

    def _is_named(self, name: str) -> bool:
        gone = self.removed
        return name in gone.memories or name in gone.sessions or name in gone.projects

    def _changes(self, made: Row, act: str) -> Row:
        """What an act changed, without the rows that went."""
        left: Row = {}
        for name, (before, after) in made.items():
            if self._is_gone(name, act):
                continue
            sides = [None if s is None else self._side(s) for s in (before, after)]
            left[name] = sides
        return left

    def _side(self, side: Row) -> Row:
        kept = self._of_memory(side)
        if self.rewrite is same:
            return kept
        return {
            name: self.rewrite(value) if isinstance(value, str) else value
            for name, value in kept.items()
        }

    def _is_gone(self, name: str, act: str) -> bool:
        gone = self.removed
        table, _, key = name.partition(":")
        if not key:
            return name in (gone.sessions if act in ON_HIDDEN else gone.memories)
        if table in _MEMORY_TABLES:
            return key in gone.memories
        if table == "session_name":
            return key in gone.sessions
        if table == "project_root":
            return key in gone.roots
        rows = {"session": gone.session_rows, "project": gone.project_rows}
        return key.isdecimal() and int(key) in rows.get(table, frozenset())


def _unpacked(payload: bytes) -> Row:
    whole = zstandard.ZstdDecompressor().decompress(payload)
    decoded: Row = msgspec.json.decode(whole)
    return decoded
