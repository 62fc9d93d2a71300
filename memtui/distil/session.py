"""One session through every source of drafts, and the best of what they find."""

from collections.abc import Sequence
from typing import Final

from memtui.distil.answers import from_answers
from memtui.distil.causes import from_causes
from memtui.distil.choose import choose
from memtui.distil.commands import from_commands
from memtui.distil.commits import from_commits
from memtui.distil.notes import from_notes
from memtui.distil.observe import observation_of
from memtui.distil.openwork import from_open_work
from memtui.distil.plans import from_plans
from memtui.distil.prompts import from_prompts
from memtui.distil.questions import from_questions
from memtui.distil.summaries import from_summaries
from memtui.distil.told import Told
from memtui.distil.turns import ordered, turns_of
from memtui.model import Observation, Record, RecordKind, SessionFacts, SessionKind
from memtui.settings import Settings

SOURCES: Final = (
    from_prompts, from_questions, from_plans, from_commits, from_answers,
    from_causes, from_summaries, from_commands, from_notes, from_open_work,
)  # fmt: skip


def distil_session(
    facts: SessionFacts, records: Sequence[Record], settings: Settings | None
) -> list[Observation]:
    """What one session leaves behind, best first: see ``memtui.distil.distil``."""
    if facts.kind is not SessionKind.INTERACTIVE:
        return []
    off = settings.disabled_rules if settings else ()
    in_order = ordered(records)
    turns = turns_of(in_order)
    drafts = [
        draft for source in SOURCES for draft in source(turns) if draft.rule not in off
    ]
    told = Told()
    for record in in_order:
        if record.kind is RecordKind.CONTEXT:
            told.take(record)
    chosen = choose(drafts, told, len(turns))
    found: dict[str, Observation] = {}
    for draft, chance in chosen:
        observation = observation_of(draft, chance, facts)
        if any(map(str.isalpha, observation.title)):
            found.setdefault(observation.id, observation)
    return list(found.values())
