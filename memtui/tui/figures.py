"""What the store holds, in figures, and the lines that show them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from memtui.compress.money import dollars
from memtui.model import Session, SessionKind
from memtui.search.grammar import parse
from memtui.store.compress.ledger import Totals
from memtui.store.queries import Anchor, Counts, StoreView, View
from memtui.tui import format as words
from memtui.tui.desk import Desk
from memtui.tui.format import AGENT_WORDS, DAY_MS, figure, fit, local, plural
from memtui.tui.glyphs import kind_of, word_of
from memtui.tui.lines import Line, ends
from memtui.tui.look import Look
from memtui.tui.widgets.detail import heading

WEEKS: Final = 26
SIDE_TERMINAL: Final = 56
"""Cells below which the figures stand closer."""
LEGEND: Final = 22
"""Cells of the sizes of squares below the heat map."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the screen draws."""

    counts: Counts
    stats: dict[str, Any]
    types: Sequence[tuple[str, int]]
    turns: dict[tuple[int, int], int]
    """Turns by (week from the left, weekday)."""
    last: dict[str, int]
    """When each agent was last active."""
    sessions: int
    """Without the subagents' own, as the agents' figures below have it."""
    gone: int
    """Sessions whose file is gone."""
    same: int
    """Pairs of projects that may be one."""
    ledger: Totals
    """What models were asked, in every project."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the screen: what is drawn, and where Enter leads."""

    id: str
    draw: Callable[[int], list[Line]]
    leads: tuple[str, str] = ("", "")
    """Screen and query, or ``faults``; nothing where there is no list of it."""
    first: bool = False
    """The first of its section that leads anywhere."""


def read_figures(view: StoreView, desk: Desk, now: int) -> Figures:
    """Everything in the scope, counted."""
    sessions = list(_sessions(view, View(project=desk.project_id, hidden=True)))
    today = local(now).date()
    monday = today.toordinal() - today.weekday() - 7 * (WEEKS - 1)
    turns: Counter[tuple[int, int]] = Counter()
    last: dict[str, int] = {}
    for session in sessions:
        for day, count in _days_of(view, session, monday).items():
            if day >= 0:
                turns[divmod(day, 7)] += count
        last[session.agent] = max(last.get(session.agent, 0), session.ended_at)
    types = []
    for name in desk.settings.types:
        count = view.count(parse(f"type:{name}", now_ms=now), desk.view, cap=10_000_000)
        types.append((name, count))
    return Figures(
        counts=view.counts(desk.project_id, weights=desk.weights),
        stats=view.stats(),
        types=[pair for pair in types if pair[1]],
        turns=dict(turns),
        last=last,
        sessions=sum(s.kind is not SessionKind.SUBAGENT for s in sessions),
        gone=sum(1 for s in sessions if s.source_gone),
        same=len(view.same_projects()),
        ledger=view.ledger_totals(),
    )


def _days_of(view: StoreView, session: Session, monday: int) -> Counter[int]:
    """A session's turns by day, counted from ``monday``; most are over in one."""

    def day_of(at: int) -> int:
        return local(at).date().toordinal() - monday

    last = day_of(session.ended_at)
    if last < 0 or day_of(session.started_at) == last:
        return Counter({last: session.turns})
    times = view.turn_times(session)
    return Counter(last if at is None else day_of(at) for at in times)


def _sessions(view: StoreView, shown: View) -> Iterable[Session]:
    before: Anchor | None = None
    while True:
        page = view.sessions(view=shown, before=before, limit=1_000)
        yield from page
        if len(page) < 1_000:
            return
        before = Anchor.of(page[-1])


