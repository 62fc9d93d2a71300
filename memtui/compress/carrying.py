"""Everything that a run needs, opened and closed together."""

import random
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.compress import money
from memtui.compress.account import Progress
from memtui.compress.endpoint import Endpoint
from memtui.compress.opening import Destination, connect, destination
from memtui.compress.pacing import Clock
from memtui.compress.plan import Planner
from memtui.compress.run import Runner, alone
from memtui.compress.tasks import Plan
from memtui.errors import NotFound, SettingsError
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import NewItem, NewRun, Run, RunState
from memtui.store.queries import StoreView

CAN_GO_ON: Final = frozenset({RunState.RUNNING, RunState.PAUSED, RunState.CANCELLING})
"""A run that says it is running, while nobody holds the lock, was killed."""


def millionths(dollars: float) -> int:
    """A budget as money is counted; never more than it says."""
    return int(dollars * money.MILLION + 1e-6)


def unfinished(
    view: StoreView,
    number: int | None = None,
    states: Collection[RunState] = CAN_GO_ON,
) -> Run:
    """The newest run that can go on, or this one.

    Args:
        states: where it may stand.

    Raises:
        NotFound: there is none.
    """
    for run in view.runs(1_000):
        if run.state in states and number in (None, run.id):
            return run
    raise NotFound("There is no such run.", hint="memtui compress begins one.")


def _items(runs: Runs, plan: Plan) -> list[NewItem]:
    """What a plan asks, without what another run asked since it was made.

    Raises:
        NotFound: that is all of it.
    """
    since = runs.asked_since(plan.until)
    items = [
        item
        for item in (task.as_item() for task in plan.tasks)
        if (item.agent, item.subject, item.part, item.parts) not in since
    ]
    if not items:
        raise NotFound("Another run asked about all of these meanwhile.")
    return items


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Carries out runs of one data folder.

    Raises:
        StoreBusy: another process is at it.
        SettingsError: the config leads elsewhere by now, or to no key.
    """

    data: Path
    settings: Settings
    from_environment: bool = False
    """The person was told that the key comes from a variable."""
    clock: Clock
    stop: Callable[[], bool] = lambda: False
    tell: Callable[[Progress], object] = lambda _: None

    def begin(
        self, to: Destination, plan: Plan, *, pass_: str, budget: float, batch: bool
    ) -> Run:
        """Carry out a plan; how its run stands afterwards.

        It is noted only once the key is there and no other process asks: a run that
        never began would hold its sessions back from the next.
        """
        run = NewRun(
            pass_=pass_, provider=to.provider, host=to.host, model=to.model,
            batch=batch and to.can_batch, budget=millionths(budget),
        )  # fmt: skip
        with alone(self.data), Runs(store_path(self.data)) as runs:
            with self._connected(to) as endpoint:
                number = runs.begin(run, _items(runs, plan), at=self.clock.now())
                with self._runner(runs, to, endpoint, number) as runner:
                    return runner.carry_on()

    def carry_on(
        self, number: int, *, again: bool = False, budget: float | None = None
    ) -> Run:
        """Go on with a run; how it stands afterwards.

        Args:
            again: with what failed, or was sent and never answered, too.
            budget: dollars that all of it may cost from now on; None: as before.
        """
        with self._existing(number) as runner:
            if runner.run.state is RunState.CANCELLING:
                return runner.cancel()
            if budget is not None:
                runner.runs.allow(number, millionths(budget))
            if again:
                runner.try_all_again()
            return runner.carry_on()

    def cancel(self, number: int) -> Run:
        """End a run; what is paid for is still collected.

        Nobody is asked, and no key is needed, where nothing was handed over.
        """
        with alone(self.data), Runs(store_path(self.data)) as runs:
            if not runs.batches(number):
                now = self.clock.now()
                runs.find_lost(number, at=now)
                runs.stand(number, RunState.CANCELLED, at=now)
                return runs.run(number)
        with self._existing(number) as runner:
            return runner.cancel()

    @contextmanager
    def _existing(self, number: int) -> Iterator[Runner]:
        with alone(self.data), Runs(store_path(self.data)) as runs:
            run = runs.run(number)
            to = destination(self.settings, self.data, model=run.model)
            if (to.provider, to.host) != (run.provider, run.host):
                raise SettingsError(
                    f"The run went to {run.host}; the config says {to.host} now.",
                    hint="Set it back to go on, or begin another.",
                )
            with self._connected(to) as endpoint:
                with self._runner(runs, to, endpoint, number) as runner:
                    yield runner

    @contextmanager
    def _connected(self, to: Destination) -> Iterator[Endpoint]:
        endpoint = connect(
            self.settings, self.data, to, from_environment=self.from_environment
        )
        try:
            yield endpoint
        finally:
            endpoint.close()

    @contextmanager
    def _runner(
        self, runs: Runs, to: Destination, endpoint: Endpoint, number: int
    ) -> Iterator[Runner]:
        with StoreView(store_path(self.data)) as view:
            yield Runner(
                runs, Planner(view, self.settings, to.known), endpoint, number,
                clock=self.clock, stop=self.stop, tell=self.tell, draw=random.random,
            )  # fmt: skip
