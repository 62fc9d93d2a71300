"""In which order memories compete for the room of a text, and which may not.

Pure, as ``choose`` is: no clock, no counter. Ranked once, an order serves every
text that is made for the same branch.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from memtui.caution import reads_like_an_order
from memtui.inject.values import Cut, Section
from memtui.model import FADED, Agent, Memory, Rung, State, Trust
from memtui.settings import InjectWhen, Settings
from memtui.store.curate.frozen import BY_HAND, IMPORTED, TEAM

DAY_MS: Final = 86_400_000
SAME_FILES: Final = 1.6
SAME_BRANCH: Final = 1.3
SAME_WORDS: Final = 1.15
_WORD = re.compile(r"\w{4,}")
_BY_SETTING: Final = {Section.TEAM: 1, Section.UNREVIEWED: 2}
_NARROWNESS: Final = {"agent": 0, "project": 1, "group": 2, "global": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A memory in its place."""

    memory: Memory
    section: Section
    rank: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is being worked on where the text will be read."""

    branch: str
    files: frozenset[str]
    words: frozenset[str]
    newest_at: int


def sorted_out(
    memories: Iterable[Memory], work: Work, settings: Settings, agent: Agent | None
) -> tuple[list[Ranked], list[Cut]]:
    """Those that compete for the budget, best first; those a switch keeps out."""
    able: list[Memory] = []
    barred: list[Cut] = []
    for memory in memories:
        if memory.state is State.CANDIDATE:
            if _is_auto(memory, settings):
                able.append(memory)
        elif reason := _why_not(memory, settings, agent):
            barred.append(cut_of(memory, reason, settings))
        else:
            able.append(memory)
    able, said = _narrowest(able, settings)
    kept = [_ranked(m, work, settings) for m in able if not m.pinned]
    kept.sort(key=lambda e: (-round(e.rank, 6), -e.memory.at, e.memory.id))
    alive = [entry for entry in kept if entry.rank >= FADED]
    faded = [
        cut_of(e.memory, f"faded to {e.rank:.2f}", settings) for e in kept[len(alive) :]
    ]
    # What the person decided goes before what only their setting takes.
    alive.sort(key=lambda entry: _BY_SETTING.get(entry.section, 0))
    barred = sorted(barred + said, key=lambda c: (c.reason, -c.memory.at, c.id))
    return [*_in_order([m for m in able if m.pinned]), *alive], faded + barred


def _narrowest(
    memories: Iterable[Memory], settings: Settings
) -> tuple[list[Memory], list[Cut]]:
    """Where two layers say the same, the narrower one says it."""
    first: dict[str, Memory] = {}
    left, said = [], []
    for memory in sorted(memories, key=lambda m: (_width(m), m.id)):
        words = " ".join(f"{memory.title} {memory.body}".casefold().split())
        narrower = first.setdefault(words, memory)
        if _width(narrower) < _width(memory):
            said.append(cut_of(memory, f"said by {narrower.id}", settings))
        else:
            left.append(memory)
    return left, said


def _width(memory: Memory) -> int:
    return _NARROWNESS.get(memory.scope.split(":")[0], 1)


def _why_not(memory: Memory, settings: Settings, agent: Agent | None) -> str:
    """Why a kept memory is out whatever the budget; empty: it may be in."""
    layer, _, name = memory.scope.partition(":")
    if memory.state is not State.KEPT:
        return "in the trash"
    if memory.excluded:
        return "excluded"
    if memory.superseded_by:
        return f"superseded by {memory.superseded_by}"
    if layer == "agent" and name != agent:
        return f"for {name} only"
    if settings.injects(memory.type) is InjectWhen.NEVER:
        return f"{memory.type} is set to never"
    return ""


def _is_auto(memory: Memory, settings: Settings) -> bool:
    # What an agent asked to remember would be its own words to the next session, what
    # came from elsewhere somebody else's, what reads like an instruction anybody's:
    # no switch takes them, a person does.
    asked = memory.rule == BY_HAND and memory.trust is not Trust.USER
    theirs = memory.rule in IMPORTED or memory.trust is Trust.SHARED
    if memory.rule == TEAM:
        return settings.team_inject == "auto" and not memory.superseded_by
    return not (asked or theirs or memory.superseded_by) and (
        settings.injects(memory.type) is InjectWhen.AUTO
        and memory.confidence >= settings.auto_confidence
        and not reads_like_an_order(memory)
    )


def _in_order(pins: list[Memory]) -> list[Ranked]:
    last = len(pins) + max((p.pin_order or 0 for p in pins), default=0)
    pins.sort(key=lambda m: (m.pin_order or last, _width(m), m.at, m.id))
    return [
        Ranked(
            memory=memory,
            section=Section.PINNED,
            rank=1.0,
            reason=f"pinned by you, place {place}"
            if memory.scope == "project"
            else f"pinned, {memory.scope}",
        )
        for place, memory in enumerate(pins, 1)
    ]


def _ranked(memory: Memory, work: Work, settings: Settings) -> Ranked:
    kind = settings.type_of(memory.type)
    fade = 1.0
    if kind.half_life_days:
        known_true = max(memory.at, memory.confirmed_at or 0)
        fade = kind.fading(work.newest_at // DAY_MS - known_true // DAY_MS)
    relevance, why = _relevance(memory, work)
    if not why:
        why = _standing(memory, kind.rung, fade)
    section = Section.KEPT
    if memory.state is State.CANDIDATE:
        section = Section.UNREVIEWED
        why = f"auto, confidence {memory.confidence:.2f}"
        if memory.rule == TEAM:
            section, why = Section.TEAM, "shared by the team, pulled by you"
    return Ranked(
        memory=memory,
        section=section,
        rank=kind.weight * relevance * fade,
        reason=why,
    )


def _relevance(memory: Memory, work: Work) -> tuple[float, str]:
    """How much it has to do with the work at hand, and in which way most."""
    factor, why = 1.0, ""
    if len(_title_words(memory.title) & work.words) >= 2:
        factor, why = factor * SAME_WORDS, "words of recent work"
    if memory.branch and memory.branch == work.branch:
        factor, why = factor * SAME_BRANCH, "this branch"
    if work.files.intersection(memory.files):
        factor, why = factor * SAME_FILES, "files of recent work"
    return factor, why


def _standing(memory: Memory, rung: Rung, fade: float) -> str:
    sessions = len({e.session for e in memory.evidence})
    if rung is Rung.PERMANENT or fade == 1.0:
        word = "lasting" if rung is Rung.PERMANENT else f"{rung}, fresh"
        return f"{word}, {sessions} sessions" if sessions > 1 else word
    return f"{rung}, fading {fade:.2f}"


@lru_cache(maxsize=4_096)  # a title is asked for by every branch
def _title_words(title: str) -> frozenset[str]:
    return words_of([title])


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Words of four letters and more, in any case."""
    return frozenset(w.casefold() for text in texts for w in _WORD.findall(text))


def cut_of(memory: Memory, reason: str, settings: Settings) -> Cut:
    """A memory that is not told, and why."""
    return Cut(
        id=memory.id, reason=reason, memory=memory, item_limit=settings.item_limit
    )
