"""Which memories the next session is told, in which order, and why.

Pure and deterministic: no clock, no counter, ages in whole days before the
project's newest record, so that the same store gives the same bytes and a
model's prompt cache holds. Where they do not all fit, each is told in its first
sentences. The first memory that does not fit then ends the list: nothing less
important is pulled up to fill what is left. Where not even the most important one
fits, it is shortened rather than nothing said.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from memtui.inject import render
from memtui.inject.ranking import Ranked, Work, cut_of, sorted_out, words_of
from memtui.inject.recent import tellable, untold
from memtui.inject.values import (
    NO_ROOM,
    Cut,
    Injection,
    Item,
    RecentSession,
    Section,
    Source,
    note_of,
)
from memtui.model import Agent, Memory, Project
from memtui.search.near import same
from memtui.settings import Settings

RECENT_SHARE: Final = 5
"""One part in so many of the room is left to the recent sessions: as many of their
lines as of memories are of use to the session that reads them (measured), and they
alone hold the person's newest words."""
SHORT_LIMIT: Final = 360
"""Units of one memory where not all of them have room at their full length: more of
them in their first sentences tell a session more than a few long ones (measured)."""
LEAST_UNITS: Final = 60
"""A line that is shortened to less says nothing any more."""


def choose_each(
    memories: Iterable[Memory],
    sources: Iterable[Source],
    *,
    budget: Callable[[Source], int],
    project: Project | None,
    settings: Settings,
    branch: str = "",
    recent_files: Collection[str] = (),
    recent_sessions: Sequence[RecentSession] = (),
    newest_at: int = 0,
    agent: Agent | None = Agent.CLAUDE_CODE,
) -> list[Injection]:
    """Rank once; for each source fit and render.

    Args:
        memories: everything of the place's layers that may be injected, and
            candidates where a type is set to ``auto``.
        budget: UTF-16 units of a source; the ceiling of the settings holds above it.
        project: None: the global layer alone.
        recent_files: what was changed there lately, project-relative.
        recent_sessions: newest first; ``settings.recent_sessions`` are named.
        newest_at: time of the project's newest record; ages count from it.
        agent: who reads it; None: any, so nothing that is for one alone is in.
    """
    name = project.name if project else ""
    work = Work(
        branch=branch,
        files=frozenset(recent_files),
        words=words_of(f"{r.named} {r.prompt}" for r in recent_sessions),
        newest_at=newest_at,
    )
    standing = sorted_out(memories, work, settings, agent)
    texts = []
    for source in sources:
        blank = Injection(
            text="", export="", project=name, source=source, branch=branch,
            budget=budget(source),
        )  # fmt: skip
        if source.text is Source.RESUME:
            texts.append(_resumed(blank, settings))
        else:
            texts.append(_told(blank, standing, recent_sessions, settings))
    return texts


def _told(
    blank: Injection,
    standing: tuple[list[Ranked], list[Cut]],
    recent_sessions: Sequence[RecentSession],
    settings: Settings,
) -> Injection:
    name, (ranked, barred) = blank.project, standing
    note = note_of(e.section for e in ranked)
    most, listed = settings.recent_sessions, list[RecentSession]()
    if blank.source.text is Source.STARTUP:
        listed = tellable(recent_sessions)
    whole = settings.item_limit
    for limit in sorted({whole, min(whole, SHORT_LIMIT)}, reverse=True):
        room = _Room(name, note, min(blank.budget, settings.ceiling), settings.ceiling)
        items, left = _fit(ranked, room, settings, room.share(listed[:most]), limit)
        if not left or left[-1].reason != NO_ROOM:
            break
    if items:
        listed = untold(listed, [item.text for item in items])
        items += _fit_recent(listed[:most], room, blank.branch, len(items))
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
        lines = [f"\n{render.session_line(s.at, s.typed, s.files)}" for s in recent]
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
    ranked: Sequence[Ranked],
    room: _Room,
    settings: Settings,
    recent: render.Size,
    limit: int,
) -> tuple[list[Item], list[Cut]]:
    """The first that fit, pins at full length, and those that are left out."""
    items: list[Item] = []
    said: list[Cut] = []
    for entry in ranked:
        if teller := _said_by(entry, items):
            said.append(cut_of(entry.memory, f"said by {teller}", settings))
            continue
        pinned = entry.section is Section.PINNED
        line = render.memory_line(
            entry.memory, settings.item_limit if pinned else limit
        )
        leaving = None if pinned else recent
        if not items and room.left(entry.section, leaving) < LEAST_UNITS:
            leaving = None  # the sessions are worth less than the first memory
        least = 0 if items else room.left(entry.section, leaving)
        reason = entry.reason
        is_too_long = LEAST_UNITS <= least < render.units(line)
        if is_too_long:
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
        if is_too_long:
            break  # nothing less important is told instead of the rest of it
    below = ranked[len(items) + len(said) :]
    return items, [*said, *(cut_of(e.memory, NO_ROOM, settings) for e in below)]


def _said_by(entry: Ranked, items: Iterable[Item]) -> str:
    """Which line above tells what nobody reviewed nearly word for word; '' for none.

    What the person kept is theirs to merge.
    """
    if entry.section is not Section.UNREVIEWED:
        return ""
    said = _text_of(entry.memory)
    return next(
        (i.id for i in items if i.memory and same(said, _text_of(i.memory))), ""
    )


def _text_of(memory: Memory) -> str:
    return f"{memory.title}\n{memory.body}"


def _fit_recent(
    recent: Sequence[RecentSession], room: _Room, branch: str, rank: int
) -> list[Item]:
    items: list[Item] = []
    for session in recent:
        line = render.session_line(session.at, session.typed, session.files)
        if not room.take(Section.RECENT, line):
            break
        here = branch and session.branch == branch
        rank += 1
        items.append(
            Item(
                id=session.id, rank=rank, section=Section.RECENT, text=line,
                reason="recent, this branch" if here else "recent",
            )
        )  # fmt: skip
    return items
