"""Search: the query as typed, memories and turns in one list, the turn beside it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from memtui.errors import MemtuiError
from memtui.model import Memory
from memtui.search.grammar import Query
from memtui.store.queries import Hit
from memtui.tui.actions import bindings
from memtui.tui.desk import Desk
from memtui.tui.format import figure, memories
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import nothing_matches
from memtui.tui.screens.finding import (
    MOST,
    counted,
    facets_of_hits,
    hits_of,
    nothing_near,
)
from memtui.tui.screens.memories import MemoriesScreen
from memtui.tui.screens.wondering import WonderingScreen
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.scope_line import ScopeLine
from memtui.tui.widgets.sections import Section
from memtui.tui.widgets.turn_pane import TurnView, turn_view_lines

IDLE_S: Final = 0.3
"""After this long without a key, the best come first instead of the newest."""


class SearchScreen(WonderingScreen, MemoriesScreen):
    """Everything that was said and remembered."""

    NAME = "search"
    BINDINGS: ClassVar[list[BindingType]] = bindings("search")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self.newest_first = False
        self._typing = False
        self._idle: Timer | None = None

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
        embedder = self.embedder
        found = await self.desk.lists.read(
            lambda v: hits_of(v, query, view, embedder, by_time=by_time)
        )
        if self.newest_first:
            found.sort(key=lambda hit: -hit.at)
        self._query = self.hits.sought = query
        self._meant = {}
        self.hits.note = self._note(query)
        untouched = self.hits.cursor == 0
        self.hits.show([Section("hits", None, 0, len(found))] if found else [], found)
        if query.text != self.hits.told_for or untouched:
            self.hits.told_for = query.text
            self.hits.move_to(0)
        self.facet_line.facets = facets_of_hits(found)
        self.facet_line.is_capped = len(found) >= MOST
        self.facet_line.offer = ()
        self.facet_line.refresh()
        days = f" {self.desk.history_days} days back" if self.desk.history_days else ""
        said = f'words, "a phrase", -not, type: since: /regex/{days}'
        if query.patterns and (newest := await self.desk.lists.read(
            lambda v: v.newest_alone(query, view)
        )):  # fmt: skip
            said = f"in the newest {newest:,} records; words or dates look further"
        self.scope_line.say(said, counted(found))
        if not found:
            self.detail.show(None)
        if query.words and not (self._typing and found):
            self._read_meant(query)

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
        return [nothing_near(query, self._meant) or nothing_matches(query)]

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

    def go_back_to(self, ids: Sequence[str]) -> None:
        """Its finds stay where they are, whatever becomes of them."""

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
        if self.embedder is not None and order == "best first":
            order = "best first, by meaning too"
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
            super().show_detail()
        else:
            self._read_turn(hit, held=self.rest.move())

    @work(exclusive=True, group="detail")
    @calm
    async def _read_turn(self, hit: Hit, *, held: bool) -> None:
        if held:
            await self.rest.come()
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
            self.desk.sought = self._query.text
            super().action_turn()
            return
        record = hit.record.native_id if hit.record else ""
        self.desk.sought = self._query.text
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
