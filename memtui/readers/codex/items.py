"""The response items of a Codex transcript, as records.

What the model was sent and what it answered. Every item gives at least one
record, if with empty text: what was in the conversation can be counted and
found in the archive.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from memtui.model import RecordKind, Tool
from memtui.readers.codex import tools, words
from memtui.readers.codex.context import Context
from memtui.readers.codex.lines import Block, Item, decode_blocks, decode_item
from memtui.readers.loose_json import decode_object
from memtui.readers.texts import CONTEXT_CHARS, SPOKEN_CHARS, THINKING_CHARS, head
from memtui.records import Record

BESIDE = 1000
"""First part of records that stand beside a block, not for it: the parts of
the blocks themselves must never move."""

_IMAGE = "[image]"


def item(context: Context) -> Iterator[Record]:
    """The records of one item."""
    found = decode_item(context.payload)
    context.identify(found.id)
    context.state.note_talk()
    yield from _MAKING.get(found.type or "", _other)(context, found)


def _message(context: Context, item: Item) -> Iterator[Record]:
    blocks = decode_blocks(item.content)
    if item.role == "assistant":
        yield from _answer(context, blocks)
    elif item.role == "user":
        yield from _said(context, item, blocks)
    else:
        yield from _sent(context, blocks)


def _answer(context: Context, blocks: list[Block]) -> Iterator[Record]:
    """What the model said; a plan that it proposes stands beside it."""
    if decode_object(context.line.metadata).get("compaction_output") is True:
        # the summary, once more: ``compacted`` has it
        yield context.record(RecordKind.CONTEXT, "")
        return
    for part, block in enumerate(blocks or [Block()]):
        said = words.without_directives(_text_of(block))
        text, plan = words.without_plan(said)
        yield context.record(RecordKind.RESPONSE, head(text), part=part)
        if plan:
            context.state.plan = context.identity
            yield context.record(
                RecordKind.TOOL_USE,
                head(plan, SPOKEN_CHARS),
                part=BESIDE + part,
                tool=Tool.PLAN,
                tool_name="proposed_plan",
                call=context.identity,
            )


def _sent(context: Context, blocks: list[Block]) -> Iterator[Record]:
    """What client, hooks and maker told the model."""
    for part, block in enumerate(blocks or [Block()]):
        yield context.record(RecordKind.CONTEXT, _aside(block), part=part)


def _aside(block: Block) -> str:
    text = _text_of(block)
    vendors = words.is_vendors(text)
    return f"[{vendors}]" if vendors else head(text, CONTEXT_CHARS)


def _text_of(block: Block) -> str:
    if block.text is not None:
        return block.text
    return f"[{block.type}]" if block.type else ""


@dataclass(slots=True)
class _Sorted:
    """The blocks of one user message, sorted."""

    typed: list[str] = field(default_factory=list)
    other: list[tuple[int, RecordKind, str]] = field(default_factory=list)
    images: int = 0
    go: bool = False
    begins: bool = False
    """The person sent it, if with words from a menu."""


def _said(context: Context, item: Item, blocks: list[Block]) -> Iterator[Record]:
    """One prompt of all typed texts, and the rest as what it is."""
    said, state = _sort(context, item, blocks), context.state
    if said.images and not said.typed and not state.subagent:
        said.typed.append(_IMAGE)
    text = "\n\n".join(said.typed)
    news = not text or state.met_as_item(text)
    if said.begins and news:
        state.begin_turn()
    if text or said.go:
        yield from _verdict(context, accepted=said.go)
    if text:
        kind = RecordKind.PROMPT if news else RecordKind.CONTEXT
        yield context.record(kind, head(text))
        state.entitle(text)
    first = BESIDE if text else 0
    for part, kind, other in said.other:
        yield context.record(kind, other, part=first + part)
    if not text and not said.other:
        yield context.record(RecordKind.CONTEXT, "")


def _sort(context: Context, item: Item, blocks: list[Block]) -> _Sorted:
    said = _Sorted()
    kinds = _kinds(item)
    for part, block in enumerate(blocks):
        if block.type == "input_image":
            said.images += 1
            said.begins = True
            continue
        kind = kinds[part] if part < len(kinds) else ""
        typed = words.typed(block.text or "", kind)
        said.begins = said.begins or typed.sent
        if typed.summary:
            said.other.append((part, RecordKind.SUMMARY, head(typed.summary)))
        elif typed.prompt and not context.state.subagent:
            said.typed.append(typed.prompt)
        else:
            # What an agent tells its subagent is nobody's own words.
            context.state.entitle(typed.prompt)
            said.go = said.go or typed.go
            said.other.append((part, RecordKind.CONTEXT, _aside(block)))
    return said


def _kinds(item: Item) -> list[str]:
    """What the client says of each block; empty in older versions."""
    beside = decode_object(item.internal_chat_message_metadata_passthrough)
    kinds = beside.get("content_item_kinds")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else []


def _verdict(context: Context, *, accepted: bool) -> Iterator[Record]:
    """What became of a proposed plan: leaving plan mode accepts it."""
    state = context.state
    if not state.plan:
        return
    accepted = accepted or state.mode not in ("", "plan")
    yield context.record(
        RecordKind.TOOL_RESULT,
        "The plan was accepted." if accepted else "The plan was not accepted.",
        part=2 * BESIDE,
        tool=Tool.PLAN,
        tool_name="proposed_plan",
        call=state.plan,
        failed=not accepted,
    )
    state.plan = ""


def _reasoning(context: Context, item: Item) -> Iterator[Record]:
    texts = [
        block.text
        for raw in (item.summary, item.content)
        for block in decode_blocks(raw)
        if block.text
    ]
    text = head("\n\n".join(texts), THINKING_CHARS)
    yield context.record(RecordKind.THINKING, text)


def _use(context: Context, item: Item) -> Iterator[Record]:
    told = tools.told_of(item.arguments or item.input or item.action)
    name = item.name or (item.type or "").removesuffix("_call")
    call = tools.call_of(name, told, item.namespace or "")
    if item.call_id:
        context.state.open_call(item.call_id, call)
    text = tools.text_of(call, told)
    yield context.record(RecordKind.TOOL_USE, text, call=item.call_id or "", told=call)


def _result(context: Context, item: Item) -> Iterator[Record]:
    identity = item.call_id or ""
    call = context.state.calls.pop(identity, None) or tools.Call(name="")
    outcome = tools.outcome_of(call, item.output)
    yield context.record(
        RecordKind.TOOL_RESULT,
        outcome.text,
        call=identity,
        failed=outcome.failed,
        told=call,
        patch="" if outcome.failed else call.patch,
        answers=outcome.answers,
    )


def _other(context: Context, item: Item) -> Iterator[Record]:
    text = f"[{item.type}]" if item.type else ""
    yield context.record(RecordKind.CONTEXT, text)


_MAKING: dict[str, Callable[[Context, Item], Iterator[Record]]] = {
    "message": _message,
    "reasoning": _reasoning,
    "function_call": _use,
    "custom_tool_call": _use,
    "local_shell_call": _use,
    "web_search_call": _use,
    "tool_search_call": _use,
    "function_call_output": _result,
    "custom_tool_call_output": _result,
    "tool_search_output": _result,
}
"""By the type of an item; any other gives one empty record."""

ITEMS = frozenset(_MAKING)
"""Types of items that old transcripts have as whole lines."""
