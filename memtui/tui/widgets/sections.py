"""Where the rows of a list stand: headers and rows of many sections, in lines. Pure.

Everything is found by bisection over one slot per section, so a list of a million
rows costs what its few thousand sections cost.
"""

from array import array
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """A run of rows under one header."""

    key: Hashable
    """What stays the same when rows come and go."""
    data: object
    """What the header is drawn from."""
    head: int
    """Header lines, blank ones included."""
    rows: int


class Place(NamedTuple):
    """What stands on one line of the list."""

    section: int
    row: int
    """Ordinal of the row in the whole list; -1 on a header line."""
    line: int
    """Which line of the header or of the row, from 0."""


class Sections:
    """The sections of a list, all rows being ``row_height`` lines high."""

    def __init__(
        self, sections: Sequence[Section] = (), *, row_height: int = 1
    ) -> None:
        self.all = tuple(sections)
        self.row_height = row_height
        self._tops, self._firsts = array("q"), array("q")
        top = first = 0
        for section in self.all:
            self._tops.append(top)
            self._firsts.append(first)
            top += section.head + section.rows * row_height
            first += section.rows
        self.height = top
        """Lines in all."""
        self.count = first
        """Rows in all."""

    def at_line(self, y: int) -> Place | None:
        """What stands on line ``y``; None below the end."""
        if not 0 <= y < self.height:
            return None
        number = bisect_right(self._tops, y) - 1
        section = self.all[number]
        inside = y - self._tops[number] - section.head
        if inside < 0:
            return Place(number, -1, inside + section.head)
        row, line = divmod(inside, self.row_height)
        return Place(number, self._firsts[number] + row, line)

    def section_of(self, row: int) -> int:
        """The section that holds the row."""
        number = bisect_right(self._firsts, row) - 1
        while number > 0 and not self.all[number].rows:
            number -= 1
        return number

    def line_of(self, row: int) -> int:
        """The first line of the row."""
        number = self.section_of(row)
        inside = (row - self._firsts[number]) * self.row_height
        return self._tops[number] + self.all[number].head + inside

    def top_of(self, section: int) -> int:
        """The first header line of the section."""
        return self._tops[section]

    def first_of(self, section: int) -> int:
        """The ordinal of the section's first row."""
        return self._firsts[section]

    def find(self, key: Hashable) -> int | None:
        """The section with this key."""
        numbers = (n for n, section in enumerate(self.all) if section.key == key)
        return next(numbers, None)
