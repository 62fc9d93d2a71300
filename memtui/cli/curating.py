"""The verbs that decide about memories. Each is one entry of the journal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypedDict, TypeVar, Unpack

import click

from memtui import paths
from memtui.caution import ORDER, reads_like_an_order
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.completing import memory_ids
from memtui.cli.options import (
    json_option,
    must_agree,
    project_here,
    settings,
    store_view,
    yes_option,
)
from memtui.cli.reading import looked_at, now_ms
from memtui.cli.showing import thing_named
from memtui.curate import Change, Curator, guard
from memtui.errors import NotFound, UsageError
from memtui.model import Session, State
from memtui.search.grammar import LONGEST, parse, why_not
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
        click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=memory_ids),
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
            if verb in _TELLS:
                chosen = _without_orders(view, verb, chosen)
            question = f"{verb.capitalize()} {len(chosen):,}?"
            must_agree(question, said["yes"])
    with Curator(paths.data_dir(), known) as curator:
        answer(act(curator, chosen), said["as_json"])


def answer(change: Change, as_json: bool) -> None:
    """Say what was done, and how to take it back."""
    if not as_json:
        back = "  memtui undo takes it back." if change.undoable else ""
        output.say_styled(change.message, (back, output.QUIET))
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
    if query.wrong:
        raise UsageError(query.wrong[0])
    if query.unknown:
        # A filter that we only half understood must not decide anything.
        raise UsageError(why_not(query.unknown[0]))
    if query.is_cut:
        raise UsageError(f"A query has at most {LONGEST:,} characters.")
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


_TELLS: Final = frozenset({"keep", "pin"})
"""Verbs by which sessions are told what waited in the inbox."""
_NAMED: Final = 10
"""Ids, in a sentence; of more, their number."""


def _without_orders(view: StoreView, verb: str, ids: list[str]) -> list[str]:
    """Those of a filter that no caution stands beside; the others are named.

    Who keeps a whole filter has not read each of them.

    Raises:
        NotFound: it stands beside all of them.
    """
    told = [
        str(one.id)
        for one in view.memories_by_id(ids)
        if one.state is State.CANDIDATE and reads_like_an_order(one)
    ]
    if not told:
        return ids
    more = f" and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
    named = f"Left out, because each {ORDER}: {counted(len(told), 'memory')}."
    hint = f"memtui {verb} ID does it, once you looked: {' '.join(told[:_NAMED])}{more}"
    if len(told) == len(ids):
        raise NotFound(named, hint=hint)
    output.note(named)
    output.note(hint)
    return [one for one in ids if one not in set(told)]


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
prune_verb = _simple("prune", "Put memories into the trash; nothing is deleted.")
restore_verb = _simple("restore", "Take memories out of the trash.")


@click.command("exclude")
@acts_on_memories
def exclude_verb(**said: Unpack[Said]) -> None:
    """Never inject memories; search still finds them.

    The id of a session keeps it out of the recent sessions that are told.
    """
    _of_either("exclude", Curator.exclude, Curator.exclude_sessions, **said)


@click.command("include")
@acts_on_memories
def include_verb(**said: Unpack[Said]) -> None:
    """Take back exclude, of memories or of sessions."""
    _of_either("include", Curator.include, Curator.include_sessions, **said)


def _of_either(
    verb: str, on_memories: Act, on_sessions: Act, **said: Unpack[Said]
) -> None:
    sessions = _sessions_among(verb, said["ids"]) if said["where"] is None else []
    if not sessions:
        carry_out(verb, on_memories, **said)
        return
    known = settings()
    guard(known, verb)
    with Curator(paths.data_dir(), known) as curator:
        answer(on_sessions(curator, sessions), said["as_json"])


def _sessions_among(verb: str, ids: tuple[str, ...]) -> list[str]:
    """Native ids where all of these name sessions; none where they name memories.

    Raises:
        UsageError: some are sessions and some are memories: that is two acts.
    """
    if not ids:
        return []
    with store_view() as view:
        found = [thing_named(view, id_) for id_ in ids]
    sessions = [str(thing.id) for thing in found if isinstance(thing, Session)]
    if sessions and len(sessions) < len(found):
        raise UsageError(f"{verb} takes memories or sessions, not both at once.")
    return sessions


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
