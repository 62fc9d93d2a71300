"""The text that the next session reads, as blocks; what is shown, not what is done."""

from collections.abc import Iterable, Sequence
from typing import Final

from textual.widget import Widget

from memtui.clean import clean_line
from memtui.inject.values import Injection, Item, Section, Source
from memtui.model import Memory, Project
from memtui.tui.desk import Desk
from memtui.tui.difference import differences
from memtui.tui.format import moment
from memtui.tui.injected import (
    Part,
    changed_words,
    changes_of,
    lines_of,
    parts_of,
)
from memtui.tui.lines import Line, Span, width_of
from memtui.tui.look import look_of
from memtui.tui.screens.acting import ActingScreen
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.told import (
    Delivered,
    chosen_for,
    last_delivered,
    likely,
    printed_now,
)
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.frame import WIDE, SubTabs, Tab
from memtui.tui.widgets.meter import MeterLine

SOURCES: Final = ("startup", "clear", "resume", "compact")


class ToldScreen(FilteringScreen, ActingScreen):
    """Exact text at the left, like blame its reasons at the right."""

    NAME = "injection"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.source = Source.STARTUP
        self.tabs = SubTabs(
            [Tab(name, name.capitalize()) for name in SOURCES], "startup"
        )
        self.meter = MeterLine()
        self.list: BlockList[Part] = BlockList(
            self._draw,
            lambda part: part.id,
            can_choose=lambda part: part.item is not None or part.kind == "change",
            is_head=lambda part: part.kind == "cut",
            id="list",
        )
        self.injection: Injection | None = None
        self.place: Project | None = None
        self.exported: str | None = None
        """What the hook prints now; None where nothing was exported."""
        self.delivered: Delivered | None = None
        self.diff = ""
        """``export`` or ``delivery``: what the text is compared with."""

    def heading(self) -> Iterable[Widget]:
        """The sources, then the meter."""
        return (self.tabs, self.meter)

    def panes(self) -> Sequence[Widget]:
        """One pane: text and reasons wrap together."""
        return (self.list,)

    def first_width(self, width: int) -> int:
        """The whole body."""
        return width

    # Reading ------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Coming from a list: the project that was decided about, or looked at."""
        acted, looked = self.desk.acted_in, self.desk.looked_at
        if self.desk.project is None and self.place is not None:
            shown = self.place.id
            if any(p is not None and p.id != shown for p in (acted, looked)):
                self.place = None
                self.reload()

    async def read(self) -> None:
        """Choose anew what the next session is told."""
        source, settings = self.source, self.desk.settings
        project = self.desk.project or self.desk.acted_in or self.place
        if project is None:
            looked_at = self.desk.looked_at
            project = await self.desk.lists.read(lambda v: likely(v, looked_at))
        self.place, self.desk.acted_in = project, None
        self.injection = await self.desk.lists.read(
            lambda view: chosen_for(view, settings, project, source)
        )
        self.exported = printed_now(self.desk, project, self.injection)
        self.delivered = await self.desk.lists.read(
            lambda view: last_delivered(view, project)
        )
        self.meter.injection = self.injection
        self.meter.refresh()
        self._show()

    def _show(self) -> None:
        injection = self.injection
        if injection is None:
            return
        name = clean_line(self.place.name) if self.place else "everywhere"
        right: Line = [(f"{name} ", "bold foreground")]
        if injection.branch:
            right.append((f" {clean_line(injection.branch)}", "muted"))
        right.append(("   P changes project " if self.wide else " ", "faint"))
        self.tabs.update(self.tabs.tabs, self.source.value, right)
        self.list.note = self._note(name)
        parts = parts_of(injection)
        if self.diff == "export":
            parts = changes_of(self.exported or "", injection.text)
        elif self.diff and self.delivered is not None:
            parts = changes_of(self.delivered.text, injection.text)
        self.list.show(parts if injection.text or self.diff else [])
        self.refresh_frame()

    def _note(self, name: str) -> list[Line]:
        if self.source in (Source.RESUME, Source.FORK):
            return [
                [("A resumed session keeps what it was told; nothing is added.", "")]
            ]
        if self.injection is not None and self.injection.is_out_of_room:
            most = f"{self.injection.budget:,} units"
            return [[(f"None of the memories of {name} fits into {most}.", "")]]
        return [
            [
                (f"Nothing is injected into {name}. Keep or pin a memory first.  ", ""),
                ("3", "bold primary"),
                (" opens the inbox", "muted"),
            ]
        ]

    def _draw(self, part: Part, width: int) -> list[Line]:
        wide = self.app.size.width >= WIDE
        return lines_of(part, width, look_of(self), reasons=wide)

    # What an act means --------------------------------------------------------------

    def memory(self) -> Memory | None:
        """The memory of the line under the cursor."""
        part = self.list.current
        return part.item.memory if part is not None and part.item is not None else None

    def chosen(self) -> tuple[str, ...]:
        """One memory, all its lines."""
        memory = self.memory()
        return (memory.id,) if memory is not None else ()

    def rows_of(self, ids: Sequence[str]) -> list[Memory]:
        """The memory under the cursor."""
        memory = self.memory()
        return [memory] if memory is not None and memory.id in ids else []

    def why_not(self, action: str) -> str:
        """A recent session is no memory; only pins have an order."""
        memory = self.memory()
        if action == "exclude" and self._recent():
            return ""
        if action in ("keep", "pin", "exclude", "prune", "edit") and memory is None:
            return (
                "This line is no memory."
                if not self._recent()
                else ("This line is a session, no memory. x leaves it out")
            )
        if action == "pin_earlier" and (memory is None or not memory.pinned):
            return "Only pins have an order. p pins"
        return ""

    def _recent(self) -> str:
        """Native id of the session that the line under the cursor names."""
        part = self.list.current
        item = part.item if part is not None else None
        named = isinstance(item, Item) and item.section is Section.RECENT
        return item.id if item is not None and named else ""

    def action_exclude(self) -> None:
        """A memory, or a session that is named as a recent one."""
        if session := self._recent():
            self.act(lambda curator: curator.exclude_sessions([session]))
        else:
            super().action_exclude()

    def position(self) -> Line:
        """``4 of 15``; narrow: the reason too."""
        injection, part = self.injection, self.list.current
        if injection is None or part is None:
            return []
        if self.diff:
            return [(changed_words(self.list.blocks, self._against()), "muted")]
        total = len(injection.items) + len(injection.cut)
        line: Line = [(part.rank or "0", "bold foreground"), (f" of {total}", "muted")]
        if not self.wide and part.reason:
            link = len(self.desk.machine.delivery) + 5
            units = f", {part.units} units"
            room = self.app.size.width - link - width_of(line) - len(part.reason) - 3
            reason = part.reason + (units if len(units) <= room else "")
            line.append((f"   {reason}", "muted"))
        return line

    def _right(self) -> Line:
        if (
            self.injection is None
            or self.desk.machine.reading
            or self.desk.machine.trouble
        ):
            return super()._right()
        machine, parts = self.desk.machine, [self._export_words()]
        if machine.delivery:
            role = "warning" if machine.broken else "muted"
            parts.append((machine.delivery, role))
        return self._joined(parts)

    def _export_words(self) -> Span:
        assert self.injection is not None
        if self.exported is None:
            return ("not exported yet", "muted")
        if self.exported == self.injection.text:
            return ("same as the export", "muted")
        changed = [c for c in differences(self.exported, self.injection.text) if c.sign]
        if not self.wide:
            return ("export is behind", "warning")
        return (f"{len(changed)} lines differ from the last export", "warning")

    def _against(self) -> str:
        if self.diff == "export" or self.delivered is None:
            return "the last export"
        when = moment(self.delivered.at, look_of(self).now())
        return f"what the session of {when} received"
