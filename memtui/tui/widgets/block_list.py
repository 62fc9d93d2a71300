"""A list of blocks of several lines each; the cursor stands on a whole block."""

from bisect import bisect_right
from typing import TypeVar

from textual import events
from textual.strip import Strip

from memtui.tui.lines import Line, flow, strip
from memtui.tui.look import look_of
from memtui.tui.widgets.block_window import BlockWindow
from memtui.tui.widgets.thin_bar import use_thin_bar

T = TypeVar("T")


class BlockList(BlockWindow[T], can_focus=True):
    """Blocks as lines, a bar down every line of the one under the cursor."""

    def on_mount(self) -> None:
        """A scrollbar that touches no text."""
        use_thin_bar(self)

    def render_line(self, y: int) -> Strip:
        """One line of the viewport."""
        look = look_of(self)
        width = self.size.width
        edge: Line = [(look.glyphs.edge, "hairline")] if self.edge else []
        if not self.blocks:
            lines = [row for line in self.note for row in flow(line, width - 5)]
            note = [("   ", ""), *lines[y]] if y < len(lines) else []
            return strip([*edge, *note], width, look.paint)
        if self.head is not None and y == 0:
            first: Line = [(" " * self.INDENT, ""), *self.head(self.text_width)]
            return strip([*edge, *first], width, look.paint)
        at = y - self._above + self.scroll_offset.y
        block = bisect_right(self._tops, at) - 1
        drawn = self._lines[block] if 0 <= block < len(self._lines) else []
        inside = at - self._top(block)
        if inside >= len(drawn):
            return strip(edge, width, look.paint)
        under = block == self.cursor and self._can_choose(self.blocks[block])
        if under and not any(text.strip() for text, _ in drawn[inside]) and inside == 0:
            under = False  # the blank line above a speaker
        bar = look.glyphs.cursor if self.has_focus else look.glyphs.cursor_blurred
        ground = "cursor-row" if self.has_focus else "cursor-row-blurred"
        gutter: Line = [
            (bar if under else " ", "primary"),
            (" " * (self.INDENT - 1), ""),
        ]
        spans = [*gutter, *drawn[inside]]
        strips = strip(
            spans, width - len(edge), look.paint, ground if under else "background"
        )
        return Strip.join([strip(edge, 1, look.paint), strips]) if edge else strips

    def on_focus(self) -> None:
        """Focus is a shape, not a colour."""
        self.refresh()

    def on_blur(self) -> None:
        """See on_focus."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click selects, two open."""
        at = event.y - self._above + self.scroll_offset.y
        block = bisect_right(self._tops, max(0, at)) - 1
        self.move_to(block)
        if event.chain == 2:
            self.post_message(self.Opened(self._any))
