"""An estimate in sentences: the same ones in the shell and in the app."""

from collections.abc import Iterator
from typing import Final

from memtui.compress import money
from memtui.compress.opening import Destination
from memtui.compress.tasks import Estimate, Plan
from memtui.store.compress.runs import Run

_BESIDE: Final = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
"""What the same would cost with these is said too."""


def estimate_lines(
    to: Destination, plan: Plan, found: Estimate, budget: float, *, batch: bool
) -> Iterator[tuple[str, str]]:
    """A heading and a sentence each: where, whose key, how much, what for."""
    price = to.price
    yield "To", f"{to.host}, {to.model}{_priced(price, to)}"
    yield "Key", to.key.source if to.key else "none: there is no key for it"
    if plan.tasks:
        yield "Sends", _sends(plan, found)
        yield "Costs", _costs(to, found, budget)
    if batch and not to.can_batch:
        yield "Batch", f"{to.host} takes one request at a time, at its full price"
    if plan.tasks and to.can_batch and not to.stays_here:
        yield "Others", ", ".join(_others(to, plan, batch=batch))
    if cut := sum(one.cut for one in plan.tasks):
        yield "Cut", f"{cut:,} bytes of long records, with a mark where they were"
    if plan.thoughts:
        yield "Not sent", f"{plural(plan.thoughts, 'thought')} of the agent"
    for reason, count in plan.left_out.items():
        yield "Left out", f"{count:,} {reason}"


def _sends(plan: Plan, found: Estimate) -> str:
    return (
        f"{plural(found.subjects, plan.tasks[0].kind)} in "
        f"{plural(found.requests, 'request')}, about {found.tokens_in:,} tokens; "
        f"answers about {found.tokens_out:,}"
    )


def _costs(to: Destination, found: Estimate, budget: float) -> str:
    if not to.url:
        return "nothing by the token; it counts against your subscription's limits"
    if to.price.is_free:
        return "nothing"
    return (
        f"about {money.dollars(found.likely)}, at most {money.dollars(found.most)} if "
        f"each is sent once; never more than "
        f"{money.dollars(round(budget * money.MILLION))}"
    )


def _priced(price: money.Price, to: Destination) -> str:
    if price.is_free:
        return "" if not to.url else " (free)"
    more = ""
    if price.above:
        more = f", {price.times:g} times that above {price.above:,} tokens"
    return f" (${price.input:g} read, ${price.output:g} written a million tokens{more})"


def _others(to: Destination, plan: Plan, *, batch: bool) -> Iterator[str]:
    for name in _BESIDE:
        price = money.model_of(name, {}).price
        if name != to.model and price is not None:
            cost = plan.estimate(price, batch=batch).likely
            yield f"{name} about {money.dollars(cost)}"


def spent_words(run: Run) -> str:
    """``$0.0042 spent``: at most that, where a request may have cost less."""
    most = "at most " if run.guessed else ""
    return f"{most}{money.dollars(run.spent)} spent"


def plural(number: int, noun: str) -> str:
    """A number and its noun: ``1 request``, ``2 requests``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
