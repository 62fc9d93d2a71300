"""Memories as rows: by day and session, or flat under their projects."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from memtui.caution import ORDER, reads_like_an_order
from memtui.clean import clean_line
from memtui.model import Memory, Project, State
from memtui.store.queries import Group
from memtui.tui.format import (
    AGENT_CODES,
    AGENT_WORDS,
    TRUST_WORDS,
    age,
    clock,
    cut,
    date,
    day_name,
    fit,
    tail,
)
from memtui.tui.glyphs import kind_of, marks_of, word_of
from memtui.tui.lines import Line, width_of
from memtui.tui.look import Look, look_of
from memtui.tui.widgets.frame import NARROW
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.sections import Section

if TYPE_CHECKING:
    from memtui.tui import alike

LEAST_TITLE: Final = 24
WORD: Final = 10
"""Cells of the type word; ``preference`` fills them."""
ROOMY: Final = 90
"""Cells of a row from which on a caution is said in words."""
PROJECT: Final = 12
FOLDER: Final = 30
"""Cells of the folder that tells two projects of one name apart."""
SIDE_TERMINAL: Final = 57
"""Cells behind the gutter, of 60 columns, below which type word and time go."""
HEAD_OF_FIRST_DAY: Final = 2
"""Lines of a session's header with its day's rule above it."""
HEAD_OF_DAY: Final = 3
"""The same with a blank line between the days."""


class PlainHead(NamedTuple):
    """A bold title with a muted figure at the right."""

    title: str
    right: str
    spaced: bool = False
    """A blank line above it."""


class MemoryList(LineList[Memory]):
    """Memories. ``flat`` shows trust and age, else the clock time."""

    STICKY = True
    MARKS = True

    def __init__(self, *, flat: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.flat = flat
        self.last_column = "trust"
        """``trust``, ``reason``, or ``acted``: when a person decided."""
        self.reasons: Mapping[str, str] = {}
        """Why a row is in the list, in a word."""
        self.named: frozenset[str] = frozenset()
        """Rows that name their project: no header above them does."""

    def id_of(self, row: Memory) -> str:
        """The memory's own id."""
        return row.id

    def draw_row(self, row: Memory, width: int, *, marked: bool) -> list[Line]:
        """One line: time, glyph, word, title, states; or trust and age at its end."""
        look = look_of(self)
        line = [*self._lead(row, width, look)]
        right = self._right(row, width, look)
        if row.id in self.named and width >= SIDE_TERMINAL:
            name = clean_line(row.project.name) if row.project else ""
            right.insert(0, ("  " + fit(name, PROJECT, more=look.glyphs.more), "muted"))
        if row.state is State.CANDIDATE and reads_like_an_order(row):
            right.insert(0, (f"  {_caution(width, look)}", "warning"))
        room = width - width_of(line) - width_of(right)
        title = fit(clean_line(row.title), room, more=look.glyphs.more)
        return [[*line, (title, ""), *right]]

    def _lead(self, row: Memory, width: int, look: Look) -> Line:
        kind = kind_of(row.type, look.types)
        glyph = (look.glyphs.of_type(kind) + " ", kind.role)
        if width < SIDE_TERMINAL:
            return [glyph]
        word = (
            fit(word_of(row.type, look.types), WORD, more=look.glyphs.more) + " ",
            "muted",
        )
        return (
            [glyph, word]
            if self.flat
            else [(clock(row.at) + " ", "faint"), glyph, word]
        )

    def _right(self, row: Memory, width: int, look: Look) -> Line:
        marks = marks_of(row, look.glyphs)
        states: Line = [(" " * max(0, 3 - width_of(marks)), ""), *marks, (" ", "")]
        if not self.flat:
            return states
        at = row.acted_at if self.last_column == "acted" and row.acted_at else row.at
        old = (fit(age(at, look.now()), 4, right=True) + " ", "faint")
        if self.last_column == "acted":
            return [*states[:-1], (" ", ""), old]
        if width < SIDE_TERMINAL:
            return [("  ", ""), old]
        word = TRUST_WORDS[row.trust]
        if self.last_column == "reason":
            word = self.reasons.get(row.id, "")
        elif row.state is not State.CANDIDATE:
            return [*states[:-1], (f" {_before(word, old[0])}", "muted"), old]
        return [(f"  {_before(word, old[0])}", "muted"), old]

    def draw_head(self, section: Section, width: int) -> list[Line]:
        """The session with its day above it, or a project."""
        head = section.data
        if isinstance(head, Group):
            return self._session(head, section.head, width)
        if isinstance(head, PlainHead):
            line = self.head(
                width,
                [(clean_line(head.title), "bold foreground")],
                [(head.right, "muted")],
            )
            return [[], line] if head.spaced else [line]
        return [[]]

    def _session(self, head: Group, height: int, width: int) -> list[Line]:
        look = look_of(self)
        lines: list[Line] = []
        if height >= HEAD_OF_FIRST_DAY:
            lines += [[]] if height == HEAD_OF_DAY else []
            lines.append(day_rule(head.newest_at, width, look))
        where = self._where(head, width, look)
        name = head.title or ("Added by hand" if not head.session else "Untitled")
        lines.append(self.head(width, [(clean_line(name), "bold foreground")], where))
        return lines

    def _where(self, head: Group, width: int, look: Look) -> Line:
        """Project, branch and agent; narrow: the branch goes, then the agent's word."""
        room = width - LEAST_TITLE - 3
        project = clean_line(head.project.name) if head.project else ""
        branch = clean_line(head.branch)
        word = AGENT_WORDS[head.agent] if head.agent else ""
        parts = [(project, "muted"), (cut(branch, 24), "faint"), (word, "faint")]
        if width < SIDE_TERMINAL:
            code = AGENT_CODES[head.agent] if head.agent else ""
            parts = [(cut(project, 12), "muted"), (code, "faint")]
        elif width < NARROW - 10 or sum(len(p) + 2 for p, _ in parts) > room:
            parts = [(cut(project, 20), "muted"), (cut(branch, 14), "faint"), parts[2]]
        shown = [part for part in parts if part[0]]
        line: Line = []
        for part in shown:
            line += [("  ", ""), part] if line else [part]
        return line


