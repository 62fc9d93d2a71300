"""The rail of facets at the left of very wide terminals: Enter makes a chip of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from memtui.clean import clean_line
from memtui.tui.format import figure, fit
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

RAIL: Final = 26
"""Columns of the rail."""
VERY_WIDE: Final = 150
"""Columns from which it is shown."""
_FIGURES: Final = 9


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that would narrow the list."""

    group: str
    """Project, Type, Agent or State."""
    name: str
    query: str
    """The chip that it becomes."""
    count: int


class FacetRail(LineList[Facet]):
    """Facets with their counts."""

    def id_of(self, row: Facet) -> str:
        """Its chip."""
        return row.query

    def draw_row(self, row: Facet, width: int, *, marked: bool) -> list[Line]:
        """Name and count, the pane's hairline behind them."""
        look = look_of(self)
        name = fit(clean_line(row.name), width - _FIGURES - 1, more=look.glyphs.more)
        count = fit(figure(row.count), _FIGURES - 2, right=True)
        edge = (look.glyphs.edge, "hairline")
        return [[(name, ""), (count, "faint"), ("  ", ""), edge]]

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """The group's name."""
        edge = (look_of(self).glyphs.edge, "hairline")
        blank: Line = [(" " * (width - 1), ""), edge]
        title: Line = [(fit(str(section.data), width - 1), "bold muted"), edge]
        return [blank, title][2 - section.head :]

    def draw_nothing(self, width: int) -> Line:
        """The pane's hairline goes on to the bottom."""
        return [(" " * (width - 1), ""), (look_of(self).glyphs.edge, "hairline")]

    def take(self, facets: Sequence[Facet]) -> None:
        """Show these."""
        self.show(list(_sections(facets)), facets)


def _sections(facets: Sequence[Facet]) -> Iterable[Section]:
    for number, (name, some) in enumerate(groupby(facets, key=lambda f: f.group)):
        yield Section(name, name, 2 if number else 1, len(list(some)))
