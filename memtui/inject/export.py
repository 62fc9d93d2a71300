"""Writing what the hooks print: one small file per place, branch and text.

Called after every act of curation and every sync that brought something. The
lock is taken before the store is read, so the last one to write has seen every
decision made before it.
"""

import errno
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from memtui.errors import MemtuiError, SettingsError
from memtui.inject import as_of, render, status
from memtui.inject.files import UNTOUCHED_NS, locked, replace_if_changed
from memtui.inject.gather import (
    EVERYWHERE,
    Layer,
    inject,
    preview,
    texts_of,
    told_beyond,
)
from memtui.inject.place import (
    AGENTS,
    DEFAULT,
    file_of,
    has_room,
    is_exportable,
    locate,
    main_tree,
    printed,
)
from memtui.inject.policy import write_policy
from memtui.inject.values import TEXTS, Injection, Source
from memtui.model import Agent
from memtui.paths import export_dir, make_private_dir, shortened, store_path
from memtui.settings import Settings, load
from memtui.store.queries import StoreView
from memtui.store.views.surroundings import KnownPlace

__all__ = [
    "export_projects",
    "exported_text",
    "inject",
    "outdated",
    "preview",
    "preview_differs",
]

_NO_PLACE_FOR_IT: Final = frozenset(
    {errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
)
"""The file system cannot hold this name, so no session can look for it either."""
_AT_A_TIME: Final = 16
"""Files that are written side by side."""


def exported_text(
    data: Path,
    path: Path,
    source: Source = Source.STARTUP,
    agent: Agent = Agent.CLAUDE_CODE,
) -> str:
    """What an agent's hook prints in this folder now; empty where it prints nothing.

    Raises:
        ValueError: the file is no answer of a hook.
        OSError: the file cannot be read.
    """
    file = printed(data, locate(path), source, agent)
    return render.from_envelope(file.read_bytes()) if file else ""


def preview_differs(
    data: Path,
    path: Path,
    injection: Injection,
    agent: Agent = Agent.CLAUDE_CODE,
) -> bool:
    """Whether a session started in this folder is told something else."""
    try:
        return exported_text(data, path, injection.source, agent) != injection.text
    except (OSError, ValueError):
        return True


def export_projects(
    data: Path,
    settings: Settings,
    project_ids: Collection[str] | None = None,
    *,
    read_at: as_of.State | None = None,
) -> list[Path]:
    """Write the files of projects, or of all and the global layer.

    Where the config was edited since it was read, or since the last export, it is
    read again, and all is written: whoever began before the edit does not undo it.

    Args:
        read_at: state of the config when the settings were read; None: just now.
        project_ids: UUIDs; None, also wherever a decision reaches further than
            one project: all, and everything stale is removed.

    Returns:
        The files that changed; gone ones are not among them.

    Raises:
        StoreError: there is no store, or it cannot be read.
        MemtuiError: some file could not be written; the others were.
    """
    make_private_dir(data)
    folder = make_private_dir(export_dir(data))
    with locked(data / "export.lock"), StoreView(store_path(data)) as view:
        state = as_of.state()
        if as_of.is_behind(data) or (read_at is not None and read_at != state):
            project_ids = None
            with suppress(SettingsError):  # a wrong one changes nothing
                settings = load()
        wanted, owned, outcomes = _write(_wanted(data, settings, view, project_ids))
        written = [path for path, done in outcomes.items() if done is True]
        failed = [(p, e) for p, e in outcomes.items() if isinstance(e, OSError)]
        try:
            write_policy(data, view, state)
        except OSError as trouble:
            failed.append((data / as_of.NAME, trouble))
        try:
            status.write_lines(data, settings, view, project_ids)
        except OSError as trouble:
            failed.append((data / status.FOLDER, trouble))
        for path in _all_files(folder) if project_ids is None else _files_of(owned):
            if path not in wanted:
                path.unlink(missing_ok=True)
        if project_ids is None:
            _drop_empty(folder)
    if failed:
        path, error = failed[0]
        raise MemtuiError(
            f"{len(failed)} of {len(wanted)} exports could not be written: "
            f"{error.strerror or error} ({shortened(str(path))}).",
            hint="What you decided is kept. Then run: memtui export --all",
        )
    return written


def outdated(data: Path, settings: Settings) -> list[Path]:
    """Exported files that the store is ahead of, or that nothing is said in.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with StoreView(store_path(data)) as view:
        parts = _wanted(data, settings, view, None)
        wanted = {path: text for _, files in parts for path, text in files.items()}
    there = set(_all_files(export_dir(data)))
    return sorted(
        path for path in there | wanted.keys() if _bytes(path) != wanted.get(path)
    )


def _wanted(
    data: Path,
    settings: Settings,
    view: StoreView,
    project_ids: Collection[str] | None,
) -> Iterator[tuple[set[Path], dict[Path, bytes]]]:
    """Of each place: the folders that its texts stand in, every file with its bytes."""
    wide = told_beyond(view, settings)
    apart = [one for one in Agent if (export_dir(data) / AGENTS / one).is_dir()]
    for known in [*view.places(project_ids), EVERYWHERE]:
        texts = texts_of(Layer(view, settings, known, wide))
        owned: set[Path] = set()
        wanted: dict[Path, bytes] = {}
        for root in _roots(known):
            for agent in (None, *apart):
                folder = file_of(data, root, Source.STARTUP, agent=agent).parent
                if has_room(folder) and (agent is None or folder.is_dir()):
                    owned.add(folder)
            for (agent, source, branch), text in texts.items():
                file = file_of(data, root, source, branch, agent)
                if has_room(file):
                    wanted[file] = text
        yield owned, wanted


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _roots(known: KnownPlace) -> list[str]:
    """The folders under which a project's texts stand.

    A linked worktree needs none: the hook goes to the main tree from it.
    """
    if not known.project.id:
        return [DEFAULT]
    main = main_tree(known.common_dir)
    roots = [main] if main else []
    roots += [root for root in known.roots if root != main and not _led(root, main)]
    return [root for root in roots if is_exportable(root)]


def _led(root: str, main: str) -> bool:
    """Whether a session in ``root`` is led to ``main``, or can no longer start."""
    if not main or not os.path.isdir(main):
        return False
    place = locate(Path(root))
    return not os.path.isdir(root) or (place is not None and place.shared == main)


def _write(
    places: Iterable[tuple[set[Path], dict[Path, bytes]]],
) -> tuple[set[Path], set[Path], dict[Path, bool | OSError]]:
    """Replace what differs; return all files, their folders, what became of each.

    Side by side, and while further places are chosen for: each file waits for the
    disk, which takes as long for one as for all that wait for it together.
    """
    owned: set[Path] = set()
    doing: dict[Path, Future[bool | OSError]] = {}
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        for folders, files in places:
            owned |= folders
            for path, text in files.items():
                if path in doing:  # of two places with one root the later one's
                    doing[path].result()
                doing[path] = threads.submit(_outcome, path, text)
    outcomes = {path: one.result() for path, one in doing.items()}
    return set(doing), owned, outcomes


def _outcome(path: Path, text: bytes) -> bool | OSError:
    """Whether a file was replaced, or why it could not be."""
    try:
        return replace_if_changed(path, text, UNTOUCHED_NS)
    except OSError as error:
        return error if error.errno not in _NO_PLACE_FOR_IT else False


def _files_of(folders: Collection[Path]) -> Iterator[Path]:
    """Files of these places' own texts; places below them have theirs."""
    for folder in sorted(folders):
        for text in TEXTS:
            yield from folder.glob(f"{text}.json")
            yield from folder.glob(f"{text}@*.json")
            for branches in folder.glob(f"{text}@*/"):
                yield from _all_files(branches)


def _all_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if not path.is_dir())


def _drop_empty(folder: Path) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        if path != str(folder) and not os.listdir(path):
            os.rmdir(path)
