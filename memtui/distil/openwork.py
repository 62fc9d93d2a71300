"""What was left open when the session ended."""

from collections.abc import Iterator

from memtui.distil.answers import labelled, useful_units
from memtui.distil.drafts import Draft
from memtui.distil.signals import bare, signals_of
from memtui.distil.turns import Turn


def from_open_work(turns: list[Turn]) -> Iterator[Draft]:
    """One draft of the unfinished things that the last words name."""
    if not turns or not turns[-1].answer:
        return
    answer = turns[-1].answer
    left = [u for u in useful_units(answer.text) if "open" in signals_of(u.text)]
    if left:
        yield Draft(
            rule="open", record=answer, quote=left[0].raw, title=bare(left[0].text),
            details=tuple(labelled(u) for u in left[1:5]), type="progress",
            signals=frozenset(signals_of(left[0].text) | {"last_turn"}),
            turn=turns[-1].number,
        )  # fmt: skip
