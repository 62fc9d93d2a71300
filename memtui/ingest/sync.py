"""Everything new from every agent into the store, once."""

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from memtui import distil, paths
from memtui.errors import MemtuiError, StoreError
from memtui.ingest.lock import ingesting
from memtui.ingest.report import AgentReport, Progress, SyncReport
from memtui.ingest.standing import Rest, at_rest
from memtui.ingest.survey import survey
from memtui.inject import as_of
from memtui.model import Agent
from memtui.readers import READERS
from memtui.readers.base import Reader
from memtui.readers.places import folders
from memtui.settings import Settings
from memtui.store.connect import is_there
from memtui.store.ingest.seen import (
    UNFINISHED,
    UNLOOKED,
    Standing,
    left_over,
    what_stands,
)
from memtui.store.leftovers import remove_leftovers
from memtui.store.rescue.daily import back_up_decisions, is_missing

HEALTH_SECONDS = 0.5
_DAY_S = 86_400
_LOOKED = "looked"
_PRIVATE = ("memtui.", "meaning.db", "hooks.log", "backups", "export")
"""How names begin of what holds words of transcripts."""
_log = logging.getLogger(__name__)

__all__ = ["AgentReport", "Progress", "SyncReport", "is_up_to_date", "sync"]


def sync(
    data: Path,
    settings: Settings,
    *,
    home: Path,
    agents: Collection[Agent] | None = None,
    full: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    wait: float = 0.0,
    only: Collection[str] | None = None,
    lazily: bool = False,
) -> SyncReport:
    """Read what is new under ``home`` into the store of ``data``.

    Args:
        agents: only these; None: every agent there is a reader for.
        full: parse everything anew from the archive first.
        progress: called after each transaction, from the calling thread.
        stop: set it and the run ends soon; what was read stays.
        wait: seconds to wait for another ingester.
        only: paths of known transcripts, to look at no others.
        lazily: leave long sessions that grew to be distilled by a later run, one
            that finds them at rest; with ``only``, leave all that are due.

    Raises:
        StoreBusy: another process is ingesting, or wrote for too long.
        StoreError: the store cannot be used.
    """
    began = as_of.state()
    if only is None:
        _keep_private(data)
        _look_at_health(data)
    readers = [READERS[a] for a in READERS if agents is None or a in agents]
    stop = stop or threading.Event()
    if full or only is not None:
        _back_up(data)
    elif report := _at_rest(data, settings, home, readers):
        return _exported(data, settings, report, began)
    found = survey(data, settings, home, readers, full=full, only=only)
    if found.is_empty or (lazily and only is not None and found.only_due):
        return _exported(data, settings, found.report(), began)
    # a run that finds nothing, as most do, needs neither patterns nor a writer
    from memtui.ingest.run import Run
    from memtui.store.ingest.writes import Store

    with ingesting(data, wait=wait, stop=stop):
        is_owed = _tidy_up(data, settings)
        # another ingester may have done part of it meanwhile
        found = survey(
            data, settings, home, readers, full=full, only=only, before=found
        )
        some = only is not None
        run = Run(settings, found, stop, progress, lazily=lazily, only=some)
        with Store(paths.store_path(data)) as store:
            run.go(store)
        _look_further(data, run.report, is_owed=is_owed)
        if full or run.report.changed:
            _renew_index(data, progress, stop, whole=full)
    return _exported(data, settings, run.report, began)


def is_up_to_date(data: Path, settings: Settings, *, home: Path) -> bool:
    """Whether a sync would find all as it was: a look at files, no more.

    Raises:
        StoreError: the store cannot be read.
    """
    return _rest(data, settings, home, list(READERS.values())).report is not None


def _at_rest(
    data: Path, settings: Settings, home: Path, readers: Sequence[Reader]
) -> SyncReport | None:
    """What a sync says that has nothing to read; it backs up all the same."""
    rest = _rest(data, settings, home, readers)
    if is_missing(paths.backup_dir(data), rest.decided):
        _back_up(data)
    return rest.report


def _rest(
    data: Path, settings: Settings, home: Path, readers: Sequence[Reader]
) -> Rest:
    places = [(reader, folders(reader, settings, home)) for reader in readers]
    versions = {reader.agent.value: reader.version for reader in readers}
    rules_off = sorted(settings.disabled_rules)

    def expected() -> Standing:
        store = paths.store_path(data)
        return what_stands(store, distil.VERSION, versions, rules_off=rules_off)

    asked = (distil.VERSION, versions, rules_off)
    return at_rest(data, home, places, asked, expected)


