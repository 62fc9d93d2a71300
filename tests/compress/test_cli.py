"""``memtui compress`` as a person calls it."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memtui.cli import output
from memtui.compress.run import alone
from memtui.paths import config_path, store_path
from memtui.store.compress.compressing import Runs
from tests.cli.conftest import Cli, Ran, cli
from tests.compress.conftest import Bench

__all__ = ["cli"]


@pytest.fixture
def ready(three: Bench, tmp_path: Path) -> Bench:
    """Three sessions, a config that leads to the server, a key in a file."""
    key = tmp_path / "key"
    key.write_text("sk-from-the-file\n")
    key.chmod(0o600)
    configure(f'compress_url = "{three.stub.url}"\ncompress_key_file = "{key}"\n')
    return three


def configure(text: str) -> None:
    """Write the config."""
    config_path().parent.mkdir(parents=True, exist_ok=True)
    config_path().write_text(text)


def test_an_estimate_names_everything_and_sends_nothing(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--estimate", "--all")
    assert ran.code == 0
    for said in (
        "127.0.0.1", "claude-haiku-5-5", "the file", "3 sessions in 3 requests",
        "at most $", "never more than $1.00",
    ):  # fmt: skip
        assert said in ran.err, said
    assert ready.stub.requests == []
    told = cli("compress", "--estimate", "--all", "--json").object
    assert 0 < told["likely_usd"] < told["most_usd"] < told["budget_usd"]


@pytest.mark.parametrize("amount", ["nan", "inf", "1e300", "-1", "much"])
def test_a_budget_is_an_amount(cli: Cli, ready: Bench, amount: str) -> None:
    ran = cli("compress", "--yes", "--all", "--budget", amount)
    assert ran.code == 2
    assert "is no amount" in ran.err
    assert ready.stub.requests == []


def test_a_session_named_twice_is_sent_once(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--yes", "--session", "pump-0", "--session", "pump-0")
    assert ran.code == 0
    assert len(ready.stub.asked) == 1


def test_a_run_that_cannot_begin_holds_nothing_back(
    cli: Cli, ready: Bench, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "key").chmod(0o644)
    assert cli("compress", "--yes", "--all").code == 1
    with alone(data):
        assert cli("compress", "--yes", "--all").code == 3
    (tmp_path / "key").chmod(0o600)
    assert cli("compress", "--estimate", "--all", "--json").object["requests"] == 3
    assert ready.stub.requests == []


def test_a_run_goes_on_with_more_to_spend(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--yes", "--all", "--budget", "0.001")
    assert (ran.code, ready.stub.asked) == (1, [])
    assert "never more than $0.0010" in ran.err
    assert cli("compress", "resume", "--budget", "1").code == 0
    assert len(ready.stub.asked) == 3


def test_what_waits_in_a_run_is_not_called_asked_nor_paid_for_twice(
    cli: Cli, ready: Bench
) -> None:
    ran = cli("compress", "--yes", "--all", "--budget", "0")
    assert "$0.0000 are left: memtui compress resume --budget 0.01 has" in ran.out
    ran = cli("compress", "--yes", "--all")
    assert "3 waiting in a run that is not finished" in ran.err
    assert "memtui compress resume goes on with that run" in ran.err
    assert "asked about before" not in ran.err
    assert cli("compress", "--yes", "--all", "--again").code == 0
    ran = cli("compress", "resume", "--run", "1", "--budget", "1", "--retry")
    assert "3 passed over: Not sent: a later run asked the same." in ran.out
    assert len(ready.stub.asked) == 3


def test_where_nothing_is_left_to_ask_it_says_so(cli: Cli, ready: Bench) -> None:
    cli("compress", "--yes", "--all")
    ran = cli("compress", "--all")
    assert ran.code == 0
    assert "nothing to ask about" in ran.err
    assert "Left out: 3 asked about before." in ran.err
    assert "--again" in ran.err
    assert len(ready.stub.asked) == 3


def test_a_price_of_the_config_goes_before_the_table(cli: Cli, ready: Bench) -> None:
    before = cli("compress", "--estimate", "--all", "--json").object
    with config_path().open("a") as file:
        file.write('[prices]\n"claude-haiku*" = [10, 50]\n')
    after = cli("compress", "--estimate", "--all", "--json").object
    assert after["likely_usd"] == pytest.approx(100 * before["likely_usd"], rel=0.01)


def test_a_model_without_a_price_is_not_asked(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--yes", "--all", "--model", "some-other")
    assert ran.code == 1
    assert "price of some-other is not known" in ran.err
    assert ready.stub.requests == []


def test_without_a_yes_nothing_is_sent(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--all")
    assert ran.code == 1
    assert "--yes" in ran.err
    assert ready.stub.requests == []


def test_the_preview_is_what_is_sent(cli: Cli, ready: Bench) -> None:
    preview = cli("compress", "--preview", "--all").out
    assert ready.stub.requests == []
    assert cli("compress", "--yes", "--all").code == 0
    assert len(ready.stub.asked) == 3
    for request in ready.stub.asked:
        for part in (*request.body["system"], request.body["messages"][0]):
            text = part.get("text") or part["content"]
            assert text in preview
    assert "always close the valve first" in preview


@pytest.mark.parametrize("stream", ["true", "false"])
@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_the_preview_has_the_very_bytes_that_are_sent(
    cli: Cli, ready: Bench, provider: str, stream: str
) -> None:
    configure(
        f'compress_url = "{ready.stub.url}"\ncompress_provider = "{provider}"\n'
        f'compress_stream = {stream}\ncompress_model = "claude-haiku-5-5"\n'
    )
    preview = cli("compress", "--preview", "--all", "--json").out
    assert ready.stub.requests == []
    assert cli("compress", "--yes", "--all").code == 0
    sent = [request.raw.decode() for request in ready.stub.asked]
    assert preview.splitlines() == sent
    assert len(sent) == 3


def test_the_preview_has_the_very_bytes_of_a_batch(cli: Cli, ready: Bench) -> None:
    preview = cli("compress", "--preview", "--all", "--json", "--batch").out
    assert cli("compress", "--yes", "--all", "--batch").code == 0
    (batch,) = [r.raw.decode() for r in ready.stub.requests if r.raw]
    assert all(line in batch for line in preview.splitlines())
    assert "always close the valve" in preview


def test_from_a_run_to_a_kept_memory_and_back(cli: Cli, ready: Bench) -> None:
    ran = cli("compress", "--yes", "--all", "--limit", "1")
    assert ran.code == 0, ran.err
    assert "1 of 1 answered" in ran.out
    (first, *rest) = cli("compress", "proposals", "--all", "--json").objects
    assert len(rest) == 1
    assert cli("compress", "accept", first["id"][:8], "--title", "Mine").code == 0
    kept = cli("show", first["id"], "--json").object
    assert (kept["title"], kept["state"], kept["trust"]) == (
        "Mine",
        "kept",
        "assistant",
    )
    assert cli("undo").code == 0
    assert cli("compress", "reject", first["id"], rest[0]["id"]).code == 0
    assert cli("compress", "proposals", "--all").out == ""
    assert cli("compress", "accept", "nosuchthing").code == 1


def test_what_was_accepted_says_who_proposed_it_and_why(cli: Cli, ready: Bench) -> None:
    cli("compress", "--yes", "--all")
    cli("compress", "accept", "--all", "--yes")
    new = [
        one["id"]
        for one in cli("list", "is:kept", "--all", "--json").objects
        if one["type"] == "gotcha"
    ]
    said = "claude-haiku-5-5 proposed it. Nobody could read that in the code."
    assert said in cli("show", new[0]).out
    (old,) = {one["rule"] for one in cli("list", "is:candidate", "--json").objects}
    assert old != "model"


def test_the_ledger_and_stats_tell_what_was_paid(cli: Cli, ready: Bench) -> None:
    ready.stub.plays.append((400, {}))
    cli("compress", "--yes", "--all")
    rows = cli("compress", "ledger", "--json").objects
    assert [row["outcome"] for row in rows] == ["answered", "answered", "rejected"]
    assert all(row["host"] == ready.stub.url.removeprefix("http://") for row in rows)
    assert rows[0]["cost_usd"] > 0 == rows[-1]["cost_usd"]
    stats = cli("stats", "--json").objects[1]
    assert stats["requests"] == 3
    assert stats["cost_usd"] == pytest.approx(sum(r["cost_usd"] for r in rows))
    assert "3 requests" in cli("compress", "ledger").err


def test_a_key_is_sent_and_stands_nowhere_else(
    cli: Cli, ready: Bench, data: Path
) -> None:
    ran = cli("compress", "--yes", "--all")
    sent = {r.headers["authorization"] for r in ready.stub.asked}
    assert sent == {"Bearer sk-from-the-file"}
    assert "sk-from-the-file" not in ran.out + ran.err
    for file in data.rglob("*"):
        if file.is_file():
            assert b"sk-from-the-file" not in file.read_bytes()


def test_variables_lead_nowhere_else(
    cli: Cli, ready: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
        "ANTHROPIC_API_KEY": "sk-of-somebody",
        "ANTHROPIC_AUTH_TOKEN": "token-of-somebody",
        "ANTHROPIC_CUSTOM_HEADERS": "x-spy: yes\nAuthorization: Bearer no",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    assert cli("compress", "--yes", "--all").code == 0
    sent = [r.headers for r in ready.stub.asked]
    assert {h["authorization"] for h in sent} == {"Bearer sk-from-the-file"}
    assert not any("x-spy" in h or "x-api-key" in h for h in sent)


def test_an_agent_may_not_spend(
    cli: Cli, ready: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    for call in (
        ("--yes",),
        ("resume",),
        ("accept", "x"),
        ("reject", "x"),
        ("models",),
    ):
        assert cli("compress", *call).code == 1
    assert ready.stub.requests == []


def test_pause_resume_and_cancel(cli: Cli, ready: Bench) -> None:
    number = ready.begin()
    # the config is where the run goes
    from memtui.paths import store_path
    from memtui.store.queries import StoreView

    host = ready.stub.url.removeprefix("http://")
    _set_host(ready, number, host)
    assert cli("compress", "pause").code == 0
    ran = cli("compress", "resume", "--json")
    assert (ran.code, ran.object["state"]) == (0, "done")
    with StoreView(store_path(ready.data)) as view:
        assert view.tally(number) == {"done": 3}
    assert cli("compress", "resume").code == 1
    other = ready.begin()
    _set_host(ready, other, host)
    assert cli("compress", "cancel", "--json").object["state"] == "cancelled"
    assert len(ready.stub.asked) == 3


def _set_host(bench: Bench, number: int, host: str) -> None:
    import sqlite3
    from contextlib import closing

    from memtui.paths import store_path

    with closing(sqlite3.connect(store_path(bench.data))) as conn, conn:
        conn.execute("update compress_run set host = ? where id = ?", (host, number))


def test_a_run_is_not_gone_on_with_elsewhere(cli: Cli, ready: Bench) -> None:
    ready.begin()
    ran = cli("compress", "resume")
    assert ran.code == 1
    assert "went to here" in ran.err
    assert ready.stub.requests == []


def test_models_are_those_of_the_endpoint(cli: Cli, ready: Bench) -> None:
    (model,) = cli("compress", "models", "--json").objects
    assert model == {"model": "claude-haiku-5-5", "name": "Haiku", "window": 1_000_000}


@pytest.mark.parametrize("answered", ["y", "n"])
def test_a_person_is_asked_once_and_by_the_host(
    cli: Cli, ready: Bench, monkeypatch: pytest.MonkeyPatch, answered: str
) -> None:
    questions: list[str] = []
    answer: Callable[[str], bool] = lambda q: questions.append(q) or answered == "y"  # type: ignore[func-returns-value]  # noqa: E731
    monkeypatch.setattr(output, "confirmed", answer)
    ran = cli("compress", "--all")
    assert len(questions) == 1
    assert ready.stub.url.removeprefix("http://") in questions[0]
    assert ran.code == (0 if answered == "y" else 1)
    assert len(ready.stub.asked) == (3 if answered == "y" else 0)


def test_no_key_is_said_before_anything_is_asked(cli: Cli, three: Bench) -> None:
    configure('compress_url = "https://models.example"\n')
    os.environ.pop("ANTHROPIC_API_KEY", None)
    ran = cli("compress", "--yes", "--all")
    assert ran.code == 1
    assert "There is no key for models.example" in ran.err
    assert json.dumps(three.stub.requests) == "[]"


def test_an_address_without_encryption_is_not_asked(cli: Cli, three: Bench) -> None:
    configure('compress_url = "http://models.example"\n')
    ran = cli("compress", "--yes", "--all")
    assert ran.code == 1
    assert "without encryption" in ran.err


def findings(ran: Ran) -> list[tuple[str, str, str]]:
    """What doctor says of models."""
    return [
        (one["subject"], one["level"], one["message"])
        for one in ran.objects
        if one["subject"] in ("compress", "endpoint")
    ]


def test_doctor_tells_alive_from_ready_and_asks_nobody_unasked(
    cli: Cli, ready: Bench
) -> None:
    (told,) = findings(cli("doctor", "--json"))
    assert told[:2] == ("compress", "ok")
    assert ready.stub.requests == []
    both = findings(cli("doctor", "--endpoint", "--json"))
    assert [level for _, level, _ in both] == ["ok", "ok", "ok"]
    assert "offers claude-haiku-5-5" in both[-1][2]
    ready.stub.plays.append((401, {}))
    _, alive, not_ready = findings(cli("doctor", "--endpoint", "--json"))
    assert alive[1:] == ("ok", f"{ready.stub.url.removeprefix('http://')} answers.")
    assert not_ready[1] == "wrong"
    assert "key" in not_ready[2]


def test_doctor_names_a_run_that_was_cut_off(cli: Cli, ready: Bench) -> None:
    number = ready.begin()
    told = findings(cli("doctor", "--json"))
    assert f"Run {number} was cut off." in [message for _, _, message in told]


def test_what_a_killed_run_spent_is_said_to_be_the_most_it_can_be(
    cli: Cli, ready: Bench, data: Path
) -> None:
    number = ready.begin()
    with Runs(store_path(data)) as runs:
        runs.take(number, runs.items(number)[0].id, 5_000, at=1)
    host = ready.stub.url.removeprefix("http://")
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        conn.execute("update compress_run set host = ?", (host,))
    told = cli("compress", "resume").out
    assert f"Run {number}: 2 of 3 answered, at most $0.005" in told
    assert "1 were sent and never answered" in told


def test_the_second_pass_proposes_for_what_projects_remember(
    cli: Cli, ready: Bench
) -> None:
    from memtui.paths import store_path
    from memtui.store.queries import StoreView

    with StoreView(store_path(ready.data)) as view:
        first, second = (str(one.id) for one in view.memories()[:2])
    merge = {"ids": [first, second], "type": "gotcha", "title": "Valve before gauge",
             "body": "Always.", "why": "both say it"}  # fmt: skip
    ready.stub.answer = lambda _: {
        "merges": [merge],
        "supersedes": [{"old": first, "new": second, "why": "later"}],
        "promotions": [],
    }
    ran = cli("compress", "--merge", "--all", "--yes")
    assert ran.code == 0, ran.err
    assert len(ready.stub.asked) == 1
    told = cli("compress", "proposals", "--all", "--json").objects
    assert sorted(one["proposes"] for one in told) == ["merge", "supersede"]
    (merged,) = [one for one in told if one["proposes"] == "merge"]
    assert cli("compress", "accept", merged["id"]).code == 0
    assert cli("show", first, "--json").object["superseded_by"] == merged["id"]
    assert cli("undo").code == 0
    assert cli("show", first, "--json").object["superseded_by"] is None
    again = cli("compress", "--merge", "--all", "--estimate", "--json").object
    assert again["left_out"] == {"asked about before": 1}
