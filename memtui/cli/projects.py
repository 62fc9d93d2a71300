"""``memtui project``: what is known of projects, and putting it right."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.curating import answer
from memtui.cli.lines import Parts
from memtui.cli.objects import project_object
from memtui.cli.options import called, json_option, settings, store_view
from memtui.curate import Change, Curator, by_hand, guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.ingest.projects import ProjectFinder, is_absolute
from memtui.inject.groups import groups_at, members_at
from memtui.model import Project
from memtui.settings import Settings, file
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.views.likeness import ListedProject, SameProject


@click.group("project")
def project_verb() -> None:
    """List, merge, move, name and group projects.

    PROJECT is a name, a folder or an id, as project list shows them.
    """


@project_verb.command("list")
@json_option
def project_list(as_json: bool) -> None:
    """Print every known project, its folders and names, and what may be one."""
    known = settings()
    with store_view() as view:
        every, same = view.listed_projects(), view.same_projects()
    if as_json:
        output.emit(_as_object(one, known, same) for one in every)
        return
    for one in every:
        for line in _lines(one, known):
            output.say_styled(*line)
    for pair in same:
        for line in _question(pair):
            output.note_styled(*line)
    if not every:
        output.note("No project is known yet. memtui sync reads what is there.")


@project_verb.command("merge")
@click.argument("into", metavar="PROJECT")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@json_option
def project_merge(into: str, others: tuple[str, ...], as_json: bool) -> None:
    """Make projects one: the first has all that was the others'."""
    _act(
        "project merge",
        (into, *others),
        lambda pen, found: pen.merge_projects(found[0], found[1:]),
        as_json,
    )


@project_verb.command("apart")
@click.argument("one", metavar="PROJECT")
@click.argument("other", metavar="OTHER")
@json_option
def project_apart(one: str, other: str, as_json: bool) -> None:
    """Say that two projects are not one; it is not proposed again."""
    _act(
        "project apart",
        (one, other),
        lambda pen, found: pen.tell_projects_apart(*found),
        as_json,
    )


@project_verb.command("move")
@click.argument("project", metavar="PROJECT")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@json_option
def project_move(project: str, folder: Path, as_json: bool) -> None:
    """Say that a project is at DIR now; its old folders stay its own."""
    place = folder.expanduser().absolute()
    if not place.is_dir():
        raise NotFound(f"There is no folder {place}.")
    root = _root(str(place))
    _act(
        "project move",
        (project,),
        lambda pen, found: pen.move_project(found[0], root),
        as_json,
    )


@project_verb.command("alias")
@click.argument("project", metavar="PROJECT")
@click.argument("name", metavar="NAME")
@click.option("--remove", is_flag=True, help="Not called so any more.")
@json_option
def project_alias(project: str, name: str, remove: bool, as_json: bool) -> None:
    """Give a project another name; or a folder that is another way to it."""
    if is_absolute(name) or name.startswith("~/"):
        if remove:
            raise UsageError("A folder stays a project's: only names are taken off.")
        root = _root(str(Path(name).expanduser()) if name[0] == "~" else name)
        _act(
            "project alias",
            (project,),
            lambda pen, found: pen.lead_to_project(found[0], root),
            as_json,
        )
        return
    _act(
        "project alias",
        (project,),
        lambda pen, found: pen.name_project(found[0], name, remove=remove),
        as_json,
    )


