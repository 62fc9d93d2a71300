"""How an ingester holds the store: in spite of other writers, and at little cost."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from memtui.errors import StoreBusy
from memtui.store.writes import Store

_BUSY_RETRIES: Final = 6


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Records are many and in no cycles: looking for some took a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(250_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def begun(store: Store) -> Iterator[None]:
    """A transaction, begun in spite of another writer who takes a while."""
    with ExitStack() as stack:
        for attempt in range(_BUSY_RETRIES):
            try:
                stack.enter_context(store.transaction())
                break
            except StoreBusy:
                if attempt == _BUSY_RETRIES - 1:
                    raise
        yield
