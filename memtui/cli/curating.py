"""The verbs that decide about memories. Each is one entry of the journal."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.options import (
    json_option,
    named_project,
    project_here,
    settings,
    store_view,
    yes_option,
)
from memtui.cli.reading import each_memory, looked_at, now_ms
from memtui.curate import Change, Curator, guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.model import State
from memtui.search.grammar import parse
from memtui.store.filters import View
from memtui.store.queries import StoreView

F = TypeVar("F", bound=Callable[..., Any])
Act = Callable[[Curator, list[str]], Change]


def acts_on_memories(verb: F) -> F:
    """``ID…`` or ``--where QUERY``, and how to be asked and answered."""
    for option in (
        json_option,
        yes_option,
        click.option(
            "--where",
            metavar="QUERY",
            help="Act on all that match, after the count was shown.",
        ),
        click.argument("ids", nargs=-1, metavar="[ID]..."),
    ):
        verb = option(verb)
    return verb


def carry_out(
    verb: str,
    act: Act,
    *,
    ids: tuple[str, ...],
    where: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Find what is meant, ask where a whole filter is meant, act, answer."""
    if bool(ids) == (where is not None):
        raise UsageError(f"{verb} takes memory ids, or --where QUERY.")
    known = settings()
    guard(known, verb)
    with store_view() as view:
        if where is None:
            chosen = [str(view.memory(id_).id) for id_ in ids]
        else:
            chosen = _matching(view, verb, where)
            if not _agreed(verb, where, len(chosen), yes):
                raise MemtuiError("Nothing was changed.", hint="--yes does it.")
    with Curator(paths.data_dir(), known) as curator:
        answer(act(curator, chosen), as_json)


def answer(change: Change, as_json: bool) -> None:
    """Say what was done."""
    if not as_json:
        output.say(change.message)
        return
    output.emit(
        [
            {
                "act": change.act,
                "ids": list(change.ids),
                "count": change.count,
                "message": change.message,
                "entry": change.entry,
            }
        ]
    )


def _matching(view: StoreView, verb: str, where: str) -> list[str]:
    query = parse(where, now_ms=now_ms())
    if query.unknown:
        # A filter that we only half understood must not decide anything.
        raise UsageError(f"{query.unknown[0]} is no field that we know.")
    looked = replace(looked_at(view, query, everything=False), since=None)
    if verb in _LOOKS_AT:
        looked = replace(_LOOKS_AT[verb], project=looked.project)
    chosen = [str(row.id) for row in each_memory(view, query, looked, None)]
    if not chosen:
        raise NotFound(f"Nothing matches {where}.")
    return chosen


_LOOKS_AT: Final = {
    "restore": View(states=frozenset({State.PRUNED}), hidden=True),
    "include": View(hidden=True),
}
"""Verbs whose memories are hidden from all others."""


def _agreed(verb: str, where: str, count: int, yes: bool) -> bool:
    noun = "memory matches" if count == 1 else "memories match"
    output.note(f"{count:,} {noun} {where}.")
    return yes or output.confirmed(f"{verb.capitalize()} {count:,}?")


def _simple(name: str, summary: str) -> click.Command:
    @acts_on_memories
    def verb(**said: Any) -> None:  # noqa: ANN401 - handed on as click gave it
        carry_out(name, lambda curator, ids: getattr(curator, name)(ids), **said)

    return click.command(name, help=summary)(verb)


keep_verb = _simple("keep", "Keep memories: from now on sessions are told.")
unkeep_verb = _simple("unkeep", "Put kept memories back into the inbox.")
pin_verb = _simple("pin", "Pin memories: told first, in your order. Pinning keeps.")
unpin_verb = _simple("unpin", "Take the pin off; the memories stay kept.")
exclude_verb = _simple("exclude", "Never inject memories; search still finds them.")
include_verb = _simple("include", "Take back exclude.")
prune_verb = _simple("prune", "Put memories into the trash; nothing is deleted.")
restore_verb = _simple("restore", "Take memories out of the trash.")


@click.command("retype")
@click.option("--to", "type_", required=True, metavar="TYPE", help="The new type.")
@acts_on_memories
def retype_verb(type_: str, **said: Any) -> None:
    """Give memories another type."""
    carry_out("retype", lambda curator, ids: curator.retype(ids, type_), **said)


