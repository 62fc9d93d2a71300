"""``memtui bundle``: what is remembered, in one file for another machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from memtui import paths
from memtui.clean import clean_line
from memtui.cli import output
from memtui.cli.amounts import counted, size_in_words
from memtui.cli.curating import answer
from memtui.cli.lines import local_time
from memtui.cli.options import json_option, settings, store_view, yes_option
from memtui.cli.reading import now_ms
from memtui.curate import Curator, guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.model import Memory
from memtui.settings import Settings

if TYPE_CHECKING:  # asked for help, it needs neither
    from memtui.bundle.file import Bundle
    from memtui.bundle.lines import Said
    from memtui.curate.bundling import ReadReport

_NAMED = 10
"""Ids, in a sentence; of more, their number."""


@click.group("bundle")
def bundle_verb() -> None:
    """Take all that is remembered to another machine."""


@bundle_verb.command("write")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--archive", "with_archive", is_flag=True, help="The sessions, too.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def bundle_write(file: Path, with_archive: bool, force: bool) -> None:
    """Write memories, decisions and their journal into FILE, without secrets."""
    from memtui.curate import bundling

    guard(settings(), "bundle write")
    if file.is_dir():
        raise MemtuiError(f"{file} is a folder.", hint="Name a file in it.")
    if file.exists() and not force:
        raise MemtuiError(f"{file} exists.", hint="--force overwrites it.")
    if file.resolve() == paths.store_path().resolve():
        raise MemtuiError("That is the store itself.")
    if not paths.store_path().exists():
        raise NotFound("There is nothing to write yet.", hint="Run: memtui sync")
    try:
        wrote = bundling.write(
            paths.data_dir(), file, now_ms(), with_archive=with_archive
        )
    except OSError as error:
        raise MemtuiError(f"Cannot write {file}: {error.strerror or error}.") from error
    size = size_in_words(file.stat().st_size)
    output.say(f"Wrote {counted(wrote.lines, 'line')} into {file}, {size}.")
    if wrote.left_out:
        left_out = counted(wrote.left_out, "line")
        output.note(f"Left out, because over 16 MiB: {left_out}.")


@bundle_verb.command("read")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--mine", is_flag=True, help="It is my own: decide here as there.")
@click.option("--shared", is_flag=True, help="It is somebody else's: only propose.")
@click.option("--purged", is_flag=True, help="Bring back what was purged, too.")
@yes_option
@json_option
def bundle_read(
    file: Path, mine: bool, shared: bool, purged: bool, yes: bool, as_json: bool
) -> None:
    """Merge a bundle of your own, or take what somebody else's proposes.

    Whose it is you say; else you are asked, and without an answer it is somebody
    else's. memtui undo takes it back.
    """
    from memtui.bundle.file import Bundle
    from memtui.curate.bundling import Bundling

    known = settings()
    guard(known, "bundle read")
    if mine and shared:
        raise UsageError("Say --mine or --shared, not both.")
    try:
        bundle = Bundle(file)
        with Bundling(paths.data_dir(), known) as bundling:
            own = mine or (not shared and not yes and _is_own(bundle))
            report = bundling.read(bundle, own=own, even_purged=purged)
    except OSError as error:
        raise MemtuiError(f"Cannot read {file}: {error.strerror or error}.") from error
    if report.merged.sessions:
        _read_archive(known)
    if as_json:
        output.emit([_object(report)])
        return
    _say(report)


def _read_archive(known: Settings) -> None:
    """Have the sessions that came read, as after an update of memtui."""
    from memtui.ingest.sync import sync

    with output.progress() as line:
        line.update("reading the sessions that came")
        sync(paths.data_dir(), known, home=paths.home())


def _is_own(bundle: "Bundle") -> bool:
    """Asked every time: what a bundle says of whose it is, anybody can write."""
    origin = bundle.header.origin
    return output.confirmed(f"Is {origin} a machine of yours, to decide here as there?")


@bundle_verb.command("conflicts")
@json_option
def bundle_conflicts(as_json: bool) -> None:
    """Print memories that were changed on two machines, each differently."""
    with store_view() as view:
        found = view.conflicts()
        known = view.memories_by_id([one.memory for one in found])
    here = {str(memory.id): memory for memory in known}
    if as_json:
        output.emit(
            {
                "id": one.id, "memory": one.memory, "origin": one.origin, "at": one.at,
                "here": _side(here.get(one.memory)), "other": _side(one.said),
            }
            for one in found
        )  # fmt: skip
        return
    for one in found:
        now = _in_words(here.get(one.memory))
        output.say_styled((one.memory, output.QUIET), f"  here   {now}")
        told = f"{clean_line(one.origin)}, {local_time(one.at)}"
        output.say_styled(
            f"{'':12}  other  {_in_words(one.said)}  ", (told, output.QUIET)
        )
    if not found:
        output.note("Nothing was changed on two machines.")
    else:
        output.note("memtui bundle choose ID... --here or --other settles them.")


@bundle_verb.command("choose")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--here", is_flag=True, help="What is here stands.")
@click.option("--other", is_flag=True, help="What the other machine said holds.")
@json_option
def bundle_choose(ids: tuple[str, ...], here: bool, other: bool, as_json: bool) -> None:
    """Settle what two machines said of these memories."""
    if here == other:
        raise UsageError("Say --here or --other.")
    known = settings()
    guard(known, "bundle choose")
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.choose(ids, other=other), as_json)


def _side(one: "Memory | Said | None") -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "state": one.state, "type": one.type, "title": one.title, "body": one.body,
        "pinned": bool(one.pinned), "excluded": bool(one.excluded),
        "scope": one.scope, "tags": list(one.tags),
    }  # fmt: skip


def _in_words(one: "Memory | Said | None") -> str:
    """What one machine says of a memory, in a line."""
    if one is None:
        return "nothing was decided"
    flags = [word for word, is_so in (
        ("pinned", one.pinned), ("excluded", one.excluded),
        ("superseded", one.superseded_by),
    ) if is_so]  # fmt: skip
    said = ", ".join([str(one.state), one.type, *flags])
    return f"{said}: {one.title}"


def _say(report: "ReadReport") -> None:
    found = report.merged
    back = f"memtui undo{_times(len(found.entries))} takes it back."
    told = (back if found.entries else "", output.QUIET)
    if report.own:
        output.say_styled(
            f"Merged {counted(found.memories, 'memory')} of {report.origin}: "
            f"{found.new:,} new, {found.changed:,} changed.  ", told,
        )  # fmt: skip
    else:
        output.say_styled(
            f"{counted(found.new, 'memory')} of {report.origin} in the inbox, trust "
            "shared.  ", told,
        )  # fmt: skip
        output.note("--mine merges it as your own.")
    if found.sessions:
        output.note(f"{counted(found.sessions, 'session')} new in the archive.")
    if found.conflicts:
        output.note(
            f"{counted(found.conflicts, 'memory')} changed on both machines: the later "
            "version holds. memtui bundle conflicts lists them."
        )
    if found.purged:
        left_out = counted(found.purged, "memory")
        output.note(f"Left out, because purged here: {left_out}.")
    if found.purged_there:
        some = " ".join(found.purged_there[:_NAMED])
        more = len(found.purged_there) - _NAMED
        and_more = f" and {more:,} more" if more > 0 else ""
        output.note(f"Purged there and not here: {some}{and_more}.")
        output.note("memtui purge ID... does it here, too.")
    if report.trouble:
        output.note(report.trouble)


def _times(count: int) -> str:
    return f", {count} times," if count > 1 else ""


def _object(report: "ReadReport") -> dict[str, object]:
    found = report.merged
    return {
        "mine": report.own, "origin": report.origin, "memories": found.memories,
        "new": found.new, "changed": found.changed, "conflicts": found.conflicts,
        "purged": found.purged, "purged_there": found.purged_there,
        "sessions": found.sessions, "acts": found.acts, "entries": found.entries,
    }  # fmt: skip
