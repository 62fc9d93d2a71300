"""Timeline: days and sessions as headers, one line per memory, detail beside it."""

from collections.abc import Hashable, Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from memtui.model import Memory
from memtui.search.grammar import EVERYTHING, Query
from memtui.store.queries import Anchor, Group, StoreView, View, Zone, local_zone
from memtui.tui.actions import bindings
from memtui.tui.desk import Desk
from memtui.tui.format import figure, memories
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.screens import opening
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import FilteringScreen, nothing_matches
from memtui.tui.screens.memories import MemoriesScreen
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.memory_list import HEAD_OF_DAY, HEAD_OF_FIRST_DAY
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.sections import Section, Sections

PAGE: Final = 2_000
"""Rows of one session and day that are read at once."""


HIDDEN: Final[list[Line]] = [
    [
        ("Everything here is excluded, superseded or in the trash.  ", ""),
        (".", "bold primary"),
        (" shows what is hidden", "muted"),
    ]
]


class TimelineScreen(FilteringScreen, MemoriesScreen):
    """Everything in the scope, newest first."""

    NAME = "timeline"
    BINDINGS: ClassVar[list[BindingType]] = bindings("timeline")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self._query = Query()
        self._view = View()
        self._zone = Zone()
        self._groups: list[Group] = []
        self._seen: dict[Hashable, int] = {}
        self._seen_newest = 0
        self._came_from: int | None = None
        self.counting = False
        """The first window is shown, the rest is not counted yet."""

    def heading(self) -> Iterable[Widget]:
        """The scope line."""
        return (self.scope_line,) if self.scope_line else ()

    def on_mount(self) -> None:
        """Rows that were read ahead are in the first paint."""
        newest, self.desk.newest = self.desk.newest, None
        if newest:
            self._zone = local_zone(look_of(self).now())
            self._show_first(newest)

    async def read(self) -> None:
        """Headers, then the rows in sight, then both are shown at once."""
        assert self.scope_line is not None
        query, view = self.scope_line.query_now, self.desk.view
        self._zone = zone = local_zone(look_of(self).now())
        if not self._groups and not self.list.count:
            newest = await self.desk.lists.read(
                lambda v: v.memories(query, view, limit=opening.NEWEST)
            )
            self._show_first(newest)
        groups = await self.desk.lists.read(lambda v: v.groups(query, view, zone=zone))
        groups.sort(key=lambda g: (g.day, g.newest_at), reverse=True)
        sections = sections_of(groups)
        window = self.list.window_for(sections)
        rows = await self.desk.lists.read(
            lambda v: _rows(v, query, view, groups, Sections(sections), window, zone)
        )
        self._query, self._view, self._groups = query, view, groups
        self.counting = False
        all_hidden = not groups and await self._hides_all()
        self.list.note = HIDDEN if all_hidden else self._note()
        self.list.show(sections, rows, first=window[0])
        self._notice_new()
        count = memories(self.list.count)
        self.scope_line.say(f"{self.desk.scope_words}, newest first", count)
        if not self.list.count:
            self.detail.show(None)

    async def _hides_all(self) -> bool:
        """Nothing is asked for, and nothing shown, though something is known."""
        if self.query_now.text.strip():
            return False
        known = View.everything().within(self.desk.view.project)
        return bool(
            await self.desk.lists.read(lambda v: v.count(EVERYTHING, known, cap=1))
        )

    def _show_first(self, newest: Sequence[Memory]) -> None:
        """The first window before anything is counted: a large store takes a while."""
        groups, rows = grouped(newest, self._zone)
        self.counting = len(newest) == opening.NEWEST
        if self.scope_line is not None:
            self.scope_line.say(f"{self.desk.scope_words}, newest first", "")
        self.list.show(sections_of(groups), rows)

    def _note(self) -> list[Line]:
        assert self.scope_line is not None
        query = self.scope_line.query_now
        if query.text.strip():
            lines = [nothing_matches(query)]
            if query.has_text or query.patterns:
                key = ("enter", "bold primary")
                lines.append([key, (" searches what was said, too", "muted")])
            return lines
        if self.desk.machine.reading:
            return [[("Reading starts in a moment. Newest sessions first.", "")]]
        if self.desk.project is not None:
            return [
                [
                    (f"Nothing is known about {self.desk.project.name} yet.  ", ""),
                    ("P", "bold primary"),
                    (" shows other projects", "muted"),
                ]
            ]
        return [
            [
                ("Nothing was read yet.  ", ""),
                (":", "bold primary"),
                (" sync now", "muted"),
            ]
        ]

    def action_open(self) -> None:
        """The detail; where nothing matches: the same words in all that was said."""
        query = self.query_now
        if not self.list.count and (query.has_text or query.patterns):
            self.leap("search", query.text)
        else:
            super().action_open()

    # Rows that come into sight ------------------------------------------------------

    @on(LineList.WindowNeeded)
    def _window_needed(self, event: LineList.WindowNeeded) -> None:
        event.stop()
        self._read_window(event.first, event.last)

    @work(exclusive=True, group="window")
    @calm
    async def _read_window(self, first: int, last: int) -> None:
        query, view, groups = self._query, self._view, self._groups
        sections, zone = self.list.sections, self._zone
        rows = await self.desk.lists.read(
            lambda v: _rows(v, query, view, groups, sections, (first, last), zone)
        )
        if sections is self.list.sections:
            self.list.fill(first, rows)

    # What is new --------------------------------------------------------------------

    def _notice_new(self) -> None:
        """Rows above what the person has seen are counted, never jumped to."""
        if not self._seen or self._at_top():
            self._see_all()

    def _at_top(self) -> bool:
        return self.list.scroll_offset.y == 0

    def _see_all(self) -> None:
        self._seen = {one.key: one.rows for one in self.list.sections.all}
        self._seen_newest = max((g.newest_at for g in self._groups), default=0)

    def new_rows(self) -> int:
        """Rows newer than what the person has seen."""
        return sum(
            max(0, g.count - self._seen.get((g.session, g.day), 0))
            for g in self._groups
            if g.newest_at > self._seen_newest
        )

    def action_first(self) -> None:
        """The top and what is new; again: back to where the cursor was."""
        if self.pane is not self.list:
            super().action_first()
        elif self.list.cursor == 0 and self._at_top() and self._came_from is not None:
            self.list.move_to(self._came_from)
            self._came_from = None
        else:
            self._came_from = self.list.cursor or None
            self.list.action_first()
            self._see_all()
        self.refresh_frame()

    def position(self) -> Line:
        """``2 of 18,311``, counting while the reading goes on."""
        if not self.list.count:
            return []
        total = "counting" if self.counting else f"of {figure(self.list.count)}"
        return [
            (figure(self.list.cursor + 1), "bold foreground"),
            (f" {total}", "muted"),
        ]


