"""The lines at the edges of what rises over a screen: a hairline, a title, keys."""

from memtui.tui.lines import Line, ends
from memtui.tui.look import look_of
from memtui.tui.widgets.frame import Bar


class Edge(Bar):
    """One line with something at both ends."""

    DEFAULT_CSS = "Edge { height: 1; }"

    def __init__(
        self, left: Line | None = None, right: Line | None = None, *, ground: str = ""
    ) -> None:
        super().__init__()
        self.left, self.right = left or [], right or []
        if ground:
            self.GROUND = ground

    def say(self, left: Line, right: Line | None = None) -> None:
        """Draw these."""
        self.left, self.right = left, right or []
        self.refresh()

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [ends(width, self.left, self.right)]


class Rule(Bar):
    """A hairline from edge to edge."""

    DEFAULT_CSS = "Rule { height: 1; }"

    def lines(self, width: int) -> list[Line]:
        """One line."""
        return [[(look_of(self).glyphs.rule * width, "hairline")]]