@click.command("promote")
@click.option("--to", "type_", metavar="TYPE", help="This type, not one rung up.")
@acts_on_memories
def promote_verb(type_: str | None, **said: Any) -> None:
    """Move memories one rung up: passing, work, lasting."""
    carry_out("promote", lambda curator, ids: curator.promote(ids, type_), **said)


@click.command("merge")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@json_option
def merge_verb(ids: tuple[str, ...], as_json: bool) -> None:
    """Merge memories into the first; the others point to it."""
    if len(ids) < 2:
        raise UsageError("merge takes two memories or more.")
    carry_out(
        "merge",
        lambda curator, found: curator.merge(found),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("supersede")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--by", required=True, metavar="ID", help="What holds instead.")
@json_option
def supersede_verb(ids: tuple[str, ...], by: str, as_json: bool) -> None:
    """Say that another memory holds instead of these."""
    with store_view() as view:
        newer = view.memory(by).id
    carry_out(
        "supersede",
        lambda curator, found: curator.supersede(found, newer),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("order")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@json_option
def order_verb(ids: tuple[str, ...], as_json: bool) -> None:
    """Put pins in this order; pins not named follow as they were."""
    carry_out(
        "order",
        lambda curator, found: curator.order(found),
        ids=ids, where=None, yes=True, as_json=as_json,
    )  # fmt: skip


@click.command("scope")
@click.argument("words", nargs=-1, required=True, metavar="[ID]... SCOPE")
@click.option("--where", metavar="QUERY", help="Act on all that match.")
@yes_option
@json_option
def scope_verb(
    words: tuple[str, ...], where: str | None, yes: bool, as_json: bool
) -> None:
    """Say who is told: project, group:NAME, global or agent:NAME."""
    *ids, scope = words
    carry_out(
        "scope",
        lambda curator, found: curator.scope(found, scope),
        ids=tuple(ids), where=where, yes=yes, as_json=as_json,
    )  # fmt: skip


@click.command(
    "tag",
    context_settings={
        "ignore_unknown_options": True,
        "help_option_names": ["--help"],  # -h takes a tag named h off
    },
)
@click.argument("words", nargs=-1, required=True, metavar="[ID]... +TAG -TAG")
@click.option("--where", metavar="QUERY", help="Act on all that match.")
@yes_option
@json_option
def tag_verb(
    words: tuple[str, ...], where: str | None, yes: bool, as_json: bool
) -> None:
    """Add tags (+x) to memories and take tags (-y) off."""
    ids = tuple(word for word in words if not word.startswith(("+", "-")))
    add = [word[1:] for word in words if word.startswith("+") and word != "+"]
    remove = [word[1:] for word in words if word.startswith("-") and word != "-"]
    if not add and not remove:
        raise UsageError("Name a tag to add (+x) or to take off (-y).")
    carry_out(
        "tag",
        lambda curator, found: curator.tag(found, add=add, remove=remove),
        ids=ids, where=where, yes=yes, as_json=as_json,
    )  # fmt: skip


@click.command("add")
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--type", "type_", required=True, metavar="TYPE", help="Its type.")
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Of this folder's project; otherwise of the present one's.",
)
@click.option("--global", "everywhere", is_flag=True, help="For every project.")
@click.option("--body", default="", metavar="TEXT", help="What more there is to say.")
@json_option
def add_verb(
    words: tuple[str, ...],
    type_: str,
    folder: Path | None,
    everywhere: bool,
    body: str,
    as_json: bool,
) -> None:
    """Write a memory by hand; it is kept at once."""
    if folder is not None and everywhere:
        raise UsageError("Say --project or --global, not both.")
    known = settings()
    project = None
    if not everywhere:
        with store_view() as view:
            project = named_project(view, folder) if folder else project_here(view)
        if project is None:
            raise NotFound(
                "No project is known here.", hint="Say --project DIR or --global."
            )
    with Curator(paths.data_dir(), known) as curator:
        change = curator.add(
            " ".join(words),
            type=type_,
            body=body,
            project=project,
            scope="global" if everywhere else "project",
        )
    answer(change, as_json)
