"""Carrying a run out: one request after the other, each noted before it is sent.

Whatever ends it, another ``carry_on`` of the same run goes on where it was. What was
answered is stored in the same transaction as its cost; what was sent and never answered
is counted as the most that it can cost, and is not sent again unless a person says so.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.compress import money, pacing
from memtui.compress.answers import Answered
from memtui.compress.asking import ANSWER_TOKENS
from memtui.compress.endpoint import (
    AGAIN,
    FREE,
    OUTAGE,
    Endpoint,
    Failed,
    Failure,
    Reply,
)
from memtui.compress.forms import WrongForm
from memtui.compress.pacing import Clock
from memtui.compress.plan import Built, Planner, Withheld
from memtui.errors import MemtuiError, NotFound, StoreBusy
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import Item, ItemState, Run, RunState, Settled

OUTAGE_AFTER: Final = 2
"""So many items in a row that the endpoint's own faults exhaust end the run for now."""
LOST: Final = "answered in a form that its session does not bear any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    done: int
    failed: int
    total: int
    spent: int
    """Millionths of a dollar; what is not known counts as the most that it can be."""
    budget: int
    proposals: int
    """Made in this process."""
    saying: str
    """What goes on, in a sentence; empty: the next one is asked."""


class Paused(MemtuiError):
    """The run stops for now and can be carried on."""


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """One process at a time asks a model.

    Raises:
        StoreBusy: another one does.
    """
    path = paths.make_private_dir(data) / "compress.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(
                "Another memtui is compressing.",
                hint="memtui compress pause lets it stop after the present request.",
            ) from None
        yield
    finally:
        os.close(handle)


