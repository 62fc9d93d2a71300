"""Injection: the text that the next session reads, and why each line is in it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from memtui.clean import clean_line
from memtui.curate import Curator
from memtui.errors import MemtuiError
from memtui.inject.export import export_projects, inject
from memtui.inject.place import Place, printed
from memtui.inject.render import from_envelope
from memtui.inject.values import Injection, Item, Section, Source
from memtui.install.plan import installed
from memtui.model import Memory, Project
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.queries import StoreView, View
from memtui.tui.actions import bindings
from memtui.tui.clipboard import copy_words
from memtui.tui.desk import Desk
from memtui.tui.difference import differences
from memtui.tui.format import figure
from memtui.tui.injected import Part, changed_words, changes_of, lines_of, parts_of
from memtui.tui.lines import Line, Span, ends, sentence
from memtui.tui.look import look_of
from memtui.tui.screens.acting import ActingScreen
from memtui.tui.screens.filtering import FilteringScreen
from memtui.tui.widgets.block_list import BlockList
from memtui.tui.widgets.frame import WIDE, Bar, SubTabs, Tab

SOURCES: Final = ("startup", "clear", "resume", "compact")


class MeterLine(Bar):
    """The budget as a thin bar, the figures beside it."""

    DEFAULT_CSS = "MeterLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.injection: Injection | None = None

    def lines(self, width: int) -> list[Line]:
        """One line."""
        chosen = self.injection
        if chosen is None:
            return [[]]
        glyphs = look_of(self).glyphs
        wide = width >= WIDE
        size = 30 if wide else 16
        share = chosen.units / max(1, chosen.budget)
        full = min(size, round(size * share))
        role = "warning" if share > 0.95 else "primary"
        left: Line = [
            (" ", ""),
            (glyphs.heavy * full, role),
            (glyphs.rule * (size - full), "hairline"),
            (f"  {figure(chosen.units)}", "bold foreground"),
            (f" of {figure(chosen.budget)} units", "muted"),
            (f"   about {figure(chosen.tokens)} tokens", "muted"),
        ]
        out = len(chosen.cut)
        words = f"{len(chosen.items)} in, {out} {'below the line' if wide else 'out'} "
        return [ends(width, left, [(words, "muted")])]


class InjectionScreen(FilteringScreen, ActingScreen):
    """Exact text at the left, like blame its reasons at the right."""

    NAME = "injection"
    BINDINGS: ClassVar[list[BindingType]] = bindings("injection")

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
        self.diff = False

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
            project = await self.desk.lists.read(lambda v: _likely(v, looked_at))
        self.place, self.desk.acted_in = project, None
        self.injection = await self.desk.lists.read(
            lambda view: _chosen(view, settings, project, source)
        )
        self.exported = _printed(self.desk, project, self.injection)
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
        if self.diff:
            parts = changes_of(self.exported or "", injection.text)
        self.list.show(parts if injection.text or self.diff else [])
        self.refresh_frame()

    def _note(self, name: str) -> list[Line]:
        if self.source in (Source.RESUME, Source.FORK):
            return [
                [("A resumed session keeps what it was told; nothing is added.", "")]
            ]
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
            return [(changed_words(self.list.blocks), "muted")]
        total = len(injection.items) + len(injection.cut)
        line: Line = [(part.rank or "0", "bold foreground"), (f" of {total}", "muted")]
        if not self.wide and part.reason:
            line.append((f"   {part.reason}, {part.units} units", "muted"))
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
        """The text, or what differs from the last export."""
        if self.exported is None:
            self.say("Nothing was exported yet. w exports")
            return
        self.diff = not self.diff
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


def _chosen(
    view: StoreView, settings: Settings, project: Project | None, source: Source
) -> Injection:
    """What is told on the branch that was worked on last."""
    branch = ""
    if project is not None:
        newest = view.sessions(view=View(project=project.id), limit=1)
        branch = newest[0].branch if newest else ""
    return inject(view, settings, project, source, branch)


def _likely(view: StoreView, looked_at: Project | None) -> Project | None:
    """A project to show where none was chosen: rather one that is told something."""
    asked = parse("is:kept", now_ms=0)
    if looked_at and view.count(asked, View(project=looked_at.id), cap=1):
        return looked_at
    kept = next(iter(view.memories(asked, limit=1)), None)
    if kept is not None and kept.project is not None:
        return kept.project
    return looked_at or next(iter(view.projects()), None)


def _printed(desk: Desk, project: Project | None, chosen: Injection) -> str | None:
    """What the hook prints there now; None where nothing was exported."""
    if project is None or not project.path:
        return None
    place = Place(project.path, project.path, chosen.branch)
    try:
        file = printed(desk.data, place, chosen.source)
        return from_envelope(file.read_bytes()) if file else None
    except (OSError, ValueError):
        return None
