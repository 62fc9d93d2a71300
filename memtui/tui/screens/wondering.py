"""What one asks a search: was it spelt right, why is this here, what is like it."""

import asyncio
from time import monotonic
from typing import Final

from textual import events, work
from textual.timer import Timer

from memtui.errors import MemtuiError
from memtui.paths import store_path
from memtui.search.grammar import Query
from memtui.search.meaning import BATCH, Embedder
from memtui.store.search.vectors import Vectors
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

AHEAD: Final = 512
"""Texts that are read ahead of the model."""
PAUSE_S: Final = 2.0
"""Without a key for so long vectors are made, a few at a time."""


class WonderingScreen(FilteringScreen):
    """A screen with finds: near words are offered, ``W`` says why."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.hits = HitList(id="list")
        self.facet_line = FacetLine()
        self._query = Query()
        self._meant: dict[str, list[str]] = {}
        self.embedder: Embedder | None = None
        """Loaded while one searches by meaning."""
        self._touched = 0.0
        self._embedded = -1
        """The state of the store of which everything has a vector."""
        self._embedding: Timer | None = None

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
        embedder = self.embedder
        if query.is_empty:
            self.say("Nothing is looked for. / takes the words")
            return
        found, told = await self.desk.details.read(
            lambda v: v.explained(query, view, limit=MOST, embedder=embedder)
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

    # By meaning ---------------------------------------------------------------------

    @work(exclusive=True, group="meaning")
    @calm
    async def action_meaning(self) -> None:
        """Search by meaning too, or by words alone again."""
        if self.embedder is not None:
            self.embedder = None
            if self._embedding is not None:
                self._embedding.stop()
            self.say("By words alone again.")
            self.reload()
            return
        try:
            self.embedder = await asyncio.to_thread(Embedder)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        self._embedding = self.set_interval(PAUSE_S, self._embed_when_idle)
        self.say("By meaning too; what has no vector yet gets one while you rest.")
        self.reload()

    def on_key(self, event: events.Key) -> None:
        """Nothing is embedded while somebody types."""
        self._touched = event.time

    def _embed_when_idle(self) -> None:
        news = self._embedded != self.desk.version
        if news and self._is_idle and self._embedding is not None:
            self._embedding.pause()
            self._embed_some()

    @property
    def _is_idle(self) -> bool:
        rests = monotonic() - self._touched > PAUSE_S
        return rests and not self.desk.machine.reading

    @work(exclusive=True, group="embedding")
    @calm
    async def _embed_some(self) -> None:
        """Vectors for what has none, a few at a time, until a key is pressed."""
        version = self.desk.version
        embedder, vectors = self.embedder, Vectors(store_path(self.desk.data))
        if embedder is None:
            return
        wanted = await asyncio.to_thread(vectors.missing, AHEAD)
        while wanted and self._is_idle and embedder is self.embedder:
            some, wanted = wanted[:BATCH], wanted[BATCH:]
            made = await asyncio.to_thread(embedder.embed, [one.text for one in some])
            await asyncio.to_thread(vectors.put, zip(some, made, strict=True))
            wanted = wanted or await asyncio.to_thread(vectors.missing, AHEAD)
        if not wanted:
            self._embedded = version
        if self._embedding is not None:
            self._embedding.resume()
