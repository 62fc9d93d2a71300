"""Memories, turns and sessions as plain lines for a person or ``grep``.

The id comes first and the title last, so that nothing has to be cut and the
first word of a line can be handed to the next verb.
"""

import time
from collections.abc import Iterator, Sequence

from memtui.caution import ORDER, reads_like_an_order, unseen
from memtui.cli.amounts import counted
from memtui.cli.objects import first_line, turn_id
from memtui.cli.output import BOLD, QUIET, UNDERLINE, WARN
from memtui.model import Memory, RecordKind, Session, State, Trust
from memtui.records import Turn
from memtui.search.marks import Snippet
from memtui.store.queries import Hit

Parts = Sequence[str | tuple[str, str]]

TRUST_WORDS = {
    Trust.USER: "you",
    Trust.ASSISTANT: "agent",
    Trust.TOOL: "tool",
    Trust.WEB: "web",
    Trust.SHARED: "shared",
}


def local_time(at: int | None) -> str:
    """Minutes in this machine's zone; blank where no time is known."""
    if not at:
        return " " * 16
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at / 1000))


def state_word(memory: Memory) -> str:
    """Where a memory stands, in one word."""
    if memory.state is State.PRUNED:
        return "trash"
    if memory.superseded_by:
        return "superseded"
    if memory.excluded:
        return "excluded"
    if memory.pinned:
        return "pinned"
    return "kept" if memory.state is State.KEPT else "inbox"


def memory_line(memory: Memory, *, with_project: bool) -> Parts:
    """One memory: id, time, state, type, project where it matters, title."""
    place = f"  {memory.project.name if memory.project else '-':<16}"
    return [
        (memory.id, QUIET),
        f"  {local_time(memory.at)}  {state_word(memory):<10}  {memory.type:<12}",
        (place if with_project else "", QUIET),
        "  ",
        (memory.title, BOLD),
        *_badge(memory),
    ]


def _badge(memory: Memory) -> Iterator[tuple[str, str]]:
    if memory.state is State.CANDIDATE and reads_like_an_order(memory):
        yield f"  ({ORDER})", WARN


def session_line(session: Session, *, with_project: bool) -> Parts:
    """One session: id, last time, agent, turns, memories, project, title."""
    place = f"  {session.project.name if session.project else '-':<16}"
    turns = "turn " if session.turns == 1 else "turns"
    memories = "memory  " if session.observations == 1 else "memories"
    counts = f"{session.turns:>5} {turns}  {session.observations:>4} {memories}"
    return [
        (f"{session.id:<36}", QUIET),
        f"  {local_time(session.ended_at)}  {session.agent:<11}  {counts}",
        (place if with_project else "", QUIET),
        "  ",
        (session.title or "(no title)", BOLD),
        ("  file gone, kept here" if session.source_gone else "", QUIET),
        ("  excluded" if session.excluded else "", QUIET),
    ]


def hit_lines(hit: Hit, *, with_project: bool) -> Iterator[Parts]:
    """One find: its line, and below it the words that match, underlined."""
    if hit.memory is not None:
        yield memory_line(hit.memory, with_project=with_project)
    else:
        kind = hit.record.kind if hit.record else ""
        place = f"  {hit.project or '-':<16}" if with_project else ""
        yield [
            (turn_id(hit.session, hit.turn or 0), QUIET),
            f"  {local_time(hit.at)}  {kind:<12}",
            (place, QUIET),
            "  ",
            (hit.session_title, BOLD),
        ]
    if hit.snippet.text:
        yield ["    ", *_marked(hit.snippet)]


def _marked(snippet: Snippet) -> Parts:
    parts: list[str | tuple[str, str]] = []
    done = 0
    for start, end in snippet.spans:
        parts += [snippet.text[done:start], (snippet.text[start:end], UNDERLINE)]
        done = end
    return [*parts, snippet.text[done:]]


