"""An estimate as lines or as an object."""

from typing import Any

from memtui.cli import output
from memtui.compress import money
from memtui.compress.opening import Destination
from memtui.compress.tasks import Estimate, Plan
from memtui.compress.telling import estimate_lines


def say_estimate(
    to: Destination, plan: Plan, budget: float, *, batch: bool, as_json: bool = False
) -> None:
    """What would go where, and what it costs."""
    found = plan.estimate(to.price, batch=batch and to.can_batch)
    if as_json:
        output.emit([_estimate_object(to, plan, found, budget)])
        return
    for name, said in estimate_lines(to, plan, found, budget, batch=batch):
        output.note_styled((f"{name:<9}", output.QUIET), said)


def _estimate_object(
    to: Destination, plan: Plan, found: Estimate, budget: float
) -> dict[str, Any]:
    return {
        "provider": to.provider, "host": to.host, "model": to.model,
        "key": to.key.source if to.key else None,
        "subjects": found.subjects, "requests": found.requests,
        "tokens_in": found.tokens_in, "tokens_out": found.tokens_out,
        "likely_usd": found.likely / money.MILLION,
        "most_usd": found.most / money.MILLION, "budget_usd": budget,
        "cut_bytes": sum(one.cut for one in plan.tasks),
        "left_out": dict(plan.left_out),
    }  # fmt: skip
