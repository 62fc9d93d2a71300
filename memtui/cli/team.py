"""``memtui team``: memories that a team shares through its git repository."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.curating import answer
from memtui.cli.diffs import show_diff
from memtui.cli.options import (
    folder_option,
    json_option,
    must_agree,
    settings,
    store_view,
    yes_option,
)
from memtui.cli.team_rows import (
    entry_object,
    fault_object,
    in_words,
    say_entry,
    say_faults,
    show,
)
from memtui.compress.privacy import Privacy
from memtui.curate import Change, guard, words
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.inject.gather import project_at
from memtui.inject.place import locate
from memtui.install.client import FileChange
from memtui.model import Project
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.team import sharing
from memtui.team.comparing import (
    Entry,
    Standing,
    compared,
)
from memtui.team.folder import TeamFolder, read_folder
from memtui.team.pulling import Pulling
from memtui.team.seen import seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a call works on."""

    known: Settings
    folder: TeamFolder
    project: Project | None

    @property
    def last(self) -> dict[str, str]:
        """What the files said last."""
        return seen(paths.data_dir(), self.project.id) if self.project else {}

    def entries(self, view: StoreView | None) -> list[Entry]:
        """Everything that is shared, compared with the store.

        Without the folder nothing: another branch may have it.
        """
        if not self.folder.exists:
            return []
        if view is None:
            return [
                Entry(id=id_, standing=Standing.NEW, shared=one, memory=None)
                for id_, one in self.folder.memories.items()
            ]
        return compared(view, self.project, self.folder, self.last)


@click.group("team")
def team_verb() -> None:
    """Share memories with a team, as files in its git repository.

    memtui never runs git: commit, push and pull the files as you do with code.
    """


@team_verb.command("init")
@folder_option
@yes_option
def team_init(folder: Path | None, yes: bool) -> None:
    """Make the folder of shared memories, with a page that says what it is."""
    desk = _desk(folder, None, "share with a team")
    change = sharing.beginning(desk.folder)
    if not change.changes:
        output.say(f"{desk.folder.path} is there already.")
        return
    show_diff(change.diff)
    must_agree(f"Write {change.path}?", yes)
    sharing.write([change], paths.data_dir(), "")
    output.say(f"Memories are shared in {desk.folder.path}. Commit it with git.")


