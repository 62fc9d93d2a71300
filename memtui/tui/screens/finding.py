"""What the search screen reads, counts and offers to narrow by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from memtui.clean import clean_line
from memtui.model import Agent, Memory, State
from memtui.search.grammar import PartKind, Query
from memtui.search.marks import snippet
from memtui.search.meaning import Embedder
from memtui.search.reasons import Explanation
from memtui.store.queries import Hit, HitKind, StoreView, View
from memtui.tui.format import AGENT_WORDS, capped, figure
from memtui.tui.lines import Line, ends, paragraph, width_of
from memtui.tui.widgets.frame import WIDE, Bar

MOST: Final = 200
"""Finds that are read and counted."""

Facets = Sequence[tuple[str, str, int]]
"""Query part, word and count of each."""


class FacetLine(Bar):
    """Facets with counts that would narrow; a click adds one."""

    DEFAULT_CSS = "FacetLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="facets")
        self.facets: Facets = ()
        self.is_capped = False
        """There are more finds than were counted."""
        self.offer: Sequence[Line] = ()
        """Said instead, if anything is more important: the first that fits."""

    def lines(self, width: int) -> list[Line]:
        """One line."""
        self._zones.clear()
        if self.offer:
            self.zone(3, width, "take_meant")
            fitting = (line for line in self.offer if width_of(line) + 3 <= width)
            return [[("   ", ""), *next(fitting, self.offer[-1])]]
        if not self.facets:
            return [[]]
        line: Line = [("   narrow ", "faint")]
        at = 10
        more = "+" if self.is_capped else ""
        for field, name, count in self.facets[: 6 if width >= WIDE else 4]:
            text, number = f"  {clean_line(name)}", f" {figure(count)}{more}"
            if at + len(text) + len(number) + 8 > width:
                break  # no half of one
            self.zone(at + 2, len(name), f"narrow({field!r})")
            line += [(text, "muted"), (number, "faint")]
            at += len(text) + len(number)
        return [ends(width, line, [("f more ", "faint")])]


def hits_of(
    view: StoreView,
    query: Query,
    shown: View,
    embedder: Embedder | None,
    *,
    by_time: bool,
) -> list[Hit]:
    """Newest first while one types, best first after that."""
    if query.is_empty:
        return []
    if query.patterns and not query.has_text:
        return view.search(query, shown, limit=MOST)
    if not query.has_text:
        rows = view.memories(query, shown, limit=MOST)
        return [_as_hit(row, query) for row in rows]
    if not by_time:
        best = view.search(query, shown, limit=MOST, embedder=embedder)
        if best:
            return best
    # the beginning of a word finds it, however long one rests there
    return view.search_typing(query, shown, limit=MOST)


def _as_hit(memory: Memory, query: Query) -> Hit:
    return Hit(
        kind=HitKind.MEMORY,
        at=memory.at,
        score=0.0,
        session=memory.session,
        title=snippet(memory.title, query),
        snippet=snippet(memory.body, query),
        session_title=memory.session_title,
        memory=memory,
        project=memory.project.name if memory.project else "",
        agent=memory.agent or "",
    )


def facets_of_hits(found: Sequence[Hit]) -> list[tuple[str, str, int]]:
    """What would narrow the finds, the most telling first."""
    types = Counter(hit.memory.type for hit in found if hit.memory is not None)
    agents = Counter(hit.agent for hit in found if hit.agent in list(Agent))
    projects = Counter(hit.project for hit in found if hit.project)
    kept = sum(
        1 for h in found if h.memory is not None and h.memory.state is State.KEPT
    )
    facets = [(f"type:{name}", name, count) for name, count in types.most_common(3)]
    if len(agents) > 1:
        facets += [
            (f"agent:{agent}", AGENT_WORDS[Agent(agent)], count)
            for agent, count in agents.most_common(2)
        ]
    if 0 < kept < len(found):
        facets.append(("is:kept", "is:kept", kept))
    if len(projects) > 1:
        facets += [
            (f'project:"{n}"' if " " in n else f"project:{n}", n, c)
            for n, c in projects.most_common(2)
        ]
    return facets


def counted(found: Sequence[Hit]) -> str:
    """``23 memories, 204 turns``; each with a plus where there are more."""
    if not found:
        return ""
    remembered = sum(1 for hit in found if hit.memory is not None)
    said = len(found) - remembered
    most = 0 if len(found) >= MOST else len(found) + 1
    memories = capped(remembered, most, "memory", "memories")
    return f"{memories}, {capped(said, most, 'turn')}"


def with_meant(query: Query, meant: Mapping[str, Sequence[str]]) -> str:
    """The query's text with the likeliest word for each that stands nowhere."""
    text = query.text
    for part in reversed(query.parts):
        typed = text[part.start : part.end]
        word = typed.removeprefix("-") if part.negated else typed
        if part.kind in (PartKind.WORD, PartKind.FILTER) and word in meant:
            at = part.end - len(word)
            text = text[:at] + meant[word][0] + text[part.end :]
    return text


def nothing_near(query: Query, meant: Mapping[str, Sequence[str]]) -> Line:
    """``Nothing matches leese. Did you mean lease?  tab takes it``; or no line."""
    if not meant:
        return []
    near = ", ".join(words[0] for words in meant.values())
    text = f"Nothing matches {clean_line(query.text.strip())}. Did you mean {near}?  "
    return [(text, ""), ("tab", "bold primary"), (" takes it", "muted")]


def offered(meant: Mapping[str, Sequence[str]], *, editing: bool) -> list[Line]:
    """``leese stands nowhere. Did you mean lease?  tab takes it``; and shorter."""
    words = ", ".join(clean_line(word) for word in meant)
    stand = "stands" if len(meant) == 1 else "stand"
    near = ", ".join(near[0] for near in meant.values())
    keys: Line = [("tab", "bold primary"), (" takes it", "muted")]
    if not editing:
        keys = [("/", "bold primary"), (" then ", "muted"), *keys]
    asked = f"Did you mean {near}?  "
    return [
        [(f"{words} {stand} nowhere. {asked}", ""), *keys],
        [(asked, ""), *keys],
        [(f"{near}?  ", ""), *keys],
    ]


def why_lines(told: Explanation, place: int | None, width: int) -> list[Line]:
    """Why the find at a place is there, then what the query was taken for."""
    lines: list[Line] = []
    if place is not None:
        lines += [*paragraph(clean_line(told.whys[place].line()), width), []]
    for text in told.lines():
        lines += paragraph(clean_line(text), width, "muted")
    return lines
