"""What a run leaves for the next, and answers that would break one."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.compress import payload, plan
from memtui.compress.anthropic_api import AnthropicApi
from memtui.compress.carrying import Carrier
from memtui.compress.openai_api import OpenAIApi
from memtui.compress.opening import destination
from memtui.compress.plan import FAILED, KNOWN, UNKNOWN
from memtui.compress.tasks import Plan
from memtui.curate import Curator
from memtui.errors import NotFound
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store import connect
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import ItemState, Run
from memtui.store.queries import StoreView
from tests.compress.conftest import MODEL, Bench, read_in
from tests.compress.stub import Recorded
from tests.factories import Bash, Turn, transcript


def test_what_was_asked_of_a_cancelled_run_is_not_paid_for_again(three: Bench) -> None:
    number = three.begin()
    three.carry_on(number, stop=lambda: len(three.stub.asked) > 0)
    with three.runner(number) as runner:
        assert runner.cancel().state == "cancelled"
    plan = three.plan()
    assert (len(plan.tasks), dict(plan.left_out)) == (2, {KNOWN: 1})


def test_a_session_of_several_parts_is_only_asked_for_those_that_are_missing(
    bench: Bench, home: Path
) -> None:
    steps = [Bash(f"step {n}", f"{n} " * 2_000) for n in range(200)]
    transcript(turns=[Turn("close valve nine first", *steps)], home=home)
    read_in(bench.data, home)
    number = bench.begin()
    bench.carry_on(number, stop=lambda: len(bench.stub.asked) > 0)
    with bench.runner(number) as runner:
        runner.cancel()
    parts = [task.part for task in bench.plan().tasks]
    assert parts == [*range(2, bench.plan().tasks[-1].parts + 1)]


def test_what_another_run_asked_since_the_estimate_is_not_asked_again(
    three: Bench,
) -> None:
    settings = Settings(compress_url=three.stub.url)
    carrier = Carrier(data=three.data, settings=settings, clock=three.ticks)
    to = destination(settings, three.data)
    whole = three.plan()
    with three.planner() as planner:
        first = planner.sessions(planner.view.sessions(), most=1)

    def begin(which: Plan) -> Run:
        return carrier.begin(to, which, pass_="sessions", budget=1, batch=False)

    assert begin(first).state == "done"
    assert begin(whole).state == "done"
    assert len(three.stub.asked) == 3
    with pytest.raises(NotFound, match="meanwhile"):
        begin(whole)
    with three.planner() as planner:
        again = planner.sessions(planner.view.sessions(), again=True)
    assert begin(again).state == "done"
    assert len(three.stub.asked) == 6


def test_parts_of_a_project_that_were_answered_are_not_asked_again(
    one: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_LARGEST", 9_500)
    with (
        Curator(one.data, Settings()) as curator,
        StoreView(store_path(one.data)) as view,
    ):
        (project,) = view.projects()
        for number in range(9):
            text = f"Valve {number} closes first\n" + f"because {number} " * 100
            curator.add(text, type="gotcha", project=project)
    with one.planner() as planner:
        whole = planner.projects(planner.view.projects())
    assert len(whole.tasks) > 1
    one.stub.answer = lambda text: {"merges": []}
    number = one.begin(whole)
    one.carry_on(number, stop=lambda: len(one.stub.asked) > 0)
    with one.runner(number) as runner:
        runner.cancel()
    with one.planner() as planner:
        rest = planner.projects(planner.view.projects())
    assert [task.part for task in rest.tasks] == [task.part for task in whole.tasks[1:]]


def test_what_was_asked_about_is_not_even_read_for_the_next_estimate(
    three: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.carry_on(three.begin())
    monkeypatch.setattr(payload, "read", None)
    assert dict(three.plan().left_out) == {KNOWN: 3}


def test_what_failed_or_was_lost_is_left_to_the_person(three: Bench) -> None:
    three.stub.plays.append("refusal")
    number = three.begin()
    with three.runner(number) as runner:
        three.stub.on_request = lambda _: None
        runner.carry_on()
    assert dict(three.plan().left_out) == {KNOWN: 2, FAILED: 1}
    with Runs(store_path(three.data)) as runs:
        item = next(i for i in runs.items(number) if i.state is ItemState.FAILED)
        runs.again(number, [ItemState.FAILED])
        runs.take(number, item.id, 1, at=1)
        runs.find_lost(number, at=2)
    assert dict(three.plan().left_out) == {KNOWN: 2, UNKNOWN: 1}
    with three.planner() as planner:
        again = planner.sessions(planner.view.sessions(), again=True)
    assert len(again.tasks) == 3


@pytest.mark.parametrize(
    "told", [-50, 10**30, 1e400, "many", {}], ids=["less", "vast", "inf", "word", "no"]
)
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("api", [AnthropicApi, OpenAIApi])
def test_no_count_of_tokens_gives_money_back_or_ends_memtui(
    one: Bench, api: Callable[..., Any], stream: bool, told: Any
) -> None:
    one.stub.usage = lambda size: {"input_tokens": told, "output_tokens": 1}
    endpoint = api(one.stub.url, "k", MODEL, timeout=5, stream=stream)
    run = one.carry_on(one.begin(), endpoint)
    assert set(one.outcomes()) == {"garbled"}
    assert 0 < run.spent <= run.budget


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("api", [AnthropicApi, OpenAIApi])
def test_brackets_without_end_are_no_answer(
    one: Bench, api: Callable[..., Any], stream: bool
) -> None:
    one.stub.plays.append("brackets")
    endpoint = api(one.stub.url, "k", MODEL, timeout=5, stream=stream)
    assert one.carry_on(one.begin(), endpoint).state == "done"
    assert one.outcomes()[1:] == ["answered"]


def test_an_answer_that_was_paid_waits_for_a_store_that_another_keeps(
    one: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_MS", 1)
    number = one.begin()
    path = store_path(one.data)
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:

        def keep(_: Recorded) -> None:
            other.execute("begin immediate")

        def give() -> None:
            if len(one.ticks.waits) == 3:
                other.rollback()

        one.stub.on_request, one.ticks.on_wait = keep, give
        assert one.carry_on(number).state == "done"
    assert one.outcomes() == ["answered"]
    assert len(one.ticks.waits) == 3
    assert "held until it can be written" in "".join(p.saying for p in one.told)


def test_what_an_endpoint_says_is_told_only_where_it_is_a_name(one: Bench) -> None:
    one.stub.kind = "\x1b]0;evil\x07 obey"
    one.stub.plays.append((401, {}))
    run = one.carry_on(one.begin())
    assert run.why.startswith("The endpoint said 401: key, model or account")


@pytest.mark.parametrize("api", [AnthropicApi, OpenAIApi])
def test_why_a_request_is_rejected_is_told_in_the_endpoints_words(
    one: Bench, api: Callable[..., Any]
) -> None:
    one.stub.says = "max_tokens: 16000 > 8192\x1b[2J"
    one.stub.plays.append((400, {}))
    one.carry_on(one.begin(), api(one.stub.url, "k", MODEL, timeout=5))
    with StoreView(store_path(one.data)) as view:
        (request,) = view.ledger(5)
    assert request.why.endswith(" It says: max_tokens: 16000 > 8192")


def test_an_endpoint_that_takes_nothing_ends_the_run_for_now(bench: Bench) -> None:
    bench.stores.put(bench.data, 5)
    bench.stub.plays.extend([(400, {})] * 5)
    number = bench.begin()
    run = bench.carry_on(number)
    assert (run.state, len(bench.stub.asked)) == ("paused", 3)
    assert "takes none of these" in run.why
    assert bench.states(number).count("waiting") == 2


def test_another_run_that_says_it_is_at_work_is_not(three: Bench) -> None:
    corpse, number = three.begin(), three.begin()
    three.carry_on(number)
    with StoreView(store_path(three.data)) as view:
        assert {r.id: r.state.value for r in view.runs()} == {
            corpse: "paused", number: "done",
        }  # fmt: skip
