"""A made-up store, so that a newcomer sees every screen with something on it.

Five invented projects of one invented developer, four weeks, all thirteen types
of memory, each with its evidence in a turn. The words are data in ``content``;
``script`` reads them, ``records`` makes records and source lines of them, and
``filling`` writes a store through the same doors that a real sync and a real
person use. Nothing outside the given folder is read or written.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["build", "temporary"]


def build(data: Path, *, today_ms: int) -> None:
    """Write the demo store into a new data folder.

    Args:
        data: the data folder; its store must not exist yet.
        today_ms: Unix milliseconds of "now": the newest session ended some
            minutes before it, older days keep their clock times, local.
    """
    from memtui.demo.filling import fill_store

    fill_store(data, today_ms=today_ms)


@contextmanager
def temporary(*, today_ms: int | None = None) -> Iterator[Path]:
    """A demo store in a temporary folder, which is removed on the way out."""
    now = int(time.time() * 1000) if today_ms is None else today_ms
    data = Path(tempfile.mkdtemp(prefix="memtui-demo-"))
    try:
        build(data, today_ms=now)
        yield data
    finally:
        try:
            shutil.rmtree(data)
        finally:  # again, where a signal cut the first short
            shutil.rmtree(data, ignore_errors=True)
