"""The application: modes, theme, the machine's state, and leaving cleanly."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from memtui import paths
from memtui.errors import MemtuiError
from memtui.model import Project
from memtui.settings.live import LiveSettings
from memtui.store.queries import StoreView
from memtui.tui.actions import SCREENS
from memtui.tui.desk import Desk
from memtui.tui.following import FollowingApp
from memtui.tui.format import now_ms
from memtui.tui.jobs import can_come_back
from memtui.tui.messages import CoverageMoved, ReadingAdvanced
from memtui.tui.reading import Reading
from memtui.tui.screens.opening import make_screen, read_ahead

POLL_S: Final = 1.0
FIRST_S: Final = 0.2
"""So long the first paint waits for the first rows."""
WRITTEN_S: Final = 0.005
"""The thread that writes to the terminal has the first paint before more is done."""
WELCOME: Final = "welcome"


class MemtuiApp(FollowingApp):
    """See, search and curate what coding agents remember."""

    CSS_PATH = "memtui.tcss"
    TITLE = "memtui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False, system=True),
        Binding("ctrl+z", "suspend_process", show=False),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        now: Callable[[], int] = now_ms,
        start: str = "timeline",
        read: bool = True,
        every_project: bool = False,
        live: LiveSettings | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """
        Args:
            now: the present in UTC milliseconds; fixed in pictures and tests.
            start: the screen that opens.
            read: read transcripts in the background.
            live: follows the config file while the app is open.
            every_project: do not narrow the scope to the project of ``desk.cwd``.
        """
        desk.now = now
        there = paths.store_path(desk.data).exists()
        self._start = start if there else WELCOME
        # The first screen is that of the mode in which the app begins: Textual makes
        # another one first, and reads all CSS again, where one is switched to.
        self.DEFAULT_MODE = self._start  # type: ignore[misc]
        super().__init__(desk, now=now, live=live, environ=environ)
        self.animation_level = "none"
        self.scroll_sensitivity_y = 3.0
        self._reads = read
        self._every_project = every_project
        self._reading: Reading | None = None
        self._looked: asyncio.Task[bool] | None = None
        self._first_run = False
        self._asked_to_quit = False

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice; of its terminals one that leaves no thread behind."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from memtui.tui.driver import TerminalDriver

        return TerminalDriver

    def get_default_screen(self) -> Screen[None]:
        """The screen that one starts with; the others are made when they open."""
        for name in (*SCREENS, WELCOME):
            self.add_mode(name, lambda name=name: make_screen(name, self.desk))  # type: ignore[misc]
        return make_screen(self._start, self.desk)

    def sync_now(self) -> str:
        """Read what is new; returns what to say."""
        if self.desk.demo:
            return "This is the demo store; nothing of yours is read."
        if self._reading is not None and self._reading.is_alive():
            return "Reading goes on all the time: new lines show by themselves."
        self._start_reading()
        return "Reading again."

    # Life ---------------------------------------------------------------------------

    async def on_load(self) -> None:
        """Read what the first paint shows; on a slow disk the frame comes first."""
        self._looked = asyncio.create_task(self._find_first())
        await asyncio.wait({self._looked}, timeout=FIRST_S)

    async def on_mount(self) -> None:
        """All that is not seen at once waits for the first paint."""
        self.app_resume_signal.subscribe(self, self._draw_anew)
        wrong_keys = self.find_keymap()
        self.call_after_refresh(self._open_store)
        self.call_after_refresh(self.say_below, wrong_keys)

    async def _find_first(self) -> bool:
        """Find the scope and the newest rows; whether there is something to show."""
        desk = self.desk
        if not paths.store_path(desk.data).exists():
            return False
        if not self._every_project and desk.project is None:
            await self._find_scope()
        try:
            if not await desk.lists.read(lambda v: v.sessions(limit=1)):
                return False
            await read_ahead(self._start, desk)
        except MemtuiError:
            pass  # the screen says what is wrong with the store
        return True

    async def _find_scope(self) -> None:
        cwd, chosen = self.desk.cwd, self.desk.remembered.scopes.get(str(self.desk.cwd))
        try:
            self.desk.project = await self.desk.lists.read(
                lambda v: scope_of(v, cwd, chosen)
            )
        except MemtuiError as error:
            self.desk.machine.trouble = error.message

    @work(name="open the store")
    async def _open_store(self) -> None:
        """Let the first screen read; where there is nothing, welcome."""
        assert self._looked is not None
        self._first_run = not await self._looked
        await asyncio.sleep(WRITTEN_S)
        self.desk.machine.store_ready = paths.store_path(self.desk.data).exists()
        if self._first_run and self.current_mode != WELCOME:
            await self.switch_mode(WELCOME)
        elif (frame := self.frame) is not None:
            frame.catch_up()
        self._start_machine()

    def _start_machine(self) -> None:
        if self._reads:
            self._start_reading()
        self.set_interval(POLL_S, self.poll)
        self.refresh_counts()

    def _start_reading(self) -> None:
        desk = self.desk
        settings = self._live or desk.settings
        self._reading = Reading(desk.data, settings, desk.home, self.post_message)
        desk.machine.reading = "reading"
        self._reading.start()

    @on(CoverageMoved)
    def _coverage_moved(self, event: CoverageMoved) -> None:
        self.desk.machine.short = event.text
        self.draw_frame()

    @on(ReadingAdvanced)
    async def _reading_advanced(self, event: ReadingAdvanced) -> None:
        machine = self.desk.machine
        machine.reading = event.text
        machine.progress = event
        machine.store_ready = (
            machine.store_ready or paths.store_path(self.desk.data).exists()
        )
        if event.finished:
            machine.synced_at = self._now()
            self.follow_store()
            if self._first_run:
                await self._first_run_done()
        self.draw_frame()

    async def _first_run_done(self) -> None:
        """The first reading ended: the ten best are ready to be decided."""
        if not await self._find_first():
            return
        self._first_run = False
        self.desk.starter = True
        self.desk.touch()
        if self.current_mode == WELCOME:
            await self.switch_mode("curate")
        else:
            self.say_below("Reading is done. 3 shows the ten best")

    def action_suspend_process(self) -> None:
        """Ctrl+Z: back to the shell, where there is one."""
        if can_come_back():
            super().action_suspend_process()
        else:
            self.say_below("No shell started memtui, so none could bring it back.")

    def _draw_anew(self, _: object) -> None:
        """The terminal showed something else meanwhile: paint all of it."""
        for screen in self.screen_stack:
            screen.refresh()

    # Leaving ------------------------------------------------------------------------

    def action_interrupt(self) -> None:
        """Ctrl+C: the second one leaves."""
        if self._asked_to_quit:
            self.exit(0)
            return
        self._asked_to_quit = True
        if (frame := self.frame) is not None:
            frame.say("ctrl+c again quits.")
        self.set_timer(5, self._forget_interrupt)

    def _forget_interrupt(self) -> None:
        self._asked_to_quit = False

    def action_help_quit(self) -> None:
        """Textual's own binding of Ctrl+C."""
        self.action_interrupt()

    def action_leave(self) -> None:
        """Ctrl+Q: leave at once, wherever one is."""
        self.exit(0)

    def on_unmount(self) -> None:
        """No thread outlives the app."""
        if self._reading is not None:
            self._reading.stop()
            self._reading.join(timeout=10)
        self.desk.remembered.write()
        self.desk.close()


def scope_of(view: StoreView, cwd: Path, chosen: str | None) -> Project | None:
    """What the person chose in this folder, else the project that it belongs to."""
    if chosen is None:
        return view.project_at(cwd)
    return next((p for p in view.projects() if p.id == chosen), None)
