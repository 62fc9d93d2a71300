"""Theme, glyphs, hooks, reading now: what sets the app up."""

from typing import Final, NamedTuple, Protocol, cast

from textual import work

from memtui.clean import clean_line
from memtui.model import Agent
from memtui.tui.late import choices, choosing, sheets
from memtui.tui.lines import Line
from memtui.tui.screens.calm import calm
from memtui.tui.screens.configuring import ConfiguringScreen


class _Owner(Protocol):
    """The app, as far as these actions know it."""

    def choose_glyphs(self, choice: str) -> None: ...
    def sync_now(self) -> str: ...
    def refresh_counts(self) -> object: ...


class SettingUpScreen(ConfiguringScreen):
    """The actions that change how memtui is set up."""

    @property
    def _owner(self) -> _Owner:
        return cast(_Owner, self.app)

    @work
    @calm
    async def action_theme(self) -> None:
        """Choose a theme; each is shown as the cursor passes."""
        before = self.app.theme
        names = sorted(
            self.app.available_themes, key=lambda n: (not n.startswith("memtui"), n)
        )
        offered = [
            choices.Choice(
                value=n, name=n, note=_darkness(self.app.available_themes[n].dark)
            )
            for n in names
        ]

        def preview(name: str) -> None:
            self.app.theme = name

        chooser = choosing.Chooser(
            "Theme", offered, current=before, on_highlight=preview
        )
        wanted = await self.app.push_screen_wait(chooser)
        self.app.theme = wanted or before
        if wanted:
            self.desk.remembered.theme = wanted
            self.desk.remembered.write()

    @work
    @calm
    async def action_glyphs(self) -> None:
        """Choose what rows are drawn with."""
        offered = [
            choices.Choice(value="auto", name="auto", note="as the terminal can"),
            choices.Choice(value="unicode", name="unicode", note="◆ ▲ ○ ✓"),
            choices.Choice(value="ascii", name="ascii", note="# ! o +"),
        ]
        wanted = await self.app.push_screen_wait(choosing.Chooser("Glyphs", offered))
        if wanted is not None:
            self._owner.choose_glyphs(wanted)

    def action_sync(self) -> None:
        """Read what is new, now."""
        self.say(self._owner.sync_now())

    def action_starter(self) -> None:
        """The ten best candidates, marked, in Curate."""
        self.desk.starter = True
        self.desk.touch()
        self.app.switch_mode("curate")

    @work
    @calm
    async def action_hooks(self) -> None:
        """Show what would change in the client's settings; y writes it."""
        await self._wire(_INSTALL)

    @work
    @calm
    async def action_unhook(self) -> None:
        """The same for taking the hook out again."""
        await self._wire(_UNINSTALL)

    async def _wire(self, wiring: "_Wiring") -> None:
        if self.desk.demo:
            self.say("This is the demo store: no client is ever wired to it.")
            return
        from memtui import install

        make = install.plan_install if wiring.installs else install.plan_uninstall
        agents = install.found(self.desk.home) or (Agent.CLAUDE_CODE,)
        plans = [make(agent, self.desk.home, self.desk.data) for agent in agents]
        plans = [plan for plan in plans if plan.changes]
        if not plans:
            self.say(wiring.already)
            return
        sign = "+" if wiring.installs else "-"
        copies = {f"{sign} {name}": None for plan in plans for name in plan.copies}
        rows = [row for plan in plans for row in plan.diff.splitlines()]
        rows += [*copies, *(note for plan in plans for note in plan.notes)]
        roles = {"+": "success", "-": "error", "@": "faint"}

        def draw(width: int) -> list[Line]:
            return [
                [(clean_line(row)[:width], roles.get(row[:1], "muted"))] for row in rows
            ]

        names = ", ".join(plan.agent for plan in plans)
        sheet = sheets.Sheet(f"{wiring.title} {names}", draw, yes=wiring.yes)
        if not await self.app.push_screen_wait(sheet):
            self.say("Nothing was changed.")
            return
        for plan in plans:
            install.apply(plan)
        self.say(wiring.said.format(names))
        self._owner.refresh_counts()


class _Wiring(NamedTuple):
    """Putting the hook into a client, or taking it out, in words."""

    installs: bool
    title: str
    yes: str
    already: str
    """Said where there is nothing to do."""
    said: str
    """Said when it is done; ``{}`` names the clients."""


_INSTALL: Final = _Wiring(
    installs=True,
    title="Install the hook into",
    yes="install",
    already="The hook is installed already.",
    said="Installed. The next session of {} reads the export.",
)
_UNINSTALL: Final = _Wiring(
    installs=False,
    title="Take the hook out of",
    yes="uninstall",
    already="No hook of memtui is installed.",
    said="Uninstalled. Sessions of {} are told nothing any more.",
)


def _darkness(dark: bool) -> str:
    return "dark" if dark else "light"
