"""The frame of every screen: tabs above, status line and keys below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message
from textual.strip import Strip

from memtui.tui.actions import SCREENS, TITLES, Key
from memtui.tui.format import figure
from memtui.tui.lines import Line, Span, clip, ends, strip, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.drawn import Drawn

WIDE: Final = 100
"""Columns from which a pane stands beside the list."""
NARROW: Final = 80


class Bar(Drawn):
    """Fixed lines drawn from spans, with zones that answer a click."""

    GROUND = "background"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._zones: list[tuple[int, int, str]] = []

    @dataclass
    class Pressed(Message):
        """A zone was clicked: the name of its action."""

        action: str

    def lines(self, width: int) -> list[Line]:
        """What is drawn; sets the zones."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line of the bar."""
        lines = self.lines(self.size.width)
        line = lines[y] if y < len(lines) else []
        return strip(line, self.size.width, look_of(self).paint, self.GROUND)

    def zone(self, start: int, length: int, action: str) -> None:
        """Clicks there mean that action."""
        self._zones.append((start, start + length, action))

    def on_click(self, event: events.Click) -> None:
        """Say which zone was meant."""
        for start, end, action in self._zones:
            if start <= event.x < end:
                self.post_message(self.Pressed(action))
                return


class TopBar(Bar):
    """Screens by number and what is new; a heavy rule under the open one."""

    DEFAULT_CSS = "TopBar { height: 2; }"

    def __init__(self, current: str) -> None:
        super().__init__()
        self.current = current
        self.inbox = 0
        self.new = 0
        self.too_small = False

    def update(self, *, inbox: int, new: int) -> None:
        """Take other counts."""
        if (inbox, new) != (self.inbox, self.new):
            self.inbox, self.new = inbox, new
            self.refresh()

    def lines(self, width: int) -> list[Line]:
        """Two lines: the tabs and the rule."""
        self._zones.clear()
        if self.too_small:
            columns, rows = self.app.size
            return [[(f"memtui needs 40x10, this is {columns}x{rows}", "")]]
        glyphs = look_of(self).glyphs
        wide = width >= WIDE
        left: Line = [(" memtui  ", "bold foreground")] if wide else []
        start = length = 0
        for number, name in enumerate(SCREENS, 1):
            tab = self._tab(number, name, width)
            at, size = width_of(left), width_of(tab)
            self.zone(at, size, f"show('{name}')")
            if name == self.current:
                start, length = at, size + 1
            left += [*tab, ("  " if wide else " ", "")]
        right: Line = []
        if self.new:
            right = [(f"{figure(self.new)} new", "bold accent")]
            right.append(("  g shows " if width >= 110 else " ", "muted"))
        rule: Line = [
            (glyphs.rule * start, "hairline"),
            (glyphs.heavy * length, "primary"),
            (glyphs.rule * (width - start - length), "hairline"),
        ]
        return [ends(width, left, right), rule]

    def _tab(self, number: int, name: str, width: int) -> Line:
        on = name == self.current
        tab: Line = [(f" {number}", "muted" if on else "faint")]
        if on or width >= NARROW:
            tab.append((f" {TITLES[name]}", "bold foreground" if on else "muted"))
        if name == "curate" and self.inbox:
            tab.append((f" {figure(self.inbox)}", "accent"))
        return tab


class StatusLine(Bar):
    """Left: a message, the marks or the position. Right: what the machine does."""

    DEFAULT_CSS = "StatusLine { height: 1; }"
    GROUND = "surface"

    def __init__(self) -> None:
        super().__init__(id="status")
        self.left: Sequence[Span] = ()
        self.right: Sequence[Span] = ()

    def update(self, left: Sequence[Span], right: Sequence[Span]) -> None:
        """Take another content."""
        if (self.left, self.right) != (left, right):
            self.left, self.right = left, right
            self.refresh()

    def lines(self, width: int) -> list[Line]:
        """One line; the message wins where both do not fit."""
        self._zones.clear()
        right = list(self.right)
        if width_of(self.left) + width_of(right) + 4 > width:
            right = clip(right, max(0, width - width_of(self.left) - 4))
            right = right if width_of(right) > 8 else []
        if right:
            start = width - width_of(right) - 1
            self.zone(start, width_of(right), "faults")
        return [ends(width, [(" ", ""), *self.left], [*right, (" ", "")])]


