"""What one asks a search: was it spelt right, and why does this stand here."""

from textual import work

from memtui.errors import MemtuiError
from memtui.search.grammar import Query
from memtui.tui.desk import Desk
from memtui.tui.format import figure
from memtui.tui.screens.calm import calm
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.screens.finding import (
    MOST,
    FacetLine,
    nothing_near,
    offered,
    why_lines,
    with_meant,
)
from memtui.tui.screens.sheet import Sheet
from memtui.tui.widgets.hit_list import HitList


class WonderingScreen(FilteringScreen):
    """A screen with finds: near words are offered, ``W`` says why."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.hits = HitList(id="list")
        self.facet_line = FacetLine()
        self._query = Query()
        self._meant: dict[str, list[str]] = {}

    @work(exclusive=True, group="meant")
    @calm
    async def _read_meant(self, query: Query) -> None:
        """Near words for one that stands nowhere: nothing waits for them."""
        try:
            meant = await self.desk.details.read(lambda v: v.did_you_mean(query))
        except MemtuiError:
            return  # the list says what is wrong with the store
        if query is not self._query or not meant:
            return
        self._meant = meant
        editing = self.scope_line is not None and self.scope_line.editing
        if self.hits.count:
            self.facet_line.offer = offered(meant, editing=editing)
            self.facet_line.refresh()
        else:
            self.hits.note = [nothing_near(query, meant)]
            self.hits.refresh()

    def action_right(self) -> None:
        """The pane to the right; while a near word is offered for a key: that word."""
        editing = self.scope_line is not None and self.scope_line.editing
        if self._meant and (editing or not self.hits.count):
            self.action_take_meant()
        else:
            super().action_right()

    def action_take_meant(self) -> None:
        """The near word instead of what stands nowhere."""
        if self.scope_line is not None and self._meant:
            self.scope_line.set_text(with_meant(self._query, self._meant))

    @work
    @calm
    async def action_explain(self) -> None:
        """Why the find under the cursor is there and stands where it stands."""
        query, view, hit = self._query, self.desk.view, self.hits.current
        if query.is_empty:
            self.say("Nothing is looked for. / takes the words")
            return
        found, told = await self.desk.details.read(
            lambda v: v.explained(query, view, limit=MOST)
        )
        ids = [self.hits.id_of(one) for one in found]
        key = self.hits.id_of(hit) if hit is not None else ""
        title, right, place = "What was looked for", "", None
        if key in ids:
            place = ids.index(key)
            title = "Why it is found"
            right = f"place {figure(place + 1)} of {figure(len(ids))}"
        await self.app.push_screen_wait(
            Sheet(title, lambda width: why_lines(told, place, width), right=right)
        )
