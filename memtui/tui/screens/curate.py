"""Curate: what waits for a decision, what was decided, and the trash."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from memtui.caution import reads_like_an_order
from memtui.model import Memory
from memtui.store.queries import View
from memtui.tui.actions import bindings
from memtui.tui.desk import Desk
from memtui.tui.format import figure, memories
from memtui.tui.lines import Line, width_of
from memtui.tui.look import look_of
from memtui.tui.screens.proposed import ProposedScreen, proposed_tabs
from memtui.tui.screens.tabs import read_tab, view_of
from memtui.tui.widgets.frame import SubTabs, Tab
from memtui.tui.widgets.memory_list import by_group, by_project
from memtui.tui.widgets.scope_line import ScopeLine

STARTER: Final = 10
_LAST_COLUMNS: Final = {"kept": "acted", "trash": "acted", "review": "reason"}
_SENTENCES: Final = {
    "inbox": ("by project, best evidence first", "to decide"),
    "backlog": ("older candidates, newest first", "not asked about"),
    "kept": ("by project, newest first", "kept"),
    "review": ("faded, or due for a second look", "to review"),
    "duplicates": ("what says the same, newest first", "alike"),
    "trash": ("nothing leaves the trash by itself", "in the trash"),
    "proposed": ("by a model, the newest first", "proposed"),
}


class CurateScreen(ProposedScreen):
    """Inbox, backlog, kept, review, trash as tabs of one list."""

    NAME = "curate"
    FLAT = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("curate")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.scope_line = ScopeLine()
        self._best: tuple[str, ...] = ()
        """The starter set: it stands above the projects until it is decided."""
        self._kept_today = 0
        self.tabs = SubTabs(self._tabs(), self.tab)

    def heading(self) -> Iterable[Widget]:
        """The tabs, then the scope line."""
        return (self.tabs, self.scope_line) if self.scope_line else (self.tabs,)

    def _tabs(self) -> list[Tab]:
        counts = self.desk.counts
        return [
            Tab("inbox", "Inbox", counts.inbox, loud=True),
            *proposed_tabs(counts, self.tab),
            Tab("backlog", "Backlog", counts.backlog, short="Back"),
            Tab("kept", "Kept", counts.kept),
            Tab("review", "Review", counts.review, short="Rev"),
            Tab("duplicates", "Duplicates", counts.duplicates, short="Dup"),
            Tab("trash", "Trash", counts.trash),
        ]

    @property
    def counted_view(self) -> View:
        """What the open tab shows."""
        return view_of(self.tab, self.desk)

    def refresh_frame(self) -> None:
        """The tabs too."""
        super().refresh_frame()
        self.tabs.update(self._tabs(), self.tab)

    async def read(self) -> None:
        """The rows of the open tab, under their projects."""
        assert self.scope_line is not None
        query, tab, desk = self.scope_line.query_now, self.tab, self.desk
        now = look_of(self).now()
        shown = await desk.lists.read(lambda v: read_tab(v, query, tab, desk, now))
        rows, self._kept_today = shown.rows, shown.kept_today
        self.groups, self.proposed = shown.groups, shown.proposed
        sentence, what = _SENTENCES[tab]
        if desk.starter and tab == "inbox" and rows:
            self._best = self._ten_best(rows)
        top = self._best if tab == "inbox" else ()
        projects = shown.projects
        sections, ordered = by_project(rows, "{n} " + what, projects, top)
        if tab == "duplicates":
            sections, ordered = by_group(shown.groups)
        self.list.named = frozenset(top) if desk.project is None else frozenset()
        self.list.reasons = shown.reasons
        self.list.last_column = _LAST_COLUMNS.get(tab, "trust")
        self.list.note = self._note()
        self.list.show(sections, ordered)
        self.scope_line.say(self._scope(sentence), f"{figure(len(rows))} {what}")
        if not rows:
            self.detail.show(None)
        if desk.starter and tab == "inbox" and rows:
            self._start_with()

    def _right(self) -> Line:
        """``kept 6 today · u undo``, where nothing is wrong and nothing is read."""
        machine = self.desk.machine
        if not self._kept_today or machine.trouble or machine.reading or machine.broken:
            return super()._right()
        said: Line = [
            (f"kept {figure(self._kept_today)} today", "muted"),
            (look_of(self).glyphs.between, "muted"),
            ("u", "bold primary"),
            (" undo", "muted"),
        ]
        left = width_of(self.said or self.marked_words() or self.position())
        fits = left + width_of(said) + 5 <= self.app.size.width
        return said if fits else super()._right()

    def _scope(self, sentence: str) -> str:
        return (
            f"{self.desk.project.name}, {sentence}" if self.desk.project else sentence
        )

    def _ten_best(self, rows: Sequence[Memory]) -> tuple[str, ...]:
        # What reads like an instruction is looked at by itself, not kept with others.
        rows = [row for row in rows if not reads_like_an_order(row)]
        best = sorted(rows, key=self._worth, reverse=True)[:STARTER]
        return tuple(row.id for row in best)

    def _start_with(self) -> None:
        """The ten best candidates, marked: s keeps them, esc clears the marks."""
        self.desk.starter = False
        if not self._best:
            return
        self.list.mark_all(self._best)
        self.list.move_to(0)
        said = f"The {len(self._best)} best are marked.  "
        if len(self._best) == 1:
            said = "The best one is marked.  "
        self.say_line(
            [
                (said, ""),
                ("s", "bold primary"),
                (" keeps them   ", "muted"),
                ("esc", "bold primary"),
                (" clears the marks", "muted"),
            ]
        )

    def _worth(self, row: Memory) -> tuple[bool, float, int, str]:
        weight = self.desk.weights.get(row.type, 0.5)
        return row.trust == "user", row.confidence * weight, row.at, row.id

    def action_starter(self) -> None:
        """Mark the ten best again."""
        self.tab, self.desk.starter = "inbox", True
        self.reload()

    def _note(self) -> list[Line]:
        assert self.scope_line is not None
        counts = self.desk.counts
        if text := self.scope_line.text.strip():
            return [
                [
                    (f"Nothing matches {text}.  ", ""),
                    ("backspace", "bold primary"),
                    (" drops the last chip", "muted"),
                ]
            ]
        if self.tab == "inbox":
            told = f"{figure(counts.kept)} kept, {figure(counts.pinned)} pinned"
            return [
                [
                    (f"The inbox is empty. {told}.  ", ""),
                    ("4", "bold primary"),
                    (" shows what the next session reads", "muted"),
                ]
            ]
        if self.tab == "kept":
            return [
                [
                    ("Nothing is kept yet.  ", ""),
                    ("[", "bold primary"),
                    (" goes to the inbox", "muted"),
                ]
            ]
        if self.tab == "duplicates":
            known = memories(counts.inbox + counts.backlog + counts.kept)
            return [[(f"No duplicates found among {known}.", "")]]
        empty = {
            "backlog": "The backlog is empty.", "review": "Nothing to review.",
            "proposed": "No proposal waits for you.",
        }  # fmt: skip
        return [[(empty.get(self.tab, "The trash is empty."), "")]]

    def why_not(self, action: str) -> str:
        """What does not go together with the open tab."""
        if action in ("keep", "pin", "exclude", "prune", "retype", "edit", "merge"):
            if not self.list.count:
                return "There is no memory here."
            if action == "merge" and not self.list.marks:
                return "Nothing to merge. Mark the others with space first."
        return ""

    # What one decides ----------------------------------------------------------------

    def action_keep(self) -> None:
        """In review: still true, fading begins anew."""
        ids = self.chosen()
        if self.tab == "review" and ids:
            self.act(lambda curator: curator.confirm(ids))
        else:
            super().action_keep()

    # Tabs ---------------------------------------------------------------------------

    def action_tab(self, name: str) -> None:
        """Open a tab."""
        if name != self.tab:
            self.tab = name
            self.list.clear_marks()
            self.list.move_to(0)
            self.tabs.update(self._tabs(), name)
            self.reload()

    def action_next_tab(self) -> None:
        """The tab to the right."""
        self._step(1)

    def action_previous_tab(self) -> None:
        """The tab to the left."""
        self._step(-1)

    def _step(self, by: int) -> None:
        names = [tab.name for tab in self._tabs()]
        self.action_tab(names[(names.index(self.tab) + by) % len(names)])

    def action_mark_all(self) -> None:
        """Mark everything that the open tab shows."""
        self.list.mark_all(row.id for row in self.list.known())
        self.say(f"{memories(len(self.list.marks))} marked.  esc clears marks")