@team_verb.command("share")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--take-back", is_flag=True, help="Instead, remove their files.")
@click.option("--over", is_flag=True, help="Over what others changed since, too.")
@click.option("--author", default="", metavar="NAME", help="Instead of git's name.")
@folder_option
@yes_option
@json_option
def team_share(
    ids: tuple[str, ...], take_back: bool, over: bool, author: str, folder: Path | None,
    yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Write kept memories into the repository, a file each; shown first."""
    with store_view() as view:
        desk = _desk(folder, view, "share with a team")
        if not desk.folder.exists:
            raise NotFound(
                f"There is no folder {desk.folder.path}.",
                hint="memtui team init makes it.",
            )
        if desk.project is None:
            raise NotFound(f"No project is known at {desk.folder.root}.")
        if Privacy.of(desk.known, view).hides(desk.project):
            raise MemtuiError(f"{desk.project.name} is private by your config.")
        memories = [view.memory(id_) for id_ in ids]
        if take_back:
            changes = sharing.taking_back(desk.folder, memories)
        else:
            name = author or desk.known.team_author
            named = sharing.author_of(desk.folder, name)
            changes = sharing.sharing(
                desk.folder,
                desk.project,
                memories,
                desk.last,
                author=named,
                over=over,
            )
        project = desk.project.id
    wanted = [change for change in changes if change.changes]
    if wanted:
        _preview(wanted)
        must_agree(f"Write {counted(len(wanted), 'file')}?", yes)
        sharing.write(wanted, paths.data_dir(), project)
    _say_written(wanted, as_json)


@team_verb.command("pull")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--take", is_flag=True, help="The team's words also where you decided about yours."
)
@folder_option
@yes_option
@json_option
def team_pull(
    ids: tuple[str, ...], take: bool, folder: Path | None, yes: bool, as_json: bool
) -> None:
    """Bring what the repository shares into the inbox; shown first.

    What you kept or changed stays as you have it, unless you say so for it.
    """
    with ExitStack() as stack:
        view = stack.enter_context(store_view()) if _has_store() else None
        desk = _desk(folder, view, "pull what a team shares")
        if not desk.folder.exists:
            raise NotFound(
                f"There is no folder {desk.folder.path}.",
                hint="Another branch may have it, or memtui team init makes it.",
            )
        entries = _chosen(desk.entries(view), ids)
    say_faults(desk.folder)
    ready = [e for e in entries if e.can_come and not e.is_decided]
    held = [e for e in entries if e.can_come and e.is_decided]
    if ready or held:
        output.note(f"{desk.folder.path}: {in_words([*ready, *held])}.")
    for entry in ready:
        show(desk.folder, entry)
    if ready:
        must_agree(f"Pull {in_words(ready)}?", yes)
    for entry in held:
        show(desk.folder, entry)
    ready += _taken(held, take, yes)
    if not ready:
        answer(Change(act="pull", message=words.nothing("pull")), as_json)
        return
    with Pulling(paths.data_dir(), desk.known) as pulling:
        change = pulling.pull(desk.folder, ready)
    answer(_worded(change, ready), as_json)


@team_verb.command("status")
@folder_option
@json_option
def team_status(folder: Path | None, as_json: bool) -> None:
    """Print every shared memory, and how file and store differ."""
    with ExitStack() as stack:
        view = stack.enter_context(store_view()) if _has_store() else None
        desk = _desk(folder, view, "")
        entries = desk.entries(view)
    if as_json:
        output.emit(map(entry_object, entries))
        output.emit(map(fault_object, desk.folder.faults))
        return
    if not desk.folder.exists:
        output.note(f"Nothing is shared: there is no folder {desk.folder.path}.")
    for entry in entries:
        say_entry(entry)
    say_faults(desk.folder)
    if any(entry.can_come for entry in entries):
        output.note("memtui team pull brings in what is new there.")
    if any(entry.standing is Standing.MINE for entry in entries):
        output.note("memtui team share ID writes what you changed.")


def _desk(folder: Path | None, view: StoreView | None, act: str) -> Desk:
    known = settings()
    if act:
        guard(known, act)
    here = (folder or paths.here()).resolve()
    found = read_folder(here, known.team_folder, known.types)
    project = project_at(view, locate(found.root)) if view else None
    return Desk(known=known, folder=found, project=project)


def _has_store() -> bool:
    return paths.store_path().exists()


def _chosen(entries: Sequence[Entry], ids: Sequence[str]) -> list[Entry]:
    """Those that were named by their id, in the file or here, or its beginning."""
    if not ids:
        return list(entries)
    found: list[Entry] = []
    for id_ in ids:
        named = [e for e in entries if _names(e).intersection({id_})] or [
            e for e in entries if any(name.startswith(id_) for name in _names(e))
        ]
        if len(named) != 1:
            raise UsageError(f"{id_} is no shared memory, or more than one.")
        found += named
    return found


def _names(entry: Entry) -> set[str]:
    return {entry.id, str(entry.memory.id) if entry.memory else entry.id}


def _taken(held: list[Entry], take: bool, yes: bool) -> list[Entry]:
    """Those of the person's own that are to say what the team says.

    Raises:
        MemtuiError: they were asked for, and the person did not say yes.
    """
    if not held:
        return []
    question = f"Take the team's words for {in_words(held)} of yours?"
    if take:
        must_agree(question, yes)
        return held
    if not yes and output.confirmed(question):
        return held
    output.note(f"Yours stands: {in_words(held)}. --take takes the team's.")
    return []


def _preview(changes: Sequence[FileChange]) -> None:
    """What would stand in the repository, and what to look at twice."""
    for change in changes:
        show_diff(change.diff)
        if str(paths.home()).encode() in (change.after or b""):
            output.note(f"{change.path.name} names your home folder.")


def _say_written(changes: Sequence[FileChange], as_json: bool) -> None:
    if as_json:
        output.emit([{"written": [str(change.path) for change in changes]}])
        return
    for change in changes:
        output.say(str(change.path))
    if changes:
        output.note("Commit and push it with git; others run memtui team pull.")
    else:
        output.note("The repository says so already.")


def _worded(change: Change, done: Sequence[Entry]) -> Change:
    if change.entry is None:
        return change
    told = f"Pulled {in_words(done)}. What is new waits in the inbox."
    return change.saying(told, f"Pulled {counted(change.count, 'memory')}.")
