"""One form of a command failed, and another worked: nothing else had changed."""

import re
from collections import Counter
from collections.abc import Iterator

from memtui.distil import rules
from memtui.distil.drafts import Draft, bare_record
from memtui.distil.shell import HEAD, command_of, error_line, first_line, shortened
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_LONGEST = 72
_AHEAD = 8
"""The form that works is found within so many steps."""
_WORDS = re.compile(r"[^\s'\"]+")
_WRONG = 32
"""Columns of a title that a command must leave to the form that fails."""
_LONGEST_FORM = 160
_LEAST_WORDS = 3
"""Of a command in which one switch was swapped."""
_JOINED = re.compile(r"&&|[;|\n]|\bsleep\b")


def forms(turn: Turn) -> Iterator[Draft]:
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
        command = shortened(command_of(step, turn))
        if not command or len(command) > _LONGEST_FORM:
            continue
        if step.failed:
            failed.append((index, step, command))
            continue
        mended = [
            one
            for one in failed
            if _is_form_of(one[2], command) or _is_swapped(one[2], command, one[1].text)
        ]
        for _, wrong, form in mended:
            told = error_line(wrong.text) or first_line(wrong.text)
            if told:
                yield _form(turn, wrong, form, step, command, told)
        failed = [one for one in failed if one not in mended]


def _is_form_of(wrong: str, right: str) -> bool:
    """Whether a command is another one behind a word more, or with a switch more."""
    # what is run beside a command does not mend its form
    return _has_more(wrong, right) and (
        len(_JOINED.findall(right)) <= len(_JOINED.findall(wrong))
    )


def _is_swapped(wrong: str, right: str, told: str) -> bool:
    """Whether a command has another switch for one that the error blamed."""
    left, there = _WORDS.findall(wrong), _WORDS.findall(right)
    if len(left) != len(there) or len(left) < _LEAST_WORDS or left[0] != there[0]:
        return False
    pairs = zip(left, there, strict=True)
    swapped = [(one, two) for one, two in pairs if one != two]
    if len(swapped) != 1 or _JOINED.search(wrong):
        return False
    blamed, cure = swapped[0]
    switches = blamed.startswith("-") and cure.startswith("-")
    return switches and blamed.split("=")[0] in told[:HEAD].replace(wrong, "")


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
    return same and bool(there) and there[0].startswith(left[0])


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
