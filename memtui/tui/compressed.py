"""A run of a model in lines: what it would cost, how far it is, what it did cost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from memtui.clean import clean_line
from memtui.compress import money
from memtui.compress.account import Progress
from memtui.compress.carrying import CAN_GO_ON
from memtui.compress.keys import where_keys_go
from memtui.compress.opening import Destination, destination
from memtui.compress.plan import PROJECTS, Planner
from memtui.compress.tasks import Plan
from memtui.compress.telling import estimate_lines, spent_words
from memtui.errors import MemtuiError
from memtui.masking import safe, safe_line
from memtui.paths import store_path
from memtui.search.grammar import EVERYTHING
from memtui.store.compress.ledger import Request
from memtui.store.compress.runs import Run
from memtui.store.queries import StoreView, View
from memtui.tui.desk import Desk
from memtui.tui.format import fit, moment, plural
from memtui.tui.lines import Line, ends, paragraph
from memtui.tui.look import Look

LIMIT: Final = 20
"""Sessions of a run, the newest first."""
LOOKED_AT: Final = 5_000
LEDGER: Final = 8
"""Requests that are listed."""
_NAME: Final = 10
"""Cells of a heading before its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known before anything is sent."""

    to: Destination | None = None
    plan: Plan = field(default_factory=Plan)
    sentences: Sequence[tuple[str, str]] = ()
    trouble: str = ""
    """Why nothing can be sent; empty: it can."""
    unfinished: Run | None = None
    ledger: Sequence[Request] = ()


def look_at(desk: Desk, pass_: str, *, batch: bool) -> Told:
    """What a run would cost, by a view of its own; nothing is sent."""
    with StoreView(store_path(desk.data)) as view:
        ledger = view.ledger(LEDGER)
        unfinished = next((r for r in view.runs(20) if r.state in CAN_GO_ON), None)
        try:
            to = destination(desk.settings, desk.data)
            planner = Planner(view, desk.settings, to.known)
            plan = _plan(planner, desk, pass_)
            found = plan.estimate(to.price, batch=batch and to.can_batch)
        except MemtuiError as error:
            trouble = f"{error.message} {error.hint}".strip()
            return Told(trouble=trouble, unfinished=unfinished, ledger=ledger)
        budget = desk.settings.compress_budget
        sentences = tuple(estimate_lines(to, plan, found, budget, batch=batch))
        missing = f"There is no key for {to.host}. {where_keys_go(to.host)}"
        trouble = "" if to.key else missing
        if not plan.tasks:
            trouble = trouble or "There is nothing to ask about."
    return Told(
        to=to, plan=plan, sentences=sentences, trouble=trouble, unfinished=unfinished,
        ledger=ledger,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that one request would tell."""

    number: int
    """Of the request, from 0."""
    heading: str
    text: str


def preview_of(desk: Desk, told: Told, number: int) -> Preview:
    """What a request would tell, by a view of its own; nothing is sent.

    Raises:
        MemtuiError: it may not be sent any more.
    """
    assert told.to is not None
    task = told.plan.tasks[number]
    with StoreView(store_path(desk.data)) as view:
        question = Planner(view, desk.settings, told.to.known).build(task).question
    return Preview(
        number=number, text=question.whole,
        heading=f"Request {number + 1} of {len(told.plan.tasks)}, {task.title}",
    )  # fmt: skip


def preview_lines(shown: Preview, width: int) -> list[Line]:
    """Every word of it."""
    lines: list[Line] = [[], *paragraph(safe_line(shown.heading), width, "bold"), []]
    for said in safe(shown.text).split("\n"):
        lines += paragraph(said, width) if said else [[]]
    return lines


def _plan(planner: Planner, desk: Desk, pass_: str) -> Plan:
    if pass_ == PROJECTS:
        here = [desk.project] if desk.project else planner.view.projects()
        return planner.projects(here)
    shown = View(project=desk.project_id)
    found = planner.view.sessions(EVERYTHING, shown, limit=LOOKED_AT)
    return planner.sessions(found, most=LIMIT)


def told_lines(told: Told, width: int) -> list[Line]:
    """What would be sent where, and what it costs."""
    lines: list[Line] = []
    for name, said in told.sentences:
        lead: Line = [(fit(name, _NAME), "muted")]
        lines += paragraph(safe_line(said), width, lead=lead)
    if told.trouble:
        lines += [[], *paragraph(safe_line(told.trouble), width, "warning")]
    if told.unfinished is not None:
        run = told.unfinished
        said = f"Run {run.id} to {run.host} is not finished. {run.why}"
        lines += [[], *paragraph(safe_line(said), width, "warning")]
    return lines


def progress_lines(
    now: Progress, width: int, look: Look, *, stopping: bool
) -> list[Line]:
    """How far it is."""
    room = max(10, min(40, width - 30))
    filled = round(room * (now.done + now.failed) / max(1, now.total))
    failed = f", {now.failed} failed" if now.failed else ""
    spent = f"{money.dollars(now.spent)} of {money.dollars(now.budget)}"
    saying = "Stops after the request at hand." if stopping else now.saying
    return [
        [
            (look.glyphs.heavy * filled, "primary"),
            (look.glyphs.rule * (room - filled), "faint"),
            (f"  {now.done} of {now.total}{failed}", ""),
        ],
        [(f"{spent}, {plural(now.proposals, 'proposal')}", "muted")],
        *paragraph(safe_line(saying), width, "muted"),
    ]


def ledger_lines(rows: Sequence[Request], width: int, look: Look) -> list[Line]:
    """The last requests: when, what came of it, tokens, cost."""
    if not rows:
        return []
    lines: list[Line] = [[], [("Ledger, the last requests", "bold muted")]]
    for row in rows:
        cost = money.dollars(row.bound if row.cost is None else row.cost)
        tokens = f"{row.tokens_in:,} in, {row.tokens_out:,} out"
        left: Line = [
            (fit(moment(row.at, look.now()), 14), "muted"),
            (fit(row.outcome, 13), "" if row.outcome == "answered" else "warning"),
            (f"{clean_line(row.model)}  {tokens}", "muted"),
        ]
        sign = "at most " if row.cost is None else ""
        lines.append(ends(width, left, [(f"{sign}{cost}", "")]))
    return lines


def ended_words(run: Run) -> str:
    """How it stands now."""
    spent = spent_words(run)
    if run.state.value == "done":
        return f"Done, {spent}. Curate shows what is proposed."
    return f"{run.state.value.capitalize()}, {spent}. {run.why}"
