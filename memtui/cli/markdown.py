"""A session as Markdown: what was said in full, what was run in brief."""

import re
from collections.abc import Iterator

from memtui.cli.lines import local_time
from memtui.install.marks import within
from memtui.masking import safe, safe_line
from memtui.model import RecordKind, Session
from memtui.records import Record, Turn
from memtui.store.queries import StoreView

_MARKUP = re.compile(r"([\\\[\]<>`*&|]|(?<!\w)_|_(?!\w))")
TURNS_AT_ONCE = 50
OUTPUT_LINES = 20
"""Lines of a tool's output that are printed; the rest is counted."""


def session_as_markdown(view: StoreView, session: Session) -> Iterator[str]:
    """Pieces of one Markdown document, in order."""
    yield _head(session)
    for turn in each_turn(view, session):
        yield from _turn(turn)


def each_turn(view: StoreView, session: Session) -> Iterator[Turn]:
    """Every turn of a session, asked of the store a window at a time."""
    for first in range(0, view.last_turn(session.id) + 1, TURNS_AT_ONCE):
        middle = first + TURNS_AT_ONCE // 2
        yield from view.turns(session.id, around=middle, limit=TURNS_AT_ONCE)


def _head(session: Session) -> str:
    project = session.project.name if session.project else "no project"
    about = (session.agent, project, session.branch, local_time(session.started_at))
    facts = ", ".join(part for part in about if part.strip())
    title = as_words(safe_line(session.title)) or "Session"
    return f"# {title}\n\n{as_words(safe_line(facts))}\n"


def as_words(line: str) -> str:
    """A line in which nothing is markup: neither a tag nor a link nor emphasis."""
    return _MARKUP.sub(r"\\\1", line)


def _turn(turn: Turn) -> Iterator[str]:
    yield f"\n## Turn {turn.number}\n"
    for record in turn.records:
        if piece := _piece(record):
            yield f"\n{piece}\n"


def _piece(record: Record) -> str:
    text = safe(record.text).strip()
    match record.kind:
        case RecordKind.PROMPT:
            quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
            return f"**You**\n\n{quoted}"
        case RecordKind.RESPONSE:
            return within(text)
        case RecordKind.SUMMARY:
            return f"**Summary**\n\n{within(text)}"
        case RecordKind.TOOL_USE:
            what = record.command or " ".join((*record.writes, *record.reads))
            return f"`{_inline(record.tool_name)}` {_code(safe_line(what))}".rstrip()
        case RecordKind.TOOL_RESULT:
            return _fenced(safe(record.patch) if record.patch else text)
    return ""


def _inline(text: str) -> str:
    return safe_line(text).replace("`", "'")


def _code(text: str) -> str:
    if not text:
        return ""
    ticks = "`" * (_longest_run(text) + 1)
    return f"{ticks} {text} {ticks}" if "`" in text else f"`{text}`"


def _fenced(text: str) -> str:
    if not text:
        return ""
    lines = text.splitlines()
    shown = "\n".join(lines[:OUTPUT_LINES])
    more = len(lines) - OUTPUT_LINES
    tail = f"\n… {more:,} more lines" if more > 0 else ""
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}\n{shown}{tail}\n{fence}"


def _longest_run(text: str) -> int:
    longest = run = 0
    for char in text:
        run = run + 1 if char == "`" else 0
        longest = max(longest, run)
    return longest
