"""Looking for garbage while much is read: seldom, and briefly beside a screen."""

import gc
from concurrent.futures import ThreadPoolExecutor

from memtui.ingest.transactions import ALONE, BESIDE, collecting_seldom


def looks(much: bool = False) -> tuple[tuple[int, ...], int]:
    """The thresholds while something is read, and how many objects stay for good."""
    with collecting_seldom():
        inside = gc.get_threshold()
        while much and gc.get_count()[2] <= 20:
            gc.collect(1)  # as so much reading does
    return inside, gc.get_freeze_count()


def beside_a_screen(much: bool = False) -> tuple[tuple[int, ...], int]:
    before = gc.get_threshold()
    gc.unfreeze()
    gc.collect()
    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(looks, much).result()
    finally:
        gc.unfreeze()
        assert gc.get_threshold() == before


def test_a_process_that_only_reads_looks_for_garbage_seldom() -> None:
    before = gc.get_threshold()

    assert looks() == (ALONE, gc.get_freeze_count())
    assert gc.get_threshold() == before


def test_beside_a_screen_no_look_is_at_much() -> None:
    (young, middle, full), kept = beside_a_screen()

    assert (young, middle, full) == BESIDE
    assert young * middle <= 10_000
    assert full > 100_000
    assert kept == 0


def test_beside_a_screen_much_reading_does_not_end_with_a_look_at_all() -> None:
    _, kept = beside_a_screen(much=True)

    assert kept > 0
