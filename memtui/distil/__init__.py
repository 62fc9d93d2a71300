"""Records into observations: pure, deterministic, explainable.

``distil`` looks at one session and proposes what a person might want to keep.
It asks no model, no clock and no file. Each rule is a small module named after
its source: it finds drafts by structure. ``rules`` holds every weight, ``cues``,
``words``, ``wishes`` and ``endings`` every word of a human language. ``choose`` weighs
the drafts, drops what was said again or delivered before, and keeps the best.
"""

from collections.abc import Iterable
from typing import Final

from memtui.distil.rules import RULES, Rule
from memtui.records import Observation, Record, SessionFacts
from memtui.settings import Settings

__all__ = ["RULES", "VERSION", "Rule", "distil", "ordered"]

VERSION: Final = 25
"""Raised with every change that gives other observations from the same records."""


def distil(
    facts: SessionFacts,
    records: Iterable[Record],
    *,
    settings: Settings | None = None,
    in_order: bool = False,
) -> list[Observation]:
    """What one session leaves behind, best first.

    Args:
        facts: the session; subagents and automated ones give nothing. Paths below
            its ``cwd`` are told from there: the project's root, where it is known.
        records: all of its records, in any order.
        in_order: they come in the order of the transcript, each once. Then they
            need not fit into memory: no more than two turns are held at a time.
        settings: ``disabled_rules`` are left out; None: every rule, even one that is
            switched off unless somebody wants it.

    Returns:
        At most ``rules.MOST`` observations with distinct ids. The same records
        give the same list for ever; no text makes it raise.
    """
    # Every sync asks for VERSION; most find nothing to distil and need no pattern.
    from memtui.distil.session import distil_session

    return distil_session(facts, records if in_order else ordered(records), settings)


def ordered(records: Iterable[Record]) -> list[Record]:
    """The records in the order of their transcript, each once."""
    from memtui.distil.turns import ordered

    return ordered(records)
