"""Whether a cursor rests: what it passes by with a held key is not read."""

import asyncio
import time
from typing import Final

REST_S: Final = 0.1
"""So long the cursor rests before a detail is read."""
HELD_S: Final = 0.15
"""Moves that follow each other faster come from a key that is held."""


class Rest:
    """The moves of one cursor."""

    def __init__(self) -> None:
        self.moved_at = 0.0
        """0: it was never moved."""
        self.awaited = False
        """Somebody waits until it rests."""

    def move(self) -> bool:
        """Note a move; whether the key that makes it is held."""
        before, self.moved_at = self.moved_at, time.monotonic()
        return self.moved_at - before < HELD_S

    async def come(self) -> None:
        """Until it has stood still for a moment."""
        self.awaited = True
        try:
            while (left := self.moved_at + REST_S - time.monotonic()) > 0:
                await asyncio.sleep(left)
        finally:
            self.awaited = False
