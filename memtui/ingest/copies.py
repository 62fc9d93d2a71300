"""Files of the data folder, besides the store, in which words of it may stand."""

import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.files import replace_file
from memtui.store.purge.scrubbing import Scrub
from memtui.store.rescue import daily

_LEFTOVERS: Final = (
    ".memtui-new-*", ".memtui-backup-*", ".decisions-*", ".*.tmp",
    "memtui.db.damaged-*", "meaning.db*",
)  # fmt: skip
"""What a kill may leave, stores that were set aside as damaged, and vectors of texts,
which are made again from those that are left."""
_SQLITE: Final = b"SQLite format 3\x00"
_BLOCK: Final = re.compile(
    rb"<!-- begin memtui\b[^\n]*-->.*?<!-- end memtui -->\r?\n?", re.S
)
_COPIED: Final = re.compile(rb"^- [^\n]* \[([a-z2-7]{12})\]\r?(?:\n|\Z)", re.M)
"""A line that ``native copy`` wrote, or a block has."""


def clean_copies(data: Path, scrub: Scrub) -> None:
    """Backups as the store is now; no logs, no leftovers, no copies of our blocks.

    Raises:
        OSError: some file cannot be written.
    """
    backups = paths.backup_dir(data)
    for backup in daily.backups_in(backups):
        daily.rewrite_backup(backup, Scrub(scrub.removed, scrub.rewrite).row)
    _clean_settings(backups, scrub)
    for folder in (data, backups, paths.export_dir(data)):
        for pattern in _LEFTOVERS:
            for found in folder.glob(pattern):
                if found.is_file() and not found.is_symlink():
                    found.unlink(missing_ok=True)
    left = paths.imported_dir(data)  # of an import that was killed
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left)
    for log in (paths.log_path(data), paths.hooks_log_path(data)):
        log.unlink(missing_ok=True)
    _clean_searches(scrub)


def _clean_settings(backups: Path, scrub: Scrub) -> None:
    """Copies of clients' files from before we wrote into them."""
    for backup in sorted(backups.glob("*-*")):
        is_other = backup.suffix == ".zst" or _is_store(backup)
        if is_other or backup.is_symlink() or not backup.is_file():
            continue
        before = backup.read_bytes()
        after = _without_copied(_BLOCK.sub(b"", before), scrub.removed.memories)
        with suppress(UnicodeDecodeError):
            after = scrub.rewrite(after.decode()).encode()
        if after != before:
            replace_file(backup, after)


def _without_copied(data: bytes, gone: Collection[str]) -> bytes:
    return _COPIED.sub(lambda m: b"" if m[1].decode() in gone else m[0], data)


def foreign_copies(data: Path) -> Iterator[Path]:
    """Whole copies of a store in the data folder: a person put them there.

    The store's own files are not opened: closing one drops the locks that SQLite holds
    for the whole process, and others would then cut the memory it shares.
    """
    store = paths.store_path(data)
    own = {store.with_name(store.name + side) for side in ("", "-wal", "-shm")}
    for folder, _, names in os.walk(data):
        for name in sorted(names):
            path = Path(folder, name)
            if path not in own and not path.is_symlink() and _is_store(path):
                yield path


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _clean_searches(scrub: Scrub) -> None:
    """What the app remembers, saved searches too: outside of the data folder."""
    for state in (paths.state_path(), paths.searches_path()):
        try:
            before = json.loads(state.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # there is none, or it is none of ours
        if (after := _reworded(before, scrub)) != before:
            replace_file(state, json.dumps(after, ensure_ascii=False).encode())


def _reworded(value: object, scrub: Scrub) -> object:
    if isinstance(value, str):
        return scrub.rewrite(value)
    if isinstance(value, list):
        return [_reworded(one, scrub) for one in value]
    if isinstance(value, dict):
        return {key: _reworded(one, scrub) for key, one in value.items()}
    return value
