"""What each act does to a memory's columns. Pure.

A move looks at one row and returns the columns to change, or None where there is
nothing to do. Pinned implies kept, excluded implies kept, and the two exclude
each other; what is pruned or superseded is neither.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from memtui.model import PROMOTION, Rung, State
from memtui.settings import Settings

Row = dict[str, Any]
Move = Callable[[Row], Row | None]

CANDIDATE: Final = State.CANDIDATE.value
KEPT: Final = State.KEPT.value
PRUNED: Final = State.PRUNED.value
_NO_PIN: Final[Row] = {"pinned": 0, "pin_order": None}
_IN_FORCE: Final[Row] = {"state": KEPT, "was": "", "superseded_by": ""}


def keep(row: Row) -> Row | None:
    """Kept, whatever it was; an excluded one may be told again."""
    return _IN_FORCE | {"excluded": 0, "review_by": None}


def unkeep(row: Row) -> Row | None:
    """Back to the inbox, its flags off."""
    if row["state"] != KEPT:
        return None
    return {"state": CANDIDATE, "excluded": 0} | _NO_PIN


def pin(last: dict[int | None, int]) -> Move:
    """Pinned after the last pin of its project; ``last`` is counted on."""

    def move(row: Row) -> Row | None:
        if row["pinned"]:
            return None
        place = last[row["project_id"]] = last.get(row["project_id"], 0) + 1
        return _IN_FORCE | {"excluded": 0, "pinned": 1, "pin_order": place}

    return move


def unpin(row: Row) -> Row | None:
    """Kept without a pin."""
    return _NO_PIN if row["pinned"] else None


def exclude(row: Row) -> Row | None:
    """Kept and found, but never told."""
    return {"state": KEPT, "was": "", "excluded": 1} | _NO_PIN


def include(row: Row) -> Row | None:
    """May be told again."""
    return {"excluded": 0} if row["excluded"] else None


def prune(row: Row) -> Row | None:
    """To the trash; it remembers what it was."""
    if row["state"] == PRUNED:
        return None
    return {"state": PRUNED, "was": row["state"]} | _NO_PIN


def restore(row: Row) -> Row | None:
    """Out of the trash, to what it was before."""
    if row["state"] != PRUNED:
        return None
    # Where a purge of an older memtui wrote an id, it is not known any more.
    was = row["was"] if row["was"] in set(State) else CANDIDATE
    return {"state": was, "was": ""}


def retype(type_: str) -> Move:
    """Of another type."""
    return lambda row: {"type": type_}


def promote(settings: Settings) -> Move:
    """One rung up the ladder; lasting ones are at its top."""

    def move(row: Row) -> Row | None:
        above = PROMOTION.get(settings.type_of(row["type"]).rung)
        return {"type": above} if above else None

    return move


def is_lasting(settings: Settings, type_: str) -> bool:
    """Whether a type is at the top of the ladder."""
    return settings.type_of(type_).rung is Rung.PERMANENT


def edit(changes: Mapping[str, object]) -> Move:
    """Other words."""
    return lambda row: dict(changes)


def supersede(by: str) -> Move:
    """Out of force: another one holds instead."""

    def move(row: Row) -> Row | None:
        return None if row["id"] == by else {"superseded_by": by} | _NO_PIN

    return move


def merge(into: str, rows: Sequence[Row], words: Mapping[str, object]) -> Move:
    """All evidence goes to one; the others are superseded by it."""
    union = {name: _union(row[name] for row in rows) for name in _LISTS}
    pinned = [row["pin_order"] or 0 for row in rows if row["pinned"]]
    result = _IN_FORCE | union | dict(words)
    if pinned:
        result |= {"pinned": 1, "pin_order": min(pinned), "excluded": 0}
    aside = supersede(into)
    return lambda row: result if row["id"] == into else aside(row)


def scope(wanted: str) -> Move:
    """Told to others."""
    return lambda row: {"scope": wanted}


def tag(add: Sequence[str], remove: Sequence[str]) -> Move:
    """Tags on and off, in the order they came."""

    def move(row: Row) -> Row | None:
        tags = [one for one in json.loads(row["tags"]) if one not in remove]
        tags += [one for one in add if one not in tags]
        return {"tags": _column(tags)}

    return move


def order(ids: Sequence[str]) -> Move:
    """Pins in this order, from 1."""
    places = {memory: place for place, memory in enumerate(ids, 1)}

    return lambda row: {"pin_order": places[row["id"]]}


def confirm(at: int) -> Move:
    """Still true: its age counts from ``at``, and nothing is left to review."""

    def move(row: Row) -> Row | None:
        if row["state"] == PRUNED:
            return None
        return {"confirmed_at": at, "review_by": None}

    return move


def not_alike(ids: Sequence[str]) -> Move:
    """Not the same as the others of these, and not to be proposed with them."""

    def move(row: Row) -> Row | None:
        known = json.loads(row["unlike"])
        others = [one for one in ids if one != row["id"] and one not in known]
        return {"unlike": _column([*known, *others])} if others else None

    return move


def review(by: int | None) -> Move:
    """To be looked at again from a time on, or no longer."""
    return lambda row: {"review_by": by}


_LISTS: Final = ("facts", "tags", "files", "evidence")


def _union(columns: Iterable[str]) -> str:
    seen: dict[str, object] = {}
    for column in columns:
        for one in json.loads(column):
            seen.setdefault(json.dumps(one), one)
    return _column(list(seen.values()))


def _column(values: Sequence[object]) -> str:
    if not values:
        return "[]"
    # Evidence is written without blanks, lists of strings with: keep each as it is.
    tight = not isinstance(values[0], str)
    return json.dumps(
        values, ensure_ascii=False, separators=(",", ":") if tight else (", ", ": ")
    )
