"""Purges and scrubs since, done in other stores too: one set aside, one put back."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from memtui import paths
from memtui.errors import StoreBusy, StoreError
from memtui.ingest.rewriting import rewriter
from memtui.ingest.taking_out import cut_out, take_out
from memtui.settings import Settings
from memtui.store.purge import buried, tombs
from memtui.store.purge.erasing import Eraser, settle, wipe
from memtui.store.rescue import restoring

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aside:
    """What came of the stores that were set aside."""

    cleaned: frozenset[Path]
    is_wiped: bool
    """No byte of it is left in these; else somebody reads or writes them."""


def clean_stores_aside(data: Path, settings: Settings, *, named: bool) -> Aside:
    """Do in stores that were set aside what was done in the store.

    Those that cannot be opened are left as they are.

    Args:
        named: cut known kinds of secrets, too.
    """
    path, cleaned, is_wiped = paths.store_path(data), [], True
    for aside in sorted(data.glob(f"{path.name}.{restoring.BEFORE}-*Z")):
        try:
            ids = buried.of_store(path, paths.backup_dir(data))
            is_wiped &= _bury(settings, ids, aside, named=named)
            cleaned.append(aside)
        except StoreBusy:
            is_wiped = False
        except StoreError as error:
            _log.warning("Cannot clean %s: %s", aside, error)
    return Aside(frozenset(cleaned), is_wiped)


def put_store(data: Path, settings: Settings, backup: Path) -> Path | None:
    """``restoring.put_store``, without what was purged or scrubbed since."""
    path = paths.store_path(data)
    ids = buried.of_store(path, paths.backup_dir(data))
    clean = partial(_bury, settings, ids) if ids else None
    return restoring.put_store(path, backup, clean)


def put_decisions(data: Path, backup: Path) -> restoring.PutBack:
    """``restoring.put_back``, without what was purged or scrubbed since."""
    path = paths.store_path(data)
    ids = buried.of_store(path, paths.backup_dir(data))
    return restoring.put_back(path, backup, rewriter(named=False, ids=_values(ids)))


def _bury(
    settings: Settings, ids: Collection[str], path: Path, *, named: bool = False
) -> bool:
    """Take out of a store what these tombstones name; whether no byte is left."""
    with Eraser(path) as eraser, eraser.erasing():
        for target in eraser.bury(ids):
            take_out(eraser, settings, target)
        if named or _values(ids):
            cut_out(eraser, settings, {})
    if is_wiped := wipe(path):
        settle(path)
    return is_wiped


def _values(ids: Collection[str]) -> frozenset[str]:
    kind = tombs.VALUE
    return frozenset(one.removeprefix(kind) for one in ids if one.startswith(kind))
