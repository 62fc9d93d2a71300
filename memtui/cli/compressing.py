"""``memtui compress``: what it would cost first, then the run itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.estimating import say_estimate
from memtui.cli.options import (
    budget_option,
    json_option,
    must_agree,
    project_here,
    settings,
    store_view,
    yes_option,
)
from memtui.cli.reading import looked_at, now_ms, query_of
from memtui.compress import money
from memtui.compress.account import Progress
from memtui.compress.asking import Question
from memtui.compress.carrying import Carrier, unfinished
from memtui.compress.opening import Destination, destination, unconnected
from memtui.compress.pacing import WallClock
from memtui.compress.plan import (
    FAILED,
    KNOWN,
    PROJECTS,
    SESSIONS,
    UNFINISHED,
    UNKNOWN,
    Planner,
)
from memtui.compress.tasks import Plan, Task
from memtui.compress.telling import spent_words
from memtui.curate import guard
from memtui.errors import MemtuiError, UsageError
from memtui.settings import Settings
from memtui.store.compress.compressing import Runs
from memtui.store.compress.runs import Run, RunState
from memtui.store.queries import StoreView

LIMIT: Final = 20
"""Sessions of a run unless told otherwise, the newest first."""
LOOKED_AT: Final = 5_000
"""Sessions that are looked through for those that were not asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a call wants asked."""

    sessions: tuple[str, ...]
    where: str
    limit: int
    everything: bool
    merge: bool
    again: bool


@click.group("compress", invoke_without_command=True)
@click.option("--estimate", is_flag=True, help="Only say what it would cost.")
@click.option("--preview", is_flag=True, help="Only print all that would be sent.")
@budget_option
@click.option("--batch", is_flag=True, help="Half the price, within a day.")
@click.option("--merge", is_flag=True, help="What projects remember, not sessions.")
@click.option("--session", "sessions", multiple=True, metavar="ID", help="Only this.")
@click.option("--where", default="", metavar="QUERY", help="Only those that match.")
@click.option("--again", is_flag=True, help="Those asked about before, too.")
@click.option("--all", "everything", is_flag=True, help="Of every project.")
@click.option("--model", default="", metavar="NAME", help="Instead of the config's.")
@click.option(
    "--key-from-environment", is_flag=True, help="With --yes: a variable's key will do."
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N",
    help=f"At most N sessions ({LIMIT}).",
)  # fmt: skip
@yes_option
@json_option
@click.pass_context
def compress_verb(
    ctx: click.Context,
    estimate: bool,
    preview: bool,
    budget: float | None,
    batch: bool,
    sessions: tuple[str, ...],
    where: str,
    limit: int | None,
    everything: bool,
    merge: bool,
    again: bool,
    model: str,
    key_from_environment: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Let a model refine what was learnt, after an estimate.

    What it says becomes proposals, which you accept or reject; nothing else changes.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    known, data = settings(), paths.data_dir()
    if not (estimate or preview):
        guard(known, "compress")
    if merge and (sessions or where or limit or again):
        raise UsageError(
            "--merge is about all that a project remembers.",
            hint="--session, --where, --limit and --again choose sessions.",
        )
    to = destination(known, data, model=model)
    meant = Meant(
        sessions=sessions, where=where, limit=limit or LIMIT, everything=everything,
        merge=merge, again=again,
    )  # fmt: skip
    most = known.compress_budget if budget is None else budget
    with store_view() as view:
        planner = Planner(view, known, to.known)
        plan = _planned(planner, meant)
        if preview:
            written = (
                _written(known, to, batch=batch and to.can_batch) if as_json else _told
            )
            for task in plan.tasks:
                output.put_text(written(task, planner.build(task).question))
            return 0
    if not plan.tasks and not as_json:
        _nothing(plan)
        return 0
    say_estimate(to, plan, most, batch=batch, as_json=as_json and estimate)
    if estimate or not plan.tasks:
        return 0
    _agreed(to, yes=yes, key_from_environment=key_from_environment)
    pass_ = PROJECTS if merge else SESSIONS
    return _carried(
        known,
        lambda by: by.begin(to, plan, pass_=pass_, budget=most, batch=batch),
        key_from_environment=True, as_json=as_json,
    )  # fmt: skip


def _planned(planner: Planner, meant: Meant) -> Plan:
    view = planner.view
    query = query_of((meant.where,) if meant.where else ())
    looked = looked_at(view, query, everything=False)
    if meant.merge:
        here = None if meant.everything else project_here(view)
        return planner.projects([here] if here else view.projects())
    if meant.sessions:
        wanted = [view.session(one) for one in meant.sessions]
        found = list({(one.agent, one.id): one for one in wanted}.values())
        return planner.sessions(found, again=meant.again)
    shown = looked.within(None) if meant.everything else looked
    found = view.sessions(query, shown, limit=LOOKED_AT)
    return planner.sessions(found, most=meant.limit, again=meant.again)


def _nothing(plan: Plan) -> None:
    """Say that there is nothing to ask about, and why."""
    output.note("There is nothing to ask about.")
    for reason, count in plan.left_out.items():
        output.note(f"Left out: {count:,} {reason}.")
    if {KNOWN, FAILED, UNKNOWN} & set(plan.left_out):
        output.note("--again asks about them once more.")
    if UNFINISHED in plan.left_out:
        output.note("memtui compress resume goes on with that run; cancel ends it.")


def _told(task: Task, question: Question) -> str:
    """The words of a request."""
    part = f", part {task.part} of {task.parts}" if task.parts > 1 else ""
    return f"=== {task.kind} {task.subject}{part}\n{question.whole}\n"


def _written(
    known: Settings, to: Destination, *, batch: bool
) -> Callable[[Task, Question], str]:
    """The very bytes of a request, a line each."""
    endpoint = unconnected(known, paths.data_dir(), to, batch=batch)
    return lambda _, question: f"{endpoint.written(question).decode()}\n"


def _agreed(to: Destination, *, yes: bool, key_from_environment: bool) -> None:
    """The person says yes to what the estimate told.

    Raises:
        MemtuiError: no, or there is nobody to ask.
    """
    key = to.key
    if yes and key is not None and key.from_environment and not key_from_environment:
        raise UsageError(
            f"The key would come from {key.source}.",
            hint="With --yes only --key-from-environment allows that.",
        )
    must_agree(f"Send it to {to.host}?", yes)


# The run itself ----------------------------------------------------------------------


def _carried(
    known: Settings,
    do: Callable[[Carrier], Run],
    *,
    key_from_environment: bool,
    as_json: bool,
) -> int:
    """Do this with a run, telling how far it is; the exit code."""
    with output.progress() as line:
        carrier = Carrier(
            data=paths.data_dir(), settings=known, clock=WallClock(),
            from_environment=key_from_environment,
            tell=lambda now: line.update(_progress(now)),
        )  # fmt: skip
        run = do(carrier)
    with store_view() as view:
        tally, waiting = view.tally(run.id), view.proposed_count()
        reasons = view.passed_over(run.id)
    if as_json:
        output.emit([_run_object(run, tally)])
    else:
        for sentence in _ended(run, tally, reasons, waiting):
            output.say(sentence)
    return 0 if run.state in (RunState.DONE, RunState.CANCELLED) else 1


def _progress(now: Progress) -> str:
    failed = f", {now.failed} failed" if now.failed else ""
    spent = f"{money.dollars(now.spent)} of {money.dollars(now.budget)}"
    said = f"{now.done} of {now.total} answered{failed}, {spent}, "
    return f"{said}{counted(now.proposals, 'proposal')}. {now.saying}"


def _ended(
    run: Run, tally: dict[str, int], reasons: dict[str, int], waiting: int
) -> Iterator[str]:
    done, total = tally.get("done", 0), sum(tally.values())
    yield f"Run {run.id}: {done:,} of {total:,} answered, {spent_words(run)}."
    for why, count in reasons.items():
        yield f"{count:,} passed over: {why}"
    if unknown := tally.get("unknown", 0):
        yield (
            f"{unknown:,} were sent and never answered; they may have been paid for. "
            "memtui compress resume --retry sends them again."
        )
    if run.state is RunState.PAUSED:
        yield f"Paused. {run.why} memtui compress resume goes on."
    if run.state is RunState.CANCELLING:
        yield f"{run.why} memtui compress cancel collects what is paid for."
    if waiting:
        yield (
            f"{counted(waiting, 'proposal')} wait for you: memtui compress proposals, "
            "or Curate in the app."
        )


def _run_object(run: Run, tally: dict[str, int]) -> dict[str, Any]:
    return {
        "run": run.id, "at": run.at, "state": run.state.value, "why": run.why,
        "pass": run.pass_, "provider": run.provider, "host": run.host,
        "model": run.model, "batch": run.batch, "items": tally,
        "spent_usd": run.spent / money.MILLION,
        "budget_usd": run.budget / money.MILLION,
    }  # fmt: skip


def _run_option(verb: Any) -> Any:  # noqa: ANN401 - click's decorators have any type
    return click.option(
        "--run", "number", type=int, metavar="N", help="This run, not the last one."
    )(verb)


@compress_verb.command("pause")
@_run_option
def compress_pause(number: int | None) -> None:
    """Let a run stop after the request at hand."""
    guard(settings(), "compress pause")
    with store_view() as view:
        run = unfinished(view, number, (RunState.RUNNING,))
    with Runs(paths.store_path()) as runs:
        runs.stand(run.id, RunState.PAUSED, why="You paused it.", at=now_ms())
    output.say(f"Run {run.id} stops. memtui compress resume goes on with it.")


@compress_verb.command("resume")
@_run_option
@click.option("--retry", is_flag=True, help="What failed or got no answer, too.")
@budget_option
@click.option("--key-from-environment", is_flag=True, help="A variable's key will do.")
@json_option
def compress_resume(
    number: int | None,
    retry: bool,
    budget: float | None,
    key_from_environment: bool,
    as_json: bool,
) -> int:
    """Go on with a run that was paused, killed or ran out of tries."""
    known = settings()
    guard(known, "compress resume")
    with store_view() as view:
        run = _to_try_again(view, number) if retry else unfinished(view, number)
    return _carried(
        known, lambda by: by.carry_on(run.id, again=retry, budget=budget),
        key_from_environment=key_from_environment, as_json=as_json,
    )  # fmt: skip


def _to_try_again(view: StoreView, number: int | None) -> Run:
    runs: Sequence[Run] = view.runs(1_000)
    for run in runs:
        if number in (None, run.id) and run.state is not RunState.CANCELLED:
            return run
    raise MemtuiError("There is no run to try again.")


@compress_verb.command("cancel")
@_run_option
@click.option("--key-from-environment", is_flag=True, help="A variable's key will do.")
@json_option
def compress_cancel(
    number: int | None, key_from_environment: bool, as_json: bool
) -> int:
    """End a run; what is paid for already is still collected."""
    known = settings()
    guard(known, "compress cancel")
    with store_view() as view:
        run = unfinished(view, number)
    return _carried(
        known, lambda by: by.cancel(run.id),
        key_from_environment=key_from_environment, as_json=as_json,
    )  # fmt: skip
