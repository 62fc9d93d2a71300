"""The prompts of the open session, at the right of very wide terminals."""

from collections.abc import Sequence
from typing import Final

from memtui.clean import clean_line
from memtui.model import RecordKind, Turn
from memtui.tui.format import figure, fit
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

OUTLINE: Final = 30
"""Columns, with the gutter."""
_NUMBER: Final = 3


class Outline(LineList[Turn]):
    """One prompt a line; Enter goes there."""

    DEFAULT_CSS = "Outline { border-left: solid $hairline; }"

    def id_of(self, row: Turn) -> str:
        """Its number."""
        return str(row.number)

    def draw_row(self, row: Turn, width: int, *, marked: bool) -> list[Line]:
        """Number and first words."""
        said = prompt_of(row)
        room = width - _NUMBER - 2
        text = fit(said, room, more=look_of(self).glyphs.more)
        number = fit(figure(row.number), _NUMBER, right=True)
        return [[(f"{number} ", "faint"), (text, "" if said else "muted")]]

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """What the list is."""
        return [[("Prompts", "bold muted")]]

    def take(self, turns: Sequence[Turn]) -> None:
        """Show the prompts of these turns."""
        rows = [turn for turn in turns if prompt_of(turn)]
        self.show([Section("prompts", None, 1, len(rows))] if rows else [], rows)


def prompt_of(turn: Turn) -> str:
    """What the person typed, on one line; empty where a client spoke alone."""
    prompts = (r.text for r in turn.records if r.kind is RecordKind.PROMPT)
    return clean_line(next(prompts, "")[:400]).strip()
