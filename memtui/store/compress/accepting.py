"""Accepting and rejecting what a model proposes, journalled like any act."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from memtui.model import State, Trust
from memtui.store.compress import model_proposals
from memtui.store.compress.model_proposals import ProposedKind
from memtui.store.connect import transaction
from memtui.store.curate import changes, frozen
from memtui.store.curate.changes import ACCEPT, CHOOSE, ON_PROPOSALS, REJECT
from memtui.store.curate.curation import Curation, write_memories
from memtui.store.curate.journal import Change, Done, Named, Row
from memtui.store.rows import strings_from

_DECIDED: Final = "model_decided:"
_TITLES: Final = """
    select id, title from model_proposal where id in (select value from json_each(?))
"""
_ASIDE: Final[Row] = {"pinned": 0, "pin_order": None}
_UNION: Final = ("tags", "files", "evidence")


class ModelCuration(Curation):
    """The curation connection, with what is decided about proposals."""

    def accept(
        self,
        proposals: Sequence[str],
        said: Mapping[str, Row],
        *,
        actor: str,
        at: int,
    ) -> Done:
        """Do what these propose; what was decided is passed over.

        So is what is about memories of which one went, to the trash or for another,
        since it was proposed or by one of these: it waits for that to be undone.

        Args:
            said: columns in other words than the model's, by proposal.
        """
        with transaction(self._conn):
            made: dict[str, Change] = {}
            for one, row in self._waiting(proposals).items():
                if not self._still_stands(row, made):
                    continue
                made |= self._done_by(one, row | dict(said.get(one, {})), at, made)
                made[_DECIDED + one] = (None, {"accepted": 1, "acted_at": at})
            return self._enter(ACCEPT, made, actor=actor, at=at)

    def reject(self, proposals: Sequence[str], *, actor: str, at: int) -> Done:
        """Note that these were rejected; nothing else changes."""
        with transaction(self._conn):
            made: dict[str, Change] = {
                _DECIDED + one: (None, {"accepted": 0, "acted_at": at})
                for one in self._waiting(proposals)
            }
            return self._enter(REJECT, made, actor=actor, at=at)

    def _waiting(self, proposals: Sequence[str]) -> dict[str, dict[str, Any]]:
        rows = model_proposals.rows(self._conn, proposals)
        return {one: row for one, row in rows.items() if row["accepted"] < 0}

    def _still_stands(
        self, row: Mapping[str, Any], before: Mapping[str, Change]
    ) -> bool:
        """Whether all that a proposal about memories is about is as it was."""
        if row["kind"] in model_proposals.OF_ITS_OWN:
            return True
        about = [
            *strings_from(row["instead"]),
            *([row["holds"]] if row["holds"] else []),
        ]
        now = self.rows(about)
        return len(now) == len(set(about)) and not any(
            one in before or r["state"] == State.PRUNED.value or r["superseded_by"]
            for one, r in now.items()
        )

    def _done_by(
        self, one: str, row: dict[str, Any], at: int, before: Mapping[str, Change]
    ) -> dict[str, Change]:
        """What accepting one of several changes; a memory changes once."""
        kind = ProposedKind(row["kind"])
        if kind is ProposedKind.PROMOTE:
            wanted: Row = {"type": row["type"]}
            return self._made([row["holds"]], lambda _: wanted, at)
        old = [
            one
            for one, r in self.rows(strings_from(row["instead"])).items()
            if one not in before
            and r["state"] != State.PRUNED.value
            and not r["superseded_by"]
        ]
        holds = row["holds"] if kind is ProposedKind.SUPERSEDE else one
        aside = {"superseded_by": holds} | _ASIDE
        made = self._made(old, lambda r: aside if r["id"] != holds else None, at)
        if kind is not ProposedKind.SUPERSEDE:
            made = {one: (None, self._born(row, old, at))} | made
        return made

    def _born(self, row: dict[str, Any], old: Sequence[str], at: int) -> Row:
        """The whole row of a new memory; it takes over what those it replaces had."""
        whole = frozen.EMPTY | {k: v for k, v in row.items() if k in frozen.FROZEN}
        whole |= {
            "trust": Trust.ASSISTANT.value, "rule": frozen.MODEL,
            "state": State.KEPT.value, "acted_at": at,
        }  # fmt: skip
        replaced = list(self.rows(old).values())
        for name in _UNION:
            whole[name] = _union([whole[name], *(r[name] for r in replaced)])
        if len(scopes := {r["scope"] for r in replaced}) == 1:
            whole["scope"] = scopes.pop()  # else narrow: no project hears more than now
        if pins := [r["pin_order"] or 0 for r in replaced if r["pinned"]]:
            whole |= {"pinned": 1, "pin_order": min(pins)}
        return whole

    def _carry_out(
        self, act: str, made: Mapping[str, Change], about: list[Named]
    ) -> tuple[list[Named], frozenset[str] | None]:
        if act not in ON_PROPOSALS | {CHOOSE}:
            return super()._carry_out(act, made, about)
        decided = {name: made[name] for name in made if ":" in name}
        changes.write(self._conn, decided)
        keys = [name.partition(":")[2] for name in decided]
        if act == CHOOSE:
            named = [Named(id=one, title=title) for one, title in self._titles(keys)]
        else:
            named = _named(self._conn, keys)
        memories = {name: made[name] for name in made if name not in decided}
        if not memories:
            return named, frozenset()
        return named, write_memories(self._conn, memories)

    def _titles(self, conflicts: Sequence[str]) -> list[tuple[str, str]]:
        """The memories that conflicts are about, by their ids and titles."""
        memories = [one.partition(":")[0] for one in conflicts]
        return [(one, row["title"]) for one, row in self.rows(memories).items()]


def _named(conn: sqlite3.Connection, ids: Sequence[str]) -> list[Named]:
    titles = {r["id"]: r["title"] for r in conn.execute(_TITLES, (json.dumps(ids),))}
    return [Named(id=one, title=titles.get(one, "")) for one in ids]


def _union(columns: Sequence[str]) -> str:
    seen: dict[str, object] = {}
    for column in columns:
        for one in json.loads(column):
            seen.setdefault(json.dumps(one), one)
    if not seen:
        return "[]"
    tight = not isinstance(next(iter(seen.values())), str)
    return json.dumps(
        list(seen.values()),
        ensure_ascii=False,
        separators=(",", ":") if tight else (", ", ": "),
    )
