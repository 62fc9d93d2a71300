"""A pane of wrapped text, drawn line by line, scrolled by the same keys as a list."""

from collections.abc import Callable, Sequence

from textual.geometry import Size
from textual.strip import Strip

from memtui.tui.lines import Line, clip, plain, strip, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.thin_bar import ThinScroll, use_thin_bar

Draw = Callable[[int], Sequence[Line]]
"""Lines for a width in cells."""


class TextPane(ThinScroll, can_focus=True, inherit_bindings=False):
    """Shows what a function draws for the pane's width."""

    DEFAULT_CSS = """
    TextPane { scrollbar-size-vertical: 1; overflow-x: hidden; }
    """
    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._draw: Draw | None = None
        self._lines: list[Line] = []
        self._drawn_for = -1
        self.indent = 2
        self.flush = False
        """No cell before the text at all."""
        self.widest = 88
        """Cells of a line; longer ones are hard to read."""
        self.edge = True
        """A hairline at the left: something stands beside it."""
        self.on_top: object = None
        """What is shown: another one starts at its first line."""

    def show(self, draw: Draw | None, *, about: object = None) -> None:
        """Draw something else; what is about the same thing stays scrolled."""
        self._draw = draw
        self._drawn_for = -1
        if about != self.on_top:
            self.on_top = about
            self.scroll_to(y=0, animate=False, immediate=True, force=True)
        self._lay_out()
        self.refresh()

    @property
    def text(self) -> str:
        """All of it, for the clipboard."""
        return "\n".join(plain(line).rstrip() for line in self._lines)

    def _lay_out(self) -> None:
        width = self.size.width - self.indent - 2
        if width <= 0 or self._drawn_for == width:
            return
        self._drawn_for = width
        self._lines = list(self._draw(min(width, self.widest))) if self._draw else []
        self.virtual_size = Size(self.size.width, max(1, len(self._lines)))

    def on_mount(self) -> None:
        """A scrollbar that touches no text."""
        use_thin_bar(self)

    def on_resize(self) -> None:
        """Wrap again."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """One line of the viewport, the pane's hairline before it."""
        look = look_of(self)
        number = y + self.scroll_offset.y
        lead: Line = [(" " * self.indent, "")]
        if self.has_focus and self.indent and number == self._first_in_sight():
            lead = [(look.glyphs.cursor, "primary"), (" " * (self.indent - 1), "")]
        edge: Line = [(look.glyphs.edge if self.edge else " ", "hairline")]
        if self.flush:
            edge = []
        line = self._lines[number] if number < len(self._lines) else []
        room = self.size.width - width_of([*edge, *lead]) - 1
        if width_of(line) > room:
            line = clip(line, room, more=look.glyphs.more)
        spans = [*edge, *lead, *line]
        return strip(spans, self.size.width, look.paint, self.GROUND)

    def _first_in_sight(self) -> int:
        """The line that shows the focus: the first one with words."""
        start = self.scroll_offset.y
        seen = range(start, min(len(self._lines), start + self.size.height))
        return next((n for n in seen if plain(self._lines[n]).strip()), start)

    def _to(self, y: float) -> None:
        self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def action_cursor_down(self) -> None:
        """One line down."""
        self._to(self.scroll_offset.y + 1)

    def action_cursor_up(self) -> None:
        """One line up."""
        self._to(self.scroll_offset.y - 1)

    def action_page_down(self) -> None:
        """Half a page down."""
        self._to(self.scroll_offset.y + max(1, self.size.height // 2))

    def action_page_up(self) -> None:
        """Half a page up."""
        self._to(self.scroll_offset.y - max(1, self.size.height // 2))

    def action_first(self) -> None:
        """The first line."""
        self._to(0)

    def action_last(self) -> None:
        """The last line."""
        self._to(self.max_scroll_y)

    def action_next_group(self) -> None:
        """The next heading."""
        self._to_heading(+1)

    def action_previous_group(self) -> None:
        """The heading before."""
        self._to_heading(-1)

    def _to_heading(self, step: int) -> None:
        at = self.scroll_offset.y + step
        while 0 <= at < len(self._lines):
            spans = self._lines[at]
            if spans and spans[0][1] == "bold muted":
                break
            at += step
        self._to(at)

    def on_focus(self) -> None:
        """Focus is a shape, not a colour."""
        self.refresh()

    def on_blur(self) -> None:
        """See on_focus."""
        self.refresh()
