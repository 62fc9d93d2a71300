"""When something is tried again: a few times, each later than the one before."""

import random
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

DELAYS_S: Final = (3.0, 5.0, 10.0, 30.0, 60.0)
"""Before the second try, the third, and so on; there is none after the last."""
TRIES: Final = len(DELAYS_S) + 1
PAID_TRIES: Final = 3
"""Of what is paid each time and seldom does better: an answer of another form."""
JITTER: Final = 0.2
"""Share by which a delay may be longer or shorter, so that many do not come at once."""
PATIENCE_S: Final = 300.0
"""An endpoint that wants to be left alone for longer ends the run for now."""
LOOK_S: Final = 60.0
"""A batch is asked about this often."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> int:
        """Unix ms, UTC."""

    def wait(self, seconds: float) -> None:
        """Return after so long, or as soon as nobody wants to wait any more."""


class WallClock:
    """The machine's; ``stop`` ends every wait."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()

    def now(self) -> int:
        """Unix ms, UTC."""
        return time.time_ns() // 1_000_000

    def wait(self, seconds: float) -> None:
        """Return after so long, or once it was stopped."""
        self._stop.wait(seconds)


def delay(
    tries: int,
    after: float | None,
    draw: Callable[[], float] = random.random,
    most: int = TRIES,
) -> float | None:
    """Seconds until the next try; None: there is none.

    Args:
        tries: how often it was tried.
        after: seconds that the endpoint asked for; never less is waited.
        draw: a number from 0 to 1.
        most: tries, all in all.
    """
    if tries >= most:
        return None
    planned = DELAYS_S[max(tries, 1) - 1] * (1 + JITTER * (2 * draw() - 1))
    return max(planned, after or 0.0)
