"""Making a store: under another name first, whole before anybody can open it."""

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from memtui.store import scripts
from memtui.store.connect import SCHEMA_STAMP, connected, quoted

_PAGE_BYTES: Final = 8 << 10
"""Of a store made now. Records of one or two kilobytes leave half as much room in
pages of this size as in SQLite's own of 4 KiB: 2 % of the store (measured)."""


def make(path: Path) -> None:
    """Make the store in one step: whoever finds the file finds it whole.

    A killed start leaves nothing that anybody would open.
    """
    made = os.fspath(unfinished(path.parent))
    try:
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        except OSError:  # no hard links here
            if not path.exists():
                os.rename(made, path)
    finally:
        for side in ("", "-wal", "-shm"):
            Path(made + side).unlink(missing_ok=True)


def unfinished(folder: Path) -> Path:
    """A new store under another name: the caller gives it its own, or removes it."""
    handle, made = tempfile.mkstemp(dir=folder, prefix=".memtui-new-")
    os.close(handle)  # mkstemp: readable by its owner alone
    try:
        with closing(connected(f"file:{quoted(Path(made))}?mode=rw")) as conn:
            conn.execute("pragma journal_mode = off")  # nobody else knows it yet
            conn.execute(f"pragma page_size = {_PAGE_BYTES}")
            conn.execute("pragma auto_vacuum = incremental")
            scripts.make(conn, SCHEMA_STAMP)
            conn.execute("pragma journal_mode = wal")
    except BaseException:  # an interrupt, too, leaves nothing behind
        Path(made).unlink(missing_ok=True)
        raise
    return Path(made)
