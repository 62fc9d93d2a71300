"""How an ingester holds much in memory at little cost."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ALONE: Final = (250_000, 20, 50)
"""Objects between two looks for garbage, and how seldom older ones are looked at."""
BESIDE: Final = (2_000, 5, 1_000_000)
"""The same where a screen is drawn meanwhile: every thread waits for each look, for
250,000 objects 150 ms. There is none at all there is."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Records are many and in no cycles: looking for some took a tenth of the time.

    Beside a screen, what was made until the end stays for good where all would be
    looked through next: that would hold up the screen, too.
    """
    before = gc.get_threshold()
    if threading.current_thread() is threading.main_thread():
        gc.set_threshold(*ALONE)
    else:
        gc.set_threshold(*BESIDE)
    try:
        yield
    finally:
        if gc.get_threshold() == BESIDE and gc.get_count()[2] > before[2]:
            gc.freeze()
        gc.set_threshold(*before)