def _before(word: str, old: str) -> str:
    """Six cells; a word that needs them all ends where a short age is blank."""
    return fit(fit(word, 6 if old.startswith(" ") else 5), 6)


def _caution(width: int, look: Look) -> str:
    if width < SIDE_TERMINAL:
        return look.glyphs.review
    return ORDER if width >= ROOMY else "instruction?"


def day_rule(at: int, width: int, look: Look) -> Line:
    """``Today Thu 19 November ─────``."""
    now = look.now()
    name = day_name(at, now)
    lead: Line = [(f"{name} ", "bold muted"), (f"{date(at, now)} ", "faint")]
    if not name:
        lead = [(f"{date(at, now)} ", "bold muted")]
    rest = max(0, width - width_of(lead) - 1)
    return [*lead, (look.glyphs.rule * rest, "hairline-faint"), (" ", "")]


def by_project(
    rows: Sequence[Memory],
    what: str,
    order: Sequence[Project] = (),
    best: Sequence[str] = (),
) -> tuple[list[Section], list[Memory]]:
    """Sections of one project each; an act on a row never moves its project.

    Args:
        what: the figure at the right of a header, with ``{n}``.
        best: ids that stand above the projects, in this order.
    """
    known: dict[str, Memory] = {row.id: row for row in rows}
    top = [known[one] for one in best if one in known]
    rows = [row for row in rows if row.id not in best]
    grouped: dict[str, list[Memory]] = {project.id: [] for project in order}
    found: dict[str, Project | None] = {}
    for row in rows:
        key = row.project.id if row.project else ""
        grouped.setdefault(key, []).append(row)
        found[key] = row.project
    names = _told_apart(found)
    sections = []
    if top:
        head = PlainHead("The best so far", what.format(n=f"{len(top):,}"))
        sections.append(Section("best", head, 1, len(top)))
    for key, some in grouped.items():
        if not some:
            continue
        head = PlainHead(names[key], what.format(n=f"{len(some):,}"))
        sections.append(Section(key, head, 1, len(some)))
    return sections, [*top, *(row for some in grouped.values() for row in some)]


def _told_apart(projects: Mapping[str, Project | None]) -> dict[str, str]:
    """A name for each; where two have the same one, the folder that it lies in."""
    names = {key: p.name if p else "no project" for key, p in projects.items()}
    often = Counter(names.values())
    return {
        key: f"{names[key]}  in {tail(str(PurePath(p.path).parent), FOLDER)}"
        if p is not None and p.path and often[names[key]] > 1
        else names[key]
        for key, p in projects.items()
    }


def by_group(groups: "Sequence[alike.Group]") -> tuple[list[Section], list[Memory]]:
    """Sections of what looks alike."""
    sections = []
    for number, group in enumerate(groups):
        key = tuple(sorted(row.id for row in group.rows))
        head = PlainHead(group.words, group.share, spaced=number > 0)
        sections.append(Section(key, head, 2 if number else 1, len(group.rows)))
    return sections, [row for group in groups for row in group.rows]
