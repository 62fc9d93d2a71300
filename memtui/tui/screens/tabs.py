"""What each tab of Curate shows, read on a lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from memtui.model import Memory, Project, State
from memtui.search.grammar import Query
from memtui.store.queries import OPEN_STATES, Due, Reason, StoreView, View
from memtui.tui.alike import Group, groups_of
from memtui.tui.desk import Desk
from memtui.tui.format import local

if TYPE_CHECKING:  # what waits for the first proposal
    from memtui.store.compress.model_proposals import Proposed

MOST: Final = 5_000
"""Rows of a tab; who has more filters them."""
TODAY: Final = 500
"""Acts of the journal that are looked at for what was kept today."""
_KEPT: Final = frozenset({State.KEPT})
_STATES: Final = {
    "inbox": frozenset({State.CANDIDATE}),
    "backlog": frozenset({State.CANDIDATE}),
    "kept": _KEPT,
    "review": _KEPT,
    "duplicates": OPEN_STATES,
    "trash": frozenset({State.PRUNED}),
    "proposed": frozenset({State.CANDIDATE}),
}
_REASONS: Final = {Reason.DATE: "date", Reason.GONE: "gone", Reason.FADED: "faded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One tab's rows and what goes with them."""

    rows: Sequence[Memory]
    projects: Sequence[Project]
    kept_today: int
    groups: Sequence[Group] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a row is up for review, in a word."""
    proposed: "Mapping[str, Proposed]" = field(default_factory=dict)
    """By id, what a model proposes."""


def read_tab(view: StoreView, query: Query, tab: str, desk: Desk, now: int) -> Shown:
    """A query looks at all rows of the tab's states, not at the best alone."""
    groups: list[Group] = []
    reasons: dict[str, str] = {}
    proposed: dict[str, Proposed] = {}
    if tab == "duplicates":
        groups = _groups(view, query, desk)
        rows = [row for group in groups for row in group.rows]
    elif tab == "review":
        due = _due(view, query, desk, now)
        rows = [one.memory for one in due]
        reasons = {one.memory.id: _REASONS[one.reasons[0]] for one in due}
    elif tab == "proposed":
        proposed = proposed_in(view, query, desk)
        rows = [one.memory for one in proposed.values()]
    else:
        rows = _rows(view, query, tab, desk)
    return Shown(
        rows=rows,
        proposed=proposed,
        projects=view.projects(),
        kept_today=_kept_since(view, _midnight(now)),
        groups=groups,
        reasons=reasons,
    )


def proposed_in(view: StoreView, query: Query, desk: Desk) -> "dict[str, Proposed]":
    """What waits for a decision; of a query every word must stand in it."""
    words = query.text.casefold().split()
    return {
        one.id: one
        for one in view.proposed(desk.project_id)
        if all(word in _said(one.memory) for word in words)
    }


def _said(memory: Memory) -> str:
    return f"{memory.type} {memory.title}\n{memory.body}".casefold()


def view_of(tab: str, desk: Desk) -> View:
    """The part of the store that a tab shows, once it is filtered."""
    hidden = tab not in ("inbox", "backlog")
    return View(project=desk.project_id, states=_STATES[tab], hidden=hidden)


def _rows(view: StoreView, query: Query, tab: str, desk: Desk) -> list[Memory]:
    if tab == "inbox" and query.is_empty:
        return view.inbox(desk.project_id, weights=desk.weights)
    if tab == "backlog" and query.is_empty:
        return view.backlog(desk.project_id, limit=MOST, weights=desk.weights)
    rows = view.memories(query, view_of(tab, desk), limit=MOST)
    if tab == "kept" and query.is_empty and not desk.hidden:
        return [row for row in rows if not row.superseded_by]  # as it is counted
    return rows


def _groups(view: StoreView, query: Query, desk: Desk) -> list[Group]:
    wanted = None
    if not query.is_empty:
        shown = View(project=desk.project_id, hidden=True)
        wanted = set(view.memory_ids(query, shown))
    return groups_of(view.duplicates(desk.project_id), wanted)


def _due(view: StoreView, query: Query, desk: Desk, now: int) -> list[Due]:
    due = view.review(desk.project_id, now=now, types=desk.settings.types, limit=MOST)
    if query.is_empty:
        return due
    shown = View(project=desk.project_id, states=_KEPT, hidden=True)
    wanted = set(view.memory_ids(query, shown))
    return [one for one in due if one.memory.id in wanted]


def _midnight(now: int) -> int:
    """When the local day began, in Unix ms."""
    begun = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(begun.timestamp() * 1000)


def _kept_since(view: StoreView, since: int) -> int:
    """Memories kept or pinned since then, what was taken back not counted."""
    return sum(
        entry.count
        for entry in view.journal(TODAY)
        if entry.at >= since and entry.act in ("keep", "pin") and not entry.undone
    )
