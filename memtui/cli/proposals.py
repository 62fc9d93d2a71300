"""``compress proposals``, ``accept``, ``reject``, ``ledger``, ``models``."""

from collections.abc import Iterator
from typing import Any

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.compressing import compress_verb
from memtui.cli.curating import answer
from memtui.cli.lines import Parts, local_time
from memtui.cli.objects import memory_object
from memtui.cli.options import (
    json_option,
    limit_option,
    must_agree,
    project_here,
    settings,
    store_view,
    yes_option,
)
from memtui.compress import money
from memtui.compress.endpoint import Failed
from memtui.compress.opening import connect, destination
from memtui.curate import Curator, guard
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.store.compress.ledger import Request
from memtui.store.compress.model_proposals import Proposed
from memtui.store.queries import StoreView

LIMIT = 50


@compress_verb.command("proposals")
@click.option("--all", "everything", is_flag=True, help="Of every project.")
@limit_option(f"{LIMIT} proposals")
@json_option
def compress_proposals(everything: bool, limit: int | None, as_json: bool) -> None:
    """Print what a model proposes, beside what it would replace."""
    with store_view() as view:
        found = _waiting(view, everything)[: limit or LIMIT]
    if as_json:
        output.emit(map(_object, found))
        return
    for one in found:
        for line in proposal_lines(one):
            output.say_styled(*line)
    if not found:
        output.note("No proposal waits for you.")


def _waiting(view: StoreView, everything: bool) -> list[Proposed]:
    here = None if everything else project_here(view)
    return view.proposed(here.id if here else None)


def proposal_lines(one: Proposed) -> Iterator[Parts]:
    """One proposal: what it does, its words, why, and what it would replace."""
    memory = one.memory
    yield [
        (memory.id, output.QUIET),
        f"  {one.kind.value:<9}  {memory.type:<12}  ",
        (memory.title, output.BOLD),
    ]
    for line in memory.body.splitlines():
        yield [f"    {line}"]
    for fact in memory.facts:
        yield [f"    - {fact}"]
    if one.why:
        yield [("    why: ", output.QUIET), one.why]
    if one.holds is not None:
        yield [("    holds: ", output.QUIET), f"{one.holds.id}  {one.holds.title}"]
    for old in one.instead:
        yield [("    instead of: ", output.QUIET), f"{old.id}  {old.title}"]


def _object(one: Proposed) -> dict[str, Any]:
    return memory_object(one.memory) | {
        "kind": "proposal",
        "proposes": one.kind.value,
        "instead": [old.id for old in one.instead],
        "holds": one.holds.id if one.holds else None,
        "why": one.why,
        "model": one.model,
        "accepted": one.accepted,
    }


@compress_verb.command("accept")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All that wait here.")
@click.option("--title", help="Another title.")
@click.option("--body", help="Another body.")
@yes_option
@json_option
def compress_accept(
    ids: tuple[str, ...],
    everything: bool,
    title: str | None,
    body: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Do what proposals say: keep what is new, supersede what it replaces."""
    known = settings()
    guard(known, "compress accept")
    chosen = _chosen("Accept", ids, everything, yes)
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.accept(chosen, title=title, body=body), as_json)


@compress_verb.command("reject")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All that wait here.")
@yes_option
@json_option
def compress_reject(
    ids: tuple[str, ...], everything: bool, yes: bool, as_json: bool
) -> None:
    """Change nothing, and let the same not be proposed again."""
    known = settings()
    guard(known, "compress reject")
    chosen = _chosen("Reject", ids, everything, yes)
    with Curator(paths.data_dir(), known) as curator:
        answer(curator.reject(chosen), as_json)


def _chosen(verb: str, ids: tuple[str, ...], everything: bool, yes: bool) -> list[str]:
    if bool(ids) == everything:
        raise UsageError(f"{verb} takes ids of proposals, or --all.")
    with store_view() as view:
        if not everything:
            return [one.id for one in view.proposals_by_id(ids)]
        found = [one.id for one in _waiting(view, everything=False)]
    if not found:
        raise NotFound("No proposal waits for you.")
    must_agree(f"{verb} {counted(len(found), 'proposal')}?", yes)
    return found


@compress_verb.command("ledger")
@limit_option(f"{LIMIT} requests")
@json_option
def compress_ledger(limit: int | None, as_json: bool) -> None:
    """Print every request: when, to whom, tokens, cost, what came of it."""
    with store_view() as view:
        rows, totals = view.ledger(limit or LIMIT), view.ledger_totals()
    if as_json:
        output.emit(map(request_object, rows))
        return
    for row in rows:
        output.say_styled(*_line(row))
    if not rows:
        output.note("No model was ever asked.")
        return
    output.note(
        f"{counted(totals.requests, 'request')}, {totals.tokens_in:,} tokens read, "
        f"{totals.tokens_out:,} written, {money.dollars(totals.cost)}."
    )


def _line(row: Request) -> Parts:
    cost = money.dollars(row.bound if row.cost is None else row.cost)
    at_most = "<=" if row.cost is None else "  "
    return [
        (f"{row.id:>6}", output.QUIET),
        (
            f"  {local_time(row.at)}  {row.model:<20}  {row.tokens_in:>9,} "
            f"{row.tokens_out:>7,}  {at_most}{cost:>9}  {row.outcome:<11}  "
        ),
        (f"{row.subject}  {row.why}".strip(), output.QUIET),
    ]


def request_object(row: Request) -> dict[str, Any]:
    """A row of the ledger as JSON."""
    return {
        "request": row.id, "run": row.run, "at": row.at, "ended_at": row.ended_at,
        "provider": row.provider, "host": row.host, "model": row.model,
        "subject": row.subject, "tokens_in": row.tokens_in,
        "tokens_cached": row.tokens_cached, "tokens_out": row.tokens_out,
        "most_usd": row.bound / money.MILLION,
        "cost_usd": None if row.cost is None else row.cost / money.MILLION,
        "outcome": row.outcome, "why": row.why,
    }  # fmt: skip


@compress_verb.command("models")
@click.option("--key-from-environment", is_flag=True, help="A variable's key will do.")
@json_option
def compress_models(key_from_environment: bool, as_json: bool) -> None:
    """Ask the endpoint which models it offers."""
    known, data = settings(), paths.data_dir()
    guard(known, "compress models")
    to = destination(known, data, model=known.compress_model or "any")
    endpoint = connect(known, data, to, from_environment=key_from_environment)
    try:
        found = endpoint.models()
    except Failed as failed:
        raise MemtuiError(failed.message, hint=f"Asked was {to.host}.") from failed
    finally:
        endpoint.close()
    if as_json:
        output.emit(
            {"model": one.id, "name": one.name, "window": one.window or None}
            for one in found
        )
        return
    for one in found:
        price = money.model_of(one.id, known.prices).price
        told = f"${price.input:g} / ${price.output:g}" if price else "price not known"
        output.say_styled((f"{one.id:<32}", output.BOLD), f"  {told:<18}  {one.name}")
    if not found:
        output.note(f"{to.host} does not tell.")
