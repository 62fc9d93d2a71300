"""Which memories the next session is told, in which order, and why.

Pure and deterministic: no clock, no counter, ages in whole days before the
project's newest record, so that the same store gives the same bytes and a
model's prompt cache holds. The first memory that does not fit ends the list:
nothing less important is pulled up to fill what is left. Where not even the most
important one fits, it is shortened rather than nothing said.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from memtui.inject import render
from memtui.inject.recent import tellable, untold
from memtui.inject.values import (
    Cut,
    Injection,
    Item,
    RecentSession,
    Section,
    Source,
    note_of,
)
from memtui.model import FADED, Agent, Memory, Project, Rung, State, Trust
from memtui.settings import InjectWhen, Settings
from memtui.store.frozen import BY_HAND

DAY_MS: Final = 86_400_000
RECENT_SHARE: Final = 5
"""One part in so many of the room is left to the recent sessions: as many of their
lines as of memories are of use to the session that reads them (measured), and they
alone hold the person's newest words."""
LEAST_UNITS: Final = 60
"""A line that is shortened to less says nothing any more."""
SAME_FILES: Final = 1.6
SAME_BRANCH: Final = 1.3
SAME_WORDS: Final = 1.15
_WORD = re.compile(r"\w{4,}")
_NARROWNESS: Final = {"agent": 0, "project": 1, "group": 2, "global": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    memory: Memory
    section: Section
    rank: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is being worked on where the text will be read."""

    branch: str
    files: frozenset[str]
    words: frozenset[str]
    newest_at: int


def choose(
    memories: Iterable[Memory],
    *,
    budget: int,
    project: Project | None,
    branch: str = "",
    recent_files: Collection[str] = (),
    recent_sessions: Sequence[RecentSession] = (),
    source: Source = Source.STARTUP,
    settings: Settings,
    newest_at: int = 0,
    agent: Agent | None = Agent.CLAUDE_CODE,
) -> Injection:
    """Rank, fit and render.

    Args:
        memories: everything of the place's layers that may be injected, and
            candidates where a type is set to ``auto``.
        budget: UTF-16 units; the ceiling of the settings holds above it.
        project: None: the global layer alone.
        recent_files: what was changed there lately, project-relative.
        recent_sessions: newest first; ``settings.recent_sessions`` are named.
        newest_at: time of the project's newest record; ages count from it.
        agent: who reads it; None: any, so nothing that is for one alone is in.
    """
    name = project.name if project else ""
    blank = Injection(
        text="", export="", project=name, source=source, branch=branch, budget=budget
    )
    if source.text is Source.RESUME:
        return _resumed(blank, settings)
    work = _Work(
        branch=branch,
        files=frozenset(recent_files),
        words=_words(f"{r.named} {r.prompt}" for r in recent_sessions),
        newest_at=newest_at,
    )
    ranked, barred = _sorted_out(memories, work, settings, agent)
    note = note_of(e.section for e in ranked)
    room = _Room(name, note, min(budget, settings.ceiling), settings.ceiling)
    most, listed = settings.recent_sessions, list[RecentSession]()
    if source.text is Source.STARTUP:
        listed = tellable(recent_sessions)
    items, left = _fit(ranked, room, settings, room.share(listed[:most]))
    if items:
        listed = untold(listed, [item.text for item in items])
        items += _fit_recent(listed[:most], room, work, len(items))
    blank = replace(blank, cut=(*left, *barred))
    if not items:
        return blank
    sections = [(s, [i.text for i in items if i.section is s]) for s in Section]
    done = render.text_of(name, sections, note=note_of(item.section for item in items))
    return replace(blank, text=done.text, export=done.export, items=tuple(items))


class _Room:
    """What is left of the budget and of both ceilings."""

    def __init__(self, name: str, note: str, units: int, ceiling: int) -> None:
        self._used = render.frame(name, note)
        self._limit = render.Size(units, ceiling)
        self._open: set[Section] = set()

    def share(self, recent: Iterable[RecentSession]) -> render.Size:
        """What is left to the recent sessions: their lines, or their share of it."""
        lines = [f"\n{render.session_line(s.at, s.prompt, s.files)}" for s in recent]
        if not lines:
            return render.Size(0, 0)
        whole = render.size(f"\n\n{Section.RECENT}{''.join(lines)}")
        return render.Size(
            min(whole.units, self._limit.units // RECENT_SHARE),
            min(whole.bytes, self._limit.bytes // RECENT_SHARE),
        )

    def left(self, section: Section, leaving: render.Size | None) -> int:
        """Units that the first line of a section may have."""
        heading = render.units(f"\n\n{section}\n")
        taken = self._used.units + heading + (leaving.units if leaving else 0)
        return self._limit.units - taken

    def take(
        self, section: Section, line: str, *, leaving: render.Size | None = None
    ) -> bool:
        """Make room for a line; False, and nothing taken, where there is none.

        Args:
            leaving: what must be left behind it.
        """
        wanted = render.size(f"\n{line}")
        if section not in self._open:
            wanted = wanted.plus(render.size(f"\n\n{section}"))
        after = self._used.plus(wanted)
        most = after.plus(leaving) if leaving else after
        if most.units > self._limit.units or most.bytes > self._limit.bytes:
            return False
        self._used = after
        self._open.add(section)
        return True


def _resumed(blank: Injection, settings: Settings) -> Injection:
    if not settings.resume_line:
        return blank
    done = render.text_of(blank.project, (), note=render.RESUME_NOTE)
    return replace(blank, text=done.text, export=done.export)


def _fit(
    ranked: Sequence[_Ranked], room: _Room, settings: Settings, recent: render.Size
) -> tuple[list[Item], list[Cut]]:
    items: list[Item] = []
    for entry in ranked:
        line = render.memory_line(entry.memory, settings.item_limit)
        leaving = None if entry.section is Section.PINNED else recent
        least = 0 if items else room.left(entry.section, leaving)
        reason = entry.reason
        if LEAST_UNITS <= least < render.units(line):
            line = render.memory_line(entry.memory, least)
            reason = f"{reason}, shortened"
        if not room.take(entry.section, line, leaving=leaving):
            break
        items.append(
            Item(
                id=entry.memory.id, rank=len(items) + 1, section=entry.section,
                text=line, reason=reason, memory=entry.memory,
            )
        )  # fmt: skip
    below = ranked[len(items) :]
    return items, [_cut(entry.memory, "does not fit", settings) for entry in below]


def _fit_recent(
    recent: Sequence[RecentSession], room: _Room, work: _Work, rank: int
) -> list[Item]:
    items: list[Item] = []
    for session in recent:
        line = render.session_line(session.at, session.prompt, session.files)
        if not room.take(Section.RECENT, line):
            break
        here = work.branch and session.branch == work.branch
        rank += 1
        items.append(
            Item(
                id=session.id, rank=rank, section=Section.RECENT, text=line,
                reason="recent, this branch" if here else "recent",
            )
        )  # fmt: skip
    return items


def _sorted_out(
    memories: Iterable[Memory], work: _Work, settings: Settings, agent: Agent | None
) -> tuple[list[_Ranked], list[Cut]]:
    """Those that compete for the budget, best first; those a switch keeps out."""
    able: list[Memory] = []
    barred: list[Cut] = []
    for memory in memories:
        if memory.state is State.CANDIDATE:
            if _is_auto(memory, settings):
                able.append(memory)
        elif reason := _why_not(memory, settings, agent):
            barred.append(_cut(memory, reason, settings))
        else:
            able.append(memory)
    able, said = _narrowest(able, settings)
    kept = [_ranked(m, work, settings) for m in able if not m.pinned]
    kept.sort(key=lambda e: (-round(e.rank, 6), -e.memory.at, e.memory.id))
    alive = [entry for entry in kept if entry.rank >= FADED]
    faded = [
        _cut(e.memory, f"faded to {e.rank:.2f}", settings) for e in kept[len(alive) :]
    ]
    # What the person decided goes before what only their setting takes.
    alive.sort(key=lambda entry: entry.section is Section.UNREVIEWED)
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
            said.append(_cut(memory, f"said by {narrower.id}", settings))
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
    # What an agent asked to remember would be its own words to the next session:
    # no switch takes them, a person does.
    asked = memory.rule == BY_HAND and memory.trust is not Trust.USER
    return not (asked or memory.superseded_by) and (
        settings.injects(memory.type) is InjectWhen.AUTO
        and memory.confidence >= settings.auto_confidence
    )


def _in_order(pins: list[Memory]) -> list[_Ranked]:
    last = len(pins) + max((p.pin_order or 0 for p in pins), default=0)
    pins.sort(key=lambda m: (m.pin_order or last, _width(m), m.at, m.id))
    return [
        _Ranked(
            memory=memory,
            section=Section.PINNED,
            rank=1.0,
            reason=f"pinned by you, place {place}"
            if memory.scope == "project"
            else f"pinned, {memory.scope}",
        )
        for place, memory in enumerate(pins, 1)
    ]


def _ranked(memory: Memory, work: _Work, settings: Settings) -> _Ranked:
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
    return _Ranked(
        memory=memory,
        section=section,
        rank=kind.weight * relevance * fade,
        reason=why,
    )


def _relevance(memory: Memory, work: _Work) -> tuple[float, str]:
    """How much it has to do with the work at hand, and in which way most."""
    factor, why = 1.0, ""
    if len(_words([memory.title]) & work.words) >= 2:
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


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(w.casefold() for text in texts for w in _WORD.findall(text))


def _cut(memory: Memory, reason: str, settings: Settings) -> Cut:
    return Cut(
        id=memory.id, reason=reason, memory=memory, item_limit=settings.item_limit
    )
