"""Plans that the person approved: decided, for the reasons they give."""

import re
from collections.abc import Iterable, Iterator, Sequence

from memtui.distil import rules
from memtui.distil.drafts import Draft
from memtui.distil.signals import capital, signals_of
from memtui.distil.statements import Stated, details_of, stated_in, texts_of
from memtui.distil.text import plain
from memtui.distil.turns import Turn
from memtui.model import RecordKind, Tool
from memtui.records import Record

_MOST_DETAILS = 5
_SETTLES = frozenset({"barrier", "cause", "choice", "contrast"})
_REASONS = frozenset({"limit", "standing"})
"""What a plan says that its outcome does not: which way, and why. One that settles
something is enough, or two that tell what must be heeded."""
_ENOUGH = 2
_PART = re.compile(
    r"^#{2,4}[^\S\n]+(?:[^\W\d_]+[^\S\n]+)?\d{1,2}[.):][^\S\n]*(\S[^\n]{2,80})$", re.M
)
"""A numbered heading: ``### Phase 2: ...``, ``## 3. ...``."""
_LEAST_NAME = 3
"""A plan's name of fewer words is a heading."""


def from_plans(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each plan.

    ``newest`` leaves out what was planned anew; one refused later is taken back.
    """
    for turn in turns:
        for record in turn.of(RecordKind.TOOL_USE):
            if record.tool is Tool.PLAN and not record.failed:
                yield from _draft(record, turn)


def _draft(record: Record, turn: Turn) -> Iterator[Draft]:
    stated = stated_in(record.text)
    settled = [one for one in stated if one.signals & _SETTLES]
    reasons = [one for one in stated if one.signals & _REASONS]
    if not settled and len(reasons) < _ENOUGH:
        return  # a list of things to do: what came of them tells it
    head = _first_of_all(settled or reasons)
    name = next((line for line in record.text.splitlines() if line.strip()), "")
    title = plain(name.lstrip("# ")).removeprefix("Plan:").strip()
    details = texts_of(details_of(stated, head, _MOST_DETAILS))
    if len(title.split()) < _LEAST_NAME and title.isascii():
        # "Refactoring plan" tells nothing, what it is parted into does
        parts = ", ".join(_parts_of(record.text))
        title = f"{title}: {parts}" if title and parts else ""
    seen = signals_of(title or head.text)
    yield Draft(
        rule="plan", record=record, quote=name, whole=True,
        type="feature" if seen & {"add", "fix"} == {"add"} else "decision",
        title=capital(title) or head.text,
        details=(head.text, *details) if title else details,
        signals=frozenset(signals_of(record.text[:1200]) - {"long"}), turn=turn.number,
    )  # fmt: skip


def _first_of_all(told: Sequence[Stated]) -> Stated:
    """The best of a plan's statements; what it is for stands before its steps."""
    ranked = enumerate(told)
    return max(ranked, key=lambda one: one[1].worth - rules.LATER_LOSS * one[0])[1]


def _parts_of(text: str) -> list[str]:
    """What the parts of a plan are about, if their headings say so."""
    heads = (plain(found[1]).strip() for found in _PART.finditer(text))
    named = [head for head in heads if len(head.split()) > 1 or not head.isascii()]
    return named if len(named) > 1 else []


def newest(drafts: Iterable[Draft]) -> set[int]:
    """Of plans of one name the last that was approved, by ``id``."""
    plans = {draft.title: draft for draft in drafts if draft.rule == "plan"}
    return {id(draft) for draft in plans.values()}
