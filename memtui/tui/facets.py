"""What would narrow a list, with counts: read on a lane, for rail and chooser."""

from collections.abc import Callable, Iterator
from typing import Final

from memtui.search.grammar import Query, parse
from memtui.store.queries import StoreView, View
from memtui.tui.format import AGENT_WORDS
from memtui.tui.widgets.facet_rail import Facet

MOST_PROJECTS: Final = 8
COUNTED: Final = 100_000
"""Counting stops here; nobody reads further figures in a rail."""
STATES: Final = ("candidate", "kept", "pinned", "excluded", "review")
_SAID: Final = {"candidate": "undecided"}


def facets_of(
    view: StoreView, query: Query, shown: View, types: tuple[str, ...], now: int
) -> list[Facet]:
    """Values that are there, by group; in a group as the config orders them."""

    def count(part: str) -> int:
        asked = parse(f"{query.text} {part}", now_ms=now)
        return view.count(asked, shown, cap=COUNTED)

    every = {facet.query: facet for facet in _asked(view, shown, types)}.values()
    return [f for f in (_counted(facet, count) for facet in every) if f.count]


def _counted(facet: Facet, count: Callable[[str], int]) -> Facet:
    return Facet(facet.group, facet.name, facet.query, count(facet.query))


def _asked(view: StoreView, shown: View, types: tuple[str, ...]) -> Iterator[Facet]:
    if shown.project is None:
        for project in view.projects()[:MOST_PROJECTS]:
            name = f'"{project.name}"' if " " in project.name else project.name
            yield Facet("Project", project.name, f"project:{name}", 0)
    for name in types:
        yield Facet("Type", name, f"type:{name}", 0)
    for agent, word in AGENT_WORDS.items():
        yield Facet("Agent", word, f"agent:{agent}", 0)
    for state in STATES:
        yield Facet("State", _SAID.get(state, state), f"is:{state}", 0)