def _heat(figures: Figures, width: int, look: Look) -> list[Line]:
    """A square per day, its size the number of turns."""
    weeks = min(WEEKS, (width - 5) // 2)
    skip = WEEKS - weeks
    most = max(figures.turns.values(), default=0)
    lines = [
        ends(
            width,
            [("Turns per day", "bold muted")],
            [(f"{weeks} weeks, local time", "faint")],
        )
    ]
    lines.append([("     " + _months(look.now(), weeks), "faint")])
    for weekday, name in enumerate(_DAYS):
        row = "".join(
            _level(figures.turns.get((week, weekday), 0), most, look) + " "
            for week in range(skip, WEEKS)
        )
        lines.append([(f"{name}  ", "faint"), (row.rstrip(), "primary")])
    marks = " ".join(look.glyphs.heat[1:])
    busiest = ""
    if most:
        week, weekday = max(figures.turns, key=lambda key: figures.turns[key])
        today = local(look.now())
        back = (WEEKS - 1 - week) * 7 + today.weekday() - weekday
        noon = today.replace(hour=12) - timedelta(days=back)  # whatever the clock did
        at = int(noon.timestamp() * 1000)
        day = words.short_date(at, look.now())
        busiest = f"    busiest {day}, {figure(most)}"
        if LEGEND + len(busiest) > width:
            busiest = f"   {figure(most)} on {day}"
    lines.append(
        [("     less ", "faint"), (marks, "primary"), (f" more{busiest}", "faint")]
    )
    return lines


def _level(count: int, most: int, look: Look) -> str:
    if not count:
        return look.glyphs.heat[0]
    return look.glyphs.heat[1 + min(3, count * 4 // (most + 1))]


def _months(now: int, weeks: int) -> str:
    line = [" "] * (weeks * 2)
    before = ""
    for week in range(weeks):
        name = local(now - (weeks - 1 - week) * 7 * DAY_MS).strftime("%b")
        if name != before and (week or before) and week * 2 + 3 <= len(line):
            line[week * 2 : week * 2 + 3] = name
        before = name
    return "".join(line).rstrip()


def shapes(figures: Figures, look: Look) -> list[Entry]:
    """The heat map and the types; each type leads to its memories."""
    blank = Entry("blank", lambda _: [[]])
    entries = [
        blank,
        Entry("heat", lambda width: _heat(figures, width, look)),
        Entry("types", lambda _: [[], heading("Memories by type")]),
    ]
    most = max((count for _, count in figures.types), default=1)
    for number, (name, count) in enumerate(figures.types):
        entries.append(
            Entry(
                f"type {name}",
                partial(_type, name, count, most, look),
                ("timeline", f"type:{name}"),
                first=number == 0,
            )
        )
    return entries


def _type(name: str, count: int, most: int, look: Look, width: int) -> list[Line]:
    kind = kind_of(name, look.types)
    bar = look.glyphs.heavy * max(1, round(count / most * (width - 22)))
    return [
        [
            (f"{look.glyphs.of_type(kind)} ", kind.role),
            (fit(word_of(name, look.types), 10), "muted"),
            (fit(figure(count), 7, right=True) + "  ", ""),
            (bar, "primary"),
        ]
    ]


def decided(figures: Figures, look: Look) -> list[Entry]:
    """Figures in words; those that are a filter lead to what they count."""
    return [
        Entry("decided", lambda _: [[], heading("What was decided")]),
        *_states(figures),
        Entry("agents", lambda _: [[], heading("Agents")]),
        *_agents(figures, look),
        Entry("storage", lambda _: [[], heading("Storage and reading")]),
        *_storage(figures),
        *_ledger(figures.ledger),
    ]


def _ledger(asked: Totals) -> list[Entry]:
    """What models were asked; nothing where none ever was."""
    if not asked.requests:
        return []
    said = f"{figure(asked.tokens_in)} tokens read, {figure(asked.tokens_out)} written"
    decided = f"{figure(asked.accepted)} accepted, {figure(asked.rejected)} rejected"
    return [
        Entry("models", lambda _: [[], heading("Asked of models")]),
        _row("paid", dollars(asked.cost), plural(asked.requests, "request")),
        _row("tokens", asked.tokens_in + asked.tokens_out, said),
        _row("proposed", asked.proposals, decided, ("curate", ""), first=True),
    ]


def _states(figures: Figures) -> list[Entry]:
    counts = figures.counts
    return [
        _row("kept", counts.kept, f"{figure(counts.pinned)} pinned",
             ("timeline", "is:kept"), first=True),
        _row("in the inbox", counts.inbox, f"{figure(counts.backlog)} in the backlog",
             ("curate", "")),
        _row("pruned", counts.trash, "", ("timeline", "is:trash")),
        _row("excluded", counts.excluded, "", ("timeline", "is:excluded")),
        _row("superseded", counts.superseded, "", ("timeline", "is:superseded")),
    ]  # fmt: skip


def _agents(figures: Figures, look: Look) -> list[Entry]:
    entries: list[Entry] = []
    for agent, name in AGENT_WORDS.items():
        known = figures.stats["by_agent"].get(agent)
        if known is None and agent not in figures.last:
            continue
        last = figures.last.get(agent)
        ago = f", last {words.age(last, look.now())} ago" if last else ""
        entries.append(
            _row(
                name,
                (known or {}).get("sessions", 0),
                f"sessions{ago}",
                ("sessions", f"agent:{agent}"),
                first=not entries,
            )
        )
    return entries


def _storage(figures: Figures) -> list[Entry]:
    stats = figures.stats
    read, held, faults = stats["raw_bytes"], stats["store_bytes"], stats["faults"]
    share = f"for {words.size(read)} read" if read else ""
    if 0 < held < read:
        share += f", {100 * held // read} %"
    projects = plural(stats["projects"], "project")
    leads = ("faults", "") if faults else ("", "")
    role = "warning" if faults else ""
    twice = [
        _row("seen twice", figures.same, "may be one, enter decides", ("same", ""),
             role="accent"),
    ]  # fmt: skip
    return [
        _row("store", words.size(held), share),
        _row("records", stats["records"], f"in {projects}"),
        *(twice if figures.same else []),
        _row("only here now", figures.gone, "their file is gone"),
        _row("faults", faults, "! lists them" if faults else "", leads, role=role,
             first=bool(faults)),
    ]  # fmt: skip


def _row(
    name: str,
    value: int | str,
    note: str,
    leads: tuple[str, str] = ("", ""),
    *,
    role: str = "",
    first: bool = False,
) -> Entry:
    def draw(width: int) -> list[Line]:
        wide = width >= SIDE_TERMINAL
        shown = value if isinstance(value, str) else figure(value)
        line: Line = [
            (fit(name, 18 if wide else 13), "muted"),
            (fit(shown, 9 if wide else 7, right=True), role),
            (f"{'   ' if wide else '  '}{note}", "faint"),
        ]
        return [line]

    return Entry(name, draw, leads, first=first)
