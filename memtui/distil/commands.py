"""What running commands taught: checks that pass, forms that work."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from memtui.clean import clean
from memtui.distil import rules, words
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.patterns import Sought
from memtui.distil.text import TITLE_COLUMNS
from memtui.distil.turns import Turn
from memtui.model import Record, RecordKind, Tool

_CHECKERS = Sought(rules.CHECKERS)
_LEADING = re.compile(r"^\s*(?:cd\s+(?:\"[^\"]*\"|'[^']*'|[^&;|]*?)\s*(?:&&|;)\s*)+")
_TRAILING = re.compile(
    r"\s*(?:2>&1|\d?>\s*/dev/null|\|\s*(?:tail|head|grep|tee|less|cat)\b.*|;?\s*echo\b.*)\s*$",
    re.S,
)
_TRIMMED = (">", "|", "echo")
"""What is trimmed has one of these."""
_LONGEST = 72
_KEPT_COMMANDS = 64
"""Commands whose short form is remembered: of a turn it is asked for twice."""
_TIMES = 2
_MOST_RUNS = 8_000
"""Of more, in one session, the later half counts."""
_MOST_CHECKS = 500
"""Different ones whose last output is kept."""
_VERDICT = 60
"""A longer line tells more than how many failed."""
_TAIL = 20_000
"""Letters at the end of an output in which what failed is named."""
_MOST_FAILED = 3
_MOST_FORMS = 20
_AHEAD = 8
"""The form that works is found within so many steps."""
_WORDS = re.compile(r"[^\s'\"]+")
_SET_UP = re.compile(r"[=(]|\bactivate\b")
"""What stands before a check that nobody would guess from its name."""
_WRONG = 32
"""Columns of a title that a command must leave to the form that fails."""
_LONGEST_FORM = 160
_JOINED = re.compile(r"&&|[;|\n]|\bsleep\b")
_STATUS = re.compile(r"^(?:exit code|command|directory|output|error)\b.{0,12}$", re.I)
"""Lines of a client's frame round an output."""
_HEAD = 2_000
"""What went wrong is said in the first letters."""


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


