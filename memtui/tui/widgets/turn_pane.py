"""A turn between its neighbours, hits underlined: the detail of a find."""

from collections.abc import Sequence
from dataclasses import dataclass

from memtui.clean import clean_line
from memtui.model import Agent
from memtui.records import Turn
from memtui.search.grammar import Query
from memtui.store.queries import Hit
from memtui.tui.format import AGENT_WORDS
from memtui.tui.lines import Line
from memtui.tui.look import Look
from memtui.tui.widgets.turn_lines import Level, block_lines, blocks_of


@dataclass(frozen=True, slots=True)
class TurnView:
    """A find and the turns round it."""

    hit: Hit
    turns: Sequence[Turn]
    number: int


def turn_view_lines(view: TurnView, width: int, look: Look, query: Query) -> list[Line]:
    """Session title, the turn of the find whole, its neighbours folded."""
    hit = view.hit
    agent = Agent(hit.agent) if hit.agent in list(Agent) else None
    word = AGENT_WORDS[agent] if agent else ""
    where = "  ".join(part for part in (clean_line(hit.project), word) if part)
    title = clean_line(hit.session_title) or "Untitled"
    lines: list[Line] = [[(title, "bold foreground")], [(where, "muted")]]
    for turn in view.turns:
        mine = turn.number == view.number
        for block in blocks_of(turn, agent, Level.TOOLS):
            record = hit.record
            found = (
                record is not None and block.id == f"{record.native_id}/{record.part}"
            )
            answered = (
                record is not None
                and block.result is not None
                and (block.result.native_id == record.native_id)
            )
            drawn = block_lines(
                block,
                width,
                look,
                open_=found or answered,
                query=query if mine else None,
            )
            lines += drawn if mine else [_quiet(line) for line in drawn[:8]]
    return lines


def _quiet(line: Line) -> Line:
    return [
        (text, "muted" if role in ("", "foreground") else role) for text, role in line
    ]
