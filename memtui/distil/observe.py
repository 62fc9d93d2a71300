"""A chosen draft as the observation that is stored."""

import re
from collections.abc import Iterable, Iterator

from memtui.clean import clean, clean_line
from memtui.distil import rules
from memtui.distil.drafts import Draft, body_of, title_of
from memtui.distil.text import TEXT_LIMIT
from memtui.model import Evidence, Observation, Record, SessionFacts, observation_id

_MOST_FILES = 12
_QUOTE = 400
_LEAST_ROOT = 4
"""``/``, ``C:`` and the like are no project."""


def observation_of(draft: Draft, chance: float, facts: SessionFacts) -> Observation:
    """The draft as an observation: sized, cleaned, with paths from the project's root.

    Args:
        draft: what a rule made.
        chance: that a person keeps it, 0 to 1.
        facts: the session it comes from.
    """
    rule, record = rules.RULES[draft.rule], draft.record
    title, rest = title_of(_inside(draft.title, facts.cwd))
    body = body_of(
        (_inside(line, facts.cwd) for line in (rest, *draft.details)),
        TEXT_LIMIT - len(title) - 3,
    )
    key = "" if draft.whole else draft.quote
    return Observation(
        id=observation_id(facts.agent, record.native_id, record.part, key),
        type=draft.type,
        title=clean_line(title),
        body=clean(body),
        at=record.at or facts.ended_at or facts.started_at or 0,
        trust=rule.trust,
        rule=rule.name,
        confidence=chance,
        facts=draft.facts,
        files=draft.files[:_MOST_FILES],
        evidence=tuple(
            _evidence(facts, shown, quote)
            for shown, quote in ((record, draft.quote), *draft.shows)
        ),
        branch=record.branch,
    )


def _evidence(facts: SessionFacts, record: Record, quote: str) -> Evidence:
    return Evidence(
        session=facts.native_id, record=record.native_id, part=record.part,
        line=record.line, quote=quote[:_QUOTE],
    )  # fmt: skip


def from_root(paths: Iterable[str], root: str) -> Iterator[str]:
    """The paths, project-relative where they lie inside the project."""
    base = root.rstrip("/\\")
    for path in paths:
        inside = base and path.startswith((base + "/", base + "\\"))
        yield path[len(base) + 1 :].replace("\\", "/") if inside else path


def _inside(text: str, root: str) -> str:
    """A sentence without the project's own part of the paths in it."""
    base = root.rstrip("/\\")
    if len(base) < _LEAST_ROOT or base not in text:
        return text
    # no part of a longer path, such as that of a backup
    return re.sub(rf"(?<![A-Za-z0-9_.~/\\-]){re.escape(base)}[/\\]", "", text)
