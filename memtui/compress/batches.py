"""Requests handed over together, for half the price and within a day.

A batch is noted before it is handed over, and what the endpoint calls it before
anybody asks for it. If memtui ends between the two, the batch is looked for among those
that the endpoint has, by the names of its requests: it is neither lost nor handed over
twice.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from memtui.compress import pacing
from memtui.compress.account import Paused
from memtui.compress.asking import Question
from memtui.compress.endpoint import AGAIN, Batches, Failed, Failure, Handed, Reply
from memtui.compress.pacing import LOOK_S
from memtui.compress.run import read_again
from memtui.store.compress.runs import Batch, Item, ItemState, Settled

if TYPE_CHECKING:
    from memtui.compress.run import Runner

T = TypeVar("T")

MOST: Final = 1_000
"""Requests in one batch; an endpoint takes a hundred thousand."""
MOST_BYTES: Final = 64_000_000
"""Of all its texts; an endpoint takes 256 MB."""
SKEW_MS: Final = 600_000
"""By so much clocks of two machines may differ."""
_SURELY_NOT_TAKEN: Final = frozenset(
    {Failure.LIMITED, Failure.UNREACHABLE, Failure.REJECTED, Failure.DENIED}
)
"""Failures of handing over after which there is no batch."""


def carry_on(runner: "Runner", batches: Batches) -> None:
    """Collect what was handed over, hand over what waits, until nothing is left.

    Raises:
        Paused: for now.
    """
    while True:
        for batch in runner.runs.batches(runner.number):
            _finish(runner, batches, batch)
        if not runner.waiting():
            return
        runner.must_go_on()
        _hand_over(runner, batches)


def cancel(runner: "Runner", batches: Batches) -> None:
    """Let the endpoint leave alone what it has not begun; what it did is collected."""
    for batch in runner.runs.batches(runner.number):
        if batch.remote:
            _patiently(runner, partial(batches.cancel, batch.remote))
        _finish(runner, batches, batch)


def _hand_over(runner: "Runner", batches: Batches) -> None:
    """As many as the budget has room for, were each to cost the most that it can."""
    chosen: list[tuple[Item, Question]] = []
    bounds: dict[int, int] = {}
    room, size = runner.runs.room(runner.number), 0
    for item in runner.waiting()[:MOST]:
        built = runner.build(item)
        if built is None:
            continue
        bound = runner.bound(built, batch=True)
        if bound > room or size + built.question.size > MOST_BYTES:
            if not chosen:
                raise Paused(runner.no_room(bound))
            break
        room -= bound
        size += built.question.size
        bounds[item.id] = bound
        chosen.append((item, built.question))
    if not chosen:
        return
    now = runner.clock.now()
    made = runner.runs.take_batch(runner.number, bounds, at=now)
    runner.tell(f"Hands over {len(chosen)} requests.")
    named = [(_name(runner, made, item.id), question) for item, question in chosen]
    try:
        remote = batches.submit(named)
    except Failed as failed:
        _not_handed_over(runner, made, failed)
        return
    runner.surely(lambda: runner.runs.name_batch(made, remote))


def _not_handed_over(runner: "Runner", batch: int, failed: Failed) -> None:
    """Nothing was taken; or nobody knows, and the next look finds out."""
    if failed.failure not in _SURELY_NOT_TAKEN:
        raise Paused(f"Whether the batch was taken is not known. {failed.message}")
    items = {one.id: one for one in runner.runs.items(runner.number)}
    for item, request in runner.runs.open_requests(batch).items():
        state = ItemState.WAITING
        if failed.failure is Failure.REJECTED or items[item].tries >= pacing.TRIES:
            state = ItemState.FAILED
        told = Settled(
            outcome=failed.failure.value, cost=0, why=failed.message, state=state
        )
        runner.runs.settle(request, told, run=runner.number, at=runner.clock.now())
    runner.runs.end_batch(batch)
    wait = pacing.delay(max(one.tries for one in items.values()), failed.after)
    patient = (failed.after or 0) <= pacing.PATIENCE_S
    if failed.failure not in AGAIN or wait is None or not patient:
        raise Paused(failed.message)
    runner.tell(f"{failed.message} Waits {wait:.0f} s.")
    runner.clock.wait(wait)


def _finish(runner: "Runner", batches: Batches, batch: Batch) -> None:
    """Wait until a batch has ended, and settle all of it."""
    remote = batch.remote or _find(runner, batches, batch)
    if not remote:
        _forget(runner, batch)
        return
    _wait_for(runner, batches, remote)
    items = {one.id: one for one in runner.runs.items(runner.number)}
    open_ = runner.runs.open_requests(batch.id)
    names = {_name(runner, batch.id, item): item for item in open_}
    stopped: Paused | None = None
    for name, answer in _all_of(runner, batches, remote):
        item = items.get(names.pop(name, -1))
        if item is None:
            continue  # settled before a kill
        try:
            _settle(runner, item, open_[item.id], answer)
        except Paused as paused:
            stopped = paused  # the others are there, and paid for
    for item_id in names.values():
        lost = Failed(Failure.EXPIRED, "The endpoint has no result for it.")
        _settle(runner, items[item_id], open_[item_id], lost)
    runner.runs.end_batch(batch.id)
    if stopped is not None:
        raise stopped


def _settle(runner: "Runner", item: Item, request: int, answer: Reply | Failed) -> None:
    built = read_again(runner.planner, item) if isinstance(answer, Reply) else None
    runner.settle(item, request, built, answer, batch=True)


def _all_of(
    runner: "Runner", batches: Batches, remote: str
) -> Iterator[tuple[str, Reply | Failed]]:
    """Every result; read whole before the first is settled, so that none is half."""
    yield from _patiently(runner, lambda: list(batches.results(remote)))


def _wait_for(runner: "Runner", batches: Batches, remote: str) -> Handed:
    while True:
        now = _patiently(runner, lambda: batches.look(remote))
        if now.ended:
            return now
        runner.tell(f"The endpoint works on {now.count} requests; you may leave.")
        runner.must_go_on()
        runner.clock.wait(LOOK_S)
        runner.must_go_on()


def _find(runner: "Runner", batches: Batches, batch: Batch) -> str:
    """What the endpoint calls a batch of which we have no answer; empty: it has none.

    Only the names of its requests tell whose a batch is, and they are told once it
    has ended.
    """
    known = runner.runs.remotes()
    ours = {
        _name(runner, batch.id, item) for item in runner.runs.open_requests(batch.id)
    }
    recent = _patiently(runner, lambda: batches.recent(batch.at - SKEW_MS))
    for one in recent:
        if one.id in known or one.count != len(ours):
            continue
        runner.tell("Looks whether a batch of before is there.")
        _wait_for(runner, batches, one.id)
        names = {name for name, _ in _all_of(runner, batches, one.id)}
        if names and names <= ours:
            runner.runs.name_batch(batch.id, one.id)
            return one.id
    return ""


def _forget(runner: "Runner", batch: Batch) -> None:
    """It was never handed over: nothing is paid, and all of it waits again."""
    told = Settled(
        outcome="never sent", cost=0, state=ItemState.WAITING,
        why="memtui ended before it was handed over",
    )  # fmt: skip
    for request in runner.runs.open_requests(batch.id).values():
        runner.runs.settle(request, told, run=runner.number, at=runner.clock.now())
    runner.runs.end_batch(batch.id)


def _name(runner: "Runner", batch: int, item: int) -> str:
    """What a request is called at the endpoint: nobody else's is called so."""
    return f"memtui-{runner.run.at:x}-{batch}-{item}"


def _patiently(runner: "Runner", ask: Callable[[], T]) -> T:
    """Ask something that costs nothing, as often as a request is tried.

    Raises:
        Paused: it cannot be had now.
    """
    tries = 0
    while True:
        try:
            return ask()
        except Failed as failed:
            tries += 1
            wait = pacing.delay(tries, failed.after)
            if failed.failure not in AGAIN or wait is None:
                raise Paused(failed.message) from None
            runner.tell(f"{failed.message} Waits {wait:.0f} s.")
        runner.clock.wait(wait)
        runner.must_go_on()
