"""Waiting for the app by what it still has to do, never for a while.

Textual's own ``pause`` takes a process that was given no CPU time for one that is
idle, so on a busy machine it comes back before the app has begun.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Final

from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen

QUIET_ROUNDS: Final = 3
"""A message that is being handled may post another, which starts a worker."""
PATIENCE_S: Final = 60.0
LOOK_AGAIN_S: Final = 0.005


async def settled(pilot: Pilot[int], held: str = "") -> None:
    """Nothing is left to do but what a person has been asked.

    Every message is handled, no worker runs, what has changed is drawn.

    Args:
        held: the name of the worker that the test itself holds up; it may go on.

    Raises:
        AssertionError: that did not come about; it says what still runs.
    """
    app, end, quiet = pilot.app, time.monotonic() + PATIENCE_S, 0
    while quiet < QUIET_ROUNDS and not app._exit:
        quiet += 1
        while _is_working(app, held):
            quiet = 0
            assert time.monotonic() < end, f"still at work: {list(app.workers)}"
            await asyncio.sleep(LOOK_AGAIN_S)
        await pilot._wait_for_screen()
        if any(map(_has_more, _pumps(app))):
            quiet = 0


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for what a thread in the background brings about.

    Raises:
        AssertionError: it did not.
    """
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never happened"
        await pilot.pause(LOOK_AGAIN_S)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one after the other, each one settled."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def _is_working(app: App[int], held: str) -> bool:
    """Whether something is to be drawn, or a worker runs that asked no person."""
    running = sum(
        not worker.is_finished for worker in app.workers if worker.name != held
    )
    if not app.screen_stack:
        return True  # the first screen is still to come
    return running > sum(_asks(app)) or _is_to_be_drawn(app.screen)


def _is_to_be_drawn(screen: Screen[object]) -> bool:
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._dirty_widgets
        or screen._callbacks  # of those that wait until it is drawn
    )


def _asks(app: App[int]) -> Iterator[bool]:
    for stack in app._screen_stacks.values():
        for screen in stack:
            for asked in screen._result_callbacks:
                yield asked.future is not None and not asked.future.done()


def _pumps(app: App[int]) -> Iterator[MessagePump]:
    yield app
    yield from app.screen.walk_children(with_self=True)


def _has_more(pump: MessagePump) -> bool:
    return bool(pump.message_queue_size or pump._next_callbacks)