def memory_text(memory: Memory, turn: Turn | None) -> Iterator[Parts]:
    """Everything about one memory, for ``show``."""
    yield [(memory.title, BOLD)]
    place = memory.project.name if memory.project else "no project"
    yield [f"{memory.type}, {state_word(memory)}, {place}, scope {memory.scope}"]
    yield from ([(one, WARN)] for one in cautions(memory, turn))
    if memory.body:
        yield [""]
        yield from ([line] for line in memory.body.splitlines())
    for fact in memory.facts:
        yield [f"- {fact}"]
    yield [""]
    for name, value in _about(memory):
        if value:
            yield [(f"{name:<10} ", QUIET), value]
    for item in memory.evidence:
        where = f"{item.session} line {item.line}" if item.line else item.session
        yield [(f"{'evidence':<10} ", QUIET), where]
        yield from ([f"  | {line}"] for line in item.quote.splitlines())
    if turn is not None:
        yield [(f"{'turn':<10} ", QUIET), turn_id(turn.session, turn.number)]


def _about(memory: Memory) -> Iterator[tuple[str, str]]:
    yield "id", memory.id
    yield "at", local_time(memory.at)
    yield "from", TRUST_WORDS[memory.trust]
    known = f"rule {memory.rule}, confidence {memory.confidence:.2f}"
    yield "because", known if memory.rule else ""
    yield "branch", memory.branch
    yield "tags", " ".join(memory.tags)
    yield "files", " ".join(memory.files)
    yield "replaced", f"by {memory.superseded_by}" if memory.superseded_by else ""
    title = f"  {memory.session_title}" if memory.session_title else ""
    agent = f"  ({memory.agent})" if memory.agent else ""
    yield "session", f"{memory.session}{agent}{title}" if memory.session else ""


def cautions(memory: Memory, turn: Turn | None) -> list[str]:
    """What to look at twice in a memory; ``turn`` is the one that it came from."""
    said = [ORDER] if reads_like_an_order(memory) else []
    told = {item.record for item in memory.evidence}
    records = turn.records if turn else ()
    if hidden := unseen(one.text for one in records if one.native_id in told):
        said.append(f"learnt from what holds invisible characters: {hidden}")
    return said


def session_text(session: Session) -> Iterator[Parts]:
    """The head of one session, for ``show``."""
    yield [(session.title or "(no title)", BOLD)]
    place = session.project.name if session.project else "no project"
    yield [f"{session.agent}, {session.kind}, {place} {session.branch}".rstrip()]
    span = f"{local_time(session.started_at)} to {local_time(session.ended_at)}"
    counts = counted(session.turns, "turn"), counted(session.observations, "memory")
    yield [", ".join((span, *counts))]
    yield [(f"{'id':<10} ", QUIET), session.id]
    if session.source_gone:
        yield [("The transcript was deleted; the session is kept here.", WARN)]
    if session.excluded:
        yield ["Excluded: never named among the recent sessions that are told."]


def turn_text(turn: Turn) -> Iterator[Parts]:
    """One turn: what was said in full, what was run in a line each."""
    yield [(f"turn {turn.number}  {local_time(turn.at)}".rstrip(), QUIET)]
    for record in turn.records:
        match record.kind:
            case RecordKind.PROMPT:
                yield [("you", BOLD)]
            case RecordKind.RESPONSE:
                yield [("agent", BOLD)]
            case RecordKind.SUMMARY:
                yield [("summary", BOLD)]
            case RecordKind.TOOL_USE:
                what = record.command or " ".join((*record.writes, *record.reads))
                shown = first_line(what or record.text)
                yield [(f"  $ {record.tool_name} {shown}".rstrip(), QUIET)]
                continue
            case RecordKind.TOOL_RESULT if record.failed:
                yield [(f"    failed: {first_line(record.text)}", WARN)]
                continue
            case _:
                continue
        yield from ([f"  {line}"] for line in record.text.splitlines())
