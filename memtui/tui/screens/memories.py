"""A list of memories with its detail beside it: what timeline and curate share."""

from collections.abc import Sequence

from textual import on, work
from textual.widget import Widget

from memtui.errors import MemtuiError, NotFound
from memtui.masking import safe_line
from memtui.model import Memory
from memtui.search.grammar import EVERYTHING, Query
from memtui.settings import Settings
from memtui.store.curate.frozen import BY_HAND
from memtui.store.queries import StoreView
from memtui.tui.desk import Desk
from memtui.tui.format import figure, memories
from memtui.tui.late import details, editor, facets, known, texts
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.rest import Rest
from memtui.tui.screens.acting import ActingScreen
from memtui.tui.screens.calm import calm
from memtui.tui.widgets.facet_rail import FacetRail
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.memory_list import MemoryList
from memtui.tui.widgets.text_pane import TextPane


class MemoriesScreen(ActingScreen):
    """Rows at the left, the memory under the cursor at the right."""

    FLAT = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list = MemoryList(flat=self.FLAT, id="list")
        self.detail = TextPane(id="detail")
        self.facet_rail = FacetRail(id="rail")
        self.rest = Rest()

    def rail(self) -> Widget | None:
        """Facets, where there is room for them."""
        return self.facet_rail

    @work(exclusive=True, group="rail")
    @calm
    async def fill_rail(self) -> None:
        """Count what would narrow the list; only where it is shown."""
        if not self.facet_rail.display:
            return
        query, view, now = self.query_now, self.counted_view, look_of(self).now()
        types = tuple(self.desk.settings.types)
        found = await self.desk.details.read(
            lambda v: facets.facets_of(v, query, view, types, now)
        )
        self.facet_rail.take(found)

    async def reread(self) -> None:
        """Read the list, then the rail."""
        await super().reread()
        self.fill_rail()

    def panes(self) -> Sequence[Widget]:
        """The list and the detail."""
        return (self.list, self.detail)

    def memory(self) -> Memory | None:
        """The memory under the cursor."""
        return self.list.current

    def chosen(self) -> tuple[str, ...]:
        """The marked ones, else the one under the cursor."""
        return self.list.targets

    def rows_of(self, ids: Sequence[str]) -> list[Memory]:
        """Those that are known here."""
        wanted = set(ids)
        return [row for row in self.list.known() if row.id in wanted]

    def go_back_to(self, ids: Sequence[str]) -> None:
        """The cursor goes to what an act that was taken back was about."""
        self.list.back_to = next(iter(ids), None)

    def unmark(self) -> None:
        """Forget the marks."""
        self.list.clear_marks()

    def position(self) -> Line:
        """``2 of 18,311``."""
        count = self.list.count
        if not count:
            return []
        return [
            (figure(self.list.cursor + 1), "bold foreground"),
            (f" of {figure(count)}", "muted"),
        ]

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        event.stop()
        if event.list is self.list:
            self.refresh_frame()
            if self.rest.moved_at or self.detail.on_top is not None:
                self.show_detail()
            else:  # the rows first, and what a detail imports on its lane
                self.call_after_refresh(self._show_first_detail)

    @on(LineList.Marked)
    def _marked(self, event: LineList.Marked) -> None:
        event.stop()
        self.refresh_frame()

    @on(LineList.Opened)
    def _opened(self, event: LineList.Opened) -> None:
        event.stop()
        if event.list is self.facet_rail:
            self._take_facet()
        else:
            self.action_open()

    def _take_facet(self) -> None:
        """The facet under the rail's cursor becomes a chip."""
        facet = self.facet_rail.current
        if facet is not None and self.scope_line is not None:
            text = f"{self.scope_line.text.rstrip()} {facet.query}".strip()
            self.scope_line.set_text(text + " ")

    def show_detail(self) -> None:
        """The row at once; its turn when the lane has it."""
        memory = self.memory()
        if memory is None:
            self.detail.show(None)
            return
        self.desk.looked_at = memory.project or self.desk.looked_at
        if not self.rest.move():
            self._draw_detail(_at_once(memory))
        if (self.wide or self.reading_whole) and not self.rest.awaited:
            self._read_detail()

    def _show_first_detail(self) -> None:
        if (memory := self.memory()) is None or self.rest.moved_at:
            self.show_detail()
            return
        self.desk.looked_at = memory.project or self.desk.looked_at
        if self.wide or self.reading_whole:
            self._read_detail()

    def _draw_detail(self, detail: "details.Detail") -> None:
        look = look_of(self)
        self.detail.show(
            lambda width: details.lines_of(detail, width, look), about=detail.memory.id
        )

    @work(exclusive=True, group="detail")
    @calm
    async def _read_detail(self) -> None:
        await self.rest.come()
        memory = self.memory()
        if memory is None:
            return
        if self.rest.moved_at and self.detail.on_top != memory.id:  # its key was held
            self._draw_detail(_at_once(memory))
        settings = self.desk.settings
        try:
            detail = await self.desk.details.read(
                lambda view: _detail_of(view, settings, memory)
            )
        except MemtuiError:
            return  # the list says what is wrong with the store
        if (now := self.memory()) and now.id == memory.id:  # else others came meanwhile
            self._draw_detail(detail)

    def action_open(self) -> None:
        """The detail: focused beside the list, or as the whole body."""
        if self.focused is self.facet_rail:
            self._take_facet()
            return
        if self.memory() is None:
            self.try_again()
            return
        self.open_reading()
        self.show_detail()

    def action_turn(self) -> None:
        """The turn that the memory came from."""
        memory = self.memory()
        if memory is None or not memory.evidence:
            is_by_hand = memory is None or memory.rule == BY_HAND
            came = "was added by hand" if is_by_hand else "came without one"
            self.say(f"It has no turn: it {came}.")
            return
        self._open_turn(memory)

    @work
    @calm
    async def _open_turn(self, memory: Memory) -> None:
        evidence = memory.evidence[0]
        try:
            turn = await self.desk.details.read(lambda view: view.turn_of(evidence))
        except MemtuiError as error:
            self.say(error.message)
            return
        self.desk.jump = (turn.session, turn.number, evidence.record)
        self.leap("sessions")

    @work
    @calm
    async def action_related(self) -> None:
        """Open one of the memories that the detail names as related."""
        memory = self.memory()
        if memory is None:
            return
        found = await self.desk.details.read(lambda v: v.relations(memory))
        if not found:
            self.say("Nothing is related to this memory.")
            return
        offered = [(one.memory, one.kind.value) for one in found]
        await self.open_one_of("Related", offered, memories(len(found)))

    def action_mark(self) -> None:
        """Mark the row, go to the next."""
        self.list.action_mark()

    def action_mark_range(self) -> None:
        """Mark every row that the cursor passes."""
        self.list.action_mark_range()

    def action_mark_all(self) -> None:
        """Mark everything that the filter finds, read or not."""
        self._mark_found()

    @work
    @calm
    async def _mark_found(self) -> None:
        query, view = self.query_now, self.desk.view
        ids = await self.desk.details.read(lambda v: v.memory_ids(query, view))
        self.list.mark_all(ids)
        self.say(f"{memories(len(ids))} marked.  esc clears marks")

    @property
    def query_now(self) -> Query:
        """The filter as understood."""
        return self.scope_line.query_now if self.scope_line is not None else EVERYTHING

    @work
    @calm
    async def action_add(self) -> None:
        """A memory by hand."""
        memory = self.memory()
        project = self.desk.project or (memory.project if memory else None)
        await self.add_by_hand(project)

    def action_resume(self) -> None:
        """Go on with the session that it came from."""
        memory = self.memory()
        if memory is not None:
            folder = memory.project.path if memory.project else ""
            self.resume_session(memory.agent, memory.session, folder)

    @work
    @calm
    async def action_rename(self) -> None:
        """Say what the session that it came from is called."""
        memory = self.memory()
        if memory is not None:
            await self.rename_session(memory.session)

    def action_page(self) -> None:
        """The memory in the person's pager."""
        rows = self.rows_of(self.chosen())
        if not rows:
            self.say("No memory is under the cursor.")
            return
        full = "\n\n".join(texts.as_full_text(row) for row in rows)
        try:
            editor.page_text(self.app, full)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())


def _at_once(memory: Memory) -> "details.Detail":
    return details.Detail(memory=memory, because=known.because(memory))


def _detail_of(view: StoreView, settings: Settings, memory: Memory) -> "details.Detail":
    because = safe_line(view.proposed_because(memory)) or known.because(memory)
    return details.Detail(
        memory=memory, evidence=_evidence(view, memory), because=because,
        place=known.place_of(view, settings, memory),
        told=view.feedback(memory).told, commits=view.commits(memory),
        related=view.relations(memory),
    )  # fmt: skip


def _evidence(view: StoreView, memory: Memory) -> "list[details.Shown]":
    found = []
    for piece in memory.evidence[:3]:
        try:
            found.append(details.Shown(piece, view.turn_of(piece)))
        except NotFound:  # its session was purged; the quote stays
            found.append(details.Shown(piece, None))
    return found + [details.Shown(piece, None) for piece in memory.evidence[3:]]
