"""Choosing between what a memory says here and what it said elsewhere."""

import json
from collections.abc import Sequence
from typing import Final

from memtui.bundle.lines import Said
from memtui.store.compress.accepting import ModelCuration
from memtui.store.connect import transaction
from memtui.store.curate import frozen
from memtui.store.curate.changes import CHOOSE
from memtui.store.curate.journal import Change, Done, Row
from memtui.store.moving import placing, portable
from memtui.store.moving.conflicts import OpenConflict, open_conflicts

_KNOWN: Final = """
    select 1 from observation where id in (select value from json_each(:ids))
"""


class ChoosingCuration(ModelCuration):
    """The curation connection, with what is decided about conflicts."""

    def choose(
        self, conflicts: Sequence[str], *, other: bool, actor: str, at: int
    ) -> Done:
        """Let what is here stand, or (``other``) what lost; settled either way."""
        with transaction(self._conn):
            made: dict[str, Change] = {}
            for one in open_conflicts(self._conn, conflicts):
                settled = {"settled_at": at}
                made[f"bundle_conflict:{one.id}"] = ({"settled_at": 0}, settled)
                change = self._chosen(one, other, at)
                if change is not None and one.memory not in made:
                    made[one.memory] = change
            return self._enter(CHOOSE, made, actor=actor, at=at)

    def _chosen(self, one: OpenConflict, other: bool, at: int) -> Change | None:
        """Choosing is a newer version than both, also where it changes no word."""
        row = frozen.curated(self._conn, [one.memory]).get(one.memory)
        asked = {"ids": json.dumps([one.memory])}
        is_known = self._conn.execute(_KNOWN, asked).fetchone() is not None
        change: Change | None = ({}, {}) if row is not None else None
        if other:
            places = placing.Places(self._conn)
            change = change_to(one.said, row, is_known, places) or change
        if change is None:
            return None
        before, after = change
        now: Row = {"acted_at": at}
        if before is None or row is None or after is None:
            return before, after if after is None else after | now
        return before | {"acted_at": row["acted_at"]}, after | now


def change_to(
    said: Said | None, row: Row | None, is_known: bool, places: placing.Places
) -> Change | None:
    """From the row that is here to what a memory says elsewhere; None: no change.

    Args:
        is_known: the distiller states it here, too.
    """
    if said is None:
        if row is None:
            return None
        if is_known or row["rule"] in frozen.BORN_OF_AN_ACT:
            return row, None
        wanted = dict(frozen.UNTOUCHED)
    elif row is None:
        return None, frozen.EMPTY | portable.row_of(said) | places.of(said)
    else:
        wanted = portable.row_of(said)
    new = {name: value for name, value in wanted.items() if row[name] != value}
    return ({name: row[name] for name in new}, new) if new else None