class KeyBar(Bar):
    """The keys that work now, most useful first; clickable."""

    DEFAULT_CSS = "KeyBar { height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self.keys: Sequence[Key] = ()
        self.off: frozenset[str] = frozenset()
        self.count = 0

    def update(self, keys: Sequence[Key], off: frozenset[str], count: int) -> None:
        """Take other keys.

        Args:
            off: names of actions that say why not when pressed.
            count: marked rows; the acts name it.
        """
        if (self.keys, self.off, self.count) != (keys, off, count):
            self.keys, self.off, self.count = keys, off, count
            self.refresh()

    def lines(self, width: int) -> list[Line]:
        """One line; what does not fit goes from the right, the help stays."""
        self._zones.clear()
        line: Line = [(" ", "")]
        at = 1
        *most, last = [self._entry(key) for key in self.keys] or [[]]
        kept = width_of(last)
        for number, entry in enumerate([*most, last]):
            size = width_of(entry)
            if number < len(most) and at + size + kept > width:
                continue
            if entry:
                self.zone(at, size - 3, self.keys[number].action)
            line += entry
            at += size
        return [clip(line, width)]

    def fitted(self, width: int) -> Line:
        """As many of the keys as ``width`` has room for, the help among them."""
        *most, last = [self._entry(key) for key in self.keys] or [[]]
        line: Line = []
        for entry in most:
            if width_of(line) + width_of(entry) + width_of(last) <= width:
                line += entry
        return [*line, *last]

    def _entry(self, key: Key) -> Line:
        off = key.action in self.off
        counted = self.count and key.action in ("keep", "pin", "exclude", "prune")
        label = f"{key.label} {figure(self.count)}" if counted else key.label
        return [
            (key.shown, "faint" if off else "bold primary"),
            (f" {label}   ", "faint" if off else "muted"),
        ]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the tabs inside a screen."""

    name: str
    title: str
    count: int | None = None
    loud: bool = False
    """Its count asks for the person."""
    short: str = ""
    """What stands for the title where there is no room for all of them."""


class SubTabs(Bar):
    """Tabs inside a screen: the open one is bold and underlined."""

    DEFAULT_CSS = "SubTabs { height: 1; }"

    def __init__(self, tabs: Sequence[Tab], current: str) -> None:
        super().__init__()
        self.tabs = tuple(tabs)
        self.current = current
        self.right: Sequence[Span] = ()

    def update(
        self, tabs: Sequence[Tab], current: str, right: Sequence[Span] = ()
    ) -> None:
        """Take other counts or another open tab."""
        self.tabs, self.current, self.right = tuple(tabs), current, right
        self.refresh()

    def lines(self, width: int) -> list[Line]:
        """One line of tabs; without room gaps, noughts and letters go."""
        gap = 3 if width >= WIDE else 2
        fullest = (gap, False, False)
        for shape in (fullest, (1, False, False), (1, True, False), (1, True, True)):
            line = self._line(*shape)
            if width_of(line) + width_of(self.right) <= width:
                break
        right = list(self.right)
        while right and width_of(line) + width_of(right) > width:
            right.pop()
        return [ends(width, line, right)]

    def _line(self, gap: int, no_noughts: bool, short: bool) -> Line:
        self._zones.clear()
        line: Line = [(" ", "")]
        for number, tab in enumerate(self.tabs):
            on = tab.name == self.current
            line += [(" " * gap, "")] if number else []
            start = width_of(line)
            title = tab.short if short and tab.short and not on else tab.title
            line.append((title, "bold underline foreground" if on else "muted"))
            if tab.count is not None and not (no_noughts and not tab.count and not on):
                role = "accent" if on or (tab.loud and tab.count) else "faint"
                line.append((f" {figure(tab.count)}", role))
            self.zone(start, width_of(line) - start, f"tab('{tab.name}')")
        return line
