"""A run against a server that answers well or badly: what is paid, tried, left."""

import threading
from pathlib import Path

import pytest

from memtui.compress import http, pacing
from memtui.compress.anthropic_api import AnthropicApi
from memtui.compress.openai_api import OpenAIApi
from memtui.compress.pacing import DELAYS_S, PAID_TRIES, TRIES
from memtui.errors import StoreBusy
from memtui.paths import store_path
from memtui.store.compress.runs import RunState
from memtui.store.queries import StoreView
from tests.compress.conftest import MODEL, Bench
from tests.compress.stub import Play


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("api", [AnthropicApi, OpenAIApi])
def test_a_session_becomes_proposals_and_a_line_of_the_ledger(
    one: Bench, stream: bool, api: type[AnthropicApi] | type[OpenAIApi]
) -> None:
    endpoint = api(one.stub.url, "k", MODEL, stream=stream, timeout=5)
    run = one.carry_on(one.begin(), endpoint)
    assert run.state == "done"
    assert [r.body.get("stream", False) for r in one.stub.asked] == [stream]
    assert one.outcomes() == ["answered"]
    assert len(one.proposed()) == 2  # what was learnt, and what it was about
    assert 0 < run.spent < run.budget


BADLY: list[tuple[Play, str]] = [
    ((429, {"retry-after": "7"}), "limited"),
    ((500, {}), "unavailable"),
    ((529, {}), "unavailable"),
    ((504, {}), "timeout"),
    ("cut", "cut"),
    ("malformed", "garbled"),
    ("another shape", "garbled"),
    ("wrong schema", "wrong form"),
    ("no json", "wrong form"),
]


@pytest.mark.parametrize(("play", "outcome"), BADLY)
@pytest.mark.parametrize("api", [AnthropicApi, OpenAIApi])
def test_what_goes_wrong_once_is_tried_again(
    one: Bench,
    play: Play,
    outcome: str,
    api: type[AnthropicApi] | type[OpenAIApi],
) -> None:
    one.stub.plays.append(play)
    endpoint = api(one.stub.url, "k", MODEL, stream=False, timeout=5)
    run = one.carry_on(one.begin(), endpoint)
    assert (run.state, one.outcomes()) == ("done", [outcome, "answered"])
    assert len(one.proposed()) == 2


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        ("cut stream", "cut"),
        ("error in stream", "cut"),
        ("html", "garbled"),
        ((503, {}), "unavailable"),
    ],
)
def test_a_stream_that_goes_wrong_is_tried_again(
    one: Bench, play: Play, outcome: str
) -> None:
    one.stub.plays.append(play)
    run = one.carry_on(one.begin())
    assert run.state == "done"
    assert one.outcomes()[0] in (outcome, "cut")  # of HTML nothing is an event
    assert one.outcomes()[-1] == "answered"


@pytest.mark.parametrize(
    ("play", "paid"),
    [((500, {}), False), ((307, {"location": "/"}), False), ((502, {}), True),
     ((504, {}), True), ("error in stream", True)],
)  # fmt: skip
def test_what_a_gateway_or_a_broken_answer_may_have_cost_counts(
    one: Bench, play: Play, paid: bool
) -> None:
    one.stub.plays.append(play)
    one.carry_on(one.begin())
    with StoreView(store_path(one.data)) as view:
        first = view.ledger(10)[-1]
    assert (first.cost is None) == paid
    assert first.bound > 0


def test_thoughts_that_only_the_total_counts_are_paid(one: Bench) -> None:
    one.stub.usage = lambda _: {
        "input_tokens": 1_000, "output_tokens": 50, "total": 9_000
    }  # fmt: skip
    one.carry_on(one.begin(), OpenAIApi(one.stub.url, "k", MODEL))
    with StoreView(store_path(one.data)) as view:
        (row,) = view.ledger(10)
    assert (row.tokens_in, row.tokens_out) == (1_000, 8_000)


