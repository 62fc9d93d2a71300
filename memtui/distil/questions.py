"""What the person chose when the agent asked: question and answer together."""

from collections.abc import Iterator

from memtui.clean import clean_line
from memtui.distil import wishes, words
from memtui.distil.drafts import Draft
from memtui.distil.kinds import type_of
from memtui.distil.signals import capital, signals_of
from memtui.distil.text import TITLE_COLUMNS, columns, plain
from memtui.distil.turns import Turn
from memtui.records import Record

_SAYS_ENOUGH = 24
"""An answer of so many letters can be a title without its question."""
_LEAST_ASKED = 20
_OF_A_MENU = 2
"""So many commas join what was ticked on a list: what to do now, no decision."""
_DECIDES = frozenset({"choice", "contrast", "general", "limit", "norm", "standing"})


def from_questions(turns: list[Turn]) -> Iterator[Draft]:
    """One draft for each answered question."""
    for turn in turns:
        for record in turn.steps:
            for question, answer in record.answers:
                draft = _draft(record, question, answer, turn)
                if draft:
                    yield draft


def _draft(record: Record, question: str, answer: str, turn: Turn) -> Draft | None:
    chosen = words.RECOMMENDED.sub("", plain(clean_line(answer))).strip(' ".')
    asked = plain(clean_line(question)).rstrip(" ?？")
    if not chosen or not asked:
        return None
    said = signals_of(chosen)
    if chosen.count(", ") >= _OF_A_MENU and said.isdisjoint(_DECIDES):
        return None
    found = said | turn.place
    if not wishes.YES_OR_NO.match(chosen):
        found |= {"picked"}
    title = _title(asked, chosen)
    if not title:
        return None
    return Draft(
        rule="choice", record=record, quote=f"{question} {answer}", title=title,
        details=(f"{asked}? {capital(chosen)}",),
        type=type_of(found, signals_of(asked), set(), "decision"),
        signals=frozenset(found), turn=turn.number,
    )  # fmt: skip


def _title(asked: str, chosen: str) -> str:
    """Question and answer as a title, the question by its last clause if it must be.

    Empty where neither fits: a yes to a page of instructions.
    """
    last = asked.rpartition(", ")[2]
    for part in (asked, last) if wishes.ASKS_WHICH.match(last) else (asked,):
        title = f"{capital(part)}: {chosen}"
        if len(part) >= _LEAST_ASKED and columns(title) <= TITLE_COLUMNS:
            return title
    if columns(f"{asked}: {chosen}") <= TITLE_COLUMNS:
        return f"{asked}: {chosen}"
    return capital(chosen) if len(chosen) >= _SAYS_ENOUGH else ""
