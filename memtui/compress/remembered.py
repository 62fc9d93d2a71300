"""What is remembered already, in the order in which a model is told of it."""

from collections.abc import Collection, Sequence
from typing import Final

from memtui.compress.answers import Known
from memtui.compress.privacy import Privacy
from memtui.model import Memory, Session, State
from memtui.search.grammar import EVERYTHING
from memtui.search.near import bag_of
from memtui.store.queries import ALL_STATES, StoreView, View

MOST: Final = 2_000
"""Kept memories, and as many candidates, that are looked through of a project."""


def of_project(view: StoreView, project: str, privacy: Privacy) -> list[Memory]:
    """What was kept there and the candidates, pins first, without what is hidden.

    Nor with what was learnt in a session that no model is to read of. Two
    reads: the newest candidates of a busy project would leave no room for a pin.
    """
    found = _read(view, project, {State.KEPT}) + _read(view, project, {State.CANDIDATE})
    return in_order(list(filter(privacy.may_tell, found)))


def near(view: StoreView, session: Session, privacy: Privacy) -> list[Memory]:
    """What an answer must not repeat: what was kept, and the session's own."""
    found = of_project(view, session.project.id if session.project else "", privacy)
    return [one for one in found if _is_near(one, session)]


def known(view: StoreView, project: str | None, types: Collection[str]) -> Known:
    """All that an answer is held against: the trash too, and what was proposed."""
    where = project or ""
    found = _read(view, where, {State.KEPT}, hidden=True)
    found += _read(view, where, ALL_STATES - {State.KEPT}, hidden=True)
    return Known(
        memories={one.id: one for one in found},
        earlier=view.proposed_earlier(project),
        types=frozenset(types),
    )


def in_order(found: Sequence[Memory], said: Collection[str] = ()) -> list[Memory]:
    """Pins, then what was kept, then what shares the most words, then the newest.

    Args:
        said: words of what is asked about.
    """
    shared = {one.id: len(bag_of(one.title).intersection(said)) for one in found}
    return sorted(
        found,
        key=lambda one: (
            not one.pinned, one.state is not State.KEPT, -shared[one.id], -one.at,
            one.id,
        ),
    )  # fmt: skip


def _is_near(one: Memory, session: Session) -> bool:
    return one.state is State.KEPT or one.session == session.id


def _read(
    view: StoreView, project: str, states: Collection[State], *, hidden: bool = False
) -> list[Memory]:
    shown = View(project=project, states=frozenset(states), hidden=hidden)
    return view.memories(EVERYTHING, shown, limit=MOST)