@project_verb.command("group")
@click.argument("name", metavar="[NAME]", required=False)
@click.argument("projects", nargs=-1, metavar="[PROJECT]...")
@click.option("--remove", is_flag=True, help="Take them out of it instead.")
@json_option
def project_group(
    name: str | None, projects: tuple[str, ...], remove: bool, as_json: bool
) -> None:
    """Put projects into a group of the config; without any, print groups.

    What has the scope group:NAME is told in all of its projects.
    """
    known = settings()
    if name is not None and not by_hand.line(name):
        raise UsageError("A group needs a name.")
    if name is None or not (projects or remove):
        _say_groups(known, name, as_json)
        return
    guard(known, "project group")
    with store_view() as view:
        every = view.listed_projects()
    chosen = [called(every, word) for word in projects]
    members = list(known.groups.get(name, ()))
    if remove:
        gone = {m for one in chosen for m in members_at(one.roots, members)}
        members = [m for m in members if m not in gone] if projects else []
    for one in [] if remove else chosen:
        if not one.roots:
            raise UsageError(f"{one.project.name} has no folder to name it by.")
        if not members_at(one.roots, members):
            members.append(paths.home_path(one.project.path))
    file.set_key(f"groups.{name}", members)
    _export_again()
    if as_json:
        output.emit([{"group": name, "projects": members}])
    else:
        output.say(f"{name} = {', '.join(members) or '(nobody)'}")


_Act = Callable[[Curator, list[Project]], Change]


def _act(verb: str, words: Sequence[str], act: _Act, as_json: bool) -> None:
    known = settings()
    guard(known, verb)
    with store_view() as view:
        every = view.listed_projects()
    found = [called(every, word).project for word in words]
    with Curator(paths.data_dir(), known) as pen:
        answer(act(pen, found), as_json)


def _root(folder: str) -> ProjectRoot:
    root = ProjectFinder().session_root(folder)
    if root is None:
        raise UsageError(f"{folder} is no folder that a session can be held in.")
    return root


def _as_object(
    one: ListedProject, known: Settings, same: Sequence[SameProject]
) -> dict[str, Any]:
    mine = one.project.id
    other = {
        pair.other.id if pair.into.id == mine else pair.into.id: pair.why
        for pair in same
        if mine in (pair.into.id, pair.other.id)
    }
    return (project_object(one.project) or {}) | {
        "roots": list(one.roots),
        "aliases": list(one.aliases),
        "groups": list(groups_at(one.roots, known.groups)),
        "sessions": one.sessions,
        "may_be": [{"id": id_, "why": why} for id_, why in other.items()],
    }


def _lines(one: ListedProject, known: Settings) -> list[Parts]:
    place = paths.home_path(one.project.path) or "(no folder known)"
    head: Parts = [
        (f"{one.project.name:<20}", output.BOLD),
        f"  {place}",
        (f"  {counted(one.sessions, 'session')}", output.QUIET),
    ]
    besides = [
        ("also", [*one.aliases, *map(paths.home_path, one.roots[1:])]),
        ("in", [f"group:{name}" for name in groups_at(one.roots, known.groups)]),
    ]
    return [head] + [
        [(f"{'':<20}  {word:<4} {', '.join(names)}", output.QUIET)]
        for word, names in besides
        if names
    ]


def _question(pair: SameProject) -> list[Parts]:
    into, other = pair.into.path, pair.other.path
    places = f"{_quoted(into)} {_quoted(other)}"
    return [
        [
            f"{paths.home_path(other)} has {pair.why} as {paths.home_path(into)}:",
            " the same project? Nothing is shared until you say so.",
        ],
        [("  yes  ", output.QUIET), f"memtui project merge {places}"],
        [("  no   ", output.QUIET), f"memtui project apart {places}"],
    ]


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)


def _say_groups(known: Settings, name: str | None, as_json: bool) -> None:
    if name is not None and name not in known.groups:
        raise MemtuiError(
            f"There is no group {name}.", hint=f"memtui project group {name} PROJECT"
        )
    groups = {n: m for n, m in known.groups.items() if name in (None, n)}
    if as_json:
        output.emit({"group": n, "projects": list(m)} for n, m in groups.items())
        return
    for group, members in groups.items():
        output.say_styled((group, output.BOLD), f"  {', '.join(members)}")
    if not groups:
        output.note(
            "There is no group yet. memtui project group NAME PROJECT makes one."
        )


def _export_again() -> None:
    from memtui.inject.export import export_projects

    if paths.store_path().exists():
        export_projects(paths.data_dir(), settings())
