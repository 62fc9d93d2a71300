"""Whether a model could be asked: what is set here, and, on request, what answers.

Two questions that are easily mixed up: an endpoint is alive if anything answers there,
and ready if it takes our key and offers our model. Only ``answers`` contacts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memtui.compress import money
from memtui.compress.endpoint import Failed, Failure
from memtui.compress.keys import where_keys_go
from memtui.compress.opening import Destination, connect, destination
from memtui.compress.run import alone
from memtui.errors import MemtuiError, StoreBusy
from memtui.settings import Settings
from memtui.store.compress.runs import RunState
from memtui.store.queries import StoreView

_NOBODY: frozenset[Failure] = frozenset(
    {Failure.UNREACHABLE, Failure.TIMEOUT, Failure.CUT}
)
"""Failures after which it is not even known to be alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that was looked at."""

    well: bool
    message: str
    hint: str = ""


def configured(settings: Settings, data: Path) -> Iterator[Said]:
    """What is set here; nobody is contacted, and no key is read."""
    try:
        to = destination(settings, data)
    except MemtuiError as error:
        yield Said(well=False, message=error.message, hint=error.hint)
        return
    try:
        money.must_be_known(to.model, to.known)
    except MemtuiError as error:
        yield Said(well=False, message=error.message, hint=error.hint)
    if to.key is None:
        missing = f"There is no key for {to.host}."
        yield Said(well=False, message=missing, hint=where_keys_go(to.host))
    else:
        told = f"Would ask {to.model} of {to.host}. The key comes from {to.key.source}."
        yield Said(well=True, message=told)


def runs(view: StoreView, data: Path) -> Iterator[Said]:
    """Runs that are at work, or were left unfinished."""
    for run in view.runs(50):
        if run.state not in (RunState.RUNNING, RunState.PAUSED):
            continue
        if run.state is RunState.RUNNING and _is_held(data):
            yield Said(well=True, message=f"Run {run.id} is at work.")
            continue
        ended = "was paused" if run.state is RunState.PAUSED else "was cut off"
        yield Said(
            well=False, message=f"Run {run.id} {ended}. {run.why}".strip(),
            hint="memtui compress resume goes on with it, cancel ends it.",
        )  # fmt: skip


def answers(
    settings: Settings, data: Path, *, from_environment: bool
) -> Iterator[Said]:
    """Ask the endpoint for its models: is it alive, is it ready."""
    to = destination(settings, data)
    endpoint = connect(settings, data, to, from_environment=from_environment)
    try:
        found = [one.id for one in endpoint.models()]
    except Failed as failed:
        alive = failed.failure not in _NOBODY
        told = "answers" if alive else "does not answer"
        yield Said(well=alive, message=f"{to.host} {told}.")
        yield Said(well=False, message=f"Not ready: {failed.message}")
        return
    finally:
        endpoint.close()
    yield Said(well=True, message=f"{to.host} answers.")
    yield _ready(to, found)


def _ready(to: Destination, found: list[str]) -> Said:
    if found and to.model not in found:
        hint = "memtui compress models lists what it offers."
        return Said(well=False, message=f"It does not offer {to.model}.", hint=hint)
    told = f"and offers {to.model}" if found else "and does not tell what it offers"
    return Said(well=True, message=f"It takes {_whose(to)} {told}.")


def _whose(to: Destination) -> str:
    return "the key" if to.url else "your account"


def _is_held(data: Path) -> bool:
    try:
        with alone(data):
            return False
    except StoreBusy:
        return True
