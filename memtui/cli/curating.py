"""The verbs that decide about memories. Each is one entry of the journal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypedDict, TypeVar, Unpack

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.lines import counted
from memtui.cli.options import (
    json_option,
    project_here,
    settings,
    store_view,
    yes_option,
)
from memtui.cli.reading import looked_at, now_ms
from memtui.curate import Change, Curator, guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.model import State
from memtui.search.grammar import parse
from memtui.store.queries import StoreView, View

F = TypeVar("F", bound=Callable[..., Any])
Act = Callable[[Curator, list[str]], Change]


class Said(TypedDict):
    """What ``acts_on_memories`` hands to a verb."""

    ids: tuple[str, ...]
    where: str | None
    yes: bool
    as_json: bool


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


def carry_out(verb: str, act: Act, **said: Unpack[Said]) -> None:
    """Find what is meant, ask where a whole filter is meant, act, answer."""
    ids, where = said["ids"], said["where"]
    if bool(ids) == (where is not None):
        raise UsageError(f"{verb} takes memory ids, or --where QUERY.")
    known = settings()
    guard(known, verb)
    with store_view() as view:
        if where is None:
            chosen = [str(view.memory(id_).id) for id_ in ids]
        else:
            chosen, place = _matching(view, verb, where)
            _count(len(chosen), place, where)
            question = f"{verb.capitalize()} {len(chosen):,}?"
            if not (said["yes"] or output.confirmed(question)):
                raise MemtuiError("Nothing was changed.", hint="--yes does it.")
    with Curator(paths.data_dir(), known) as curator:
        answer(act(curator, chosen), said["as_json"])


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


def _matching(view: StoreView, verb: str, where: str) -> tuple[list[str], str]:
    """Ids of what a filter finds, and where it was looked for."""
    query = parse(where, now_ms=now_ms())
    if query.unknown:
        # A filter that we only half understood must not decide anything.
        raise UsageError(f"{query.unknown[0]} is no field that we know.")
    looked = replace(looked_at(view, query, everything=False), since=None)
    if verb in _LOOKS_AT:
        looked = replace(_LOOKS_AT[verb], project=looked.project)
    chosen = view.memory_ids(query, looked)
    if not chosen:
        raise NotFound(f"Nothing matches {where}.")
    here = project_here(view) if looked.project else None
    return chosen, here.name if here else "all projects"


_LOOKS_AT: Final = {
    "restore": View(states=frozenset({State.PRUNED}), hidden=True),
    "include": View(hidden=True),
}
"""Verbs whose memories are hidden from all others."""


def _count(count: int, place: str, where: str) -> None:
    verb_form = "matches" if count == 1 else "match"
    output.note(f"{counted(count, 'memory')} of {place} {verb_form} {where}.")


def _simple(name: str, summary: str) -> click.Command:
    @acts_on_memories
    def verb(**said: Unpack[Said]) -> None:
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
def retype_verb(type_: str, **said: Unpack[Said]) -> None:
    """Give memories another type."""
    carry_out("retype", lambda curator, ids: curator.retype(ids, type_), **said)


@click.command("promote")
@click.option("--to", "type_", metavar="TYPE", help="This type, not one rung up.")
@acts_on_memories
def promote_verb(type_: str | None, **said: Unpack[Said]) -> None:
    """Move memories one rung up, or to a type.

    The rungs: passing, work, lasting.
    """
    carry_out("promote", lambda curator, ids: curator.promote(ids, type_), **said)
