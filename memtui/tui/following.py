"""Keeping up: with the store, whoever writes it, and with the config file."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from textual import work
from textual.timer import Timer

from memtui import paths
from memtui.errors import MemtuiError
from memtui.model import Agent
from memtui.settings import Settings
from memtui.settings.live import LiveSettings
from memtui.store.queries import StoreView
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_CODES, moment
from memtui.tui.screens.frame import FrameScreen
from memtui.tui.themed import ThemedApp

if TYPE_CHECKING:  # clients are looked at after the first paint
    from memtui.install.wiring import Chain

SELDOM: Final = 10
SLOW_S: Final = 0.2
"""Reading a store again that took longer waits until the tenfold has passed."""


class FollowingApp(ThemedApp):
    """An app whose screens show what store and settings say now."""

    def __init__(
        self,
        desk: Desk,
        *,
        now: Callable[[], int],
        live: LiveSettings | None,
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(desk, now=now, environ=environ)
        self._live = live
        self._data_version = -1
        self._following: Timer | None = None
        self._followed_at = 0.0

    def take_settings(self, settings: Settings) -> None:
        """Follow other settings from now on."""
        if settings == self.desk.settings:
            return
        if settings.theme != self.desk.settings.theme:
            self.desk.remembered.theme = ""  # what was written last is what is meant
        self.desk.settings = settings
        self.desk.pen.forget()
        self.draw_as_set()
        self.store_changed()

    def _follow_settings(self) -> None:
        """The config file changed: a bad one is said and the old one kept."""
        if self._live is None or not self._live.changed():
            return
        trouble = self._live.trouble
        if trouble is None:
            self.take_settings(self._live.current)
        else:
            self.say_below(f"{trouble.message} The old settings stay.")

    @work(exclusive=True, group="poll")
    async def poll(self) -> None:
        """Has any process written? Lists read again, cursors stay."""
        self._follow_settings()
        if not self.desk.machine.store_ready:
            self.desk.machine.store_ready = paths.store_path(self.desk.data).exists()
            return
        try:
            version = await self.desk.details.read(StoreView.data_version)
        except MemtuiError as error:
            self.desk.machine.trouble = error.message
            return
        if version != self._data_version:
            known, self._data_version = self._data_version, version
            if known != -1:
                self.follow_store()

    def follow_store(self) -> None:
        """Read what another process or our own reading wrote.

        Of a store so large that this takes a while, a tenth of the time at most.
        """
        if self._following is not None:
            return
        pause = self._followed_at + SELDOM * self.desk.reread_s - time.monotonic()
        if self.desk.reread_s < SLOW_S or pause <= 0:
            self._follow_now()
        else:
            self._following = self.set_timer(pause, self._follow_now)

    def _follow_now(self) -> None:
        self._following, self._followed_at = None, time.monotonic()
        self.store_changed()

    def store_changed(self) -> None:
        """Every screen that is behind reads again."""
        self.desk.touch()
        self.refresh_counts()
        if (frame := self.frame) is not None:
            frame.catch_up()

    @work(exclusive=True, group="counts")
    async def refresh_counts(self) -> None:
        """Figures of the scope for tabs and empty states."""
        if not self.desk.machine.store_ready:
            return
        desk, now = self.desk, self._now()
        try:
            desk.counts = await desk.counting.read(
                lambda v: v.counts(
                    desk.project_id,
                    weights=desk.weights,
                    now=now,
                    types=desk.settings.types,
                )
            )
            faults = await desk.counting.read(lambda v: v.faults(1_000))
            same = await desk.counting.read(lambda v: v.same_projects())
            twice = await desk.counting.read(lambda v: v.conflict_count())
        except MemtuiError:
            return  # the lists say what is wrong
        desk.machine.faults = len(faults)
        desk.machine.same_projects = len(same)
        desk.machine.conflicts = twice
        desk.machine.delivery, desk.machine.broken = await desk.counting.read(
            lambda _: delivery_of(desk, now)
        )
        self.draw_frame()

    @property
    def frame(self) -> FrameScreen | None:
        """The screen in sight, if it is one of the six; an app that leaves has none."""
        top = self.screen_stack[-1] if self.screen_stack else None
        return top if isinstance(top, FrameScreen) else None

    def draw_frame(self) -> None:
        """Tabs, status and keys anew."""
        if (frame := self.frame) is not None:
            frame.refresh_frame()

    def say_below(self, text: str) -> None:
        """In the status line; nothing is no message."""
        if text and (frame := self.frame) is not None:
            frame.say(text)


def delivery_of(desk: Desk, now: int) -> tuple[str, bool]:
    """When a session of each wired client was told last, or the first broken link."""
    from memtui.install.plan import installed
    from memtui.install.wiring import NOT_WIRED, broken_link, chains
    from memtui.store.rescue.probe import last_delivery

    if not desk.demo:
        broken = broken_link(desk.data, desk.home)
        if broken and broken != NOT_WIRED:
            return broken, True
        wired = [c for c in chains(desk.data, desk.home) if c.wired.where]
        if len(wired) > 1:
            each = (f"{AGENT_CODES[c.agent]} {_told(c, now)}" for c in wired)
            return f"delivered {', '.join(each)}", False
    last = last_delivery(paths.store_path(desk.data))
    if last is not None:
        return f"delivered {moment(last.at, now)}", False
    if desk.demo or installed(desk.data):
        return "", False
    return "hook not installed", True


def _told(chain: "Chain", now: int) -> str:
    """When a client's sessions were told last, as far as that can be known."""
    if chain.delivered is not None:
        return moment(chain.delivered.at, now)
    if chain.fired is None:
        return "never"
    word = "sent" if chain.agent is Agent.OPENCODE else "fired"
    return f"{word} {moment(chain.fired, now)}"