def _back_up(data: Path) -> None:
    """Copy out what was decided on a day that is over; ``doctor`` names its age."""
    try:
        back_up_decisions(paths.store_path(data), paths.backup_dir(data))
    except (StoreError, OSError) as error:
        _log.warning("Cannot back up the decisions: %s", error)


def _tidy_up(data: Path, settings: Settings) -> bool:
    """What a killed start left, and a purge that was killed or had to wait.

    Returns:
        Whether a run before ended before it had looked outside.
    """
    remove_leftovers(data)
    path = paths.store_path(data)
    if not is_there(path):
        _note_look(data)  # there is nothing to be damaged before tomorrow
        return False
    left = left_over(path)
    if UNFINISHED in left:
        from memtui.ingest.erase import finish_what_was_left

        finish_what_was_left(data, settings)
    return UNLOOKED in left


def _keep_private(data: Path) -> None:
    """The folder and what memtui says in it are their owner's alone.

    Nothing else is touched: who names a folder of other things for it means those.
    """
    try:
        ours = (one for one in os.scandir(data) if one.name.startswith(_PRIVATE))
        found = [data, *(Path(one.path) for one in ours)]
    except FileNotFoundError:
        return
    except OSError as error:
        _log.warning("Cannot look into %s: %s", data, error)
        return
    for path in found:
        try:
            mode = path.lstat().st_mode
            if mode & 0o077 and not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode) & 0o700)
        except FileNotFoundError:
            continue  # a log that was put away meanwhile
        except OSError as error:
            _log.warning("Cannot keep others out of %s: %s", path, error)


def _look_at_health(data: Path) -> None:
    """Once a day, for a moment: whether the store is sound, as far as that shows."""
    path = paths.store_path(data)
    if not is_there(path):
        return
    try:
        if time.time() - data.joinpath(_LOOKED).stat().st_mtime < _DAY_S:
            return
    except OSError:
        pass  # never yet
    from memtui.store.rescue.repair import health

    try:
        _note_look(data)
        if not health(path, seconds=HEALTH_SECONDS).is_sound:
            _log.warning("The store is damaged. Run: memtui doctor --fix")
    except (StoreError, OSError) as error:
        _log.warning("Cannot look at the store: %s", error)


def _note_look(data: Path) -> None:
    data.joinpath(_LOOKED).touch(mode=0o600)


def _look_further(data: Path, report: SyncReport, *, is_owed: bool) -> None:
    """What files, commits and later records say of what was read."""
    _look_outside(data, None if is_owed else report.projects)
    if report.changed or is_owed:
        _note_feedback(data)


def _renew_index(
    data: Path,
    progress: Callable[[Progress], None] | None,
    stop: threading.Event,
    *,
    whole: bool,
) -> None:
    """Some more of a new search index; imported only by runs that read something."""
    from memtui.ingest.indexing import renew_index

    renew_index(data, progress, stop, whole=whole)


def _look_outside(data: Path, projects: Collection[str] | None) -> None:
    """Files that are gone, commits that are there; the next sync looks again."""
    from memtui.ingest.outside import look_outside

    try:
        look_outside(paths.store_path(data), projects, now=time.time_ns() // 1_000_000)
    except (MemtuiError, OSError) as error:
        _log.warning("Cannot look at files and commits: %s", error)


def _note_feedback(data: Path) -> None:
    """What came of what sessions were told; the next sync looks again."""
    from memtui.ingest.feedback import note_feedback

    try:
        note_feedback(paths.store_path(data))
    except (MemtuiError, OSError) as error:
        _log.warning("Cannot note what came of memories: %s", error)


def _exported(
    data: Path, settings: Settings, report: SyncReport, began: as_of.State
) -> SyncReport:
    """What sessions are told, where something was read, or the config was edited.

    Why that could not be done is in the report; what was read is safe all the same.
    """
    if not report.projects and not as_of.is_behind(data):
        return report
    from memtui.inject.export import export_projects

    try:
        export_projects(data, settings, sorted(report.projects), read_at=began)
    except (MemtuiError, OSError) as error:
        report.not_exported = paths.shortened(str(error))
        _log.warning("Cannot refresh the exports: %s", report.not_exported)
    return report
