"""What the agent wrote into its own memory files: rules it was told to keep."""

from collections.abc import Iterator
from functools import lru_cache

from memtui.distil import rules
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.statements import details_of, head_of, stated_in, texts_of
from memtui.distil.turns import Turn
from memtui.model import RecordKind

_MOST_LINES = 15
"""More added at once is a document, not a note."""
_MOST_DETAILS = 4


@lru_cache(maxsize=256)
def _is_memory(path: str) -> bool:
    return bool(rules.MEMORY_FILES.search(path))


def from_notes(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each small addition to a memory file."""
    for turn in turns:
        for record in turn.of(RecordKind.TOOL_RESULT):
            if not record.writes or record.failed:
                continue
            if not any(map(_is_memory, record.writes)):
                continue
            lines = record.patch.splitlines()
            added = [x[1:] for x in lines if x.startswith("+") and x[:3] != "+++"]
            if not 0 < len(added) <= _MOST_LINES:
                continue
            stated = stated_in("\n".join(added), later=True)
            if not stated:
                continue
            head = head_of(stated)
            yield Draft(
                rule="note", record=record, quote=head.unit.raw, title=head.text,
                details=texts_of(details_of(stated, head, _MOST_DETAILS)),
                turn=turn.number,
                type=type_of(head.signals, set(), set(), "preference"),
                signals=head.signals, files=record.writes,
            )  # fmt: skip
