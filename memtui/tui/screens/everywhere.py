"""What works on every screen: help, palette, undo, settings, faults, journal, theme."""

import re
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work

from memtui import __version__
from memtui.errors import MemtuiError, StoreError
from memtui.model import Agent, Evidence, Project
from memtui.paths import home_path
from memtui.store.queries import View
from memtui.tui.format import plural
from memtui.tui.late import (
    choices,
    choosing,
    clipboard,
    editor,
    helping,
    sheets,
    texts,
    troubles,
)
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.screens.decided import DecidedScreen

if TYPE_CHECKING:  # a third of our imports: they wait for the first act
    from memtui.curate import Change, Curator

SLOW_S: Final = 0.15
"""An act that takes longer says that it goes on."""
_WHERE = {
    "timeline": "the timeline list",
    "search": "the list of finds",
    "curate": "the list to decide",
    "injection": "the injected text",
    "sessions": "the sessions",
    "stats": "the figures",
}


class EverywhereScreen(DecidedScreen):
    """The actions that every screen has."""

    @property
    def counted_view(self) -> View:
        """The part of the store that facets are counted in."""
        return self.desk.view

    # The person's pen ---------------------------------------------------------------

    @work(group="act")
    @calm
    async def act(self, act: "Callable[[Curator], Change]") -> None:
        """Do it on the writing lane, then say what came of it."""
        writing = True

        def say_so() -> None:
            if writing:  # a timer that is stopped may have been sent already
                self.say("Writing what was decided.")

        slow = self.set_timer(SLOW_S, say_so)
        try:
            change = await self.desk.pen.act(act)
        except MemtuiError as error:
            writing = False
            self.say(f"{error.message} {error.hint}".strip())
        else:
            writing = False
            self.after_act(change)
        finally:
            slow.stop()

    def after_act(self, change: "Change") -> None:
        """Read again, say what was done and the key that takes it back."""
        self.unmark()
        if change.act in ("undo", "redo"):
            self.go_back_to(change.ids)
        self.desk.touch()
        self.catch_up()
        self._owner.refresh_counts()
        self.say(_with_way_back(change))

    def unmark(self) -> None:
        """Forget the marks."""

    def go_back_to(self, ids: Sequence[str]) -> None:
        """What was taken back stands under the cursor again."""

    def action_undo(self) -> None:
        """Take the last act back."""
        self.act(lambda curator: curator.undo())

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.act(lambda curator: curator.redo())

    async def add_by_hand(
        self,
        project: Project | None,
        quoted: str = "",
        evidence: Sequence[Evidence] = (),
    ) -> None:
        """Choose a type, write it in the editor, keep it.

        Args:
            quoted: stands in the editor as a reminder, and is not saved.
            evidence: what it is written from.
        """
        offered, _ = choices.type_choices(self.desk.settings, [], look_of(self).glyphs)
        chooser = choosing.Chooser(
            "Add by hand: its type", offered, counted=f"{len(offered)} types"
        )
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is None:
            return
        try:
            text = editor.edit_text(self.app, texts.add_text(wanted, project, quoted))
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())
            return
        title, body = texts.added(text)
        if not title:
            self.say("Not saved: no title was written.")
            return
        scope = "project" if project is not None else "global"
        self.act(
            lambda c: c.add(
                title,
                type=wanted,
                body=body,
                project=project,
                scope=scope,
                evidence=evidence,
            )
        )

    # The session in its agent --------------------------------------------------------

    def resume_session(self, agent: Agent | None, session: str, folder: str) -> None:
        """Lend the terminal to the agent, or copy the command."""
        if agent is None or not session:
            self.say("It belongs to no session.")
            return
        call = resume_call(agent, session)
        place = Path(folder) if folder else None
        if not call:
            self.say(f"How {agent} takes up this session is not known.")
            return
        program = shutil.which(call[0]) or ""
        if place is not None and not place.is_dir():
            self.say(
                "The folder of this session is gone: "
                f"{home_path(folder, self.desk.home)}."
            )
        elif not program.startswith("/"):  # "." on PATH would be the session's folder
            clipboard.copy_words(self.app, shlex.join(call))
            self.say(f"{call[0]} is not on PATH. The command is copied instead.")
        else:
            try:
                editor.lend_terminal(self.app, [program, *call[1:]], folder=place)
            except MemtuiError as error:
                self.say(error.message)

    # Help and palette ---------------------------------------------------------------

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(
            helping.HelpScreen(self.NAME, _WHERE[self.NAME], self.desk.keymap)
        )

    @work
    @calm
    async def action_palette(self) -> None:
        """Every action, by name."""
        offered = choices.palette_choices(self.NAME, self.desk.keymap)
        chooser = choosing.Chooser(
            "Do", offered, counted=plural(len(offered), "action")
        )
        wanted = await self.app.push_screen_wait(chooser)
        if wanted is not None:
            await self.run_action(wanted)

    # Sheets -------------------------------------------------------------------------

    @work
    @calm
    async def action_faults(self) -> None:
        """What is broken, and what could not be read."""
        amiss = await self.desk.troubles()
        try:
            faults = await self.desk.details.read(lambda view: view.faults(5_000))
        except StoreError:
            faults = []  # the doctor says what is wrong with the store
        home = self.desk.home
        lines = plural(len(faults), "line")
        files = plural(len({fault.path for fault in faults}), "file")
        title = f"{lines} could not be read, in {files}. The rest was."
        if not faults:
            title = "Every line could be read."
        self.app.push_screen(
            sheets.Sheet(
                title, lambda width: troubles.lines_of(amiss, faults, home, width)
            )
        )

    def action_doctor(self) -> None:
        """The same by the name that people look for."""
        self.action_faults()

    def action_about(self) -> None:
        """What this is."""
        data = home_path(str(self.desk.data), self.desk.home)
        self.say(f"memtui {__version__}. The store lies in {data}.")

    def action_welcome(self) -> None:
        """The first screen again."""
        self.app.switch_mode("welcome")


def _with_way_back(change: "Change") -> str:
    """What was done, and the key that takes it back."""
    if change.undoable:
        return f"{change.message} u undo"
    return (
        f"{change.message} U redo"
        if change.act == "undo" and change.count
        else change.message
    )


_SESSION_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*")


def resume_call(agent: Agent, session: str) -> list[str]:
    """The program and arguments that resume a session: a list, never a shell.

    Empty where the agent is none whose program we know, or the id is none that an
    agent gives: one that begins with a dash would be an option.
    """
    if not _SESSION_ID.fullmatch(session):
        return []
    calls = {
        Agent.CLAUDE_CODE: ["claude", "--resume", session],
        Agent.CODEX: ["codex", "resume", session],
        Agent.GEMINI_CLI: ["gemini", "--resume", session],
        Agent.OPENCODE: ["opencode", "--session", session],
    }
    return calls.get(agent, [])