def test_a_server_that_hangs_is_given_up_and_counted_as_the_most_it_can_cost(
    one: Bench,
) -> None:
    one.stub.plays.append("hang")
    endpoint = AnthropicApi(one.stub.url, "k", MODEL, timeout=0.2)
    number = one.begin()
    run = one.carry_on(number, endpoint)
    assert one.outcomes() == ["timeout", "answered"]
    with one.runner(number) as runner:
        built = runner.planner.build(runner.runs.items(number)[0])
        assert run.spent > runner.bound(built, batch=False)


def test_nobody_waits_longer_than_a_minute_for_a_byte() -> None:
    client = http.client("http://localhost")
    waits = client.timeout
    client.close()
    assert (waits.connect, waits.read, waits.write) == (60, 60, 60)


def test_an_answer_that_trickles_for_ever_ends(one: Bench) -> None:
    import httpx2

    client = http.client(one.stub.url, whole=-1)
    try:
        with pytest.raises(httpx2.ReadTimeout):
            client.get(f"{one.stub.url}/v1/models")
    finally:
        client.close()


def test_tries_are_few_and_each_waits_longer(one: Bench) -> None:
    one.stub.plays.extend([(500, {})] * 20)
    number = one.begin()
    run = one.carry_on(number)
    assert len(one.stub.asked) == TRIES == 6
    planned = zip(one.ticks.waits, DELAYS_S, strict=True)
    assert all(abs(waited - wanted) <= 0.01 * wanted for waited, wanted in planned)
    assert one.states(number) == ["failed"]
    assert (run.state, run.spent) == ("done", 0)


@pytest.mark.parametrize("draw", [0.0, 0.5, 1.0])
def test_delays_differ_by_a_fifth_and_never_fall_below_what_is_asked(
    draw: float,
) -> None:
    waits = [pacing.delay(n, None, lambda: draw) for n in range(1, TRIES + 1)]
    assert waits[-1] is None
    for waited, planned in zip(waits, DELAYS_S, strict=False):
        assert waited is not None
        assert 0.8 * planned <= waited <= 1.2 * planned
    assert pacing.delay(1, 40.0, lambda: draw) == 40


def test_retry_after_is_obeyed(one: Bench) -> None:
    one.stub.plays.append((429, {"retry-after": "45"}))
    one.carry_on(one.begin())
    assert one.ticks.waits == [pytest.approx(45, abs=0.01)]


def test_who_asks_to_be_left_alone_for_long_is_left_alone(one: Bench) -> None:
    one.stub.plays.append((429, {"retry-after": "4000"}))
    number = one.begin()
    run = one.carry_on(number)
    assert (run.state, len(one.stub.asked)) == ("paused", 1)
    assert one.states(number) == ["waiting"]
    assert one.carry_on(number).state == "done"


@pytest.mark.parametrize(
    ("play", "outcome"), [("refusal", "refused"), ("too long", "too long"),
                          ((400, {}), "rejected"), ((413, {}), "rejected")]
)  # fmt: skip
@pytest.mark.parametrize("stream", [True, False])
def test_what_no_second_try_mends_is_passed_over_at_once(
    three: Bench, play: Play, outcome: str, stream: bool
) -> None:
    three.stub.plays.append(play)
    number = three.begin()
    endpoint = AnthropicApi(three.stub.url, "k", MODEL, stream=stream, timeout=5)
    assert three.carry_on(number, endpoint).state == "done"
    assert three.outcomes() == [outcome, "answered", "answered"]
    assert three.states(number) == ["failed", "done", "done"]
    assert three.ticks.waits == []


def test_an_item_that_always_fails_holds_nobody_up(three: Bench) -> None:
    three.stub.answer = lambda text: "?" if "pump 2" in text else _plain(text)
    number = three.begin()
    run = three.carry_on(number)
    assert run.state == "done"
    assert sorted(three.states(number)) == ["done", "done", "failed"]
    # the first try of each comes before the second of the one that fails
    assert three.outcomes()[:3].count("answered") == 2
    assert three.outcomes().count("wrong form") == PAID_TRIES  # each was paid


