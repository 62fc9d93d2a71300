"""Search: the query as typed, memories and turns in one list, the turn beside it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from memtui.errors import MemtuiError
from memtui.model import Memory, State
from memtui.search.grammar import Query
from memtui.search.marks import snippet
from memtui.store.queries import Hit, HitKind, StoreView, View
from memtui.tui.actions import bindings
from memtui.tui.desk import Desk
from memtui.tui.format import figure, memories, plural
from memtui.tui.known import because
from memtui.tui.lines import Line, ends
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.screens.memories import MemoriesScreen
from memtui.tui.widgets.detail import Detail, lines_of
from memtui.tui.widgets.frame import WIDE, Bar
from memtui.tui.widgets.hit_list import HitList
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.sections import Section
from memtui.tui.widgets.turn_pane import TurnView, turn_view_lines

MOST: Final = 200
IDLE_S: Final = 0.3
"""After this long without a key, the best come first instead of the newest."""


class FacetLine(Bar):
    """Five facets with counts that would narrow; a click adds one."""

    DEFAULT_CSS = "FacetLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="facets")
        self.facets: Sequence[tuple[str, str, int]] = ()

    def lines(self, width: int) -> list[Line]:
        """One line."""
        self._zones.clear()
        if not self.facets:
            return [[]]
        line: Line = [("   narrow ", "faint")]
        at = 10
        for field, name, count in self.facets[: 6 if width >= WIDE else 4]:
            text = f"  {name}"
            self.zone(at + 2, len(name), f"narrow('{field}')")
            line += [(text, "muted"), (f" {figure(count)}", "faint")]
            at += len(text) + len(figure(count)) + 1
        return [ends(width, line, [("f more ", "faint")])]


class SearchScreen(FilteringScreen, MemoriesScreen):
    """Everything that was said and remembered."""

    NAME = "search"
    BINDINGS: ClassVar[list[BindingType]] = bindings("search")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.hits = HitList(id="list")
        self.facet_line = FacetLine()
        self.newest_first = False
        self._typing = False
        self._idle: Timer | None = None
        self._query = Query()

    def heading(self) -> Iterable[Widget]:
        """The query, then what would narrow it."""
        return (self.scope_line, self.facet_line) if self.scope_line else ()

    def panes(self) -> Sequence[Widget]:
        """The finds and the turn."""
        return (self.hits, self.detail)

    def on_mount(self) -> None:
        """The query is what one comes here for."""
        super().on_mount()
        if self.scope_line is not None and not self.scope_line.text:
            self.call_after_refresh(self.scope_line.edit, untouched=True)

    def on_screen_resume(self) -> None:
        """Coming here again: an empty query is as untouched as the first time."""
        if self.scope_line is not None and self.scope_line.editing:
            self.scope_line.edit(untouched=True)

    def fit(self) -> None:
        """The facets go where the terminal is low."""
        super().fit()
        self.facet_line.display = self.app.size.height >= 20

    # Reading ------------------------------------------------------------------------

    async def read(self) -> None:
        """Newest first while typing, best first after a pause."""
        assert self.scope_line is not None
        query, view = self.scope_line.query_now, self.desk.view
        by_time = self._typing or self.newest_first
        found = await self.desk.lists.read(
            lambda v: _hits(v, query, view, by_time=by_time)
        )
        if self.newest_first:
            found.sort(key=lambda hit: -hit.at)
        self._query = self.hits.sought = query
        self.hits.note = self._note(query)
        untouched = self.hits.cursor == 0
        self.hits.show([Section("hits", None, 0, len(found))] if found else [], found)
        if query.text != self.hits.told_for or untouched:
            self.hits.told_for = query.text
            self.hits.move_to(0)
        self.facet_line.facets = _facets(found)
        self.facet_line.refresh()
        self.scope_line.say(
            'words, "a phrase", -not, type: project: since:', _counted(found)
        )
        if not found:
            self.detail.show(None)

    @on(ScopeLine.Changed)
    def _query_changed(self, event: ScopeLine.Changed) -> None:
        event.stop()
        self.desk.queries[self.NAME] = event.text
        self._typing = self.scope_line is not None and self.scope_line.editing
        self.reload()
        if not self._typing:
            return
        if self._idle is not None:
            self._idle.stop()
        self._idle = self.set_timer(IDLE_S, self._typed)

    def _typed(self) -> None:
        if self._typing:
            self._typing = False
            self.reload()

    def _note(self, query: Query) -> list[Line]:
        if query.is_empty:
            return [[("Type to search memories and turns.", "muted")]]
        return [
            [
                (f"Nothing matches {query.text.strip()}.  ", ""),
                ("backspace", "bold primary"),
                (" drops the last chip", "muted"),
            ]
        ]

    # What an act means --------------------------------------------------------------

    def memory(self) -> Memory | None:
        """The memory under the cursor, where it is one."""
        hit = self.hits.current
        return hit.memory if hit else None

    def chosen(self) -> tuple[str, ...]:
        """Memories alone can be decided about."""
        return self.hits.targets

    def rows_of(self, ids: Sequence[str]) -> list[Memory]:
        """Those that are known here."""
        wanted = set(ids)
        found = (hit.memory for hit in self.hits.known())
        return [
            memory for memory in found if memory is not None and memory.id in wanted
        ]

    def unmark(self) -> None:
        """Forget the marks."""
        self.hits.clear_marks()

    def why_not(self, action: str) -> str:
        """A turn cannot be decided about."""
        hit = self.hits.current
        acts = ("keep", "pin", "exclude", "prune", "edit", "retype")
        if action in acts and hit is not None and hit.memory is None:
            return "This is a turn. o shows the memories made from it"
        return ""

    def position(self) -> Line:
        """``3 of 227``, and the order."""
        count = self.hits.count
        if not count:
            return []
        order = "newest first" if self.newest_first or self._typing else "best first"
        return [
            (figure(self.hits.cursor + 1), "bold foreground"),
            (f" of {figure(count)}   {order}", "muted"),
        ]

    # Detail -------------------------------------------------------------------------

    @on(LineList.Moved)
    def _hit_moved(self, event: LineList.Moved) -> None:
        event.stop()
        self.refresh_frame()
        self.show_detail()

    def show_detail(self) -> None:
        """The memory, or the turn between its neighbours."""
        hit = self.hits.current
        if hit is None:
            self.detail.show(None)
        elif hit.memory is not None:
            memory, look = hit.memory, look_of(self)
            self.desk.looked_at = memory.project or self.desk.looked_at
            self.detail.show(
                lambda width: lines_of(
                    Detail(memory=memory, because=because(memory)), width, look
                ),
                about=memory.id,
            )
            if self.wide or self.reading_whole:
                self._read_detail(memory)
        else:
            self._read_turn(hit)

    @work(exclusive=True, group="detail")
    @calm
    async def _read_turn(self, hit: Hit) -> None:
        number = hit.turn or 0
        try:
            turns = await self.desk.details.read(
                lambda v: v.turns(hit.session, around=number, limit=3)
            )
        except MemtuiError:
            return
        view = TurnView(hit=hit, turns=turns, number=number)
        look, query = look_of(self), self._query
        self.detail.show(
            lambda width: turn_view_lines(view, width, look, query),
            about=self.hits.id_of(hit),
        )

    def action_open(self) -> None:
        """Enter lands on the matching turn."""
        if self.hits.current is not None or not self.try_again():
            self.action_turn()

    def action_turn(self) -> None:
        """The turn in its session."""
        hit = self.hits.current
        if hit is None:
            return
        if hit.memory is not None:
            super().action_turn()
            return
        record = hit.record.native_id if hit.record else ""
        self.desk.jump = (hit.session, hit.turn or 0, record)
        self.leap("sessions")

    def action_next_hit(self) -> None:
        """The next find."""
        self.hits.action_cursor_down()

    def action_previous_hit(self) -> None:
        """The find before."""
        self.hits.action_cursor_up()

    def action_order(self) -> None:
        """Best first or newest first."""
        self.newest_first = not self.newest_first
        self.reload()

    def action_narrow(self, field: str) -> None:
        """Add a facet to the query."""
        assert self.scope_line is not None
        self.scope_line.set_text(
            f"{self.scope_line.text.rstrip()} {field}".strip() + " "
        )

    def action_mark(self) -> None:
        """Mark the find, go to the next."""
        self.hits.action_mark()

    def action_mark_range(self) -> None:
        """Mark every find that the cursor passes."""
        self.hits.action_mark_range()

    def action_mark_all(self) -> None:
        """Mark all memories found."""
        found = [hit.memory.id for hit in self.hits.known() if hit.memory is not None]
        self.hits.mark_all(found)
        self.say(f"{memories(len(found))} marked.")


def _hits(view: StoreView, query: Query, shown: View, *, by_time: bool) -> list[Hit]:
    if query.is_empty:
        return []
    if query.patterns and not query.has_text:
        return view.search(query, shown, limit=MOST)
    if not query.has_text:
        rows = view.memories(query, shown, limit=MOST)
        return [_as_hit(row, query) for row in rows]
    if not by_time and (best := view.search(query, shown, limit=MOST)):
        return best
    # the beginning of a word finds it, however long one rests there
    return view.search_typing(query, shown, limit=MOST)


def _as_hit(memory: Memory, query: Query) -> Hit:
    return Hit(
        kind=HitKind.MEMORY,
        at=memory.at,
        score=0.0,
        session=memory.session,
        title=snippet(memory.title, query),
        snippet=snippet(memory.body, query),
        session_title=memory.session_title,
        memory=memory,
        project=memory.project.name if memory.project else "",
        agent=memory.agent or "",
    )


def _facets(found: Sequence[Hit]) -> list[tuple[str, str, int]]:
    """(query part, word, count), the most telling first."""
    types = Counter(hit.memory.type for hit in found if hit.memory is not None)
    kept = sum(
        1 for h in found if h.memory is not None and h.memory.state is State.KEPT
    )
    projects = Counter(hit.project for hit in found if hit.project)
    facets = [(f"type:{name}", name, count) for name, count in types.most_common(3)]
    if len(projects) > 1:
        facets += [(f"project:{n}", n, c) for n, c in projects.most_common(2)]
    if 0 < kept < len(found):
        facets.append(("is:kept", "is:kept", kept))
    return facets


def _counted(found: Sequence[Hit]) -> str:
    if not found:
        return ""
    remembered = sum(1 for hit in found if hit.memory is not None)
    more = "+" if len(found) >= MOST else ""
    turns = plural(len(found) - remembered, "turn")
    return f"{memories(remembered)}, {turns}{more}"
