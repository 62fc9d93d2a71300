"""The prompts of the open session, at the right of very wide terminals."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from memtui.clean import clean_line
from memtui.tui.format import figure, fit
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

OUTLINE: Final = 30
"""Columns, with the gutter."""
_NUMBER: Final = 3

Prompt = tuple[int, str]
"""The number of a turn and the first words of its prompt."""


class Outline(LineList[Prompt]):
    """One prompt a line; Enter goes there."""

    DEFAULT_CSS = "Outline { border-left: solid $hairline; }"

    def id_of(self, row: Prompt) -> str:
        """Its number."""
        return str(row[0])

    def draw_row(self, row: Prompt, width: int, *, marked: bool) -> list[Line]:
        """Number and first words."""
        turn, said = row
        number = fit(figure(turn), max(_NUMBER, len(figure(turn))), right=True)
        room = width - len(number) - 2
        text = fit(clean_line(said).strip(), room, more=look_of(self).glyphs.more)
        return [[(f"{number} ", "faint"), (text, "")]]

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """What the list is."""
        return [[("Prompts", "bold muted")]]

    def take(self, prompts: Sequence[Prompt]) -> None:
        """Show these prompts, those of no words left out."""
        rows = [prompt for prompt in prompts if clean_line(prompt[1]).strip()]
        self.show([Section("prompts", None, 1, len(rows))] if rows else [], rows)

    def stand_at(self, turn: int) -> None:
        """Put the cursor on the prompt of this turn, or the last one before it."""
        turns = [number for number, _ in self.known()]
        at = max(0, bisect_right(turns, turn) - 1)
        if turns and at != self.cursor:
            self.move_to(at)