def grouped(newest: Sequence[Memory], zone: Zone) -> tuple[list[Group], list[Memory]]:
    """Groups of these rows alone, and the rows in the order of their groups."""
    members: dict[tuple[int, str], list[Memory]] = {}
    for row in newest:
        members.setdefault((zone.day_of(row.at), row.session), []).append(row)
    groups = [
        Group(
            session=session, title=rows[0].session_title, agent=rows[0].agent,
            branch=rows[0].branch, project=rows[0].project, day=day,
            count=len(rows), newest_at=rows[0].at,
        )
        for (day, session), rows in members.items()
    ]  # fmt: skip
    return groups, [row for rows in members.values() for row in rows]


def sections_of(groups: Sequence[Group]) -> list[Section]:
    """Days and sessions as sections: the first session of a day carries its rule."""
    sections: list[Section] = []
    day = None
    for group in groups:
        lines = 1
        if group.day != day:
            day, lines = group.day, HEAD_OF_DAY if sections else HEAD_OF_FIRST_DAY
        sections.append(Section((group.session, group.day), group, lines, group.count))
    return sections


def _rows(
    view: StoreView,
    query: Query,
    shown: View,
    groups: Sequence[Group],
    sections: Sections,
    window: tuple[int, int],
    zone: Zone,
) -> list[Memory]:
    """Rows ``window[0]`` and on, whole sections as far as the window reaches."""
    if not groups:
        return []
    first, last = window
    rows: list[Memory] = []
    for number in range(sections.section_of(first), sections.section_of(last) + 1):
        start = sections.first_of(number)
        skip = max(0, first - start)
        wanted = min(groups[number].count, last - start + 1)
        found = _group_rows(view, query, shown, groups[number], wanted, zone)
        rows += found[skip:]
    return rows


def _group_rows(
    view: StoreView, query: Query, shown: View, group: Group, wanted: int, zone: Zone
) -> list[Memory]:
    rows: list[Memory] = []
    before: Anchor | None = None
    while len(rows) < wanted:
        limit = min(PAGE, wanted - len(rows))
        page = view.group_memories(
            query, shown, group, zone=zone, before=before, limit=limit
        )
        rows += page
        if len(page) < limit:
            break
        before = Anchor.of(page[-1])
    return rows
