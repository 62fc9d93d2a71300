"""What running commands taught: checks that pass, forms that work."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from memtui.clean import clean
from memtui.distil import rules, words
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.text import TITLE_COLUMNS
from memtui.distil.turns import Turn
from memtui.model import Record, RecordKind, Tool

_LEADING = re.compile(r"^\s*(?:cd\s+(?:\"[^\"]*\"|'[^']*'|[^&;|]*?)\s*(?:&&|;)\s*)+")
_TRAILING = re.compile(
    r"\s*(?:2>&1|\d?>\s*/dev/null|\|\s*(?:tail|head|grep|tee|less|cat)\b.*|;?\s*echo\b.*)\s*$",
    re.S,
)
_LONGEST = 72
_TIMES = 2
_MOST_RUNS = 8_000
"""Of more, in one session, the later half counts."""
_HEAD = 2_000
"""What went wrong is said in the first letters."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One shell command and how it went."""

    record: Record
    """The result, without its words."""
    command: str
    checker: str
    passed: bool
    turn: int
    missing: str | None = None
    """The line that says so, where the command was not there."""


class Commands:
    """The checks and tests of a session, gathered turn by turn."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def take(self, turn: Turn) -> None:
        """What was run in one more turn."""
        self._runs += _runs(turn)
        if len(self._runs) > _MOST_RUNS:
            del self._runs[: -_MOST_RUNS // 2]

    def drafts(self) -> Iterator[Draft]:
        """At most one draft of checks, and a few of detours."""
        yield from _checks(self._runs)
        yield from _detours(self._runs)


def _runs(turn: Turn) -> Iterator[_Run]:
    commands = {s.call: s.command for s in turn.steps if s.kind is RecordKind.TOOL_USE}
    for step in turn.steps:
        if step.kind is not RecordKind.TOOL_RESULT or step.tool is not Tool.SHELL:
            continue
        whole = step.command or commands.get(step.call, "")
        if not rules.CHECKERS.search(whole):
            continue
        command = shortened(whole)
        found = rules.CHECKERS.search(command)
        if found:
            gone = step.failed and words.NOT_FOUND.search(step.text[:_HEAD])
            yield _Run(
                record=bare_record(step), command=command, checker=found[0],
                passed=not step.failed, turn=turn.number,
                missing=_error_line(step.text) if gone else None,
            )  # fmt: skip


def shortened(command: str) -> str:
    """The command without changing folder first and trimming output after."""
    line = _LEADING.sub("", clean(command).strip())
    while (cut := _TRAILING.sub("", line)) != line:
        line = cut
    return line if "\n" not in line else ""


def _checks(runs: list[_Run]) -> Iterator[Draft]:
    last: dict[str, _Run] = {}
    times: Counter[str] = Counter()
    for run in runs:
        last[run.checker] = run
        times[run.checker] += 1
    good = [
        run
        for checker, run in last.items()
        if run.passed and times[checker] >= _TIMES and len(run.command) <= _LONGEST
    ]
    if not good:
        return
    good.sort(key=lambda run: (-times[run.checker], run.command))
    shown = _within([run.command for run in good[:3]])
    newest = max(good, key=lambda run: run.record.line or 0)
    yield Draft(
        rule="check", record=newest.record, quote=newest.command, type="discovery",
        title=f"{rules.CHECKS_PASS}: {', '.join(shown)}",
        details=tuple(f"`{r.command}`" for r in good[len(shown) : 4]),
        facts=tuple(shown), turn=newest.turn,
        shows=tuple((r.record, r.command) for r in good[:3] if r is not newest),
    )  # fmt: skip


def _within(commands: list[str]) -> list[str]:
    """As many of the commands as a title has room for, at least one."""
    room = TITLE_COLUMNS - len(rules.CHECKS_PASS) - 2
    taken: list[str] = []
    for command in commands:
        room -= len(command) + 2
        if taken and room < 0:
            break
        taken.append(command)
    return taken


def _detours(runs: list[_Run]) -> Iterator[Draft]:
    cures: dict[str, _Run] = {}
    for run in reversed(runs):
        if run.passed:
            cures[run.checker] = run
            continue
        cure = cures.get(run.checker) if run.missing is not None else None
        if cure and cure.command != run.command and len(cure.command) <= _LONGEST:
            wrong = run.command[:60]
            yield Draft(
                rule="detour", record=cure.record, quote=cure.command, type="gotcha",
                title=f"{run.checker} {rules.FAILS_BUT}: {cure.command}",
                details=(f"`{wrong}` → {run.missing}",),
                facts=(cure.command,), turn=cure.turn,
                shows=((run.record, run.command),),
            )  # fmt: skip


def _error_line(text: str) -> str:
    """The line of an output that says what went wrong."""
    if words.TOOL_MECHANICS.search(text[:400]):
        return ""
    lines = [line.strip() for line in clean(text[:4000]).splitlines()]
    told = [
        line
        for line in lines
        if words.SAYS_ERROR.search(line) and 12 <= len(line) <= 300
    ]
    return told[0] if told else ""
