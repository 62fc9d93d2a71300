"""A screen whose list the scope line filters, as one types."""

from textual import on, work

from memtui.clean import clean_line
from memtui.errors import MemtuiError
from memtui.search.grammar import Query
from memtui.tui.format import plural
from memtui.tui.late import choices, choosing, facets
from memtui.tui.lines import Line
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.regrouping import RegroupingScreen
from memtui.tui.widgets.scope_line import ScopeLine


def nothing_matches(query: Query) -> Line:
    """What a list without rows says, and the key that makes it longer."""
    drop: Line = [("backspace", "bold primary"), (" drops the last chip", "muted")]
    if query.wrong:
        return [(f"{clean_line(query.wrong[0])}  ", ""), *drop]
    return [(f"Nothing matches {clean_line(query.text.strip())}.  ", ""), *drop]


class FilteringScreen(RegroupingScreen):
    """``/`` filters, ``f`` narrows, ``P`` chooses, ``.`` shows the hidden."""

    def on_mount(self) -> None:
        """Start with the filter that was given."""
        if self.scope_line is not None:
            self.scope_line.set_text(self.desk.queries.get(self.NAME, ""))

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
        if self.scope_line is None:
            return
        query, shown = self.scope_line.query_now, self.counted_view
        look, types = look_of(self), tuple(self.desk.settings.types)
        now = look.now()
        found = await self.desk.details.read(
            lambda v: facets.facets_of(v, query, shown, types, now)
        )
        if not found:
            self.say("Nothing is left to narrow by.")
            return
        offered = choices.facet_choices(found, look)
        counted = plural(len(offered), "facet")
        wanted = await self.app.push_screen_wait(
            choosing.Chooser("Narrow", offered, counted=counted)
        )
        if wanted is not None:
            text = self.scope_line.text.rstrip()
            self.scope_line.set_text(f"{text} {wanted}".strip() + " ")

    @work
    @calm
    async def action_searches(self) -> None:
        """Saved searches: take one, save this one, or forget it."""
        if self.scope_line is None:
            return
        text, kept = self.scope_line.text.strip(), self.desk.searches
        saved = kept.all()
        offered = choices.search_choices(text, saved)
        if not offered:
            self.say("No search is saved yet. / filters, then b saves it")
            return
        counted = f"{len(saved):,} saved"
        chooser = choosing.Chooser("Saved searches", offered, counted=counted)
        wanted = await self.app.push_screen_wait(chooser)
        try:
            if wanted == choices.SAVE:
                kept.save_unnamed(text)
                self.say(f"Saved: {text}")
            elif wanted == choices.FORGET:
                for name in [n for n, query in saved.items() if query == text]:
                    kept.delete(name)
                self.say(f"Forgotten: {text}")
            elif wanted is not None:
                self.scope_line.set_text(wanted)
        except MemtuiError as error:
            self.say(error.message)

    @work
    @calm
    async def action_project(self) -> None:
        """Choose the project that all screens show."""
        projects = await self.desk.details.read(lambda view: view.projects())
        offered = choices.project_choices(projects)
        counted = plural(len(projects), "project")
        chooser = choosing.Chooser(
            "Project", offered, counted=counted, current=self.desk.project_id or ""
        )
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is None:
            return
        self.desk.project = next((p for p in projects if p.id == wanted), None)
        self.desk.remembered.scope(self.desk.cwd, self.desk.project_id)
        self.desk.remembered.write()
        self.desk.touch()
        self.catch_up()
