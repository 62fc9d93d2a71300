"""A store with sessions, a server that plays a model, a clock nobody waits for."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from memtui.compress import money
from memtui.compress.account import Progress
from memtui.compress.anthropic_api import AnthropicApi
from memtui.compress.endpoint import Endpoint
from memtui.compress.plan import Planner
from memtui.compress.run import Runner
from memtui.compress.tasks import Plan
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.search.grammar import EVERYTHING
from memtui.settings import Settings
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import NewRun, Run
from memtui.store.queries import StoreView, View
from tests.compress.stub import Stub, serving
from tests.factories import START_MS, Bash, Say, Turn, transcript

DOLLAR = 1_000_000
MODEL = "claude-haiku-5-5"


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The server."""
    with serving(Stub()) as served:
        yield served


@dataclass
class Ticks:
    """A clock that jumps to wherever somebody waits for."""

    at: int = START_MS + 10**9
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[], object] = lambda: None

    def now(self) -> int:
        self.at += 1
        return self.at

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += round(seconds * 1000)
        self.on_wait()


@pytest.fixture
def ticks() -> Ticks:
    """The clock."""
    return Ticks()


def write_sessions(home: Path, count: int = 1, **how: str) -> list[str]:
    """Sessions of a few turns; their ids."""
    ids = []
    for number in range(count):
        path = transcript(
            turns=(
                Turn(
                    f"why does pump {number} drain? always close the valve first",
                    Say(f"I look at pump {number}."),
                    Bash(f"cat pump{number}.log", f"pressure {number} falls"),
                ),
            ),
            home=home,
            session=f"pump-{number}",
            start_ms=START_MS + number * 60_000,
            **how,
        )
        ids.append(path.stem)
    return ids


def read_in(data: Path, home: Path, settings: Settings | None = None) -> None:
    """Read what the agents wrote."""
    sync(data, home=home, settings=settings or Settings())


class Stores:
    """Stores of so many sessions, made once: a test works on a copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: Path, sessions: int) -> None:
        """A copy of one in a test's data folder."""
        made = self._folder / str(sessions)
        if not made.exists():
            home = self._folder / f"home-{sessions}"
            write_sessions(home, sessions)
            read_in(made, home)
        shutil.copytree(made, data)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Stores that are made when first asked for."""
    return Stores(tmp_path_factory.mktemp("stores"))


@dataclass
class Bench:
    """All that a run needs, opened and closed together."""

    data: Path
    stores: Stores
    stub: Stub
    ticks: Ticks
    settings: Settings = field(default_factory=Settings)
    told: list[Progress] = field(default_factory=list)

    @contextmanager
    def planner(self, settings: Settings | None = None) -> Iterator[Planner]:
        known = settings or self.settings
        with StoreView(store_path(self.data)) as view:
            yield Planner(view, known, money.model_of(MODEL, known.prices))

    def plan(self) -> Plan:
        with self.planner() as planner:
            return planner.sessions(planner.view.sessions(EVERYTHING, View()))

    def begin(
        self, plan: Plan | None = None, *, budget: int = DOLLAR, batch: bool = False
    ) -> int:
        run = NewRun(
            pass_="sessions", provider="anthropic", host="here", model=MODEL,
            batch=batch, budget=budget,
        )  # fmt: skip
        tasks = (plan or self.plan()).tasks
        with Runs(store_path(self.data)) as runs:
            return runs.begin(run, [t.as_item() for t in tasks], at=self.ticks.now())

    @contextmanager
    def runner(
        self,
        number: int,
        endpoint: Endpoint | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Runner]:
        made = endpoint or AnthropicApi(self.stub.url, "k", MODEL, timeout=5)
        try:
            with Runs(store_path(self.data)) as runs, self.planner() as planner:
                yield Runner(
                    runs, planner, made, number, clock=self.ticks, stop=stop,
                    tell=self.told.append,
                )  # fmt: skip
        finally:
            made.close()

    def carry_on(
        self,
        number: int,
        endpoint: Endpoint | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Run:
        with self.runner(number, endpoint, stop) as runner:
            return runner.carry_on()

    def outcomes(self) -> list[str]:
        """Of each request, the first one first."""
        with StoreView(store_path(self.data)) as view:
            return [one.outcome for one in reversed(view.ledger(1_000))]

    def states(self, run: int) -> Sequence[str]:
        """Of each item, in order."""
        with Runs(store_path(self.data)) as runs:
            return [one.state.value for one in runs.items(run)]

    def proposed(self) -> list[str]:
        """Titles of what waits for a decision."""
        with StoreView(store_path(self.data)) as view:
            return [one.memory.title for one in view.proposed()]


@pytest.fixture
def bench(data: Path, stores: Stores, stub: Stub, ticks: Ticks) -> Bench:
    """A run's surroundings; sessions are up to the test."""
    stub.now = lambda: ticks.at
    return Bench(data, stores, stub, ticks)


@pytest.fixture
def one(bench: Bench) -> Bench:
    """A store with one session."""
    bench.stores.put(bench.data, 1)
    return bench


@pytest.fixture
def three(bench: Bench) -> Bench:
    """A store with three sessions."""
    bench.stores.put(bench.data, 3)
    return bench