class Commands:
    """The checks and tests of a session, gathered turn by turn."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._last: dict[str, _Run] = {}
        """By check; each with its output, if it failed."""
        self._forms: list[Draft] = []

    def take(self, turn: Turn) -> None:
        """What was run in one more turn."""
        for run in _runs(turn):
            self._last[run.checker] = run
            self._runs.append(replace(run, output="") if run.output else run)
        while len(self._last) > _MOST_CHECKS:
            del self._last[next(iter(self._last))]
        if len(self._forms) < _MOST_FORMS:
            self._forms += _forms(turn)
        if len(self._runs) > _MOST_RUNS:
            del self._runs[: -_MOST_RUNS // 2]

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
        whole = _command_of(step, turn)
        if not _CHECKERS.find(whole):
            continue
        command = shortened(whole)
        checker = _CHECKERS.find(command)
        if checker:
            gone = step.failed and words.NOT_FOUND.search(step.text[:_HEAD])
            yield _Run(
                record=bare_record(step), command=command, checker=checker,
                passed=not step.failed, turn=turn.number,
                missing=_error_line(step.text) if gone else None,
                output=step.text[-_TAIL:] if step.failed else "",
            )  # fmt: skip


def _command_of(result: Record, turn: Turn) -> str:
    """What was run for a result."""
    return result.command or turn.commands.get(result.call, "")


@lru_cache(maxsize=_KEPT_COMMANDS)
def shortened(command: str) -> str:
    """The command without changing folder first and trimming output after."""
    line = clean(command).strip()
    if line.startswith("cd"):
        line = _LEADING.sub("", line)
    while any(map(line.__contains__, _TRIMMED)):
        cut = _TRAILING.sub("", line)
        if cut == line:
            break
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
        if _SET_UP.search(run.command.split(checker)[0])
    ]
    if not good:
        return
    good.sort(key=lambda run: (-times[run.checker], run.command))
    shown = _within([run.command for run in good[:3]])
    newest = max(good, key=lambda run: run.record.line or 0)
    yield Draft(
        rule="check", record=newest.record, quote=newest.command, type="discovery",
        title=f"{rules.CHECKS_PASS} {', '.join(shown)}",
        details=tuple(f"`{r.command}`" for r in good[len(shown) : 4]),
        facts=tuple(shown), turn=newest.turn,
        shows=tuple((r.record, r.command) for r in good[:3] if r is not newest),
    )  # fmt: skip


def _failing(last: Iterable[_Run]) -> Iterator[Draft]:
    """The check that failed when it was last run, if its output names what failed."""
    told = (
        (run, _verdict(run.output), _failed_in(run.output))
        for run in reversed([*last]) if run.output
    )  # fmt: skip
    for run, verdict, named in islice((one for one in told if one[1] and one[2]), 1):
        fits = len(run.command) + len(verdict) < _LONGEST
        shown = run.command if fits else run.checker
        yield Draft(
            rule="open", record=run.record, quote=run.command, type="progress",
            title=f"{rules.CHECK_FAILS} {shown}: {verdict}",
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


def _forms(turn: Turn) -> Iterator[Draft]:
    """One form of a command failed, and with a word more it worked: no file changed."""
    if not turn.failures:
        return
    failed: list[tuple[int, Record, str]] = []
    for index, step in enumerate(turn.steps):
        if step.kind is not RecordKind.TOOL_RESULT:
            continue
        if step.writes and not step.failed:
            failed.clear()  # what helped was the change
        if failed and index - failed[0][0] > _AHEAD:
            failed = [one for one in failed if index - one[0] <= _AHEAD]
        if step.tool is not Tool.SHELL or not (failed or step.failed):
            continue
        command = shortened(_command_of(step, turn))
        if not command or len(command) > _LONGEST_FORM:
            continue
        if step.failed:
            failed.append((index, step, command))
            continue
        mended = [one for one in failed if _is_form_of(one[2], command)]
        for _, wrong, form in mended:
            told = _error_line(wrong.text) or _first_line(wrong.text)
            if told:
                yield _form(turn, wrong, form, step, command, told)
        failed = [one for one in failed if one not in mended]


def _is_form_of(wrong: str, right: str) -> bool:
    """Whether a command is another one behind a word more, or with a switch more."""
    # what is run beside a command does not mend its form
    return _has_more(wrong, right) and (
        len(_JOINED.findall(right)) <= len(_JOINED.findall(wrong))
    )


def _has_more(wrong: str, right: str) -> bool:
    left, there = _WORDS.findall(wrong), _WORDS.findall(right)
    if len(there) > len(left):
        if not set(left) <= set(there):
            return False
        more = Counter(there) - Counter(left)
        switched = all(word.startswith("-") for word in more)
        return more.total() == len(there) - len(left) and (
            switched or there[-len(left) :] == left
        )
    same = left[1:] == there[1:] and left != there
    return same and there[0].startswith(left[0])


def _form(
    turn: Turn, wrong: Record, form: str, right: Record, command: str, told: str
) -> Draft:
    shown = command
    if len(command) > _LONGEST - _WRONG:
        more = [word for word in _WORDS.findall(command) if word not in form]
        shown = " ".join([*form.split()[:2], *more, "…"])
    fits = len(form) + len(shown) < _LONGEST - _WRONG // 2
    head = form if fits else " ".join(form.split()[:2])
    return Draft(
        rule="detour", record=bare_record(right), quote=command, type="gotcha",
        title=f"{head} {rules.FAILS_BUT}: {shown}",
        details=(f"`{command}`",) * (shown != command) + (f"`{form}` → {told}",),
        facts=(command,), turn=turn.number, shows=((bare_record(wrong), form),),
    )  # fmt: skip


def _error_line(text: str) -> str:
    """The line of an output that says what went wrong."""
    if words.TOOL_MECHANICS.search(text[:400]):
        return ""
    lines = (line.strip() for line in clean(text[:4000]).splitlines())
    told = (x for x in lines if 12 <= len(x) <= 300 and words.SAYS_ERROR.search(x))
    return next(told, "")


def _verdict(text: str) -> str:
    """The last line of an output that counts what failed; empty: none does."""
    for line in reversed(clean(text[-_HEAD:]).splitlines()):
        said = line.strip(" =-*✖✗×")
        if len(said) <= _VERDICT and words.COUNTS_FAILED.search(said):
            return said
    return ""


def _failed_in(text: str) -> tuple[str, ...]:
    """The lines of an output that name what failed, the first few."""
    lines = (" ".join(line.split()) for line in clean(text[-_TAIL:]).splitlines())
    named = (x for x in lines if len(x) <= _LONGEST_FORM and words.FAILED_ONE.match(x))
    return tuple(islice(dict.fromkeys(named), _MOST_FAILED))


def _first_line(text: str) -> str:
    """The first line of an output that says something."""
    if words.TOOL_MECHANICS.search(text[:400]):
        return ""
    lines = (line.strip() for line in clean(text[:_HEAD]).splitlines())
    told = (x for x in lines if 12 <= len(x) <= 300 and not _STATUS.match(x))
    return next(told, "")
