"""What was left open when the session ended."""

from collections.abc import Iterator, Sequence

from memtui.distil import rules
from memtui.distil.drafts import Draft
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
from memtui.model import Record, RecordKind

_NOT_LEFT = frozenset({"advice", "thing", "short"})
_STARTED = 4
"""So many steps show that work on a wish had begun."""


def from_open_work(turns: list[Turn]) -> Iterator[Draft]:
    """What the last words name as unfinished, or the last wish itself."""
    if not turns:
        return
    last = turns[-1]
    if last.answer:
        told = [o for o in stated_in(last.answer.text, later=True) if o.is_status]
        left = [one for one in told if _is_left(one)]
        if left:
            yield _draft(last, last.answer, left)
    elif last.prompts and last.writes and len(last.steps) >= _STARTED:
        yield from _interrupted(last)


def _is_left(one: Stated) -> bool:
    """Whether it names something that is still to be done."""
    if one.signals & _NOT_LEFT:
        return False
    return one.is_later or {"open", "named"} <= one.signals


def _draft(turn: Turn, answer: Record, told: Sequence[Stated]) -> Draft:
    head = head_of(told)
    return Draft(
        rule="open", record=answer, quote=head.unit.raw, title=head.text,
        details=texts_of(details_of(told, head, 4)), type="progress",
        signals=head.signals | {"last_turn"}, turn=turn.number,
    )  # fmt: skip


def _interrupted(turn: Turn) -> Iterator[Draft]:
    prompt = turn.prompts[-1]
    speech = speech_of(prompt.text)
    if not speech or "pasted" in speech.manner:
        return
    said = [s for s in turn.steps if s.kind is RecordKind.RESPONSE]
    yield Draft(
        rule="open", record=prompt, quote=speech.best,
        title=f"{rules.UNFINISHED}: {speech.wish}",
        details=tuple(plain(s.text.split("\n")[0])[:300] for s in said[-1:]),
        type="progress", signals=speech.manner | {"interrupted", "last_turn"},
        turn=turn.number,
    )  # fmt: skip
