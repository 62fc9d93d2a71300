"""The scrollbar: a thin line in the pad cell, so that it touches no text."""

from math import ceil
from typing import ClassVar

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget

from memtui.tui.look import look_of
from memtui.tui.widgets.drawn import Drawn


def _thumb(
    size: int, virtual_size: float, window_size: float, position: float
) -> tuple[int, int]:
    """The first cell of the thumb, and how many it takes."""
    room = max(1.0, virtual_size - window_size)
    thumb = min(size, max(1, ceil(size * window_size / max(1.0, virtual_size))))
    return round((size - thumb) * min(1.0, position / room)), thumb


class ThinScroll(ScrollView, Drawn, inherit_bindings=False):
    """Scrolls; its bar is drawn again only when the thumb comes to other cells.

    In a long list hardly any row moves it, and drawing the bar costs as much as
    drawing the rows (measured).
    """

    KEEPS_LINES = False
    """``kept_as`` counts from the first of all: lines stay right when they move."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """As Textual does, but for a thumb that stays."""
        bar = self.vertical_scrollbar
        if self.show_vertical_scrollbar:
            if self._thumb_at(bar.position) == self._thumb_at(new_value):
                bar.set_reactive(ScrollBar.position, bar.validate_position(new_value))
            else:
                bar.position = new_value
        if round(old_value) != round(new_value):
            kept, self._kept = self._kept, {}
            self.refresh(self.size.region)
            self._kept = kept if self.KEEPS_LINES else {}

    def _thumb_at(self, position: float) -> tuple[int, int]:
        bar = self.vertical_scrollbar
        sizes = bar.window_virtual_size, bar.window_size
        return _thumb(bar.size.height, *sizes, position)


class ThinBar(ScrollBarRender):
    """Draws the thumb as a line; nothing elsewhere."""

    THUMB: ClassVar[str] = "┃"

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.default(),  # noqa: B008 (Textual's own signature)
        bar_color: Color = Color.default(),  # noqa: B008
    ) -> Segments:
        """``size`` cells from top to bottom."""
        start, thumb = _thumb(size, virtual_size, window_size, position)
        fits = virtual_size <= window_size
        cells = []
        for cell in range(int(size)):
            inside = start <= cell < start + thumb and not fits
            what = "grab" if inside else "scroll_up" if cell < start else "scroll_down"
            style = Style(
                color=bar_color, bgcolor=back_color, meta={"@mouse.down": what}
            )
            cells.append(Segment(cls.THUMB if inside else " ", style))
        return Segments(cells, new_lines=True)


class AsciiBar(ThinBar):
    """The same for terminals without the glyph."""

    THUMB = "|"


def use_thin_bar(widget: Widget) -> None:
    """Draw the widget's scrollbar thin; called when it is mounted."""

    def stand_where_the_text_is(shown: bool) -> None:
        # Textual moves a bar that is shown only: one that comes with a jump into
        # the middle would stand at the top until the next key.
        if shown:  # Textual makes a bar when it is first asked for
            bar, ascii_ = widget.vertical_scrollbar, look_of(widget).glyphs.ascii
            bar.renderer = AsciiBar if ascii_ else ThinBar  # type: ignore[misc]
            bar.position = widget.scroll_y

    widget.watch(widget, "show_vertical_scrollbar", stand_where_the_text_is)
