"""Many at once, and a kill at any moment: nothing is lost, nothing is paid twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from memtui.compress import batches as handed
from memtui.compress.anthropic_api import AnthropicApi
from memtui.compress.asking import Question
from memtui.compress.carrying import unfinished
from memtui.compress.endpoint import Failed, Handed, Reply
from memtui.compress.tasks import Plan
from memtui.paths import store_path
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import ItemState
from memtui.store.queries import StoreView
from tests.compress.conftest import MODEL, Bench


def made(bench: Bench) -> list[str]:
    """Paths of the batches that were made, each by the POST that made it."""
    return [
        r.path
        for r in bench.stub.requests
        if r.method == "POST" and r.path.endswith("/batches")
    ]


def test_a_backlog_goes_as_one_batch_for_half_the_price(three: Bench) -> None:
    plan = three.plan()
    one_by_one = three.carry_on(three.begin(plan))
    number = three.begin(plan, batch=True)
    run = three.carry_on(number)
    assert (run.state, len(made(three))) == ("done", 1)
    assert abs(run.spent - one_by_one.spent / 2) <= 3  # each is rounded up
    assert three.states(number) == ["done"] * 3
    assert three.ticks.waits == []


def test_the_id_of_a_batch_is_stored_before_anybody_asks_for_it(three: Bench) -> None:
    number = three.begin(batch=True)
    seen: list[set[str]] = []

    def look(_: object) -> None:
        if three.stub.requests[-1].method == "GET":
            with Runs(store_path(three.data)) as runs:
                seen.append(runs.remotes())

    three.stub.on_request = look
    three.carry_on(number)
    assert seen
    assert all(names == {"msgbatch_001"} for names in seen)


def test_a_batch_is_waited_for_and_can_be_left_and_taken_up(three: Bench) -> None:
    three.stub.batch_ends = False
    number = three.begin(batch=True)
    looks = 0

    def stop() -> bool:
        nonlocal looks
        looks += 1
        return looks > 4

    assert three.carry_on(number, stop=stop).state == "paused"
    assert set(three.states(number)) == {"sent"}
    assert set(three.ticks.waits) == {60}
    three.stub.batch_ends = True
    assert three.carry_on(number).state == "done"
    assert len(made(three)) == 1
    assert len(three.proposed()) >= 3


def test_results_of_every_kind_are_settled(three: Bench) -> None:
    number = three.begin(batch=True)
    with three.runner(number) as runner:
        names = [handed._name(runner, 1, item.id) for item in runner.waiting()]
    error = {"type": "error", "error": {"type": "invalid_request_error",
                                        "message": "no"}}  # fmt: skip
    scripted = {
        names[0]: {"type": "errored", "error": error},
        names[1]: {"type": "expired"},
    }

    def script(_: object) -> None:
        for batch in three.stub.batches.values():
            batch["scripted"] = scripted if len(batch["requests"]) == 3 else {}

    three.stub.on_request = script
    assert three.carry_on(number).state == "done"
    assert three.states(number) == ["failed", "done", "done"]
    assert sorted(three.outcomes()) == ["answered", "answered", "expired", "rejected"]


def test_a_batch_of_which_the_answer_was_cut_is_found_again(three: Bench) -> None:
    three.stub.plays.append("taken, then cut")
    number = three.begin(batch=True)
    assert three.carry_on(number).state == "paused"
    run = three.carry_on(number)
    assert (run.state, len(made(three))) == ("done", 1)
    assert three.outcomes() == ["answered"] * 3


def test_a_batch_that_never_arrived_is_handed_over_again(three: Bench) -> None:
    three.stub.plays.append("cut")
    number = three.begin(batch=True)
    assert three.carry_on(number).state == "paused"
    run = three.carry_on(number)
    assert (run.state, len(three.stub.batches)) == ("done", 1)
    assert three.outcomes() == ["never sent"] * 3 + ["answered"] * 3


def test_batches_of_others_are_not_taken_for_ours(three: Bench) -> None:
    other = three.begin(batch=True)
    three.carry_on(other)
    with Runs(store_path(three.data)) as runs:  # as if another store had made it
        runs._conn.execute("update compress_batch set remote = 'forgotten'")
    three.stub.plays.append("cut")
    number = three.begin(three_again(three), batch=True)
    three.carry_on(number)
    assert three.carry_on(number).state == "done"
    assert len(three.stub.batches) == 2


def three_again(bench: Bench) -> Plan:
    with bench.planner() as planner:
        return planner.sessions(planner.view.sessions(), again=True)


@pytest.mark.parametrize("play", [(429, {"retry-after": "2"}), (400, {}), (401, {})])
def test_a_batch_that_is_refused_costs_nothing(
    three: Bench, play: tuple[int, dict[str, str]]
) -> None:
    three.stub.plays.append(play)
    number = three.begin(batch=True)
    run = three.carry_on(number)
    limited = play[0] == 429
    assert run.state == ("done" if limited else "paused")
    assert (
        three.outcomes()[:3]
        == [{429: "limited", 400: "rejected", 401: "denied"}[play[0]]] * 3
    )
    if not limited:
        assert run.spent == 0


def test_cancelling_collects_what_was_paid(three: Bench) -> None:
    three.stub.batch_ends = False
    number = three.begin(batch=True)
    three.carry_on(number, stop=lambda: len(three.ticks.waits) > 0)
    three.stub.batch_ends = True
    with three.runner(number) as runner:
        assert runner.cancel().state == "cancelled"
    assert three.outcomes() == ["cancelled"] * 3
    assert len(made(three)) == 1


def test_what_a_cancelled_batch_has_is_collected_by_a_later_call(three: Bench) -> None:
    def impatient() -> None:
        raise KeyboardInterrupt

    three.stub.batch_ends = False
    number = three.begin(batch=True)
    three.ticks.on_wait = impatient
    assert three.carry_on(number).state == "paused"
    with three.runner(number) as runner:
        run = runner.cancel()
    assert (run.state, run.why) == ("cancelling", "You stopped it.")
    with StoreView(store_path(three.data)) as view:
        assert unfinished(view).id == number
    three.stub.batch_ends = True
    with three.runner(number) as runner:
        assert runner.cancel().state == "cancelled"
    assert three.outcomes() == ["cancelled"] * 3
    assert len(made(three)) == 1


def test_one_garbled_result_leaves_the_others_be(three: Bench) -> None:
    three.stub.batch_ends = False
    number = three.begin(batch=True)
    three.carry_on(number, stop=lambda: len(three.ticks.waits) > 0)
    batch = next(iter(three.stub.batches.values()))
    first = batch["requests"][0]["custom_id"]
    batch["scripted"] = {first: {"type": "succeeded", "message": {"usage": 7}}}
    three.stub.batch_ends = True
    assert three.carry_on(number).state == "done"
    assert sorted(three.outcomes()) == ["answered"] * 3 + ["garbled"]


def test_batches_are_as_large_as_the_budget_has_room_for(three: Bench) -> None:
    with three.runner(three.begin()) as runner:
        item = runner.waiting()[0]
        built = runner.build(item)
        assert built is not None
        bound = runner.bound(built, batch=True)
    number = three.begin(three_again(three), batch=True, budget=bound * 2)
    run = three.carry_on(number)
    first = next(iter(three.stub.batches.values()))
    assert len(first["requests"]) <= 2
    assert run.spent <= run.budget


# A kill at any moment


class Killed(BaseException):
    """As a kill: nothing tidies up after it."""


class Dying:
    """An endpoint before and after each of whose calls the process may end."""

    def __init__(self, inner: AnthropicApi, dies_at: int) -> None:
        self._inner = inner
        self._left = dies_at
        self.calls = 0

    @property
    def batches(self) -> "Dying":
        return self

    def _moment(self) -> None:
        self.calls += 1
        self._left -= 1
        if self._left == 0:
            raise Killed

    def ask(self, question: Question) -> Reply:
        self._moment()
        try:
            return self._inner.ask(question)
        finally:
            self._moment()

    def submit(self, questions: Sequence[tuple[str, Question]]) -> str:
        self._moment()
        name = self._inner.submit(questions)
        self._moment()
        return name

    def look(self, batch: str) -> Handed:
        self._moment()
        return self._inner.look(batch)

    def results(self, batch: str) -> Iterator[tuple[str, Reply | Failed]]:
        self._moment()
        yield from self._inner.results(batch)
        self._moment()

    def cancel(self, batch: str) -> None:
        self._inner.cancel(batch)

    def recent(self, since: int) -> list[Handed]:
        return self._inner.recent(since)

    def models(self) -> list[object]:
        return []

    def close(self) -> None:
        self._inner.close()


@pytest.mark.parametrize("batch", [True, False])
def test_a_kill_at_any_call_loses_nothing_and_pays_nothing_twice(
    three: Bench, batch: bool
) -> None:
    plan = three_again(three)
    for moment in range(1, 6 if batch else 7):
        number = three.begin(plan, batch=batch)
        paid = three.stub.paid()
        dying = Dying(AnthropicApi(three.stub.url, "k", MODEL, timeout=5), moment)
        with pytest.raises(Killed):
            three.carry_on(number, dying)  # type: ignore[arg-type]
        assert three.carry_on(number).state == "done"
        states = three.states(number)
        assert set(states) <= {"done", "unknown"}
        assert states.count("unknown") <= (0 if batch else 1)
        assert three.stub.paid() - paid <= 3
        with Runs(store_path(three.data)) as runs:
            runs.again(number, [ItemState.UNKNOWN])
        assert three.carry_on(number).state == "done"
        assert set(three.states(number)) == {"done"}


def test_kill_9_while_a_request_is_out_pays_for_it_once(three: Bench) -> None:
    number = three.begin()
    three.stub.plays.append("hang")
    code = (
        "import sys; from pathlib import Path\n"
        "from memtui.compress import money\n"
        "from memtui.compress.anthropic_api import AnthropicApi\n"
        "from memtui.compress.pacing import WallClock\n"
        "from memtui.compress.plan import Planner\n"
        "from memtui.compress.run import Runner\n"
        "from memtui.paths import store_path\n"
        "from memtui.settings import Settings\n"
        "from memtui.store.compress.compressing import Runs\n"
        "from memtui.store.queries import StoreView\n"
        "store = store_path(Path(sys.argv[1])); model = sys.argv[3]\n"
        "planner = Planner(StoreView(store), Settings(), money.model_of(model, {}))\n"
        "endpoint = AnthropicApi(sys.argv[2], 'k', model)\n"
        "Runner(Runs(store), planner, endpoint, int(sys.argv[4]),\n"
        "       clock=WallClock()).carry_on()\n"
    )
    words = [str(three.data), three.stub.url, MODEL, str(number)]
    process = subprocess.Popen([sys.executable, "-c", code, *words])
    three.stub.on_request = lambda _: os.kill(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    three.stub.on_request = lambda _: None
    run = three.carry_on(number)
    assert run.state == "done"
    assert sorted(three.states(number)) == ["done", "done", "unknown"]
    assert three.outcomes()[0] == "unknown"
    assert len(three.stub.asked) == 3  # the one that was out is not sent again
