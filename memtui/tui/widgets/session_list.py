"""Sessions as rows under their days, subagents below the one that started them."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from memtui.clean import clean_line
from memtui.model import Session, SessionKind
from memtui.tui.format import AGENT_CODES, age, cut, day_name, fit, local, short_date
from memtui.tui.lines import Line, width_of
from memtui.tui.look import look_of
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

PROJECT: Final = 10
WEEK: Final = 7
WIDE: Final = 70
"""Columns from which on a row says that its file is gone."""


class SessionList(LineList[Session]):
    """Title, project, agent code, turns, age."""

    def id_of(self, row: Session) -> str:
        """The agent and its native id."""
        return f"{row.agent}/{row.id}"

    def draw_row(self, row: Session, width: int, *, marked: bool) -> list[Line]:
        """One line."""
        look = look_of(self)
        child = row.kind is SessionKind.SUBAGENT
        name = clean_line(row.project.name) if row.project else ""
        where = (
            "subagent"
            if child
            else "automated"
            if row.kind is SessionKind.AUTOMATED
            else name
        )
        more = look.glyphs.more
        gone: Line = [(" gone", "faint")] if row.source_gone and width >= WIDE else []
        right: Line = [
            *gone,
            (" " + fit(where, PROJECT, more=more), "muted"),
            (" " + AGENT_CODES[row.agent], "faint"),
            (fit(f"{row.turns:,}", 5, right=True), "muted"),
            (fit(age(row.ended_at, look.now()), 5, right=True) + " ", "faint"),
        ]
        lead: Line = [(f"{look.glyphs.child} ", "faint")] if child else []
        room = width - width_of(lead) - width_of(right)
        title = clean_line(row.title) or "Untitled"
        return [
            [*lead, (fit(title, room, more=more), "muted" if child else ""), *right]
        ]

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """The day, a faint rule."""
        name = str(section.data)
        rule = max(0, width - len(name) - 2)
        glyph = look_of(self).glyphs.rule
        return [
            [
                (cut(name, width), "bold muted"),
                (" ", ""),
                (glyph * rule, "hairline-faint"),
                (" ", ""),
            ]
        ]


def best_first(rows: Sequence[Session]) -> list[Section]:
    """One section: what was looked for has an order of its own."""
    return [Section(("best", 0), "Best first", 1, len(rows))] if rows else []


def by_day(rows: Sequence[Session], now: int) -> list[Section]:
    """Sections by the day a session ended; children stay with their parent."""
    days: list[str] = []
    for row in rows:
        child = row.kind is SessionKind.SUBAGENT and days
        days.append(days[-1] if child else _day(row.ended_at, now))
    sections = []
    for number, (name, some) in enumerate(groupby(days)):
        sections.append(Section((name, number), name, 1, len(list(some))))
    return sections


def _day(at: int, now: int) -> str:
    """``Today``, a date of this week, ``Last week``, a month."""
    if name := day_name(at, now):
        return name
    days = (local(now).date() - local(at).date()).days
    if days < WEEK:
        return short_date(at, now)
    if days < 2 * WEEK:
        return "Last week"
    return local(at).strftime("%B %Y")
