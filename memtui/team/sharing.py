"""Writing memories into the repository: looked through, shown, and only on request."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from memtui import git, paths
from memtui.errors import MemtuiError, UsageError
from memtui.install import writing
from memtui.install.client import FileChange
from memtui.model import Memory, Project, State
from memtui.redact.checks import secrets_in
from memtui.team import seen
from memtui.team.comparing import id_in_file, kept_as, shared_from
from memtui.team.files import Shared, Unfit, understood, written
from memtui.team.folder import README, TeamFolder

MODE: Final = 0o644
ABOUT: Final = """\
# What we know about this repository

Each file here is one thing worth knowing, kept by a person and shared by
`memtui team share`. Review them like code: they are told to coding agents of everybody
who pulls and keeps them.

- `memtui team pull` shows what is new here and asks; what comes is a candidate in your
  inbox until you keep it.
- Edit a file by hand if you like. One field stands in a line, the text below the second
  `---`. `git rm` takes a memory back.
- After a merge that failed, mend the lines between the marks like any other file.
"""


def beginning(folder: TeamFolder) -> FileChange:
    """What makes a repository share: the folder, with a page that says what it is."""
    path = folder.path / README
    before = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    after = ABOUT.encode() if before is None else before
    return FileChange(path=path, before=before, after=after, mode=MODE)


def author_of(folder: TeamFolder, named: str) -> str:
    """Who shares: as said, else by git's own ``user.name``; empty: nobody is known."""
    tree = git.work_tree(str(folder.root))
    return named or git.user_name(tree.common_dir if tree else "", str(paths.home()))


def sharing(
    folder: TeamFolder,
    project: Project,
    memories: Sequence[Memory],
    known: Mapping[str, str],
    *,
    author: str,
    over: bool = False,
) -> list[FileChange]:
    """The files that these memories become; nothing is written.

    Args:
        known: what the files said last, see ``seen``.
        over: also over what others wrote since.

    Raises:
        UsageError: one is not kept, or not of this project.
        MemtuiError: one holds a secret, or its file says what was not pulled yet.
    """
    changes = []
    for memory in memories:
        _refuse(memory, project)
        shared = shared_from(memory, author)
        before = folder.memories.get(shared.id)
        _refuse_unread(folder, shared)
        if before and before.digest not in (known.get(before.id), shared.digest):
            _refuse_over(before, over)
        if before is not None:
            shared = kept_as(shared, before)
        data = _proven(shared, memory.id)
        path = folder.file(shared.id)
        old = path.read_bytes() if before is not None else None
        if before is not None and before.digest == shared.digest:
            data = old or data  # as it stands: another spelling is no change
        changes.append(FileChange(path=path, before=old, after=data, mode=MODE))
    return changes


def taking_back(folder: TeamFolder, memories: Sequence[Memory]) -> list[FileChange]:
    """The files of these memories, gone; nothing is written.

    Raises:
        UsageError: one is not shared.
    """
    changes = []
    for memory in memories:
        id_ = id_in_file(memory)
        if id_ not in folder.memories:
            raise UsageError(f"{memory.id} is not shared in {folder.path}.")
        path = folder.file(id_)
        changes.append(FileChange(path=path, before=path.read_bytes(), after=None))
    return changes


def write(changes: Sequence[FileChange], data: Path, project: str) -> None:
    """Write the files and note what they say.

    Raises:
        InstallError: one was changed since it was shown; nothing was written.
        MemtuiError: one cannot be written.
    """
    for change in changes:
        writing.check(change)
    for change in changes:
        try:
            writing.put(change)
        except OSError as error:
            raise MemtuiError(
                f"{change.path} cannot be written: {error.strerror}."
            ) from error
        if change.path.name == README:
            continue
        id_ = change.path.stem
        said = understood(change.after, change.path.name) if change.after else None
        seen.note(data, project, {id_: said.digest if said else None})


def _refuse(memory: Memory, project: Project) -> None:
    if memory.state is not State.KEPT:
        raise UsageError(
            f"{memory.id} is not kept; what nobody kept is not shared.",
            hint=f"memtui keep {memory.id}",
        )
    if memory.superseded_by:
        raise UsageError(f"{memory.id} is superseded by {memory.superseded_by}.")
    if memory.project is not None and memory.project.id != project.id:
        raise UsageError(
            f"{memory.id} is of {memory.project.name}, not of {project.name}.",
            hint="Share it in the repository that it is about.",
        )


def _refuse_unread(folder: TeamFolder, shared: Shared) -> None:
    """Overwrite no file that was not understood."""
    for fault in folder.faults:
        if fault.id == shared.id:
            raise MemtuiError(
                f"{folder.path / fault.name} is not overwritten: {fault.why}.",
                hint="Mend the file first.",
            )


def _refuse_over(before: Shared, over: bool) -> None:
    """Overwrite no words of others that the person has not seen."""
    if not over:
        raise MemtuiError(
            f"{before.id} was changed in the repository since you shared or pulled it.",
            hint="memtui team pull shows how; --over writes yours in its place.",
        )


def _proven(shared: Shared, id_: str) -> bytes:
    """The file's bytes, which say just this when they are read again.

    Args:
        id_: of the memory here, for who has to change it.

    Raises:
        MemtuiError: they hold a secret, or would be read otherwise.
    """
    name = shared.name
    if kinds := secrets_in(shared.text):
        raise MemtuiError(
            f"{name} is not written: a secret stands in it ({', '.join(kinds)}).",
            hint=f"memtui edit {id_} takes it out.",
        )
    data = written(shared)
    try:
        same = understood(data, name) == shared
    except Unfit as error:
        raise MemtuiError(f"{id_} cannot be shared: {error}.") from error
    if not same:
        raise MemtuiError(
            f"{id_} cannot be shared as it is: a file would say it otherwise.",
            hint=f"memtui edit {id_} changes its words.",
        )
    return data