def _plain(text: str) -> object:
    from tests.compress.stub import observations

    return observations(text)


def test_an_endpoint_that_is_down_ends_the_run_for_now(three: Bench) -> None:
    three.stub.plays.extend([(503, {})] * 100)
    number = three.begin()
    run = three.carry_on(number)
    assert run.state == "paused"
    assert "does not answer" in run.why
    assert len(three.stub.asked) <= 3 * TRIES
    three.stub.plays.clear()
    with three.runner(number) as runner:
        runner.runs.again(number, [*map(type(runner.runs.items(number)[0].state),
                                        ("failed",))])  # fmt: skip
    assert three.carry_on(number).state == "done"
    assert set(three.states(number)) == {"done"}


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_key_that_is_refused_is_not_tried_on_the_next(
    three: Bench, status: int
) -> None:
    three.stub.plays.extend([(status, {})] * 9)
    number = three.begin()
    run = three.carry_on(number)
    assert (run.state, len(three.stub.asked)) == ("paused", 1)
    assert "not right" in run.why
    assert set(three.states(number)) == {"waiting"}


def test_nothing_is_paid_where_nobody_listens(one: Bench) -> None:
    one.stub.url = "http://127.0.0.1:9"  # discard: nothing listens there
    run = one.carry_on(one.begin())
    assert run.spent == 0
    assert set(one.outcomes()) == {"unreachable"}


def test_a_budget_is_never_exceeded(three: Bench) -> None:
    number = three.begin(budget=1)
    run = three.carry_on(number)
    assert (run.state, run.spent, three.stub.asked) == ("paused", 0, [])
    assert "can cost" in run.why


def test_a_run_stops_before_the_request_that_may_exceed_its_budget(
    three: Bench,
) -> None:
    with three.planner() as planner:
        plan = planner.sessions(planner.view.sessions())
        price = planner.model.price
        assert price is not None
        most = plan.estimate(price, batch=False).most
    three.stub.usage = lambda size: {"input_tokens": size, "output_tokens": 16_000}
    run = three.carry_on(three.begin(budget=most * 2 // 3))
    assert run.state == "paused"
    assert 0 < len(three.stub.asked) < 3
    assert run.spent <= run.budget


def test_pausing_stops_after_the_request_at_hand_and_resuming_goes_on(
    three: Bench,
) -> None:
    stop = threading.Event()
    three.stub.on_request = lambda _: stop.set()
    number = three.begin()
    run = three.carry_on(number, stop=stop.is_set)
    assert (run.state, len(three.stub.asked)) == ("paused", 1)
    assert sorted(three.states(number)) == ["done", "waiting", "waiting"]
    three.stub.on_request = lambda _: None
    assert three.carry_on(number).state == "done"
    assert len(three.stub.asked) == 3


def test_another_process_can_pause_a_run(three: Bench) -> None:
    number = three.begin()
    with three.runner(number) as runner:
        three.stub.on_request = lambda _: _pause(three, number)
        assert runner.carry_on().state == "paused"
    assert len(three.stub.asked) == 1


def _pause(bench: Bench, number: int) -> None:
    from memtui.paths import store_path
    from memtui.store.compress.compressing import Runs

    with Runs(store_path(bench.data)) as runs:
        runs.stand(number, RunState.PAUSED, at=bench.ticks.now())


def test_two_at_once_are_not_let(data: Path) -> None:
    from memtui.compress.run import alone

    with alone(data), pytest.raises(StoreBusy, match="Another memtui"):
        with alone(data):
            pass


def test_a_session_is_not_asked_about_twice_until_it_has_more_to_say(
    one: Bench,
) -> None:
    one.carry_on(one.begin())
    plan = one.plan()
    assert (plan.tasks, dict(plan.left_out)) == ([], {"asked about before": 1})
