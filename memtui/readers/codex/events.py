"""What stands beside the items in a Codex transcript.

Who the session is and where it works, summaries, and what the client showed.
Most of what it showed are copies of items; only what stands nowhere else counts.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from memtui.model import RecordKind
from memtui.readers.base import Undone
from memtui.readers.codex import shown, words
from memtui.readers.codex.context import Context, State
from memtui.readers.codex.lines import Event, decode_blocks, decode_event
from memtui.readers.loose_json import decode_any, decode_object
from memtui.readers.texts import head
from memtui.readers.told import string
from memtui.records import Record

_MOST_LINES = 1 << 40

# Clients that no person sits at, and turns that one begins nevertheless.
_MACHINES = ("exec", "mcp", "internal")
_PERSONS = ("user", "tui", "cli", "vscode", "ide", "desktop", "app")


def session_meta(context: Context) -> Iterator[Record]:
    """Who the session is: the first one says it, later ones are ancestors'."""
    state = context.state
    if state.met:
        return
    state.met = True
    told = decode_object(context.payload)
    state.note_place(string(told, "cwd"))
    git = told.get("git")
    branch = string(git, "branch") if isinstance(git, dict) else ""
    state.branch = "" if branch == "HEAD" else branch
    base = told.get("history_base")
    if isinstance(base, dict):
        end = base.get("end_ordinal_exclusive")
        state.base = string(base, "thread_id")
        state.base_end = end if isinstance(end, int) and 0 < end < _MOST_LINES else 0
    _note_source(state, told)
    yield from ()


def _note_source(state: State, told: Mapping[str, Any]) -> None:
    """Whether a person sits at the client, another agent or nobody."""
    source = told.get("source")
    above = source.get("subagent") if isinstance(source, dict) else None
    spawn = above.get("thread_spawn") if isinstance(above, dict) else None
    parent = string(told, "parent_thread_id")
    if isinstance(spawn, dict):
        parent = parent or string(spawn, "parent_thread_id")
    state.parent = parent
    wanted_by = string(told, "thread_source")
    state.subagent = bool(above or parent or wanted_by == "subagent")
    name = next(iter(source), "") if isinstance(source, dict) else source
    machine = isinstance(name, str) and name.startswith(_MACHINES)
    state.automated = machine or wanted_by not in ("", "user", "subagent")


def turn_context(context: Context) -> Iterator[Record]:
    """Where the next turn works, and in which mode."""
    told = decode_object(context.payload)
    context.state.note_place(string(told, "cwd"))
    mode = told.get("collaboration_mode")
    if isinstance(mode, dict):
        context.state.mode = string(mode, "mode")
    yield from ()


def compacted(context: Context) -> Iterator[Record]:
    """The summary that took the place of what was said before."""
    text = words.summary(string(decode_object(context.payload), "message"))
    if text:  # some versions keep it encrypted
        context.identify_aside("compacted:")
        yield context.record(RecordKind.SUMMARY, head(text))


def event(context: Context) -> Iterator[Record | Undone]:
    """What the client showed."""
    found = decode_event(context.payload)
    context.identify_aside("event:")
    kind = found.type or ""
    if kind in _ENDS:
        yield from _of_call(context, kind, found.call_id, context.payload)
    elif making := _EVENTS.get(kind):
        yield from making(context, found)


def _item_completed(context: Context, event: Event) -> Iterator[Record]:
    item = decode_event(event.item) if event.item else Event()
    kind = item.type or ""
    if kind in _ENDS:
        yield from _of_call(context, kind, item.id, event.item)
    elif kind == "UserMessage":
        blocks = decode_blocks(item.content)
        yield from _prompt(context, "".join(block.text or "" for block in blocks))


def _of_call(
    context: Context, kind: str, identity: str | None, raw: bytes
) -> Iterator[Record]:
    """A command or change, unless it stands as an item."""
    if identity not in context.state.known:
        yield from _ENDS[kind](context, decode_object(raw))


def _prompt(context: Context, text: str) -> Iterator[Record]:
    """A prompt that stands in no item; its copy else."""
    typed = words.typed(text)
    if not typed.prompt or context.state.subagent:
        return
    if context.state.met_as_shown(typed.prompt):
        context.state.begin_turn()
        context.state.entitle(typed.prompt)
        yield context.record(RecordKind.PROMPT, head(typed.prompt))


def _user_message(context: Context, event: Event) -> Iterator[Record]:
    yield from _prompt(context, event.message or "")


def _turn_began(context: Context, event: Event) -> Iterator[Record]:
    if event.turn_attribution:
        trigger = string(decode_object(event.turn_attribution), "turn_trigger")
        context.state.attended |= trigger.startswith(_PERSONS)
    yield from ()


def _named(context: Context, event: Event) -> Iterator[Record]:
    if context.state.name(event.thread_name or "", 2):
        yield context.record(RecordKind.TITLE, context.state.title)


def _rolled_back(context: Context, event: Event) -> Iterator[Undone]:
    """What was said in the turns that the person took back."""
    turns = decode_any(event.num_turns) if event.num_turns else 0
    for identity in context.state.take_back(turns if isinstance(turns, int) else 0):
        yield Undone(identity)


_EVENTS: dict[str, Callable[[Context, Event], Iterator[Record | Undone]]] = {
    "user_message": _user_message,
    "item_completed": _item_completed,
    "task_started": _turn_began,
    "turn_started": _turn_began,
    "thread_name_updated": _named,
    "thread_rolled_back": _rolled_back,
}

_ENDS: dict[str, Callable[[Context, Mapping[str, Any]], Iterator[Record]]] = {
    "exec_command_end": shown.command,
    "CommandExecution": shown.command,
    "patch_apply_end": shown.change,
    "FileChange": shown.change,
}
"""Events and completed items that end a call."""
