"""Everything that a run needs, opened and closed together."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.compress import money
from memtui.compress.endpoint import Endpoint
from memtui.compress.opening import Destination, connect, destination
from memtui.compress.pacing import Clock
from memtui.compress.plan import Plan, Planner
from memtui.compress.run import Progress, Runner, alone
from memtui.errors import NotFound, SettingsError
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import NewRun, Run, RunState
from memtui.store.queries import StoreView

CAN_GO_ON: Final = frozenset({RunState.RUNNING, RunState.PAUSED})
"""A run that says it is running, while nobody holds the lock, was killed."""


def millionths(dollars: float) -> int:
    """A budget as money is counted; never more than it says."""
    return int(dollars * money.MILLION + 1e-6)


def begin(
    data: Path,
    to: Destination,
    plan: Plan,
    *,
    pass_: str,
    budget: float,
    batch: bool,
    at: int,
) -> int:
    """Note a run; nothing is sent by that. Its number."""
    run = NewRun(
        pass_=pass_, provider=to.provider, host=to.host, model=to.model,
        batch=batch and to.can_batch, budget=millionths(budget),
    )  # fmt: skip
    with Runs(store_path(data)) as runs:
        return runs.begin(run, [task.as_item() for task in plan.tasks], at=at)


def unfinished(view: StoreView, number: int | None = None) -> Run:
    """The newest run that can go on, or this one.

    Raises:
        NotFound: there is none.
    """
    for run in view.runs(1_000):
        if run.state in CAN_GO_ON and number in (None, run.id):
            return run
    raise NotFound("There is no run to go on with.", hint="memtui compress begins one.")


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

    def carry_on(self, number: int, *, again: bool = False) -> Run:
        """Go on with a run; how it stands afterwards.

        Args:
            again: with what failed, or was sent and never answered, too.
        """
        with self._runner(number) as runner:
            if again:
                runner.try_all_again()
            return runner.carry_on()

    def cancel(self, number: int) -> Run:
        """End a run; what is paid for is still collected."""
        with self._runner(number) as runner:
            return runner.cancel()

    @contextmanager
    def _runner(self, number: int) -> Iterator[Runner]:
        store = store_path(self.data)
        with alone(self.data), Runs(store) as runs, StoreView(store) as view:
            run = runs.run(number)
            to = destination(self.settings, self.data, model=run.model)
            if (to.provider, to.host) != (run.provider, run.host):
                raise SettingsError(
                    f"The run went to {run.host}; the config says {to.host} now.",
                    hint="memtui compress cancel ends it; then begin another.",
                )
            endpoint: Endpoint = connect(
                self.settings, self.data, to, from_environment=self.from_environment
            )
            try:
                yield Runner(
                    runs, Planner(view, self.settings, to.known), endpoint, number,
                    clock=self.clock, stop=self.stop, tell=self.tell,
                    draw=random.random,
                )  # fmt: skip
            finally:
                endpoint.close()
