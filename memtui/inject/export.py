"""Writing what the hooks print: one small file per place, branch and text.

Called after every act of curation and every sync that brought something. The
lock is taken before the store is read, so the last one to write has seen every
decision made before it.
"""

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from memtui.errors import MemtuiError
from memtui.inject import render
from memtui.inject.choose import choose
from memtui.inject.files import locked, replace_if_changed
from memtui.inject.place import (
    DEFAULT,
    Place,
    file_of,
    has_file,
    is_exportable,
    locate,
    main_tree,
    printed,
)
from memtui.inject.values import TEXTS, Injection, RecentSession, Source
from memtui.model import Agent, Memory, Project
from memtui.paths import export_dir, home, make_private_dir, store_path
from memtui.settings import InjectWhen, Settings
from memtui.store.queries import StoreView
from memtui.store.surroundings import NOWHERE, KnownPlace, Surroundings

_NO_PLACE_FOR_IT: Final = frozenset(
    {errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
)
"""The file system cannot hold this name, so no session can look for it either."""


def inject(
    view: StoreView,
    settings: Settings,
    project: Project | None,
    source: Source = Source.STARTUP,
    branch: str = "",
    *,
    budget: int | None = None,
    auto: bool = False,
    agent: Agent = Agent.CLAUDE_CODE,
) -> Injection:
    """What the next session of a project is told.

    Args:
        project: None: a place that belongs to none; the global layer alone.
        branch: counts where it is one of those that have a text of their own.
        auto: as if every candidate above the default confidence were kept.
    """
    if auto:
        every = dict.fromkeys(settings.types, InjectWhen.AUTO)
        settings = replace(settings, inject={**every, **_never(settings)})
    known = _known(view, project)
    return _Layer(view, settings, known).injection(source, branch, budget, agent)


def preview(
    view: StoreView,
    settings: Settings,
    path: Path,
    source: Source = Source.STARTUP,
    *,
    budget: int | None = None,
    auto: bool = False,
) -> Injection:
    """What a session started in this folder is told, once all is exported."""
    place = locate(path)
    project = project_at(view, place)
    branch = place.branch if place else ""
    return inject(view, settings, project, source, branch, budget=budget, auto=auto)


def project_at(view: StoreView, place: Place | None) -> Project | None:
    """The project whose text the hook prints at a place; never a parent's."""
    for root in place.roots if place else ():
        found = (
            view.project_of_root(root or "/") if is_exportable(root or "/") else None
        )
        if found:
            return found
    return None


def exported_text(data: Path, path: Path, source: Source = Source.STARTUP) -> str:
    """What the hook prints in this folder now; empty where it prints nothing.

    Raises:
        ValueError: the file is no answer of a hook.
        OSError: the file cannot be read.
    """
    file = printed(data, locate(path), source)
    return render.from_envelope(file.read_bytes()) if file else ""


def preview_differs(data: Path, path: Path, injection: Injection) -> bool:
    """Whether a session started in this folder is told something else."""
    try:
        return exported_text(data, path, injection.source) != injection.text
    except (OSError, ValueError):
        return True


def export_projects(
    data: Path, settings: Settings, project_ids: Collection[str] | None = None
) -> list[Path]:
    """Write the files of projects, or of all and the global layer.

    Args:
        project_ids: UUIDs; None, also wherever a decision reaches further than
            one project: all, and everything stale is removed.

    Returns:
        The files that changed; gone ones are not among them.

    Raises:
        StoreError: there is no store, or it cannot be read.
        MemtuiError: some file could not be written; the others were.
    """
    folder = make_private_dir(export_dir(data))
    with locked(data / "export.lock"), StoreView(store_path(data)) as view:
        wanted: dict[Path, bytes] = {}
        owned: set[Path] = set()
        for known in [*view.places(project_ids), _EVERYWHERE]:
            texts = _texts(_Layer(view, settings, known))
            for root in _roots(known):
                owned.add(file_of(data, root, Source.STARTUP).parent)
                for (source, branch), text in texts.items():
                    wanted[file_of(data, root, source, branch)] = text
        written, failed = _write(wanted)
        stale = _all_files(folder) if project_ids is None else _files_of(owned)
        for path in stale:
            if path not in wanted:
                path.unlink(missing_ok=True)
        if project_ids is None:
            _drop_empty(folder)
    if failed:
        path, error = failed[0]
        raise MemtuiError(
            f"{len(failed)} of {len(wanted)} exports could not be written: "
            f"{error.strerror or error} ({path}).",
            hint="What you decided is kept. Then run: memtui export --all",
        )
    return written


_EVERYWHERE: Final = KnownPlace(
    project=Project(id="", name="", path=""), common_dir="", roots=(DEFAULT,)
)
"""The global layer, as a place of its own."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """Everything that the texts of one project are chosen from, read once."""

    view: StoreView
    settings: Settings
    known: KnownPlace

    @property
    def project(self) -> Project | None:
        return self.known.project if self.known.project.id else None

    def memories(self) -> list[Memory]:
        auto = [
            name
            for name in self.settings.types
            if self.settings.injects(name) is InjectWhen.AUTO
        ]
        return self.view.injectable(
            self.known.project.id or None,
            groups=_groups(self.known, self.settings.groups),
            auto_types=auto,
            auto_confidence=self.settings.auto_confidence,
        )

    def around(self) -> Surroundings:
        return self.view.surroundings(self.project) if self.project else NOWHERE

    def injection(
        self, source: Source, branch: str, budget: int | None, agent: Agent
    ) -> Injection:
        around = self.around()
        return _chosen(
            self, self.memories(), around, source,
            branch if branch in _branches(around) else "", budget, agent,
        )  # fmt: skip


def _chosen(
    layer: _Layer,
    memories: Sequence[Memory],
    around: Surroundings,
    source: Source,
    branch: str,
    budget: int | None = None,
    agent: Agent = Agent.CLAUDE_CODE,
) -> Injection:
    newest = around.newest_at or max((m.at for m in memories), default=0)
    return choose(
        memories,
        budget=layer.settings.budget if budget is None else budget,
        project=layer.project,
        branch=branch,
        recent_files={name for s in around.sessions for name in s.files},
        recent_sessions=[
            RecentSession(
                id=s.id, at=s.at, prompt=s.typed, files=s.files, branch=s.branch
            )
            for s in around.sessions
            if s.typed
        ],
        source=source,
        settings=layer.settings,
        newest_at=newest,
        agent=agent,
    )


def _texts(layer: _Layer) -> dict[tuple[Source, str], bytes]:
    """The files of one project; a branch has one where its text differs."""
    memories, around = layer.memories(), layer.around()
    texts = {}
    for source in TEXTS:
        plain = render.envelope(_chosen(layer, memories, around, source, "").text)
        if not plain:
            continue
        texts[source, ""] = plain
        for branch in _branches(around):
            made = _chosen(layer, memories, around, source, branch).text
            if (own := render.envelope(made)) != plain:
                texts[source, branch] = own
    return texts


def _branches(around: Surroundings) -> tuple[str, ...]:
    return tuple(branch for branch in around.branches if has_file(branch))


def _known(view: StoreView, project: Project | None) -> KnownPlace:
    if project is None:
        return _EVERYWHERE
    found = view.places([project.id])
    return found[0] if found else KnownPlace(project=project, common_dir="", roots=())


def _never(settings: Settings) -> dict[str, InjectWhen]:
    return {n: w for n, w in settings.inject.items() if w is InjectWhen.NEVER}


def _groups(
    known: KnownPlace, groups: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Names of the groups that one of the project's folders is in."""
    places = {main_tree(known.common_dir), *known.roots}
    return tuple(
        name
        for name, members in groups.items()
        if places.intersection(_expanded(member) for member in members)
    )


def _expanded(member: str) -> str:
    if member == "~" or member.startswith("~/"):
        member = f"{home()}{member[1:]}"
    return os.path.normpath(member)


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
    wanted: Mapping[Path, bytes],
) -> tuple[list[Path], list[tuple[Path, OSError]]]:
    written, failed = [], []
    for path, data in wanted.items():
        try:
            if replace_if_changed(path, data):
                written.append(path)
        except OSError as error:
            if error.errno not in _NO_PLACE_FOR_IT:
                failed.append((path, error))
    return written, failed


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
