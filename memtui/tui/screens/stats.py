"""Stats: figures first, shapes beside them, nothing that needs colour to be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from memtui.model import Session
from memtui.store.queries import Anchor, Counts, StoreView, View
from memtui.tui import format as words
from memtui.tui.actions import bindings
from memtui.tui.clipboard import copy_words
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_WORDS, DAY_MS, figure, fit, local, memories, plural
from memtui.tui.glyphs import kind_of, word_of
from memtui.tui.lines import Line, ends
from memtui.tui.look import Look, look_of
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.widgets.detail import heading
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.text_pane import TextPane

WEEKS: Final = 26
SIDE_TERMINAL: Final = 56
"""Cells below which the figures stand closer."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the screen draws."""

    counts: Counts
    stats: dict[str, Any]
    types: Sequence[tuple[str, int]]
    turns: dict[tuple[int, int], int]
    """Turns by (week from the left, weekday)."""
    last: dict[str, int]
    """When each agent was last active."""
    sessions: int
    gone: int
    """Sessions whose file is gone."""


class StatsScreen(FilteringScreen):
    """What there is, what was decided, how the reading does."""

    NAME = "stats"
    BINDINGS: ClassVar[list[BindingType]] = bindings("stats")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.left = TextPane(id="list")
        self.left.edge = False
        self.right = TextPane(id="detail")
        self.figures: Figures | None = None

    def heading(self) -> Iterable[Widget]:
        """The scope line."""
        return (self.scope_line,) if self.scope_line else ()

    def panes(self) -> Sequence[Widget]:
        """Two halves, or one column."""
        return (self.left, self.right)

    def first_width(self, width: int) -> int:
        """Two halves."""
        return width // 2

    def fit(self) -> None:
        """One column in a narrow terminal holds both halves."""
        super().fit()
        self._draw()

    async def read(self) -> None:
        """Count everything in the scope."""
        desk, now = self.desk, look_of(self).now()
        self.figures = await desk.lists.read(lambda view: _figures(view, desk, now))
        assert self.scope_line is not None
        total = memories(sum(count for _, count in self.figures.types))
        self.scope_line.say(
            f"{desk.scope_words}, last {WEEKS} weeks",
            f"{total}, {plural(self.figures.sessions, 'session')}",
        )
        self._draw()

    def _draw(self) -> None:
        figures = self.figures
        if figures is None or not self.is_mounted:
            return
        look = look_of(self)

        def left(width: int) -> list[Line]:
            lines = [
                [],
                *_heat(figures, width, look),
                [],
                *_types(figures, width, look),
            ]
            return lines if self.wide else [*lines, [], *_decided(figures, width, look)]

        self.left.show(left, about="stats")
        self.right.show(
            lambda width: [[], *_decided(figures, width, look)], about="stats"
        )

    def position(self) -> Line:
        """What people ask first."""
        return [("nothing here leaves this machine", "muted")]

    def action_open(self) -> None:
        """The figures lead to the timeline."""
        self.app.switch_mode("timeline")

    def action_copy(self) -> None:
        """Copy the figures as text."""
        self.say(copy_words(self.app, f"{self.left.text}\n\n{self.right.text}"))

    def action_filter(self) -> None:
        """There is nothing to filter here."""
        self.say("Figures have no filter. P chooses a project")


def _figures(view: StoreView, desk: Desk, now: int) -> Figures:
    sessions = list(_sessions(view, View(project=desk.project_id, hidden=True)))
    today = local(now).date()
    monday = today.toordinal() - today.weekday() - 7 * (WEEKS - 1)
    turns: Counter[tuple[int, int]] = Counter()
    last: dict[str, int] = {}
    for session in sessions:
        day = local(session.ended_at).date().toordinal() - monday
        if day >= 0:
            turns[divmod(day, 7)] += session.turns
        last[session.agent] = max(last.get(session.agent, 0), session.ended_at)
    types = []
    for name in desk.settings.types:
        from memtui.search.grammar import parse

        count = view.count(parse(f"type:{name}", now_ms=now), desk.view, cap=10_000_000)
        types.append((name, count))
    return Figures(
        counts=view.counts(desk.project_id, weights=desk.weights),
        stats=view.stats(),
        types=[pair for pair in types if pair[1]],
        turns=dict(turns),
        last=last,
        sessions=len(sessions),
        gone=sum(1 for s in sessions if s.source_gone),
    )


def _sessions(view: StoreView, shown: View) -> Iterable[Session]:
    before: Anchor | None = None
    while True:
        page = view.sessions(view=shown, before=before, limit=1_000)
        yield from page
        if len(page) < 1_000:
            return
        before = Anchor.of(page[-1])


