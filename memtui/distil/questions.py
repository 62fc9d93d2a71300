"""What the person chose when the agent asked: question and answer together."""

from collections.abc import Iterator

from memtui.clean import clean_line
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import capital, signals_of
from memtui.distil.text import TITLE_COLUMNS, columns, plain
from memtui.distil.turns import Turn

_SAYS_ENOUGH = 24
"""An answer of so many letters can be a title without its question."""


def from_questions(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each answered question."""
    for turn in turns:
        for record in turn.steps:
            for question, answer in record.answers:
                chosen = plain(clean_line(answer)).strip(' ".')
                asked = plain(clean_line(question)).rstrip(" ?？")
                if not chosen or not asked:
                    continue
                found = signals_of(chosen) | turn.place
                title = f"{asked}: {chosen}"
                if columns(title) > TITLE_COLUMNS:
                    if len(chosen) < _SAYS_ENOUGH:
                        continue  # a yes to a page of instructions
                    title = capital(chosen)
                yield Draft(
                    rule="choice", record=record, quote=f"{question} {answer}",
                    title=title, details=(f"{asked}? {capital(chosen)}",),
                    type=type_of(found, signals_of(asked), set(), "decision"),
                    signals=frozenset(found), turn=turn.number,
                )  # fmt: skip
