"""Widgets whose every cell their own lines fill: no border, padding or opacity.

Textual lays a widget's CSS around and over each of its lines, which makes new strips
of them whenever a list scrolls. What a strip knows, how it is cut and how a terminal
is told it, is lost with it. Lines that need nothing of it are kept as they are.
"""

from collections.abc import Iterable
from typing import Any, Final

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_MOST: Final = 160
"""Lines that are kept: a few screens of them."""


class Drawn(Widget, inherit_bindings=False):
    """Shows what ``render_line`` returns, as it is, until it is refreshed."""

    def __init__(self, *children: Widget, **given: Any) -> None:  # noqa: ANN401 (Textual's)
        self._kept: dict[int, Strip] = {}
        super().__init__(*children, **given)

    def kept_as(self, lines: Iterable[int]) -> Iterable[int]:
        """What lines of the viewport are kept under; -1: not at all."""
        return lines

    def forget_lines(self) -> None:
        """Lines that are kept say something else by now."""
        self._kept.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget.

        Those with a border, and themes of sixteen colours, which leave the ground to
        CSS, take Textual's way.
        """
        if self.app.native_ansi_color or self.styles.gutter:
            return super().render_lines(crop)
        if len(self._kept) > _MOST:
            self._kept.clear()
        start, end = crop.column_span
        width = self.region.width
        lines = []
        for y, key in zip(crop.line_range, self.kept_as(crop.line_range), strict=True):
            line = self._kept.get(key)
            if line is None or line.cell_length != width:
                line = self._filtered(self.render_line(y), width)
                if key >= 0:
                    self._kept[key] = line
            lines.append(line.crop(start, end))
        return lines

    def _filtered(self, line: Strip, width: int) -> Strip:
        """The line in the widget's width, with the colours that the terminal has."""
        if line.cell_length != width:
            line = line.adjust_cell_length(width, self.rich_style)
        for one in self.get_line_filters():
            line = line.apply_filter(one, self.background_colors[1])
        return line

    def _set_dirty(self, *regions: Region) -> None:
        """Textual's own note that something is to be drawn anew."""
        for region in regions:
            for key in self.kept_as(region.line_range):
                self._kept.pop(key, None)
        if not regions:
            self._kept.clear()
        super()._set_dirty(*regions)
