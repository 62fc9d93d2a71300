"""The demo's sessions as records, observations and source lines.

Ids follow from the words' place in the script, so that they are the same in
every build; times follow from the day it is built on.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from memtui.demo.lines import line_of
from memtui.demo.script import ScriptMemory, ScriptProject, ScriptSession, ScriptTurn
from memtui.model import Agent, Evidence, RecordKind, Tool, Trust, observation_id
from memtui.records import Observation, Record, SessionFacts

STEP_MS: Final = 14_000
MINUTE_MS: Final = 60_000
_SPACE: Final = uuid.UUID("6d656d74-7569-4000-8000-64656d6f0000")
_ID_FORMS: Final = {
    Agent.CODEX: "item_{0.hex}",
    Agent.OPENCODE: "prt_{0.hex}",
}
_TRUST: Final = {
    RecordKind.PROMPT: Trust.USER,
    RecordKind.TOOL_USE: Trust.ASSISTANT,
    RecordKind.TOOL_RESULT: Trust.TOOL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One session, ready for the store."""

    script: ScriptSession
    facts: SessionFacts
    records: tuple[Record, ...]
    lines: tuple[bytes, ...]
    """One source line for each record."""
    observations: tuple[Observation, ...]
    """In the order of ``memories``."""
    memories: tuple[ScriptMemory, ...]


def tell(project: ScriptProject, session: ScriptSession, now_ms: int) -> Told:
    """Make one session of the script, as it happened before ``now_ms``."""
    teller = _Teller(project, session, _start(session, now_ms))
    observations = [
        teller.observe(memory, turn_records)
        for turn in session.turns
        for turn_records in [teller.turn(turn)]
        for memory in turn.memories
    ]
    records = tuple(teller.records)
    facts = SessionFacts(
        agent=session.agent,
        native_id=session_id(project, session.slug, session.agent),
        kind=session.kind,
        parent=session_id(project, session.parent, session.agent)
        if session.parent
        else "",
        title=session.title,
        title_rank=2,
        started_at=records[0].at,
        ended_at=records[-1].at,
        cwd=project.path,
        branch=session.branch,
    )
    return Told(
        script=session,
        facts=facts,
        records=records,
        lines=tuple(line_of(facts, record) for record in records),
        observations=tuple(observations),
        memories=tuple(m for turn in session.turns for m in turn.memories),
    )


def session_id(project: ScriptProject, slug: str, agent: Agent) -> str:
    """The native id of a session of the script."""
    made = uuid.uuid5(_SPACE, f"{project.name}/{slug}")
    return f"ses_{made.hex[:26]}" if agent is Agent.OPENCODE else str(made)


def moment(now_ms: int, day: int, at: tuple[int, int]) -> int:
    """A local clock time so many days before ``now_ms``, in Unix milliseconds."""
    # .astimezone() reads a wall clock in the machine's own zone, summer time too
    date = datetime.fromtimestamp(now_ms / 1000).date() - timedelta(days=day)
    return int(datetime.combine(date, time(*at)).astimezone().timestamp()) * 1000


def _start(session: ScriptSession, now_ms: int) -> int:
    if session.ago is not None:
        return now_ms - session.ago * MINUTE_MS
    return moment(now_ms, session.day, session.at)


