"""The budget of an injection as a thin bar."""

from typing import Final

from memtui.inject.values import Injection
from memtui.tui.format import figure
from memtui.tui.lines import Line, ends, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.frame import WIDE, Bar

SIDE_TERMINAL: Final = 56
"""Columns below which the bar is short."""


class MeterLine(Bar):
    """The budget as a thin bar, the figures beside it."""

    DEFAULT_CSS = "MeterLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.injection: Injection | None = None

    def lines(self, width: int) -> list[Line]:
        """One line."""
        chosen = self.injection
        if chosen is None:
            return [[]]
        glyphs = look_of(self).glyphs
        wide = width >= WIDE
        size = 30 if wide else 16 if width >= SIDE_TERMINAL else 8
        share = chosen.units / max(1, chosen.budget)
        full = min(size, round(size * share))
        role = "warning" if share > 0.95 else "primary"
        left: Line = [
            (" ", ""),
            (glyphs.heavy * full, role),
            (glyphs.rule * (size - full), "hairline"),
            (f"  {figure(chosen.units)}", "bold foreground"),
            (f" of {figure(chosen.budget)} units", "muted"),
        ]
        out = len(chosen.cut)
        words = f"{len(chosen.items)} in, {out} {'below the line' if wide else 'out'} "
        tokens: Line = [(f"   about {figure(chosen.tokens)} tokens", "muted")]
        if width_of([*left, *tokens]) + len(words) + 2 <= width:
            left += tokens
        return [ends(width, left, [(words, "muted")])]
