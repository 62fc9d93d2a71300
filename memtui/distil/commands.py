"""What running commands taught: checks that pass, forms that work."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from memtui.distil import programs, rules, words
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.forms import forms
from memtui.distil.patterns import Sought
from memtui.distil.shell import (
    HEAD,
    TAIL,
    command_of,
    counted,
    error_line,
    failed_in,
    shortened,
    verdict,
)
from memtui.distil.text import TITLE_COLUMNS
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_CHECKERS = Sought(programs.CHECKERS)
_SCRIPT = re.compile(programs.SCRIPTS)
_MAY_BE_SCRIPT = re.compile(r"\.(?:[cm]?[jt]s|py|sh|rb|pl|php)\b|\./\w")
_LONGEST = 72
_TIMES = 2
_MOST_RUNS = 8_000
"""Of more, in one session, the later half counts."""
_MOST_CHECKS = 500
"""Different ones whose last output is kept."""
_MOST_FORMS = 20
_ONE_FILE = re.compile(r"\s\S+[\w-]\.[a-z]{1,4}\b")
"""A check of one file was for the moment."""
_OPTION = re.compile(r"\s--?[a-zA-Z][\w-]*")
_NAMED = re.compile(r"\s--[a-zA-Z][\w-]*[ =][A-Za-z]")
"""A long option that names something of this project: a group, a feature."""
_SET_UP = re.compile(r"[=(]|\bactivate\b")
"""What stands before a check that nobody would guess from its name."""
_JOINED = re.compile(r"&&|[;|\n]|\bsleep\b")


class _Run(Struct, frozen=True, kw_only=True, gc=False):
    """One shell command and how it went."""

    record: Record
    """The result, without its words."""
    command: str
    checker: str
    passed: bool
    turn: int
    missing: str | None = None
    """The line that says so, where the command was not there."""
    output: str = ""
    """The end of what it printed, of the last run of a check that fails."""
    counted: str = ""
    """The check with what it counted: ``pytest: 12 passed``."""


class Commands:
    """The checks and tests of a session, gathered turn by turn."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._last: dict[str, _Run] = {}
        """By check; each with its output, if it failed."""
        self._forms: list[Draft] = []

    def take(self, turn: Turn) -> str:
        """What was run in one more turn; its last check with what that counted."""
        said = ""
        for run in _runs(turn):
            said = run.counted or said
            self._last[run.checker] = run
            self._runs.append(replace(run, output="") if run.output else run)
        while len(self._last) > _MOST_CHECKS:
            del self._last[next(iter(self._last))]
        if len(self._forms) < _MOST_FORMS:
            self._forms += forms(turn)
        if len(self._runs) > _MOST_RUNS:
            del self._runs[: -_MOST_RUNS // 2]
        return said

    def drafts(self) -> Iterator[Draft]:
        """At most one draft of checks that pass, one of a check that does not, and a
        few of detours."""
        yield from _checks(self._runs)
        yield from _failing(self._last.values())
        yield from _detours(self._runs)
        yield from self._forms


def _runs(turn: Turn) -> Iterator[_Run]:
    for step in turn.of(RecordKind.TOOL_RESULT):
        if step.tool is not Tool.SHELL:
            continue
        whole = command_of(step, turn)
        scripted = _MAY_BE_SCRIPT.search(whole)
        if not (scripted or _CHECKERS.find(whole)):
            continue
        command = shortened(whole)
        checker = _CHECKERS.find(command)
        if not checker and scripted and (script := _SCRIPT.match(command)):
            checker = script[0]
        if checker:
            gone = step.failed and words.NOT_FOUND.search(step.text[:HEAD])
            yield _Run(
                record=bare_record(step), command=command, checker=checker,
                passed=not step.failed, turn=turn.number,
                missing=error_line(step.text) if gone else None,
                output=step.text[-TAIL:] if step.failed else "",
                counted=counted(checker, step.text),
            )  # fmt: skip


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
        if _is_no_guess(run.command, checker)
    ]
    if len(good) < _TIMES and not any(
        _SET_UP.search(run.command.split(run.checker)[0])
        or (times[run.checker] > _TIMES and _NAMED.search(run.command))
        for run in good
    ):
        return  # a check by its own name: anybody would try it
    good.sort(key=lambda run: (-times[run.checker], run.command))
    shown = _within([run.command for run in good[:3]])
    newest = max(good, key=lambda run: run.record.line or 0)
    yield Draft(
        rule="check", record=newest.record, quote=newest.command, type="discovery",
        title=f"{rules.CHECKS_PASS} {', '.join(shown)}",
        details=(
            *(f"`{run.command}`" for run in good[len(shown) : 4]),
            *(run.counted for run in good[:3] if run.counted),
        ),
        facts=tuple(run.command for run in good[:4]), turn=newest.turn,
        shows=tuple((r.record, r.command) for r in good[:3] if r is not newest),
    )  # fmt: skip


def _is_no_guess(command: str, checker: str) -> bool:
    """Whether nobody would have come to a command by the name of the check alone."""
    before, _, after = command.partition(checker)
    if _JOINED.search(after) or _ONE_FILE.search(after):
        return False
    return bool(
        _SET_UP.search(before) or _OPTION.search(after) or _SCRIPT.match(command)
    )


def _failing(last: Iterable[_Run]) -> Iterator[Draft]:
    """The check that failed when it was last run, if its output names what failed."""
    told = (
        (run, verdict(run.output), failed_in(run.output))
        for run in reversed([*last]) if run.output
    )  # fmt: skip
    for run, said, named in islice((one for one in told if one[1] and one[2]), 1):
        fits = len(run.command) + len(said) < _LONGEST
        shown = run.command if fits else run.checker
        yield Draft(
            rule="open", record=run.record, quote=run.command, type="progress",
            title=f"{rules.CHECK_FAILS} {shown}: {said}",
            details=(
                *(() if fits else (f"`{run.command}`",)),
                *named,
            ),
            facts=(run.command,),
            signals=frozenset({"interrupted", "number"}), turn=run.turn,
        )  # fmt: skip


def _within(commands: list[str]) -> list[str]:
    """As many of the commands as a title has room for, at least one."""
    room = TITLE_COLUMNS - len(rules.CHECKS_PASS) - 1
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