class _Teller:
    """Walks through one session and writes down its records."""

    def __init__(
        self, project: ScriptProject, session: ScriptSession, start_ms: int
    ) -> None:
        self.project = project
        self.session = session
        self.native_id = session_id(project, session.slug, session.agent)
        self.turn_ms = start_ms
        self.now_ms = start_ms - STEP_MS  # the first record is at the start itself
        self.records: list[Record] = []

    def turn(self, turn: ScriptTurn) -> list[Record]:
        """The records of one turn."""
        self.turn_ms += turn.after * MINUTE_MS
        self.now_ms = max(self.turn_ms, self.now_ms + STEP_MS)
        first = len(self.records)
        self._add(RecordKind.PROMPT, _flowing(turn.prompt))
        for step in turn.steps:
            verb = next(iter(step))
            _STEPS[verb](self, step)
        return self.records[first:]

    def observe(self, memory: ScriptMemory, records: list[Record]) -> Observation:
        """A memory with the records that show it."""
        shown = [_shows(records, quote) for quote in memory.quotes]
        first = shown[0]
        evidence = tuple(
            Evidence(
                session=self.native_id, record=record.native_id, part=record.part,
                line=record.line, quote=quote,
            )
            for quote, record in zip(memory.quotes, shown, strict=True)
        )  # fmt: skip
        trust = memory.trust or (
            Trust.USER if first.answers else _TRUST.get(first.kind, Trust.ASSISTANT)
        )
        own = observation_id(
            self.session.agent, first.native_id, first.part, memory.quotes[0]
        )
        assert first.at is not None
        return Observation(
            id=own, type=memory.type, title=memory.title, body=memory.body,
            at=first.at, trust=trust, rule=memory.rule,
            confidence=memory.confidence, facts=memory.facts, tags=memory.tags,
            files=memory.files, evidence=evidence, branch=self.session.branch,
        )  # fmt: skip

    def say(self, step: dict[str, Any]) -> None:
        self._add(RecordKind.RESPONSE, _flowing(step["say"]))

    def think(self, step: dict[str, Any]) -> None:
        self._add(RecordKind.THINKING, _flowing(step["think"]))

    def run(self, step: dict[str, Any]) -> None:
        self._tool(Tool.SHELL, "Bash", step["run"], step, command=step["run"])

    def read(self, step: dict[str, Any]) -> None:
        path = self._full(step["read"])
        self._tool(Tool.READ, "Read", path, step, reads=(path,))

    def search(self, step: dict[str, Any]) -> None:
        self._tool(Tool.SEARCH, "Grep", step["search"], step)

    def web(self, step: dict[str, Any]) -> None:
        self._tool(Tool.WEB, "WebFetch", step["web"], step)

    def task(self, step: dict[str, Any]) -> None:
        self._tool(Tool.TASK, "Task", step["task"], step)

    def edit(self, step: dict[str, Any]) -> None:
        path = self._full(step["edit"])
        out = {"out": f"The file {path} has been updated."}
        patch = step["patch"].removeprefix("\n")
        self._tool(Tool.EDIT, "Edit", path, out, writes=(path,), patch=patch)

    def ask(self, step: dict[str, Any]) -> None:
        question, answer = step["ask"], step["answer"]
        out = {"out": f'User has answered your questions: "{question}"="{answer}".'}
        self._tool(
            Tool.ASK, "AskUserQuestion", question, out, answers=((question, answer),)
        )

    def plan(self, step: dict[str, Any]) -> None:
        out = {"out": "User has approved your plan. You can now start coding."}
        self._tool(Tool.PLAN, "ExitPlanMode", _flowing(step["plan"]), out)

    def _tool(
        self, tool: Tool, name: str, text: str, step: dict[str, Any],
        *, command: str = "", reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (), patch: str = "",
        answers: tuple[tuple[str, str], ...] = (),
    ) -> None:  # fmt: skip
        """A call and its result, as the readers give them."""
        call = f"toolu_{self._uuid().hex[:24]}"
        known: dict[str, Any] = {
            "tool": tool, "tool_name": name, "call": call, "command": command,
            "reads": reads, "writes": writes,
        }  # fmt: skip
        self._add(RecordKind.TOOL_USE, text, **known)
        self._add(
            RecordKind.TOOL_RESULT, step["out"].removeprefix("\n"),
            failed=step.get("failed", False), patch=patch, answers=answers, **known,
        )  # fmt: skip

    def _add(self, kind: RecordKind, text: str, **known: Any) -> None:  # noqa: ANN401
        form = _ID_FORMS.get(self.session.agent, "{0}")
        record = Record(
            native_id=form.format(self._uuid()), kind=kind, at=self.now_ms, text=text,
            line=len(self.records) + 1, cwd=self.project.path,
            branch=self.session.branch, **known,
        )  # fmt: skip
        self.records.append(record)
        self.now_ms += STEP_MS

    def _uuid(self) -> uuid.UUID:
        return uuid.uuid5(_SPACE, f"{self.native_id}/{len(self.records)}")

    def _full(self, path: str) -> str:
        return f"{self.project.path}/{path}"


_STEPS: Final[dict[str, Callable[[_Teller, dict[str, Any]], None]]] = {
    "say": _Teller.say,
    "think": _Teller.think,
    "run": _Teller.run,
    "read": _Teller.read,
    "search": _Teller.search,
    "edit": _Teller.edit,
    "web": _Teller.web,
    "ask": _Teller.ask,
    "plan": _Teller.plan,
    "task": _Teller.task,
}


def _flowing(text: str) -> str:
    """Lines that were wrapped to be read in the script, as they were said."""
    return re.sub(r"\n(?!\n|\d+\. )(?<!\n\n) *", " ", text.strip())


def _shows(records: list[Record], quote: str) -> Record:
    wanted = " ".join(quote.split())
    for record in records:
        if wanted in " ".join(record.text.split()):
            return record
    raise ValueError(f"no record of the turn holds {quote!r}")


def tellings(
    scripts: list[ScriptProject], now_ms: int
) -> Iterator[tuple[ScriptProject, Told]]:
    """Every session of the demo, oldest first, as they would have been read."""
    told = [(p, tell(p, s, now_ms)) for p in scripts for s in p.sessions]
    yield from sorted(told, key=lambda pair: pair[1].facts.started_at or 0)
