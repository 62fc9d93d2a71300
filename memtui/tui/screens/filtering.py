"""A screen whose list the scope line filters, as one types."""

from typing import Final

from textual import on, work

from memtui.store.queries import StoreView
from memtui.tui import choices
from memtui.tui.choices import Choice
from memtui.tui.screens.calm import calm
from memtui.tui.screens.chooser import Chooser
from memtui.tui.screens.everywhere import EverywhereScreen
from memtui.tui.widgets.scope_line import ScopeLine

_STATES: Final = (
    "candidate",
    "kept",
    "pinned",
    "excluded",
    "superseded",
    "review",
    "trash",
)


class FilteringScreen(EverywhereScreen):
    """``/`` filters, ``f`` narrows, ``P`` chooses, ``.`` shows the hidden."""

    def on_mount(self) -> None:
        """Start with the filter that was given."""
        if self.scope_line is not None:
            self.scope_line.set_text(self.desk.queries.get(self.NAME, ""))
        super().on_mount()

    def on_screen_resume(self) -> None:
        """Another screen may have set the filter of this one."""
        wanted = self.desk.queries.get(self.NAME, "")
        if self.scope_line is not None and self.scope_line.text != wanted:
            self.scope_line.set_text(wanted)
            self.reload()

    def action_filter(self) -> None:
        """Type a filter."""
        if self.scope_line is None:
            self.say("There is nothing to filter here.")
        else:
            self.scope_line.edit()
            self.refresh_frame()

    @on(ScopeLine.Changed)
    def _query_changed(self, event: ScopeLine.Changed) -> None:
        event.stop()
        if self.desk.queries.get(self.NAME, "") != event.text:
            self.desk.queries[self.NAME] = event.text
            self.reload()

    @on(ScopeLine.Left)
    def _query_left(self, event: ScopeLine.Left) -> None:
        event.stop()
        if self.scope_line is not None and not event.keep:
            self.scope_line.restore()
        self.panes()[0].focus()
        self.refresh_frame()

    def action_drop_chip(self) -> None:
        """Drop the last part of the query."""
        if self.scope_line is None or not self.scope_line.drop_chip():
            self.say("There is no chip to drop.")

    def action_hidden(self) -> None:
        """Show subagents, automated, excluded and superseded, or hide them again."""
        self.desk.hidden = not self.desk.hidden
        self.desk.touch()
        self.catch_up()
        self.say(
            "Hidden ones are shown too.  . hides them"
            if self.desk.hidden
            else "Hidden ones are hidden again."
        )

    @work
    @calm
    async def action_facets(self) -> None:
        """Choose a field to narrow by."""
        offered = await self.desk.details.read(self._facets)
        wanted = await self.app.push_screen_wait(Chooser("Narrow", offered))
        if wanted is not None and self.scope_line is not None:
            text = self.scope_line.text.rstrip()
            self.scope_line.set_text(f"{text} {wanted}".strip() + " ")

    def _facets(self, view: StoreView) -> list[Choice]:
        settings = self.desk.settings
        found = [
            Choice(
                value=f"type:{kind.name}",
                name=kind.name,
                note="type",
                glyph=kind.glyph,
                role=kind.role,
            )
            for kind in settings.types.values()
        ]
        found += [
            Choice(value=f"is:{name}", name=name, note="state", glyph=" ")
            for name in _STATES
        ]
        stats = view.stats()
        found += [
            Choice(value=f"agent:{name}", name=name, note="agent", glyph=" ")
            for name in stats["by_agent"]
        ]
        return found

    @work
    @calm
    async def action_project(self) -> None:
        """Choose the project that all screens show."""
        projects = await self.desk.details.read(lambda view: view.projects())
        offered = choices.project_choices(projects)
        counted = f"{len(projects):,} projects"
        chooser = Chooser(
            "Project", offered, counted=counted, current=self.desk.project_id or ""
        )
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is None:
            return
        self.desk.project = next((p for p in projects if p.id == wanted), None)
        self.desk.touch()
        self.catch_up()
