"""Records into observations: pure, deterministic, explainable.

``distil`` looks at one session and proposes what a person might want to keep.
It asks no model, no clock and no file. Each rule is a small module named after
its source: it finds drafts by structure. ``rules`` holds every weight, ``cues``
and ``words`` every word of a human language. ``choose`` weighs the drafts, drops
what was said again or delivered before, and keeps the best.
"""

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
from memtui.distil.rules import RULES, Rule
from memtui.distil.strip import delivered_sets
from memtui.distil.summaries import from_summaries
from memtui.distil.turns import ordered, turns_of
from memtui.model import Observation, Record, SessionFacts, SessionKind
from memtui.settings import Settings

__all__ = ["RULES", "VERSION", "Rule", "distil"]

VERSION: Final = 4
"""Raised with every change that gives other observations from the same records."""

SOURCES: Final = (
    from_prompts, from_questions, from_plans, from_commits, from_answers,
    from_causes, from_summaries, from_commands, from_notes, from_open_work,
)  # fmt: skip


def distil(
    facts: SessionFacts, records: Sequence[Record], *, settings: Settings | None = None
) -> list[Observation]:
    """What one session leaves behind, best first.

    Args:
        facts: the session; subagents and automated ones give nothing.
        records: all of its records, in any order.
        settings: ``disabled_rules`` are left out; None: every rule.

    Returns:
        At most ``rules.MOST`` observations with distinct ids. The same records
        give the same list for ever; no text makes it raise.
    """
    if facts.kind is not SessionKind.INTERACTIVE:
        return []
    off = settings.disabled_rules if settings else ()
    in_order = ordered(records)
    turns = turns_of(in_order)
    drafts = [
        draft for source in SOURCES for draft in source(turns) if draft.rule not in off
    ]
    chosen = choose(drafts, delivered_sets(in_order), len(turns))
    found: dict[str, Observation] = {}
    for draft, chance in chosen:
        observation = observation_of(draft, chance, facts)
        if any(map(str.isalpha, observation.title)):
            found.setdefault(observation.id, observation)
    return list(found.values())
