"""The parts of an OpenCode message, as records.

The number of a part is made of its own id: a part that goes leaves the numbers of
the others as they were. A tool's part gives two records, the call and its answer.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from memtui.model import RecordKind, Tool
from memtui.readers.opencode import tools, words
from memtui.readers.opencode.lines import whole
from memtui.readers.texts import (
    CONTEXT_CHARS,
    SPOKEN_CHARS,
    THINKING_CHARS,
    TOOL_CHARS,
    head,
    head_and_tail,
    plausible,
    printed,
)
from memtui.readers.told import fields, string
from memtui.records import Record

_TIMED: Final = re.compile(r"prt_([0-9a-f]{12})")
_EACH: Final = 4
"""Numbers for each part: its record, an answer, what was typed beside it."""


def part_number(identity: str) -> int:
    """The first of a part's numbers; in the order of time within a message."""
    timed = _TIMED.match(identity)
    if timed:
        return int(timed[1], 16) * _EACH
    digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=6)
    return int.from_bytes(digest.digest()) * _EACH


def numbered(index: int) -> int:
    """The same of a part that has no id, by its place in the message."""
    return index * _EACH + 1  # 0 is the message's own


@dataclass(slots=True)
class Message:
    """The message whose parts are read."""

    id: str
    role: str
    at: int | None
    cwd: str
    number: int
    """Of its line."""
    is_summary: bool = False
    spoken: bool = True
    """Whether a user message is a person's: not in a subagent's session."""
    failed: bool = False
    """It gave an error as its part 0."""
    told: bool = False
    """It gave a record."""
    last: int | None = None
    """When the latest of its parts so far was done."""

    def record(
        self,
        kind: RecordKind,
        text: str,
        *,
        part: int = 0,
        line: int | None = None,
        at: int | None = None,
        tool: Tool | None = None,
        tool_name: str = "",
        call: str = "",
        failed: bool = False,
        command: str = "",
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
        patch: str = "",
        answers: tuple[tuple[str, str], ...] = (),
    ) -> Record:
        """A record of this message, or of a part of it."""
        self.told = True
        at = at or self.at
        self.last = max(at or 0, self.last or 0) or None
        return Record(
            native_id=self.id,
            part=part,
            kind=kind,
            at=at,
            text=text,
            line=self.number if line is None else line,
            tool=tool,
            tool_name=tool_name,
            call=call,
            failed=failed,
            command=command,
            reads=reads,
            writes=writes,
            patch=patch,
            answers=answers,
            cwd=self.cwd,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message, with its place."""

    message: Message
    body: Mapping[str, Any]
    number: int
    line: int

    def record(self, kind: RecordKind, text: str) -> Record:
        """A record that is no tool's."""
        at = _times(self.body)[0]
        return self.message.record(kind, text, part=self.number, line=self.line, at=at)


def records(part: Part) -> Iterator[Record]:
    """What a part comes to; steps, snapshots and retries come to nothing."""
    making = _MAKING.get(string(part.body, "type"))
    if making is not None:
        yield from making(part)


def _text(part: Part) -> Iterator[Record]:
    text, message = string(part.body, "text"), part.message
    if message.role != "user":
        kind = RecordKind.SUMMARY if message.is_summary else RecordKind.RESPONSE
        yield part.record(kind, head(text))
        return
    typed = words.typed(text)
    made_up = part.body.get("synthetic") or part.body.get("ignored")
    if typed and message.spoken and not made_up:
        yield part.record(RecordKind.PROMPT, head(typed))
    else:
        yield part.record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))


def _reasoning(part: Part) -> Iterator[Record]:
    text = head(string(part.body, "text"), THINKING_CHARS)
    if text.strip():
        yield part.record(RecordKind.THINKING, text)


def _tool(part: Part) -> Iterator[Record]:
    state = part.body.get("state")
    state = state if isinstance(state, dict) else {}
    call = tools.call_of(string(part.body, "tool"), state)
    start, end = _times(state)
    yield part.message.record(
        RecordKind.TOOL_USE,
        call.text,
        part=part.number,
        line=part.line,
        at=start,
        tool=call.tool,
        tool_name=call.name,
        call=string(part.body, "callID"),
        command=call.command,
        reads=call.reads,
        writes=call.writes,
    )
    if not call.answered:
        return
    yield part.message.record(
        RecordKind.TOOL_RESULT,
        head_and_tail(call.output, SPOKEN_CHARS)
        if call.tool is Tool.PLAN
        else printed(call.output, call.tool, failed=call.failed),
        part=part.number + 1,
        line=part.line,
        at=end or start,
        tool=call.tool,
        tool_name=call.name,
        call=string(part.body, "callID"),
        failed=call.failed,
        command=call.command,
        reads=call.reads,
        writes=call.writes,
        patch=call.patch,
        answers=call.answers,
    )
    typed = words.correction(call.output) if call.failed else ""
    if typed and part.message.spoken:
        yield part.message.record(
            RecordKind.PROMPT,
            head(typed),
            part=part.number + 2,
            line=part.line,
            at=end or start,
        )


def _patch(part: Part) -> Iterator[Record]:
    """What a step changed, be it by a tool for edits or by a command."""
    files = part.body.get("files")
    paths = tuple(f for f in (files if isinstance(files, list) else ()) if f)
    yield part.message.record(
        RecordKind.TOOL_RESULT,
        head("\n".join(map(str, paths)), TOOL_CHARS),
        part=part.number,
        line=part.line,
        at=part.message.last,
        tool=Tool.EDIT,
        tool_name="patch",
        writes=tuple(map(str, paths)),
    )


def _file(part: Part) -> Iterator[Record]:
    source = part.body.get("source")
    path = string(source, "path") if isinstance(source, dict) else ""
    path = path or string(part.body, "filename")
    yield part.record(RecordKind.CONTEXT, f"[file {path}]" if path else "[file]")


def _aside(part: Part) -> Iterator[Record]:
    keys = ("name", "description", "prompt")
    text = fields(part.body, *keys)
    yield part.record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))


_MAKING: Final[dict[str, Callable[[Part], Iterator[Record]]]] = {
    "text": _text,
    "reasoning": _reasoning,
    "tool": _tool,
    "patch": _patch,
    "file": _file,
    "agent": _aside,
    "subtask": _aside,
    "compaction": _aside,
}


def _times(body: Mapping[str, Any]) -> tuple[int | None, int | None]:
    time = body.get("time")
    if not isinstance(time, dict):
        return None, None
    return plausible(whole(time.get("start"))), plausible(whole(time.get("end")))
