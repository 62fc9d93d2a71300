"""Whether the store is sound and takes what is new."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import MemtuiError, StoreError, StoreReadOnly, StoreTooNew
from memtui.inject.files import locked
from memtui.install.finding import Finding, note, ok, wrong
from memtui.store.connect import try_to_write
from memtui.store.ingest.seen import is_unfinished
from memtui.store.mounts import network_kind
from memtui.store.rescue import repair
from memtui.store.rescue.probe import Probe, probe
from memtui.store.trouble import is_damage, unreachable

RESTORE: Final = (
    "Run: memtui doctor --fix  It copies out what you decided, keeps the old file, "
    "and saves what can be read."
)


def look(data: Path) -> tuple[list[Finding], Probe | None]:
    """What is to be said of a data folder's store, and what was found in it.

    It is tried, and not guessed from modes: whether one may write hangs on more.
    """
    path = paths.store_path(data)
    try:
        inside = os.listdir(data)
    except FileNotFoundError:
        inside = []
    except OSError as error:
        return [_said(unreachable(path, error))], None
    if path.name not in inside:
        said = f"There is no store at {path} yet."
        return [note("store", said, hint="Run: memtui sync")], None
    try:
        store = probe(path)
    except StoreReadOnly as error:
        return [_said(error)], None
    except MemtuiError as error:
        newer = _kept_from_writing(path)
        if newer and newer[0] is StoreTooNew:
            return [newer[1]], None
        broken = is_damage(path, error)
        hint = RESTORE if broken else error.hint
        return [wrong("store", error.message, hint=hint, can_repair=broken)], None
    if store.problems:
        said = f"Damaged: {store.problems[0]}."
        return [wrong("store", said, hint=RESTORE, can_repair=True)], store
    if (kept := _kept_from_writing(path)) is not None:
        return [kept[1]], store
    size = path.stat().st_size / 1e6
    found = [ok("store", f"Sound, {size:,.1f} MB, full text answers.")]
    return [*found, *_besides(path)], store


def _besides(path: Path) -> Iterator[Finding]:
    if kind := network_kind(path.parent):
        said = (
            f"The store lies on a network file system ({kind}): its locks may not hold."
        )
        yield note("store", said, hint="Let MEMTUI_DATA_DIR name a local folder.")
    if is_unfinished(path):
        said = "What you purged still stands in the store's log or a backup."
        again = "End other programs that read the store, then: memtui sync"
        yield wrong("store", said, hint=again)


def mend(data: Path) -> list[str]:
    """Repair a damaged store; what was done, a sentence each.

    Raises:
        MemtuiError: it cannot be repaired, or another process uses it.
        OSError: a file cannot be written.
    """
    path = paths.store_path(data)
    if not path.exists():
        return []
    with locked(paths.lock_path(data)):
        return repair.mend(path, paths.backup_dir(data))


def _kept_from_writing(path: Path) -> tuple[type[StoreError], Finding] | None:
    try:
        try_to_write(path)
    except StoreError as error:
        said = f"Nothing new can be recorded. {error.message}"
        return type(error), wrong("store", said, hint=error.hint)
    return None


def _said(error: StoreError) -> Finding:
    return wrong("store", error.message, hint=error.hint)
