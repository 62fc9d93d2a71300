"""What was changed where nobody told it at the end: patches, and why they were made.

A turn that ends in no report (it was interrupted, or the agent went on to the next
thing) still changed files. What changed is read from its patches, why from the words
of the agent between them or of the person before them: one memory of one turn's
change, not one of each patch.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from memtui.distil import deeds, near, rules
from memtui.distil.commits import has_commit
from memtui.distil.drafts import REPLY, Draft
from memtui.distil.endings import undangled
from memtui.distil.kinds import type_of
from memtui.distil.signals import (
    after,
    capital,
    effective_length,
    opened,
    signals_of,
    weigh,
)
from memtui.distil.speech import speech_of
from memtui.distil.statements import stated_in
from memtui.distil.strip import without_injected
from memtui.distil.text import units
from memtui.distil.turns import Turn
from memtui.model import RecordKind
from memtui.records import Record

_MOST_DEEDS = 4
_LEAST_DEED = 24
_LAST_SAID = 3
"""A deed is announced in the last sentences before it."""
_MOST_FILES = 4
_MOST_NAMES = 4
_UNKNOWN = 3
"""Lines of a change that shows no patch."""
_SEVERAL = 2
_MUCH = 10
"""Lines from which one announced deed alone is worth a memory."""
_NO_TRAP: Final = frozenset({"failures", "reported", "tooling"})
"""What makes a finding a trap makes none of a deed."""
_OF_RULES: Final = frozenset({"general", "norm", "standing"})
"""Signals of what is to hold; what was done is none of it."""
_LONGEST_PROMPT: Final = 1_500
_PASTED: Final = frozenset({"wall", "mostly_pasted"})
_LONGEST_WISH: Final = 160
_NAMED: Final = re.compile(
    r"^[+-]\s*(?:export |default |public |private |static |async |pub(?:\([a-z]+\))? )*"
    r"(?:def|class|function|func|fn|interface|struct|enum|trait|type|const|let|var|"
    r"object|impl|module)\s+([A-Za-z_]\w{2,60})",
    re.M,
)
"""Names that a changed line of code introduces, in the languages most code is in."""
_HEADER: Final = re.compile(r"^@@ .* @@.*?\b([A-Za-z_]\w{2,60})\s*\(", re.M)
"""The function round a hunk, where the patch tells it."""
_KEY: Final = re.compile(r"^\+\s*[\"']?([A-Za-z_][\w.-]{2,40})[\"']?\s*[:=]\s*\S", re.M)
"""Keys of set-up files."""


def from_patches(turns: list[Turn]) -> Iterator[Draft]:
    """At most one draft of each turn that changed files and reported nothing."""
    for turn in turns:
        if turn.writes and not _is_reported(turn) and not has_commit(turn):
            yield from _draft(turn)


def _is_reported(turn: Turn) -> bool:
    """Whether the words that end the turn tell of it."""
    if not turn.answer:
        return False
    return any(not one.is_status for one in stated_in(turn.answer.text))


def _draft(turn: Turn) -> Iterator[Draft]:
    edits = [s for s in turn.steps if s.writes and not s.failed]
    size = sum(map(_size, edits))
    deeds = {deed: step for step, deed in _deeds(turn.steps)}
    lines = [*deeds][-_MOST_DEEDS:]
    if not lines or (len(lines) < _SEVERAL and size < _MUCH):
        return  # nothing said, or a line or two by the way
    title = _main(lines, turn)
    lines.remove(title)
    head = signals_of(title) - _OF_RULES
    inside = frozenset[str]().union(*map(signals_of, lines))
    place = set(turn.place)
    record = edits[-1]
    yield Draft(
        rule="patch", record=record, quote=record.writes[0], whole=True, title=title,
        details=(*_asked(turn), *lines, *_places(edits)), files=turn.writes,
        type=type_of(head, inside, place - _NO_TRAP, rules.RULES["patch"].type),
        signals=frozenset(head | place | {f"body_{name}" for name in inside}),
        shows=((deeds[title], title),), turn=turn.number,
    )  # fmt: skip


def _main(deeds: Sequence[str], turn: Turn) -> str:
    """The deed that was asked for, by the words it shares; else the weightiest."""
    asked = near.bag_of(
        " ".join(prompt.text[:_LONGEST_PROMPT] for prompt in turn.prompts)
    )

    def worth(deed: str) -> tuple[int, float]:
        shared = len(near.bag_of(deed) & asked)
        return shared, weigh(signals_of(deed), rules.UNIT_WEIGHTS)

    return max(deeds, key=worth)


def _deeds(steps: Sequence[Record]) -> Iterator[tuple[Record, str]]:
    """What the agent announced and then did: changed a file at once."""
    said: Record | None = None
    for step in steps:
        if step.kind is RecordKind.RESPONSE:
            said = step
        elif step.writes and not step.failed and said is not None:
            deed = _announced(said)
            if deed:
                yield said, deed
            said = None


def _announced(step: Record) -> str:
    """The deed that the last sentence of a text announces; empty: it tells of none."""
    for unit in reversed(units(without_injected(step.text))[-_LAST_SAID:]):
        said = opened(unit.text)
        deed = after(deeds.ABOUT_TO, said)
        if deed is said or deeds.ONLY_LOOKS.match(deed):
            continue
        deed = deeds.THEN.split(deed, 1)[0]
        deed = undangled(deed.rstrip(" :.…"))
        if effective_length(deed) >= _LEAST_DEED and "refers" not in signals_of(deed):
            return capital(deed)
    return ""


def _size(edit: Record) -> int:
    """How many lines a patch changes; a file that was written whole has no patch."""
    if not edit.patch:
        return _UNKNOWN
    return edit.patch.count("\n+") + edit.patch.count("\n-")


def _asked(turn: Turn) -> tuple[str, ...]:
    """What the person had asked for, as a line of a body."""
    speech = speech_of(turn.prompts[0].text) if turn.prompts else None
    if speech is None or speech.manner & _PASTED or len(speech.wish) > _LONGEST_WISH:
        return ()
    return (f"“{speech.wish}”",)


def _places(edits: Iterable[Record]) -> Iterator[str]:
    """Which files, and what in them: ``→ `feed.py`: retry, Feed``."""
    found: dict[str, dict[str, None]] = {}
    for edit in edits:
        for path in edit.writes:
            names = found.setdefault(path, {})
            names.update(dict.fromkeys(_names(path, edit.patch)))
    for path, names in islice(found.items(), _MOST_FILES):
        shown = ", ".join(f"`{name}`" for name in islice(names, _MOST_NAMES))
        yield f"{REPLY}`{path}`: {shown}" if shown else f"{REPLY}`{path}`"


def _names(path: str, patch: str) -> Iterator[str]:
    """The names of code that a patch introduces, takes out, or changes inside."""
    yield from _NAMED.findall(patch)
    yield from _HEADER.findall(patch)
    if rules.TOOLING_FILES.search(path):
        yield from _KEY.findall(patch)
