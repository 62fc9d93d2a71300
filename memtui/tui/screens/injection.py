"""Injection: the text that the next session reads, and what a person does to it."""

from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from memtui.clean import clean_line
from memtui.curate import Curator
from memtui.errors import MemtuiError
from memtui.inject.export import export_projects
from memtui.inject.values import Source
from memtui.install.plan import installed
from memtui.tui.actions import bindings
from memtui.tui.clipboard import copy_words
from memtui.tui.format import figure
from memtui.tui.lines import sentence
from memtui.tui.screens.told import SOURCES, ToldScreen
from memtui.tui.widgets.block_list import BlockList


class InjectionScreen(ToldScreen):
    """Exact text at the left, like blame its reasons at the right."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("injection")

    # Acts ---------------------------------------------------------------------------

    def action_tab(self, name: str) -> None:
        """Open a source."""
        self.source = Source(name)
        self.reload()

    def action_next_tab(self) -> None:
        """The source to the right."""
        at = SOURCES.index(self.source.value)
        self.action_tab(SOURCES[(at + 1) % len(SOURCES)])

    def action_previous_tab(self) -> None:
        """The source to the left."""
        at = SOURCES.index(self.source.value)
        self.action_tab(SOURCES[(at - 1) % len(SOURCES)])

    @work
    async def action_write(self) -> None:
        """Write what the hooks print."""
        data, settings, place = self.desk.data, self.desk.settings, self.place
        ids = [place.id] if place is not None else None
        told = self.injection.units if self.injection else 0

        def write(_: Curator) -> int:
            return len(export_projects(data, settings, ids))

        try:
            written = await self.desk.pen.act(write)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        name = clean_line(place.name) if place else "everywhere"
        if not self.desk.demo and not installed(data):
            said = "Exported, but no client reads it yet.  "
            self.say_line(sentence(said, ":", "install hook"))
        elif written:
            self.say(f"Exported {name}, {figure(told)} units.")
        else:
            self.say("Nothing changed since the last export.")
        self.reload()

    def action_diff(self) -> None:
        """The text; what differs from the export; what the last session was told."""
        offered = [
            "",
            *(["export"] if self.exported is not None else []),
            *(["delivery"] if self.delivered is not None else []),
        ]
        if len(offered) == 1:
            self.say("Nothing was exported yet. w exports")
            return
        at = offered.index(self.diff) if self.diff in offered else 0
        self.diff = offered[(at + 1) % len(offered)]
        self._show()

    def action_next_hit(self) -> None:
        """The next change."""
        self.list.step(+1, lambda part: bool(part.rank.strip()))

    def action_previous_hit(self) -> None:
        """The change before."""
        self.list.step(-1, lambda part: bool(part.rank.strip()))

    def action_pin_earlier(self) -> None:
        """Move the pin up."""
        self._reorder(-1)

    def action_pin_later(self) -> None:
        """Move the pin down."""
        self._reorder(+1)

    def _reorder(self, step: int) -> None:
        memory = self.memory()
        if memory is None or not memory.pinned or self.injection is None:
            self.say("Only pins have an order. p pins")
            return
        pins = [
            i.memory.id for i in self.injection.items if i.memory and i.memory.pinned
        ]
        at = pins.index(memory.id) if memory.id in pins else -1
        if at < 0 or not 0 <= at + step < len(pins):
            self.say(f"It is the {'first' if step < 0 else 'last'} pin.")
            return
        pins[at], pins[at + step] = pins[at + step], pins[at]
        self.act(lambda curator: curator.order(pins))

    @on(BlockList.Moved)
    def _moved(self, event: BlockList.Moved) -> None:
        event.stop()
        self.refresh_frame()

    @on(BlockList.Opened)
    def _opened(self, event: BlockList.Opened) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Why the line is in, or is not."""
        part = self.list.current
        if part is None or part.item is None:
            self.try_again()
            return
        inside = "In" if part.kind == "item" else "Not in"
        self.say(f"{inside} because: {part.reason}, {part.units} units.")

    def action_copy(self) -> None:
        """Copy the whole text."""
        if self.injection is None or not self.injection.text:
            self.say("Nothing to copy.")
        else:
            self.say(copy_words(self.app, self.injection.text))
