"""Letting a model refine: the estimate, the run with its progress, the ledger.

Nothing is sent before ``y``. The run works on a thread of its own while this is open;
leaving lets it stop after the request at hand, and opening it again goes on.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from memtui.clean import clean_line
from memtui.compress.account import Progress
from memtui.compress.carrying import Carrier
from memtui.compress.pacing import WallClock
from memtui.compress.plan import PROJECTS, SESSIONS
from memtui.errors import MemtuiError
from memtui.store.compress.runs import Run
from memtui.tui.compressed import (
    Preview,
    Told,
    ended_words,
    ledger_lines,
    look_at,
    preview_lines,
    preview_of,
    progress_lines,
    told_lines,
)
from memtui.tui.desk import Desk
from memtui.tui.lines import Line, keys, paragraph
from memtui.tui.look import look_of
from memtui.tui.screens.calm import calm
from memtui.tui.widgets.edge import Edge, Rule
from memtui.tui.widgets.text_pane import TextPane

_WAITS: Final = (
    "The run stops after the request at hand.\nmemtui compress resume goes on with it."
)
"""Said in the shell where the app was left in the midst of a request."""


class CompressScreen(ModalScreen[None]):
    """Rises from the bottom edge."""

    CSS = """
    CompressScreen { background: $background 45%; }
    CompressScreen #sheet { dock: bottom; height: auto; background: $background; }
    CompressScreen Bar { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("y", "begin", show=False),
        Binding("r", "resume", show=False),
        Binding("p", "pause", show=False),
        Binding("x", "cancel", show=False),
        Binding("v", "preview", show=False),
        Binding("b", "batch", show=False),
        Binding("m", "other_pass", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.told: Told | None = None
        self.progress: Progress | None = None
        self.preview: Preview | None = None
        self.ended = ""
        self._together = False
        self._which = SESSIONS
        self._stopping = threading.Event()
        self._at_work = False
        self._leaving = False
        self._pane = TextPane()
        self._pane.edge = False
        self._head, self._foot = Edge(), Edge()

    def compose(self) -> ComposeResult:
        """Hairline, title, lines, keys."""
        with Vertical(id="sheet"):
            yield Rule()
            yield self._head
            yield self._pane
            yield self._foot

    def on_mount(self) -> None:
        """Count what a run would cost."""
        self._pane.styles.height = max(4, self.app.size.height * 3 // 5)
        self._draw()
        self._count_anew()

    def on_unmount(self) -> None:
        """The app ends: so does the run, after the request at hand."""
        self._stopping.set()

    # before

    def _count_anew(self) -> None:
        """Nothing can be agreed to before it stands there."""
        self.told = self.preview = None
        self._draw()
        self._estimate()

    @work(exclusive=True, group="estimate")
    @calm
    async def _estimate(self) -> None:
        desk, pass_, batch = self.desk, self._which, self._together
        self.told = await asyncio.to_thread(look_at, desk, pass_, batch=batch)
        self._draw()

    def action_batch(self) -> None:
        """All at once for half the price, or one by one."""
        if not self._at_work:
            self._together = not self._together
            self._count_anew()

    def action_other_pass(self) -> None:
        """Sessions, or what the projects remember."""
        if not self._at_work:
            self._which = PROJECTS if self._which == SESSIONS else SESSIONS
            self._count_anew()

    @work(exclusive=True, group="preview")
    @calm
    async def action_preview(self) -> None:
        """All that the first request would tell, then the next one's."""
        told, shown = self.told, self.preview
        if self._at_work or told is None or not told.plan.tasks:
            return
        number = (shown.number + 1) % len(told.plan.tasks) if shown else 0
        try:
            self.preview = await asyncio.to_thread(preview_of, self.desk, told, number)
        except MemtuiError as error:
            self.ended = error.message
        self._draw()

    # the run

    @work(group="run")
    @calm
    async def action_begin(self) -> None:
        """The person agreed to what stands there."""
        told = self.told
        if self._at_work or told is None or told.to is None or told.trouble:
            return
        if not told.plan.tasks:
            return
        to, plan, pass_, batch = told.to, told.plan, self._which, self._together
        budget = self.desk.settings.compress_budget
        await self._carry(
            lambda by: by.begin(to, plan, pass_=pass_, budget=budget, batch=batch)
        )

    @work(group="run")
    @calm
    async def action_resume(self) -> None:
        """Go on with the run that was paused."""
        told = self.told
        if self._at_work or told is None or told.unfinished is None:
            return
        number = told.unfinished.id
        await self._carry(lambda by: by.carry_on(number))

    @work(group="run")
    @calm
    async def action_cancel(self) -> None:
        """End the run that was paused; what is paid for is still collected."""
        told = self.told
        if self._at_work or told is None or told.unfinished is None:
            return
        number = told.unfinished.id
        await self._carry(lambda by: by.cancel(number))

    async def _carry(self, do: Callable[[Carrier], Run]) -> None:
        loop = asyncio.get_running_loop()

        def tell(now: Progress) -> None:
            loop.call_soon_threadsafe(self._take, now)

        self._stopping.clear()
        self._at_work, self.ended, self.preview = True, "", None
        self._draw()
        carrier = Carrier(
            data=self.desk.data, settings=self.desk.settings, from_environment=True,
            clock=WallClock(self._stopping), stop=self._stopping.is_set, tell=tell,
        )  # fmt: skip
        try:
            run = await asyncio.to_thread(do, carrier)
            self.ended = ended_words(run)
        except MemtuiError as error:
            self.ended = f"{error.message} {error.hint}".strip()
        except asyncio.CancelledError:  # the app is left; its thread is not over
            self._stopping.set()
            self.desk.farewell = _WAITS
            raise
        finally:
            self._at_work = False
        if self._leaving:
            self.dismiss(None)
            return
        self.progress = None
        self._count_anew()

    def _take(self, now: Progress) -> None:
        self.progress = now
        self._draw()

    def action_pause(self) -> None:
        """Stop after the request at hand."""
        if self._at_work:
            self._stopping.set()
            self._draw()

    def action_leave(self) -> None:
        """Leave what is shown; a run stops first."""
        if self.preview is not None:
            self.preview = None
            self._draw()
        elif self._at_work:
            self._leaving = True
            self.action_pause()
        else:
            self.dismiss(None)

    def action_move(self, lines: int) -> None:
        """Scroll."""
        at = self._pane.scroll_offset.y + lines
        self._pane.scroll_to(y=at, animate=False, immediate=True, force=True)

    # what is drawn

    def _draw(self) -> None:
        if not self.is_attached:
            return  # it was left while something was counted
        what = "sessions" if self._which == SESSIONS else "what projects remember"
        how = ", as a batch" if self._together else ""
        self._head.say(
            [(" Let a model refine ", "bold foreground"), (f"{what}{how}", "muted")],
            [(f"{clean_line(self.desk.scope_words)} ", "muted")],
        )
        self._foot.say([(" ", ""), *keys(*self._pairs())])
        draw = self._lines()
        self._pane.show(draw, about=self.preview and self.preview.number)

    def _pairs(self) -> list[tuple[str, str]]:
        if self._at_work:
            return [("p", "pause"), ("esc", "pause and leave")]
        told = self.told
        if self.preview is not None:
            return [("j k", "scroll"), ("v", "the next request"), ("esc", "back")]
        pairs = []
        if told is not None and told.plan.tasks and not told.trouble:
            pairs.append(("y", "send it"))
        if told is not None and told.unfinished is not None:
            pairs += [("r", "resume"), ("x", "cancel")]
        if told is not None and told.plan.tasks:
            pairs.append(("v", "see it"))
        how = "one by one" if self._together else "batch"
        other = "projects" if self._which == SESSIONS else "sessions"
        return [*pairs, ("b", how), ("m", other), ("esc", "leave")]

    def _lines(self) -> Callable[[int], list[Line]]:
        told, progress, ended, shown = (
            self.told, self.progress, self.ended, self.preview
        )  # fmt: skip
        stopping = self._at_work and self._stopping.is_set()
        look = look_of(self)

        def draw(width: int) -> list[Line]:
            if shown is not None:
                return preview_lines(shown, width)
            lines: list[Line] = [[]]
            if progress is not None:
                lines += [*progress_lines(progress, width, look, stopping=stopping), []]
            if ended:
                lines += [*paragraph(ended, width), []]
            if told is None:
                return [*lines, [("Counting what it would cost.", "muted")]]
            return [
                *lines,
                *told_lines(told, width),
                *ledger_lines(told.ledger, width, look),
            ]

        return draw
