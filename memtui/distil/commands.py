"""What running commands taught: checks that pass, forms that work."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from memtui.clean import clean
from memtui.distil import rules, words
from memtui.distil.drafts import Draft
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


@dataclass(frozen=True, slots=True)
class _Run:
    """One shell command and how it went."""

    record: Record
    """The result."""
    command: str
    checker: str
    passed: bool
    turn: Turn


def from_commands(turns: list[Turn]) -> Iterator[Draft]:
    """At most one draft of checks, and a few of detours."""
    runs = list(_runs(turns))
    yield from _checks(runs)
    yield from _detours(runs)


def _runs(turns: list[Turn]) -> Iterator[_Run]:
    for turn in turns:
        commands = {
            s.call: s.command for s in turn.steps if s.kind is RecordKind.TOOL_USE
        }
        for step in turn.steps:
            if step.kind is not RecordKind.TOOL_RESULT or step.tool is not Tool.SHELL:
                continue
            whole = step.command or commands.get(step.call, "")
            if not rules.CHECKERS.search(whole):
                continue
            command = shortened(whole)
            found = rules.CHECKERS.search(command)
            if found:
                yield _Run(step, command, found[0], not step.failed, turn)


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
        facts=tuple(shown), turn=newest.turn.number,
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
    for index, run in enumerate(runs):
        if run.passed or not words.NOT_FOUND.search(run.record.text[:2000]):
            continue
        cure = next(
            (r for r in runs[index + 1 :] if r.passed and r.checker == run.checker),
            None,
        )
        if cure and cure.command != run.command and len(cure.command) <= _LONGEST:
            wrong = run.command[:60]
            yield Draft(
                rule="detour", record=cure.record, quote=cure.command, type="gotcha",
                title=f"{run.checker} {rules.FAILS_BUT}: {cure.command}",
                details=(f"`{wrong}` → {_error_line(run.record.text)}",),
                facts=(cure.command,), turn=cure.turn.number,
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
