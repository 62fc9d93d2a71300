"""The messages of a Gemini chat, as records.

Every message gives at least one record, if with empty text: what was in the chat
can be counted and found in the archive. The parts of a message keep their numbers
while it grows: it is written again with each answer of a tool.
"""

from collections.abc import Iterator

import msgspec

from memtui.model import RecordKind
from memtui.readers.base import Undone
from memtui.readers.gemini_cli import tools, words
from memtui.readers.gemini_cli.context import Context
from memtui.readers.gemini_cli.lines import (
    Line,
    Part,
    ToolCall,
    decode_calls,
    decode_parts,
    text_of,
)
from memtui.readers.loose_json import decode_any, decode_object
from memtui.readers.texts import (
    CONTEXT_CHARS,
    THINKING_CHARS,
    head,
    milliseconds,
    printed,
)
from memtui.readers.told import dicts, string
from memtui.records import Record

BESIDE = 1_000
"""First part of what stands beside a text: hooks, and what tools answered."""
THOUGHTS = 2_000
CALLS = 3_000
"""First part of calls; each has two, the second is its answer."""
BEHIND = 1_000_000
"""How far from an answer's part, once and twice, stand those of what is in it."""

Told = Record | Undone


def message(context: Context, line: Line) -> Iterator[Told]:
    """Whatever a message is."""
    match line.type:
        case "user":
            yield from _user(context, line)
        case "gemini" | "model":
            yield from _model(context, line)
        case _:  # the client: notes, errors, warnings
            text = text_of(decode_parts(line.content))
            yield context.record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))


def _user(context: Context, line: Line) -> Iterator[Record]:
    parts = decode_parts(line.content)
    responses = [part for part in parts if part.functionResponse]
    if responses:
        yield from _responses(context, responses, parts)
        return
    content, shown = text_of(parts), text_of(decode_parts(line.displayContent))
    said = words.sort(content, shown)
    if said.prompt and not context.state.subagent:
        context.state.entitle(said.prompt)
        yield context.record(RecordKind.PROMPT, head(said.prompt))
    elif said.prompt:  # what an agent tells its subagent is nobody's own words
        context.state.entitle(said.prompt)
        yield context.record(RecordKind.CONTEXT, head(said.prompt, CONTEXT_CHARS))
    elif said.summary:
        yield context.record(RecordKind.SUMMARY, head(said.summary))
    elif not said.context:
        yield context.record(RecordKind.CONTEXT, _attached(parts))
    for number, told in enumerate(said.context, BESIDE):
        yield context.record(RecordKind.CONTEXT, head(told, CONTEXT_CHARS), part=number)


def _attached(parts: list[Part]) -> str:
    return "[file]" if any(part.inlineData or part.fileData for part in parts) else ""


def _responses(
    context: Context, responses: list[Part], parts: list[Part]
) -> Iterator[Record]:
    """Answers go back as a message too; mostly they stand beside their call."""
    yield context.record(RecordKind.CONTEXT, head(text_of(parts), CONTEXT_CHARS))
    for number, part in enumerate(responses, BESIDE):
        response = decode_object(part.functionResponse)
        identity = string(response, "id")
        call = context.state.close_call(identity)
        if call is not None:
            result = _raw([{"functionResponse": response}])
            told = ToolCall(id=identity, name=call.name, result=result)
            yield from _answer(context, call, told, number)


def _model(context: Context, line: Line) -> Iterator[Told]:
    parts = decode_parts(line.content)
    thoughts = [_thought(one) for one in dicts(decode_any(line.thoughts))]
    thoughts += [part.text or "" for part in parts if part.thought]
    for number, text in enumerate(thoughts, THOUGHTS):
        yield context.record(
            RecordKind.THINKING, head(text, THINKING_CHARS), part=number
        )
    calls = decode_calls(line.toolCalls)
    known = {call.id for call in calls}
    calls += [call for call in _called(parts) if call.id not in known or not call.id]
    text = text_of(parts)
    if text or not (thoughts or calls):
        yield context.record(RecordKind.RESPONSE, head(text))
    elif context.state.blank == context.id:
        yield Undone(context.id, 0, is_void=True)
    context.state.blank = "" if text or thoughts or calls else context.id
    for number, told in enumerate(calls):
        yield from _call(context, told, CALLS + 2 * number)


def _thought(told: dict[str, object]) -> str:
    said = (string(told, "subject"), string(told, "description"))
    return "\n".join(filter(None, said))


def _called(parts: list[Part]) -> Iterator[ToolCall]:
    """Calls that stand only in the content, as in a history that was restored."""
    for part in parts:
        if part.functionCall:
            told = decode_object(part.functionCall)
            yield ToolCall(
                id=string(told, "id"),
                name=string(told, "name"),
                args=_raw(told.get("args")),
            )


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _call(context: Context, told: ToolCall, part: int) -> Iterator[Record]:
    args = decode_object(told.args)
    call = tools.call_of(told.name or "", args)
    context.state.search(tools.places_in(args, ""))
    yield context.record(
        RecordKind.TOOL_USE,
        call.text,
        part=part,
        tool=call.tool,
        tool_name=call.name,
        call=told.id or "",
        command=call.command,
        reads=call.reads,
        writes=call.writes,
    )
    if tools.is_answered(told):
        context.state.close_call(told.id or "")
        yield from _answer(context, call, told, part + 1)
    elif told.id:
        context.state.open_call(told.id, call)


def _answer(
    context: Context, call: tools.Call, told: ToolCall, part: int
) -> Iterator[Record]:
    answer = tools.answer_of(call, told)
    text, hooks = words.without_hooks(answer.text)
    context.state.search(tools.places_in({}, text))
    yield context.record(
        RecordKind.TOOL_RESULT,
        printed(text, call.tool, failed=answer.failed),
        part=part,
        at=milliseconds(told.timestamp) if told.timestamp else None,
        tool=call.tool,
        tool_name=call.name,
        call=told.id or "",
        failed=answer.failed,
        command=call.command,
        reads=call.reads,
        writes=call.writes,
        patch=answer.patch,
        answers=answer.answers,
    )
    if answer.typed and not context.state.subagent:
        yield context.record(RecordKind.PROMPT, head(answer.typed), part=part + BEHIND)
    if hooks:
        told_by_hooks = head("\n\n".join(hooks), CONTEXT_CHARS)
        yield context.record(RecordKind.CONTEXT, told_by_hooks, part=part + 2 * BEHIND)
