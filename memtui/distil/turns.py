"""A session as turns: what was asked, what was done, what was answered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from memtui.distil import words
from memtui.distil.rules import PROSE_FILES, TOOLING_FILES
from memtui.model import Record, RecordKind, Tool

_OPENING = 200
"""Who denies or gives in does so in the first letters."""
_WORKED = 6
"""A turn of so many steps was work, not an answer."""
_SLIGHT = 5
"""A session of fewer tool calls is a question, not work."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One prompt of the person and everything up to the next."""

    number: int
    """From 1; 0 is what came before the first prompt."""
    prompts: tuple[Record, ...] = ()
    """Usually one; several where the person wrote again at once."""
    steps: tuple[Record, ...] = ()
    """Everything else, in order."""
    last: bool = False
    """No turn follows."""
    contested: bool = False
    """The next prompt denies what this turn says, or the agent then gave in."""
    slight: bool = False
    """The whole session used hardly a tool."""
    answer: Record | None = field(default=None)
    """The last words of the agent, when no tool was used after them."""

    @cached_property
    def place(self) -> frozenset[str]:
        """What can be seen of the turn around a draft: names of signals."""
        seen = {
            "edited": bool(self.writes),
            "worked": len(self.steps) >= _WORKED,
            "first": self.number <= 1,
            "last_turn": self.last,
            "slight": self.slight,
            "contested": self.contested,
            "tooling": self._is_mostly(TOOLING_FILES),
            "prose_only": self._is_mostly(PROSE_FILES),
            "failures": any(step.failed for step in self.steps),
        }
        return frozenset(name for name, holds in seen.items() if holds)

    def _is_mostly(self, kind: re.Pattern[str]) -> bool:
        """Whether most files changed are of a kind, as their names tell."""
        found = sum(bool(kind.search(path)) for path in self.writes)
        return 2 * found > len(self.writes)

    @property
    def responses(self) -> list[Record]:
        """What the agent said, the answer included."""
        return [s for s in self.steps if s.kind is RecordKind.RESPONSE]

    @cached_property
    def writes(self) -> tuple[str, ...]:
        """Files changed, each once, in order."""
        done = [w for s in self.steps if not s.failed for w in s.writes]
        return tuple(dict.fromkeys(done))


def ordered(records: Sequence[Record]) -> list[Record]:
    """The records in the order of their transcript, each once.

    Arrival does not count, lines do, and times only where there are no lines:
    clocks in transcripts run backwards.
    """
    seen: dict[tuple[str, int, str], Record] = {}
    for record in sorted(records, key=_place):
        seen.setdefault((record.native_id, record.part, record.kind), record)
    return list(seen.values())


def _place(record: Record) -> tuple[int, int, str, int, str, str]:
    line = record.line if record.line is not None else 0
    return (
        line, record.at or 0, record.native_id, record.part, record.kind, record.text
    )  # fmt: skip


def turns_of(records: Sequence[Record]) -> list[Turn]:
    """The turns of ordered records; replayed ones are left out."""
    groups: list[tuple[list[Record], list[Record]]] = [([], [])]
    seen: set[tuple[str, str]] = set()
    for record in records:
        if record.kind in (RecordKind.CONTEXT, RecordKind.TITLE):
            continue
        if record.kind is RecordKind.PROMPT:
            if _replayed(record, seen):
                continue
            if groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(record)
        elif record.kind is not RecordKind.RESPONSE or not _replayed(record, seen):
            groups[-1][1].append(record)
    kept = [g for g in groups if g[0] or g[1]]
    used = sum(s.kind is RecordKind.TOOL_USE for _, steps in kept for s in steps)
    first = 0 if kept and not kept[0][0] else 1
    turns = [
        Turn(
            number=number, prompts=tuple(prompts), steps=tuple(steps),
            last=number == first + len(kept) - 1, answer=_answer(steps),
            slight=used < _SLIGHT,
        )
        for number, (prompts, steps) in enumerate(kept, first)
    ]  # fmt: skip
    denied = [_denies(after) for after in turns[1:]]
    return [
        replace(turn, contested=contested)
        for turn, contested in zip(turns, [*denied, False], strict=False)
    ]


def _denies(turn: Turn) -> bool:
    """Whether a turn takes back what the one before it said."""
    asked = " ".join(p.text[:_OPENING] for p in turn.prompts)
    said = next((r.text[:_OPENING] for r in turn.responses), "")
    return bool(words.DENIES.search(asked) or words.CONCEDES.search(said))


def _replayed(record: Record, seen: set[tuple[str, str]]) -> bool:
    """Whether these very words stood in the session before: a replay, or noise."""
    key = (record.kind.value, record.text.strip())
    if len(key[1]) < 40:
        return False
    if key in seen:
        return True
    seen.add(key)
    return False


def _answer(steps: Sequence[Record]) -> Record | None:
    for step in reversed(steps):
        if step.kind is RecordKind.RESPONSE:
            return step
        if step.kind is RecordKind.TOOL_USE and step.tool is not Tool.TODO:
            return None
    return None
