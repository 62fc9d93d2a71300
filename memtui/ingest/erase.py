"""Purge and redact: out of the store, and out of every file of the data folder.

First one transaction, see ``taking_out``. Then what holds copies: the pages and the
log of the store, backups, stores set aside, logs, leftovers, exports. A kill in the
first leaves all as it was; one after it leaves a note in the store, and the next sync,
purge or ``doctor --fix`` goes on.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from memtui import paths
from memtui.errors import MemtuiError, NotFound
from memtui.ingest.burying import Aside, clean_stores_aside
from memtui.ingest.copies import clean_copies, foreign_copies
from memtui.ingest.lock import ingesting
from memtui.ingest.rewriting import rewriter
from memtui.ingest.taking_out import cut_out, take_out
from memtui.settings import Settings
from memtui.store.purge.erasing import Eraser, pending, settle, wipe
from memtui.store.purge.scrubbing import Scrub
from memtui.store.purge.traces import Counts, Target

__all__ = ["Counts", "Erased", "Target", "finish", "purge", "redact", "would_purge"]

_LOCK_SECONDS: Final = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done."""

    changed: int
    """Sessions, records and memories that went; texts and transcripts rewritten."""
    is_wiped: bool
    """No byte of it is left in the store's files and exports; else the next sync has
    something to finish: another process reads them, or they cannot be written."""
    copies: tuple[Path, ...]
    """Stores of another kind in the data folder, which were left as they are."""


def would_purge(data: Path, target: Target) -> Counts:
    """How much a purge would take away; nothing is changed.

    Raises:
        StoreError: there is no store, or it cannot be written.
    """
    with _eraser(data) as eraser:
        return eraser.counts(target)


def purge(data: Path, settings: Settings, target: Target) -> Erased:
    """Remove every trace; there is no way back.

    Raises:
        StoreBusy: another process reads transcripts or writes for too long.
        StoreError: it cannot be done; then nothing was.
    """
    with ingesting(data, wait=_LOCK_SECONDS):
        finish_what_was_left(data, settings)
        with _eraser(data) as eraser, eraser.erasing():
            count = take_out(eraser, settings, target)
        return _finished(data, settings, count)


def redact(
    data: Path, settings: Settings, *, values: Mapping[str, str] = MappingProxyType({})
) -> Erased:
    """Cut known kinds of secrets, and these values, out of what is stored already.

    Args:
        values: what a person calls a secret, by ``masking.digest``. They are kept out
            from now on, too.
    """
    with ingesting(data, wait=_LOCK_SECONDS):
        finish_what_was_left(data, settings)
        with _eraser(data) as eraser, eraser.erasing():
            count = cut_out(eraser, settings, values)
        return _finished(data, settings, count)


def finish(data: Path, settings: Settings) -> bool:
    """Finish what a purge or redact had to leave, if any did; whether it is done.

    Raises:
        StoreError: the store cannot be read or written.
    """
    with ingesting(data, wait=_LOCK_SECONDS):
        return finish_what_was_left(data, settings)


def finish_what_was_left(data: Path, settings: Settings) -> bool:
    """The same for who holds the lock already."""
    return _finish(data, settings).is_wiped


def _finish(data: Path, settings: Settings) -> Aside:
    """The same; with the stores set aside that are clean now."""
    left = pending(paths.store_path(data))
    if left is None:
        return Aside(frozenset(), is_wiped=True)
    scrub = Scrub(left.removed, rewriter(named=left.named, ids=left.values))
    is_wiped = wipe(paths.store_path(data))
    clean_copies(data, scrub)
    aside = clean_stores_aside(data, settings, named=left.named)
    is_done = _is_exported(data, settings) and is_wiped and aside.is_wiped
    if is_done:
        settle(paths.store_path(data))
    return Aside(aside.cleaned, is_done)


def _finished(data: Path, settings: Settings, count: int) -> Erased:
    try:
        done = _finish(data, settings)
    except (MemtuiError, OSError) as error:
        # it is out of the store: no room to write that anew is no reason to deny it
        _log.warning("Cannot finish yet: %s", error)
        done = Aside(frozenset(), is_wiped=False)
    copies = tuple(path for path in foreign_copies(data) if path not in done.cleaned)
    return Erased(changed=count, is_wiped=done.is_wiped, copies=copies)


@contextmanager
def _eraser(data: Path) -> Iterator[Eraser]:
    path = paths.store_path(data)
    if not path.exists():
        raise NotFound(f"There is no store at {path}.", hint="Run: memtui sync")
    with Eraser(path) as eraser:
        yield eraser


def _is_exported(data: Path, settings: Settings) -> bool:
    """Write the exports anew; else they may still tell what is gone."""
    from memtui.inject.export import export_projects

    try:
        export_projects(data, settings)
    except (MemtuiError, OSError) as error:
        _log.warning("Cannot refresh the exports: %s", error)
        return False
    return True
