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
from memtui.model import Memory, State
from memtui.native.comparing import Found, Relation
from memtui.native.copying import with_copies, without_copies, write
from memtui.native.finding import NativeFile
from memtui.native.reading import files_read, memories_at, root_at


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
    root = root_at((folder or paths.here()).resolve())
    read = list(files_read(root, paths.home(), _memories(root)))
    shown = [one for file in read for one in file.found if one.relation or not flagged]
    for file in read:
        if file.why:
            output.note(f"{file.file.path} cannot be read: {file.why}.")
    if as_json:
        output.emit(_object(one) for one in shown)
        return
    for file in read:
        _say_file(file.file, [one for one in shown if one.file == file.file])
    if not read:
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
    if not paths.store_path().exists():
        return []
    with store_view() as view:
        return memories_at(view, root)


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
