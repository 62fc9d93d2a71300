"""The ``user`` and ``assistant`` lines of a Claude Code transcript, as records.

Every line gives at least one record and every block of it one, if with empty
text: what was in the conversation can be counted and found in the archive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from memtui.model import RecordKind, Tool
from memtui.readers.base import Undone
from memtui.readers.claude_code import apart, queued, tools, words
from memtui.readers.claude_code.context import Context
from memtui.readers.claude_code.lines import Block, Message, decode_message
from memtui.readers.loose_json import decode_any, decode_object, flat_text
from memtui.readers.texts import (
    CONTEXT_CHARS,
    THINKING_CHARS,
    head,
    printed,
)
from memtui.records import Record

BESIDE = 1000
"""First part of records that stand beside a block, not for it: the parts of
the blocks themselves must never move."""

_IMAGE = "[image]"


def user(context: Context) -> Iterator[Record | Undone]:
    """What the person said, what tools answered, what the client put in."""
    context.identify()
    blocks = _blocks(decode_message(context.line.message))
    if "tool_result" in [block.type for block in blocks]:
        yield from _results(context, blocks)
    elif context.line.isCompactSummary:
        text = "\n".join(block.text or "" for block in blocks)
        summary = words.summed_up(text)
        yield context.record(RecordKind.SUMMARY, head(summary))
    else:
        yield from _said(context, blocks)


def assistant(context: Context) -> Iterator[Record]:
    """What the model said, thought and called."""
    context.identify()
    message = decode_message(context.line.message)
    # The client's own messages: errors of the API, "No response requested."
    local = message.model == "<synthetic>" or bool(context.line.isApiErrorMessage)
    for part, block in enumerate(_blocks(message) or [Block()]):
        yield _answer(context, part, block, local=local)


def _blocks(message: Message) -> list[Block]:
    if isinstance(message.content, str):
        return [Block(type="text", text=message.content)]
    return message.content or []


def _results(context: Context, blocks: list[Block]) -> Iterator[Record]:
    for part, block in enumerate(blocks):
        if block.type == "tool_result":
            yield from _result(context, part, block)
        else:
            kind, text = _beside_results(context, block)
            yield context.record(kind, text, part=part)


def _beside_results(context: Context, block: Block) -> tuple[RecordKind, str]:
    if block.type != "text" or not block.text:
        return RecordKind.CONTEXT, f"[{block.type}]"
    prompt = words.typed(block.text).prompt
    if prompt and context.is_typed(prompt) and context.hear(prompt):
        return RecordKind.PROMPT, head(prompt)
    return RecordKind.CONTEXT, head(block.text, CONTEXT_CHARS)


def _result(context: Context, part: int, block: Block) -> Iterator[Record]:
    identity = block.tool_use_id or ""
    call = context.state.calls.pop(identity, None) or tools.Call(name="")
    text = words.without_reminders(flat_text(block.content)).strip("\n").rstrip()
    if output := context.output_in(text):
        text = apart.beginning(text)
    outcome = tools.outcome_of(call.tool, context.line.toolUseResult)
    rejected = words.is_rejection(text)
    reason = words.rejection_reason(text)
    failed = bool(block.is_error) or rejected or tools.reports_failure(text)
    answers = outcome.answers
    if not failed and call.tool is Tool.PLAN:
        text = outcome.plan or words.approved_plan(text)
    elif call.tool is Tool.ASK and not answers:
        answers = words.answers_in(head(text))
    yield context.record(
        RecordKind.TOOL_RESULT,
        head(text)
        if call.tool is Tool.PLAN
        else printed(text, call.tool, failed=failed),
        part=part,
        tool=call.tool,
        tool_name=call.name,
        call=identity,
        failed=failed,
        command=call.command,
        reads=call.reads,
        writes=call.writes,
        patch=outcome.patch,
        answers=answers,
        output=output,
    )
    if reason and context.spoken and context.hear(reason):
        yield context.record(RecordKind.PROMPT, head(reason), part=BESIDE + part)


@dataclass(slots=True)
class _Said:
    """The texts of one user line, sorted."""

    typed: list[str] = field(default_factory=list)
    other: list[tuple[int, RecordKind, str]] = field(default_factory=list)
    images: int = 0


def _said(context: Context, blocks: list[Block]) -> Iterator[Record | Undone]:
    """One prompt of all typed texts, and the rest as what it is."""
    said = _sorted(context, blocks)
    if said.images and not (said.typed or said.other) and context.is_typed(_IMAGE):
        said.typed.append(_IMAGE)
    if said.typed:
        text = "\n\n".join(said.typed)
        yield from queued.said(context, text)
        kind = RecordKind.PROMPT if context.hear(text) else RecordKind.CONTEXT
        yield context.record(kind, head(text))
    if context.subagent and said.other:
        context.state.entitle(said.other[0][2])
    first = BESIDE if said.typed else 0
    for part, kind, text in said.other:
        plan = kind is RecordKind.TOOL_RESULT
        yield context.record(
            kind,
            text,
            part=first + part,
            tool=Tool.PLAN if plan else None,
            tool_name="ExitPlanMode" if plan else "",
        )
    if not said.typed and not said.other:
        yield context.record(RecordKind.CONTEXT, "")


def _sorted(context: Context, blocks: list[Block]) -> _Said:
    line, state = context.line, context.state
    expansion = bool(state.expansion_of) and state.expansion_of == line.parentUuid
    state.expansion_of = ""
    said = _Said()
    for part, block in enumerate(blocks):
        if block.type != "text":
            said.images += block.type == "image"
            continue
        typed = words.typed(block.text or "")
        if typed.summary:
            said.other.append((part, RecordKind.SUMMARY, head(typed.summary)))
        elif typed.plan:
            noted = decode_any(line.planContent)
            plan = noted if isinstance(noted, str) else typed.plan
            said.other.append((part, RecordKind.TOOL_RESULT, head(plan)))
            if typed.prompt and context.spoken:  # typed beside the plan
                said.typed.append(typed.prompt)
        elif typed.prompt and not expansion and context.is_typed(typed.prompt):
            said.typed.append(typed.prompt)
        else:
            text = head(block.text or "", CONTEXT_CHARS)
            said.other.append((part, RecordKind.CONTEXT, text))
        if typed.expands and line.uuid:
            state.expansion_of = line.uuid
    return said


def _answer(context: Context, part: int, block: Block, *, local: bool) -> Record:
    match block.type:
        case "thinking" | "redacted_thinking":
            text = head(block.thinking or "", THINKING_CHARS)
            return context.record(RecordKind.THINKING, text, part=part)
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            return _tool_use(context, part, block)
        case kind if kind and kind.endswith("_tool_result"):
            return context.record(
                RecordKind.TOOL_RESULT,
                printed(flat_text(block.content)),
                part=part,
                tool=Tool.WEB if kind.startswith("web_") else Tool.OTHER,
                call=block.tool_use_id or "",
            )
        case _:
            spoken = RecordKind.CONTEXT if local else RecordKind.RESPONSE
            return context.record(spoken, head(block.text or ""), part=part)


def _tool_use(context: Context, part: int, block: Block) -> Record:
    told = decode_object(block.input)
    call = tools.call_of(block.name or "", told)
    if block.id:
        context.state.open_call(block.id, call)
    return context.record(
        RecordKind.TOOL_USE,
        tools.text_of(call, told),
        part=part,
        tool=call.tool,
        tool_name=call.name,
        call=block.id or "",
        command=call.command,
        reads=call.reads,
        writes=call.writes,
    )
