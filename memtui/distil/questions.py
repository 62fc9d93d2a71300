"""What the person chose when the agent asked: question and answer together."""

from collections.abc import Iterator

from memtui.distil.drafts import Draft
from memtui.distil.signals import signals_of
from memtui.distil.text import plain
from memtui.distil.turns import Turn


def from_questions(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each answered question."""
    for turn in turns:
        for record in turn.steps:
            for question, answer in record.answers:
                chosen = plain(answer).strip(' "')
                asked = plain(question)
                if not chosen or not asked:
                    continue
                yield Draft(
                    rule="choice", record=record, quote=f"{question} {answer}",
                    title=f"{asked.rstrip('?? ')}: {chosen}",
                    details=(), turn=turn.number,
                    signals=frozenset(signals_of(f"{asked} {chosen}")),
                )  # fmt: skip