def _heat(figures: Figures, width: int, look: Look) -> list[Line]:
    """A square per day, its size the number of turns."""
    weeks = min(WEEKS, (width - 5) // 2)
    skip = WEEKS - weeks
    most = max(figures.turns.values(), default=0)
    lines = [
        ends(
            width,
            [("Turns per day", "bold muted")],
            [(f"{weeks} weeks, local time", "faint")],
        )
    ]
    lines.append([("     " + _months(look.now(), weeks), "faint")])
    for weekday, name in enumerate(_DAYS):
        row = "".join(
            _level(figures.turns.get((week, weekday), 0), most, look) + " "
            for week in range(skip, WEEKS)
        )
        lines.append([(f"{name}  ", "faint"), (row.rstrip(), "primary")])
    marks = " ".join(look.glyphs.heat[1:])
    busiest = ""
    if most:
        week, weekday = max(figures.turns, key=lambda key: figures.turns[key])
        today = local(look.now())
        back = (WEEKS - 1 - week) * 7 + today.weekday() - weekday
        at = look.now() - back * DAY_MS
        busiest = f"    busiest {words.short_date(at, look.now())}, {figure(most)}"
    lines.append(
        [("     less ", "faint"), (marks, "primary"), (f" more{busiest}", "faint")]
    )
    return lines


def _level(count: int, most: int, look: Look) -> str:
    if not count:
        return look.glyphs.heat[0]
    return look.glyphs.heat[1 + min(3, count * 4 // (most + 1))]


def _months(now: int, weeks: int) -> str:
    line = [" "] * (weeks * 2)
    before = ""
    for week in range(weeks):
        name = local(now - (weeks - 1 - week) * 7 * DAY_MS).strftime("%b")
        if name != before and (week or before) and week * 2 + 3 <= len(line):
            line[week * 2 : week * 2 + 3] = name
        before = name
    return "".join(line).rstrip()


def _types(figures: Figures, width: int, look: Look) -> list[Line]:
    lines = [heading("Memories by type")]
    most = max((count for _, count in figures.types), default=1)
    for name, count in figures.types:
        kind = kind_of(name, look.types)
        bar = look.glyphs.heavy * max(1, round(count / most * (width - 22)))
        lines.append(
            [
                (f"{look.glyphs.of_type(kind)} ", kind.role),
                (fit(word_of(name, look.types), 10), "muted"),
                (fit(figure(count), 7, right=True) + "  ", ""),
                (bar, "primary"),
            ]
        )
    return lines


def _decided(figures: Figures, width: int, look: Look) -> list[Line]:
    counts, stats, now = figures.counts, figures.stats, look.now()
    lines = [
        heading("What was decided"),
        _row(width, "kept", figure(counts.kept), f"{figure(counts.pinned)} pinned"),
        _row(
            width,
            "in the inbox",
            figure(counts.inbox),
            f"{figure(counts.backlog)} in the backlog",
        ),
        _row(width, "pruned", figure(counts.trash), ""),
        _row(width, "excluded", figure(counts.excluded), ""),
        _row(width, "superseded", figure(counts.superseded), ""),
        [],
        heading("Agents"),
    ]
    for agent, name in AGENT_WORDS.items():
        known = stats["by_agent"].get(agent)
        if known is None and agent not in figures.last:
            continue
        last = figures.last.get(agent)
        note = f"sessions, last {words.age(last, now)} ago" if last else "sessions"
        lines.append(_row(width, name, figure((known or {}).get("sessions", 0)), note))
    read = stats["raw_bytes"]
    share = f"for {words.size(read)} read" if read else ""
    if 0 < stats["store_bytes"] < read:
        share += f", {100 * stats['store_bytes'] // read} %"
    faults = stats["faults"]
    lines += [
        [],
        heading("Storage and reading"),
        _row(width, "store", words.size(stats["store_bytes"]), share),
        _row(
            width,
            "records",
            figure(stats["records"]),
            f"in {plural(stats['projects'], 'project')}",
        ),
        _row(width, "only here now", figure(figures.gone), "their file is gone"),
        _row(
            width,
            "faults",
            figure(faults),
            "! lists them" if faults else "",
            "warning" if faults else "",
        ),
    ]
    return lines


def _row(width: int, name: str, value: str, note: str, role: str = "") -> Line:
    wide = width >= SIDE_TERMINAL
    return [
        (fit(name, 18 if wide else 13), "muted"),
        (fit(value, 9 if wide else 7, right=True), role),
        (f"{'   ' if wide else '  '}{note}", "faint"),
    ]
