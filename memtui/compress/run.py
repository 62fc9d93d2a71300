"""Carrying a run out: one request after the other, each noted before it is sent.

Whatever ends it, another ``carry_on`` of the same run goes on where it was. What was
answered is stored in the same transaction as its cost; what was sent and never answered
is counted as the most that it can cost, and is not sent again unless a person says so.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.compress.account import Account, Paused, Progress
from memtui.compress.endpoint import Endpoint, Failed, Reply
from memtui.compress.pacing import Clock
from memtui.compress.plan import Built, Planner, Withheld
from memtui.errors import NotFound, StoreBusy
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import Item, ItemState, Run, RunState

AT_WORK: Final = frozenset({RunState.RUNNING, RunState.CANCELLING})


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


class Runner(Account):
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
        super().__init__(runs, number, planner.model, clock=clock, tell=tell, draw=draw)
        self.planner = planner
        self.endpoint = endpoint
        self._stop = stop

    # how it goes ---------------------------------------------------------------------

    def carry_on(self) -> Run:
        """Go on until all is asked, or something stops it; how it stands then."""
        self.runs.bury(self.number)
        self.runs.stand(self.number, RunState.RUNNING, at=self.clock.now())
        self.runs.find_lost(self.number, at=self.clock.now())
        try:
            self._all()
        except Paused as paused:
            self._stand_still(paused.message)
        except KeyboardInterrupt:
            self.runs.find_lost(self.number, at=self.clock.now())
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
        """Ask nothing more; what is paid for already is still collected.

        Until all of that is here the run is ``cancelling``, and the same once more
        collects the rest.
        """
        self._ends(RunState.CANCELLING)
        self.runs.find_lost(self.number, at=self.clock.now())
        try:
            if self.endpoint.batches is not None:
                from memtui.compress.batches import cancel

                cancel(self, self.endpoint.batches)
        except Paused as paused:
            self._ends(RunState.CANCELLING, paused.message)
        except KeyboardInterrupt:
            self._ends(RunState.CANCELLING, "You stopped it.")
        else:
            self._ends(RunState.CANCELLED)
        self.tell()
        return self.run

    def _ends(self, state: RunState, why: str = "") -> None:
        self.runs.stand(self.number, state, why=why, at=self.clock.now())

    def _stand_still(self, why: str) -> None:
        """Paused; a person who paused or cancelled it meanwhile has the last word."""
        if self.run.state is RunState.RUNNING:
            now = self.clock.now()
            self.runs.stand(self.number, RunState.PAUSED, why=why, at=now)

    def must_go_on(self) -> None:
        """Look whether anybody wants it to stop.

        Raises:
            Paused: so it is.
        """
        if self._stop() or self.run.state not in AT_WORK:
            raise Paused("You paused it.")

    def waiting(self) -> list[Item]:
        """What is still to be asked."""
        items = self.runs.items(self.number)
        return [one for one in items if one.state is ItemState.WAITING]

    def _one_by_one(self) -> None:
        """The next item that is due; one that has to wait holds nobody up."""
        while items := self.waiting():
            self.must_go_on()
            now = self.clock.now()
            due = [one for one in items if self.due.get(one.id, 0) <= now]
            if due:
                self._ask(due[0])
                continue
            until = min(self.due[one.id] for one in items)
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
        if self.runs.asked_meanwhile(item):
            self.runs.pass_over(item.id, "Not sent: a later run asked the same.")
            return None
        try:
            return self.planner.build(item)
        except (Withheld, NotFound) as error:
            self.runs.pass_over(item.id, error.message)
            return None


def read_again(planner: Planner, item: Item) -> Built | None:
    """How the answer of an item that was sent is to be read; None: it is gone."""
    with suppress(Withheld, NotFound):
        return planner.build(item, sent=True)
    return None
