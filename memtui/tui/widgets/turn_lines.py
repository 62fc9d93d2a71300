"""Turns of a session as lines: who speaks, what was said, tools folded to a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from memtui.clean import clean_line
from memtui.masking import safe, safe_line
from memtui.model import Agent, RecordKind, Tool
from memtui.records import Record, Turn
from memtui.search.grammar import Query
from memtui.search.marks import spans
from memtui.tui.format import AGENT_WORDS, clock, cut, plural, tail, wrap
from memtui.tui.lines import Line, ends, marked
from memtui.tui.look import Look

SHOWN: Final = 64 * 1024
"""Characters of one message that are drawn; the pager has the rest."""


class Level(IntEnum):
    """How much of a session is drawn; ``-`` and ``=`` walk it."""

    PROMPTS = 0
    REPLIES = 1
    TOOLS = 2
    THINKING = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a session that the cursor can stand on."""

    id: str
    turn: int
    record: Record
    result: Record | None = None
    """What the tool answered."""
    first: bool = False
    """A speaker line stands above it."""
    speaker: str = ""


_SPOKEN: Final = (RecordKind.PROMPT, RecordKind.RESPONSE, RecordKind.SUMMARY)


def blocks_of(turn: Turn, agent: Agent | None, level: Level) -> Iterator[Block]:
    """The blocks of a turn that a level shows."""
    results = {
        r.call: r for r in turn.records if r.kind is RecordKind.TOOL_RESULT and r.call
    }
    speaking = ""
    for record in turn.records:
        if not _is_shown(record, level):
            continue
        who = "you" if record.kind is RecordKind.PROMPT else _agent(agent)
        result = (
            results.get(record.call) if record.kind is RecordKind.TOOL_USE else None
        )
        key = f"{record.native_id}/{record.part}"
        yield Block(key, turn.number, record, result, who != speaking, who)
        speaking = who


def _agent(agent: Agent | None) -> str:
    return AGENT_WORDS[agent] if agent else "agent"


def _is_shown(record: Record, level: Level) -> bool:
    if record.kind is RecordKind.PROMPT:
        return True
    if record.kind in _SPOKEN:
        return level >= Level.REPLIES
    if record.kind is RecordKind.THINKING:
        return level >= Level.TOOLS
    return record.kind is RecordKind.TOOL_USE and level >= Level.TOOLS


def block_lines(
    block: Block, width: int, look: Look, *, open_: bool, query: Query | None = None
) -> list[Line]:
    """The lines of a block; ``open_`` unfolds a tool call or a thought."""
    lines: list[Line] = []
    record = block.record
    if block.first:
        at = f"  {clock(record.at)}" if record.at is not None else ""
        role = "bold primary" if block.speaker == "you" else "bold secondary"
        right: Line = [(f"turn {block.turn}{at}", "muted")]
        lines += [[], ends(width, [(block.speaker, role)], right)]
    if record.kind is RecordKind.TOOL_USE:
        return lines + _tool(block, width, look, query, open_=open_)
    if record.kind is RecordKind.THINKING:
        return lines + _thinking(record, width, look, query, open_=open_)
    if record.kind is RecordKind.SUMMARY:
        lines.append([("summary", "bold muted")])
    return lines + _text(record.text, width, query)


def _text(text: str, width: int, query: Query | None, role: str = "") -> list[Line]:
    shown = safe(text[:SHOWN]).strip("\n")
    lines: list[Line] = []
    for part in wrap(shown, width):
        lines.append(
            marked(part, spans(part, query), role) if query else [(part, role)]
        )
    if len(text) > SHOWN:
        lines.append(
            [
                (f"{len(text):,} characters, first 64 KB shown.  ", "muted"),
                ("|", "bold primary"),
                (" opens the pager", "muted"),
            ]
        )
    return lines


def _thinking(
    record: Record, width: int, look: Look, query: Query | None, *, open_: bool
) -> list[Line]:
    glyph = look.glyphs.unfolded if open_ else look.glyphs.folded
    head: Line = [(f"{glyph} ", "faint"), ("thinking", "italic muted")]
    if not open_:
        return [[*head, ("   hidden, enter shows it", "faint")]]
    return [head, *_text(record.text, width, query, "muted")]


def _tool(
    block: Block, width: int, look: Look, query: Query | None, *, open_: bool
) -> list[Line]:
    record, result = block.record, block.result
    glyph = look.glyphs.unfolded if open_ else look.glyphs.folded
    name = clean_line(record.tool_name or "tool")
    outcome, role = _outcome(record, result)
    room = max(8, width - len(name) - len(outcome) - 6)
    what = _what(record, room)
    line: Line = [(f"{glyph} ", "faint"), (f"{name} ", "bold muted"), (what, "muted")]
    line.append((f"   {outcome}", role))
    if not open_:
        return [line]
    lines: list[Line] = [line]
    patch = (result.patch if result else "") or record.patch
    if patch:
        lines += _patch(patch, width)
    elif record.command:
        lines += [
            [("  ", ""), (part, "muted")]
            for part in wrap(safe(record.command), width - 2)
        ]
    if result is not None and not patch:
        body = safe(result.text[:SHOWN]).strip("\n")
        for part in wrap(body, width - 2):
            said = marked(part, spans(part, query), "faint") if query else None
            lines.append([("  ", ""), *(said or [(part, "faint")])])
    return lines


def _what(record: Record, room: int) -> str:
    if record.command:
        return cut(safe_line(record.command), room)
    files = record.writes or record.reads
    if files:
        return tail(clean_line(files[0]), room)
    return cut(safe_line(record.text), room)


def _outcome(record: Record, result: Record | None) -> tuple[str, str]:
    if result is None:
        return "", "faint"
    patch = result.patch or record.patch
    if patch and not result.failed:
        rows = patch.splitlines()
        plus = sum(row.startswith("+") for row in rows)
        minus = sum(row.startswith("-") for row in rows)
        return f"+{plus} -{minus}", "faint"
    lines = result.text.count("\n") + 1 if result.text.strip() else 0
    word = "failed" if result.failed else "ok"
    role = "error" if result.failed else "faint"
    if record.tool is Tool.READ and not result.failed:
        return plural(lines, "line"), "faint"
    return (f"{word}, {plural(lines, 'line')}" if lines else word), role


def _patch(patch: str, width: int) -> list[Line]:
    lines: list[Line] = []
    for row in safe(patch).splitlines():
        sign = row[:1]
        role = {"+": "success on added-row", "-": "error on removed-row"}.get(
            sign, "muted"
        )
        if row.startswith("@@"):
            role = "faint"
        text = cut(row.expandtabs(4), width - 2)
        pad = " " * max(0, width - 2 - len(text)) if sign in "+-" else ""
        lines.append([("  ", ""), (text + pad, role)])
    return lines
