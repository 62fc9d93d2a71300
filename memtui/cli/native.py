"""``memtui native``: agents' own memory files, beside what was kept here."""

from pathlib import Path
from typing import Any

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.diffs import say_backup, show_diff
from memtui.cli.options import (
    folder_option,
    json_option,
    must_agree,
    settings,
    store_view,
    yes_option,
)
from memtui.curate import guard
from memtui.errors import UsageError
from memtui.inject.gather import project_at
from memtui.inject.place import locate
from memtui.model import Memory, State
from memtui.native.comparing import Beside, Found, Relation
from memtui.native.copying import with_copies, without_copies, write
from memtui.native.finding import NativeFile, native_files, text_of
from memtui.native.statements import statements
from memtui.store.queries import View


@click.group("native", invoke_without_command=True)
@click.option("--flagged", is_flag=True, help="Only what repeats or contradicts.")
@folder_option
@json_option
@click.pass_context
def native_verb(
    ctx: click.Context, flagged: bool, folder: Path | None, as_json: bool
) -> None:
    """Print what agents' own memory files say, beside what is kept here.

    CLAUDE.md, AGENTS.md, GEMINI.md and Claude Code's MEMORY.md with its topics, of the
    project and of yours. They are only read.
    """
    if ctx.invoked_subcommand is not None:
        return
    place = locate((folder or paths.here()).resolve())
    root = Path(place.root or "/") if place else (folder or paths.here())
    files = native_files(root, paths.home())
    beside = Beside(_memories(root))
    found = [one for file in files for one in _found(beside, file)]
    shown = [one for one in found if one.relation or not flagged]
    if as_json:
        output.emit(_object(one) for one in shown)
        return
    for file in files:
        _say_file(file, [one for one in shown if one.file == file])
    if not files:
        output.note(f"No agent has a memory file of its own for {root}.")
    elif flagged and not shown:
        output.note("None of them repeats or contradicts what is kept here.")


@native_verb.command("copy")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--remove", is_flag=True, help="Instead, take their lines out.")
@yes_option
def native_copy(file: Path, ids: tuple[str, ...], remove: bool, yes: bool) -> None:
    """Copy kept memories into FILE, between marks; shows the diff and asks."""
    known = settings()
    guard(known, "copy into an agent's file")
    path = file.absolute().resolve()  # what a person links into place stays a link
    if path.suffix != ".md":
        raise UsageError(f"{file} is no Markdown file.")
    with store_view() as view:
        memories = [view.memory(id_) for id_ in ids]
    for memory in memories:
        if memory.state is not State.KEPT and not remove:
            raise UsageError(
                f"{memory.id} is not kept.", hint=f"memtui keep {memory.id}"
            )
    if remove:
        change = without_copies(path, [memory.id for memory in memories])
    else:
        change = with_copies(path, memories, known.item_limit)
    if not change.changes:
        output.say(f"{path} says so already.")
        return
    show_diff(change.diff)
    must_agree(f"Write {path}?", yes)
    if backup := write(change, paths.data_dir()):
        say_backup(backup)
    output.say(f"Written: {path}. Nothing renews it by itself.")


def _memories(root: Path) -> list[Memory]:
    """What the project at a root, and every project, remembers."""
    if not paths.store_path().exists():
        return []
    with store_view() as view:
        project = project_at(view, locate(root))
        looked = View(project=project.id if project else None)
        own = view.memories(view=looked, limit=5_000) if project else []
        wide = view.injectable(None)
    return [*own, *(one for one in wide if one.id not in {m.id for m in own})]


def _found(beside: Beside, file: NativeFile) -> list[Found]:
    try:
        text = text_of(file.path)
    except OSError as error:
        output.note(f"{file.path} cannot be read: {error.strerror}.")
        return []
    return list(beside.found(file, statements(text)))


def _say_file(file: NativeFile, found: list[Found]) -> None:
    named = paths.home_path(str(file.path))
    output.say_styled((named, output.BOLD), f"  {file.layer}, {file.agent}")
    for one in found:
        number = f"{one.statement.line:>5}  "
        output.say_styled((number, output.QUIET), one.statement.text)
        if one.relation and one.memory:
            differs = one.relation is Relation.CONTRADICTS
            told = f"       {one.relation}  {one.memory.id}  "
            output.say_styled(
                (told, output.WARN if differs else output.QUIET),
                f"{one.memory.title} ({one.memory.state})",
            )


def _object(one: Found) -> dict[str, Any]:
    return {
        "kind": "native",
        "file": str(one.file.path),
        "agent": one.file.agent,
        "layer": one.file.layer,
        "line": one.statement.line,
        "text": one.statement.text,
        "relation": _RELATIONS[one.relation] if one.relation else None,
        "memory": one.memory.id if one.memory else None,
    }


_RELATIONS = {Relation.SAME: "same", Relation.CONTRADICTS: "contradicts"}