class Runner:
    """One run in the making. Belongs to one thread.

    Args:
        number: of the run.
        stop: asked between requests; True: pause.
        tell: called with the progress after every step.
        draw: a number from 0 to 1, for the delays.
    """

    def __init__(
        self,
        runs: Runs,
        planner: Planner,
        endpoint: Endpoint,
        number: int,
        *,
        clock: Clock,
        stop: Callable[[], bool] = lambda: False,
        tell: Callable[[Progress], object] = lambda _: None,
        draw: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.runs = runs
        self.planner = planner
        self.endpoint = endpoint
        self.number = number
        self.clock = clock
        self._stop = stop
        self._tell = tell
        self._draw = draw
        self._due: dict[int, int] = {}
        """By item: not before this time."""
        self._proposals = 0
        self._silent = 0
        self._price = money.must_be_known(self.run.model, planner.model)

    # how it goes ---------------------------------------------------------------------

    def carry_on(self) -> Run:
        """Go on until all is asked, or something stops it; how it stands then."""
        self.runs.stand(self.number, RunState.RUNNING, at=self.clock.now())
        self.runs.find_lost(self.number, at=self.clock.now())
        try:
            self._all()
        except Paused as paused:
            self._stand_still(paused.message)
        except KeyboardInterrupt:
            self._stand_still("You stopped it.")
        else:
            self.runs.stand(self.number, RunState.DONE, at=self.clock.now())
        self.tell()
        return self.runs.run(self.number)

    def _all(self) -> None:
        if self.run.batch and self.endpoint.batches is not None:
            from memtui.compress.batches import carry_on

            carry_on(self, self.endpoint.batches)
        else:
            self._one_by_one()

    def try_all_again(self) -> int:
        """Let what failed, or is not known, be sent once more; how many items."""
        self.runs.find_lost(self.number, at=self.clock.now())
        return self.runs.again(self.number, (ItemState.FAILED, ItemState.UNKNOWN))

    def cancel(self) -> Run:
        """Ask nothing more; what is paid for already is still collected."""
        now = self.clock.now()
        self.runs.stand(self.number, RunState.CANCELLED, at=now)
        self.runs.find_lost(self.number, at=now)
        if self.endpoint.batches is not None:
            from memtui.compress.batches import cancel

            cancel(self, self.endpoint.batches)
        self.tell()
        return self.run

    def _stand_still(self, why: str) -> None:
        """Paused; a person who paused or cancelled it meanwhile has the last word."""
        if self.run.state is RunState.RUNNING:
            now = self.clock.now()
            self.runs.stand(self.number, RunState.PAUSED, why=why, at=now)

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return self.runs.run(self.number)

    def must_go_on(self) -> None:
        """Look whether anybody wants it to stop.

        Raises:
            Paused: so it is.
        """
        if self._stop() or self.run.state is not RunState.RUNNING:
            raise Paused("You paused it.")

    def tell(self, saying: str = "") -> None:
        """Say how far it is."""
        items, run = self.runs.items(self.number), self.run
        ended = (ItemState.FAILED, ItemState.UNKNOWN)
        self._tell(
            Progress(
                done=sum(one.state is ItemState.DONE for one in items),
                failed=sum(one.state in ended for one in items),
                total=len(items), spent=run.spent, budget=run.budget,
                proposals=self._proposals, saying=saying,
            )
        )  # fmt: skip

    def waiting(self) -> list[Item]:
        """What is still to be asked."""
        items = self.runs.items(self.number)
        return [one for one in items if one.state is ItemState.WAITING]

    def _one_by_one(self) -> None:
        """The next item that is due; one that has to wait holds nobody up."""
        while items := self.waiting():
            self.must_go_on()
            now = self.clock.now()
            due = [one for one in items if self._due.get(one.id, 0) <= now]
            if due:
                self._ask(due[0])
                continue
            until = min(self._due[one.id] for one in items)
            seconds = (until - now) / 1000
            self.tell(f"Waits {seconds:.0f} s before the next try.")
            self.clock.wait(seconds)

    def _ask(self, item: Item) -> None:
        built = self.build(item)
        if built is None:
            return
        bound = self.bound(built, batch=False)
        request = self.runs.take(self.number, item.id, bound, at=self.clock.now())
        if request is None:
            raise Paused(self.no_room(bound))
        self.tell()
        try:
            answer: Reply | Failed = self.endpoint.ask(built.question)
        except Failed as failed:
            answer = failed
        self.settle(item, request, built, answer, batch=False)

    # one item ------------------------------------------------------------------------

    def build(self, item: Item) -> Built | None:
        """Its text; None: it cannot be sent any more, and is passed over."""
        try:
            return self.planner.build(item)
        except (Withheld, NotFound) as error:
            self.runs.pass_over(item.id, error.message)
            return None

    def bound(self, built: Built, *, batch: bool) -> int:
        """The most that a request can cost."""
        size = built.question.size
        return money.bound(size, ANSWER_TOKENS, self._price, batch=batch)

    def no_room(self, bound: int) -> str:
        """Why nothing more is sent."""
        run = self.run
        return (
            f"The next request can cost {money.dollars(bound)}, and of "
            f"{money.dollars(run.budget)} {money.dollars(run.spent)} are spent."
        )

    def settle(
        self,
        item: Item,
        request: int,
        built: Built | None,
        answer: Reply | Failed,
        *,
        batch: bool,
    ) -> None:
        """Note what came of a request, and when its item is tried again.

        Raises:
            Paused: no other request would do better now.
        """
        if isinstance(answer, Failed):
            self._settle_failed(item, request, answer, batch=batch)
            return
        try:
            found = built.read(answer.text) if built is not None else Answered()
        except WrongForm as error:
            failed = Failed(Failure.WRONG_FORM, error.message, usage=answer.usage)
            self._settle_failed(item, request, failed, batch=batch)
            return
        self._silent = 0
        note = f"{found.dropped} dropped: known, or no record shows it"
        settled = self._settled(
            "answered", answer.usage, ItemState.DONE, batch=batch,
            why=LOST if built is None else note if found.dropped else "",
        )  # fmt: skip
        self._proposals += self.runs.settle(
            request, settled, run=self.number, at=self.clock.now(),
            drafts=found.drafts, project=built.project if built else None,
            agent=built.agent if built else "", session=built.session if built else "",
        )  # fmt: skip
        self.tell()

    def _settle_failed(
        self, item: Item, request: int, failed: Failed, *, batch: bool
    ) -> None:
        kind = failed.failure
        wait = None
        if kind in AGAIN:
            wait = pacing.delay(self._tries(item), failed.after, self._draw)
        stops = kind is Failure.DENIED or (failed.after or 0) > pacing.PATIENCE_S
        goes_on = wait is not None or stops or kind is Failure.CANCELLED
        state = ItemState.WAITING if goes_on else ItemState.FAILED
        usage = money.Usage() if kind in FREE else failed.usage
        settled = self._settled(
            kind.value, usage, state, batch=batch, why=failed.message
        )
        self.runs.settle(request, settled, run=self.number, at=self.clock.now())
        self.tell(failed.message)
        if stops:
            raise Paused(failed.message)
        if wait is not None:
            self._due[item.id] = self.clock.now() + round(wait * 1000)
        elif kind in OUTAGE:
            self._silent += 1
            if self._silent >= OUTAGE_AFTER:
                raise Paused(f"The endpoint does not answer. {failed.message}")

    def _tries(self, item: Item) -> int:
        """How often it was sent; the item itself may have been read before that."""
        items = self.runs.items(self.number)
        return next((one.tries for one in items if one.id == item.id), pacing.TRIES)

    def _settled(
        self,
        outcome: str,
        usage: money.Usage | None,
        state: ItemState,
        *,
        batch: bool,
        why: str,
    ) -> Settled:
        told = usage or money.Usage()
        cost = None if usage is None else money.cost(usage, self._price, batch=batch)
        return Settled(
            outcome=outcome, cost=cost, tokens_in=told.input + told.written,
            tokens_cached=told.kept, tokens_out=told.output, why=why, state=state,
        )  # fmt: skip


def read_again(planner: Planner, item: Item) -> Built | None:
    """How the answer of an item that was sent is to be read; None: it is gone."""
    with suppress(Withheld, NotFound):
        return planner.build(item, sent=True)
    return None
