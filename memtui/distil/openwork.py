"""What was left open when the session ended."""

import re
from collections.abc import Iterator, Sequence

from memtui.distil import rules
from memtui.distil.commits import message_of
from memtui.distil.drafts import Draft
from memtui.distil.endings import SUBORDINATE
from memtui.distil.signals import capital, signals_of
from memtui.distil.speech import speech_of
from memtui.distil.statements import (
    Stated,
    details_of,
    head_of,
    stated_in,
    texts_of,
)
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_NOT_LEFT = frozenset({"advice", "thing", "short"})
_OPEN_ITEM = re.compile(r"^\[[ -]\][^\S\n]+(\S.*)$", re.M)
_MOST_LISTED = 5
_STARTED = 4
"""So many steps show that work on a wish had begun."""


class OwnList:
    """The list of things to do that the agent keeps for itself."""

    def __init__(self) -> None:
        self._last: tuple[int, Record] | None = None

    def take(self, turn: Turn) -> None:
        """What became of it in one more turn; a change after it outdates it."""
        if not any(use.tool is Tool.TODO for use in turn.of(RecordKind.TOOL_USE)):
            self._last = None if turn.writes else self._last
            return
        for step in turn.steps:
            if step.tool is Tool.TODO and step.kind is RecordKind.TOOL_USE:
                self._last = turn.number, step
            elif step.writes and not step.failed:
                self._last = None

    def drafts(self) -> Iterator[Draft]:
        """At most one draft, of the items that it still has."""
        if not self._last:
            return
        turn, record = self._last
        left = [plain(found[1]) for found in _OPEN_ITEM.finditer(record.text)]
        if left:
            yield Draft(
                rule="open", record=record, quote=left[0], type="progress",
                title=f"{rules.UNFINISHED}: {left[0]}",
                details=tuple(left[1 : 1 + _MOST_LISTED]), turn=turn,
                signals=frozenset(signals_of(left[0]) | {"interrupted", "last_turn"}),
            )  # fmt: skip


def from_open_work(turns: list[Turn]) -> Iterator[Draft]:
    """What the last words name as unfinished, or the last wish itself."""
    if not turns:
        return
    last = turns[-1]
    if last.answer:
        told = [
            one
            for one in stated_in(last.answer.text, later=True)
            if one.is_status or "unsettled" in one.signals
        ]
        left = [one for one in told if _is_left(one)]
        if left:
            yield _draft(last, last.answer, left)
    elif (
        last.prompts
        and last.writes
        and len(last.steps) >= _STARTED
        and not _ends_committed(last)
    ):
        yield from _interrupted(last)


def _ends_committed(turn: Turn) -> bool:
    """Whether nothing was changed after a commit or pull request that went through."""
    failed = {step.call for step in turn.failures if step.call}
    made = [r for r in turn.committing if message_of(r) and r.call not in failed]
    if not made:
        return False
    last = turn.steps.index(made[-1])
    return not any(step.writes for step in turn.steps[last + 1 :])


def _is_left(one: Stated) -> bool:
    """Whether it names something that is still to be done."""
    if "unsettled" in one.signals and not SUBORDINATE.match(one.text):
        return True
    if one.signals & _NOT_LEFT:
        return False
    # what an item of a list names is no work, unless its heading says so
    return one.is_later or ({"open", "named"} <= one.signals and not one.unit.item)


def _draft(turn: Turn, answer: Record, told: Sequence[Stated]) -> Draft:
    head = head_of(told)
    title, details = head.text, texts_of(details_of(told, head, 4))
    before, turns, after = title.partition(", but ")
    if turns and "unsettled" in signals_of(after) - signals_of(before):
        title, details = capital(after), (title, *details)
    return Draft(
        rule="open", record=answer, quote=head.unit.raw, title=title,
        details=details, type="progress",
        signals=head.signals | {"last_turn"}, turn=turn.number,
    )  # fmt: skip


def _interrupted(turn: Turn) -> Iterator[Draft]:
    prompt = turn.prompts[-1]
    speech = speech_of(prompt.text)
    if not speech or "pasted" in speech.manner:
        return
    yield Draft(
        rule="open", record=prompt, quote=speech.best,
        title=f"{rules.UNFINISHED}: {speech.wish}",
        details=tuple(plain(s.text.split("\n")[0])[:300] for s in turn.responses[-1:]),
        type="progress", signals=speech.manner | {"interrupted", "last_turn"},
        turn=turn.number,
    )  # fmt: skip
