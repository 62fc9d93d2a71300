"""A chosen draft as the observation that is stored."""

import re
from collections.abc import Iterable, Iterator

from memtui.clean import clean, clean_line
from memtui.distil import rules
from memtui.distil.atoms import facts_of
from memtui.distil.drafts import Draft, body_of, title_of
from memtui.distil.tags import tags_of
from memtui.distil.text import TEXT_LIMIT
from memtui.model import Evidence, observation_id
from memtui.records import Observation, Record, SessionFacts

_MOST_FILES = 12
_QUOTE = 400
_LEAST_NAME = 4
_FEW = 3
_MARKS = str.maketrans("", "", ' ?？:：.。`“”"→')
"""What tells no two lines apart; ``/`` and ``-`` do, in commands."""
_OF_READING = frozenset({"cause", "finding"})
"""Rules that tell what was found by looking, not by changing."""
_OF_WISHES = frozenset({"choice", "correction", "prompt"})
"""Rules that tell how the person would have what was changed for it."""
_AFTER_CHECKS = frozenset({"commit", "outcome", "patch"})
"""Rules that tell of work which a check of the same turn stands behind."""
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
    details = (line for line in draft.details if _adds_to(title, line))
    body = body_of(
        (_inside(line, facts.cwd) for line in (rest, *details)),
        TEXT_LIMIT - len(title) - 3,
    )
    key = "" if draft.whole else draft.quote
    files = tuple(_files_of(draft))[:_MOST_FILES]
    given = [*draft.facts]
    if draft.around.counted and draft.rule in _AFTER_CHECKS:
        given.append(draft.around.counted)
    # the words of a detour quote what does not work
    read = () if draft.rule == "detour" else (_inside(draft.title, facts.cwd), body)
    known = facts_of(given, read)
    return Observation(
        id=observation_id(facts.agent, record.native_id, record.part, key),
        type=draft.type,
        title=clean_line(title),
        body=clean(body),
        at=record.at or facts.ended_at or facts.started_at or 0,
        trust=rule.trust,
        rule=rule.name,
        confidence=chance,
        facts=known,
        tags=tags_of(title, body, files=files, facts=known, signals=draft.signals),
        files=files,
        evidence=tuple(
            _evidence(facts, shown, quote)
            for shown, quote in ((record, draft.quote), *draft.shows)
        ),
        branch=record.branch,
    )


def _adds_to(title: str, line: str) -> bool:
    """Whether a line says what the title does not, marks aside."""
    return line.translate(_MARKS).casefold() not in title.translate(_MARKS).casefold()


def _files_of(draft: Draft) -> Iterator[str]:
    """Files that it is about: changed first, then those of the turn that it names;
    where it names none, all that was read or changed for it if that is little."""
    around, seen = draft.around, set(draft.files)
    yield from draft.files
    said = "\n".join((draft.quote, draft.title, *draft.details))
    for path in (*around.writes, *around.reads):
        if path not in seen and _is_named(path, said):
            seen.add(path)
            yield path
    if seen:
        return
    if draft.rule in _OF_READING and len(around.reads) <= _FEW:
        yield from around.reads
    elif draft.rule in _OF_WISHES and len(around.writes) <= _FEW:
        yield from around.writes


def _is_named(path: str, said: str) -> bool:
    """Whether a text names a file by the end of its path."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    named = "." in name or name[:1].isupper()  # else it is a word, or a folder
    if not named or len(name) < _LEAST_NAME or name not in said:
        return False
    # ``e.py`` is no part of ``table.py``
    return bool(
        re.search(rf"(?<![a-zA-Z0-9_.-]){re.escape(name)}(?![a-zA-Z0-9_])", said)
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
