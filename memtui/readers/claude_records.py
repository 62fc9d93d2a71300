"""What one line of a Claude Code transcript says, as records."""

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from memtui.model import Record, RecordKind, Tool, text_id
from memtui.readers import claude_tools, claude_words
from memtui.readers.claude_lines import (
    Block,
    Line,
    decode_any,
    decode_attachment,
    decode_message,
    decode_object,
    flat_text,
)
from memtui.readers.texts import (
    CONTEXT_CHARS,
    SPOKEN_CHARS,
    THINKING_CHARS,
    TOOL_CHARS,
    head,
    head_and_tail,
    milliseconds,
)

BESIDE = 1000
"""First part of records that stand beside a block, not for it: the parts of
the blocks themselves must never move."""

_TITLE_CHARS = 120
_REMEMBERED = 16
_QUEUED_CHARS = 4_000
_OPEN_CALLS = 128
_PROMPTS_KNOWN = 1_000

_MACHINE_TURNS = frozenset(
    {
        "scheduled",
        "task_notification",
        "auto_continuation",
        "peer",
        "host_synthetic",
        "system",
    }
)
_AUTOMATED = ("sdk", "bench", "mcp", "remote_trigger", "claude-code-github-action")
_IMAGE = "[image]"
_RECAP_HINT = " (disable recaps in /config)"

Beside = tuple[RecordKind, str]


class State(msgspec.Struct, omit_defaults=True):
    """What later lines need of earlier ones."""

    started_at: int | None = None
    ended_at: int | None = None
    at: int | None = None
    cwd: str = ""
    first_cwd: str = ""
    branch: str = ""
    parent: str = ""
    title: str = ""
    title_rank: int = 0
    automated: bool = False
    attended: bool = False
    """A person typed something into the client itself."""
    last_uuid: str = ""
    expansion_of: str = ""
    """A slash command whose expansion may be the next line."""
    calls: dict[str, claude_tools.Call] = msgspec.field(default_factory=dict)
    queue: list[str] = msgspec.field(default_factory=list)
    """Prompts typed while the model was at work, not yet handed over."""
    steered: list[str] = msgspec.field(default_factory=list)
    """Queued prompts already taken as records: they come up twice."""
    heard: list[str] = msgspec.field(default_factory=list)
    """Prompts so far: a resumed session may repeat its history under new ids."""


class LineRecords:
    """The records of one line, and what it leaves for later ones."""

    def __init__(
        self, line: Line, raw: bytes, number: int, state: State, *, subagent: bool
    ) -> None:
        self._line = line
        self._raw = raw
        self._number = number
        self._state = state
        # What an agent tells its subagent is nobody's own words.
        self._spoken = not (subagent or line.isSidechain)
        self._id = ""

    def records(self) -> Iterator[Record]:
        """All records of the line, in order."""
        making = _KINDS.get(self._line.type or "")
        self._note_place()
        if making is not None:
            yield from making(self)
        if self._line.uuid:
            self._state.last_uuid = self._line.uuid

    def _note_place(self) -> None:
        line, state = self._line, self._state
        if line.timestamp and (at := milliseconds(line.timestamp)) is not None:
            state.at = at
            if line.type in _CONVERSATION:
                state.started_at = min(at, state.started_at or at)
                state.ended_at = max(at, state.ended_at or at)
        if line.cwd:
            state.cwd = line.cwd
            if not state.first_cwd and is_absolute(line.cwd):
                state.first_cwd = line.cwd
        if line.gitBranch:
            state.branch = "" if line.gitBranch == "HEAD" else line.gitBranch
        if line.sessionId and not state.parent:
            state.parent = line.sessionId
        if line.entrypoint and line.entrypoint.startswith(_AUTOMATED):
            state.automated = True

    # conversation

    def _user(self) -> Iterator[Record]:
        line = self._line
        self._id = self._native_id("")
        message = decode_message(line.message)
        content = message.content
        if isinstance(content, str):
            content = [Block(type="text", text=content)]
        kinds = {block.type for block in content or ()}
        if "tool_result" in kinds:
            yield from self._results(content or [])
        elif line.isCompactSummary:
            text = "\n".join(block.text or "" for block in content or ())
            yield self._record(RecordKind.SUMMARY, head(text))
        else:
            yield from self._said(content or [])

    def _results(self, blocks: list[Block]) -> Iterator[Record]:
        outcome_raw = self._line.toolUseResult
        for part, block in enumerate(blocks):
            if block.type == "tool_result":
                yield from self._result(part, block, outcome_raw)
            else:
                kind, text = self._beside_results(block)
                yield self._record(kind, text, part=part)

    def _beside_results(self, block: Block) -> Beside:
        if block.type != "text" or not block.text:
            return RecordKind.CONTEXT, f"[{block.type}]"
        prompt = claude_words.typed(block.text).prompt
        if prompt and self._is_typed(prompt) and self._hear(prompt):
            return RecordKind.PROMPT, head(prompt)
        return RecordKind.CONTEXT, head(block.text, CONTEXT_CHARS)

    def _result(self, part: int, block: Block, noted: bytes) -> Iterator[Record]:
        identity = block.tool_use_id or ""
        call = self._state.calls.pop(identity, None) or claude_tools.Call(name="")
        text = claude_words.REMINDER.sub("", flat_text(block.content))
        text = text.strip("\n").rstrip()
        outcome = claude_tools.outcome_of(call.tool, noted)
        rejected = claude_words.is_rejection(text)
        reason = claude_words.rejection_reason(text)
        failed = bool(block.is_error) or rejected or claude_tools.reports_failure(text)
        if call.tool is Tool.PLAN and not failed:
            text = outcome.plan or claude_words.approved_plan(text)
        answers = outcome.answers
        if call.tool is Tool.ASK and not answers and not failed:
            answers = claude_words.answers_in(text)
        limit = SPOKEN_CHARS if call.tool is Tool.PLAN else TOOL_CHARS
        yield self._record(
            RecordKind.TOOL_RESULT,
            head_and_tail(text, limit),
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
        )
        if reason and self._spoken and self._hear(reason):
            yield self._record(RecordKind.PROMPT, head(reason), part=BESIDE + part)

    def _said(self, blocks: list[Block]) -> Iterator[Record]:
        """One prompt of all typed texts, or the rest as context."""
        line, state = self._line, self._state
        expansion = bool(state.expansion_of) and state.expansion_of == line.parentUuid
        state.expansion_of = ""
        typed: list[str] = []
        other: list[tuple[int, RecordKind, str]] = []
        images = 0
        for part, block in enumerate(blocks):
            if block.type != "text":
                images += block.type == "image"
                continue
            words = claude_words.typed(block.text or "")
            if words.summary:
                other.append((part, RecordKind.SUMMARY, head(words.summary)))
            elif words.plan:
                other.append((part, RecordKind.TOOL_RESULT, head(words.plan)))
            elif words.prompt and not expansion and self._is_typed(words.prompt):
                typed.append(words.prompt)
            else:
                text = head(block.text or "", CONTEXT_CHARS)
                other.append((part, RecordKind.CONTEXT, text))
            if words.expands and line.uuid:
                state.expansion_of = line.uuid
        if images and not other and not typed and self._is_typed(_IMAGE):
            typed.append(_IMAGE)
        yield from self._sorted(typed, other)

    def _sorted(
        self, typed: list[str], other: list[tuple[int, RecordKind, str]]
    ) -> Iterator[Record]:
        if typed:
            text = "\n\n".join(typed)
            kind = RecordKind.PROMPT if self._hear(text) else RecordKind.CONTEXT
            yield self._record(kind, head(text))
        first = BESIDE if typed else 0
        for part, kind, text in other:
            tool = Tool.PLAN if kind is RecordKind.TOOL_RESULT else None
            name = "ExitPlanMode" if tool else ""
            yield self._record(kind, text, part=first + part, tool=tool, tool_name=name)
        if not typed and not other:
            yield self._record(RecordKind.CONTEXT, "")

    def _is_typed(self, text: str) -> bool:
        """Whether the person typed it into this very line."""
        line = self._line
        if claude_words.is_observer(text):
            self._state.automated = True
            return False
        if not self._spoken or line.isMeta or line.textNotTyped:
            return False
        if line.turnOrigin in _MACHINE_TURNS or line.promptSource == "system":
            return False
        origin = decode_object(line.origin).get("kind")
        return origin is None or origin == "human"

    def _hear(self, prompt: str) -> bool:
        """Note a prompt, and whether it is said for the first time."""
        state, line = self._state, self._line
        key = text_id(f"{line.timestamp}\x1f{prompt}")
        if key in state.heard:
            return False
        state.heard.append(key)
        del state.heard[:-_PROMPTS_KNOWN]
        if not (line.entrypoint or "").startswith(_AUTOMATED):
            state.attended = True
        if not state.title_rank:
            # a title for want of a better one
            words = prompt.strip().split("\n", 1)[0].strip()
            self._name(words[:_TITLE_CHARS], 1)
        return True

    def _assistant(self) -> Iterator[Record]:
        self._id = self._native_id("")
        message = decode_message(self._line.message)
        content = message.content
        if isinstance(content, str):
            content = [Block(type="text", text=content)]
        # The client's own messages: errors of the API, "no response requested".
        local = message.model == "<synthetic>" or bool(self._line.isApiErrorMessage)
        if not content:
            yield self._record(RecordKind.RESPONSE, "")
        for part, block in enumerate(content or ()):
            yield self._answer(part, block, local=local)

    def _answer(self, part: int, block: Block, *, local: bool) -> Record:
        match block.type:
            case "thinking" | "redacted_thinking":
                text = head(block.thinking or "", THINKING_CHARS)
                return self._record(RecordKind.THINKING, text, part=part)
            case "tool_use" | "server_tool_use" | "mcp_tool_use":
                return self._tool_use(part, block)
            case kind if kind and kind.endswith("_tool_result"):
                text = head_and_tail(flat_text(block.content))
                return self._record(
                    RecordKind.TOOL_RESULT,
                    text,
                    part=part,
                    tool=Tool.WEB if kind.startswith("web_") else Tool.OTHER,
                    call=block.tool_use_id or "",
                )
            case _:
                kind = RecordKind.CONTEXT if local else RecordKind.RESPONSE
                return self._record(kind, head(block.text or ""), part=part)

    def _tool_use(self, part: int, block: Block) -> Record:
        told = decode_object(block.input)
        call = claude_tools.call_of(block.name or "", told)
        if block.id:
            calls = self._state.calls
            calls[block.id] = call
            if len(calls) > _OPEN_CALLS:  # a result that never came
                del calls[next(iter(calls))]
        return self._record(
            RecordKind.TOOL_USE,
            claude_tools.text_of(call, told),
            part=part,
            tool=call.tool,
            tool_name=call.name,
            call=block.id or "",
            command=call.command,
            reads=call.reads,
            writes=call.writes,
        )

    # what stands beside the conversation

    def _system(self) -> Iterator[Record]:
        subtype = self._line.subtype
        if subtype not in _TELLING:
            return
        self._id = self._native_id("system:")
        text = flat_text(self._line.content)
        if subtype == "away_summary":
            text = text.removesuffix(_RECAP_HINT)
            yield self._record(RecordKind.SUMMARY, head(text))
        elif claude_words.is_hook_output(text):
            yield self._record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))

    def _attachment(self) -> Iterator[Record]:
        attachment = decode_attachment(self._line.attachment)
        self._id = self._native_id("attachment:")
        if attachment.type == "queued_command":
            yield from self._queued(
                flat_text(attachment.prompt) or flat_text(attachment.content),
                mode=attachment.commandMode or "prompt",
            )
            return
        if attachment.type not in _HOOK_OUTPUT:
            return
        text = claude_words.hook_text(attachment.stdout or "")
        text = flat_text(attachment.content) or text
        if not text and attachment.response:
            text = claude_words.hook_answer(decode_any(attachment.response))
        if text.strip():
            yield self._record(RecordKind.CONTEXT, head(text, CONTEXT_CHARS))

    def _queued(self, text: str, *, mode: str = "prompt") -> Iterator[Record]:
        """A prompt handed over in mid-turn: said once, written twice."""
        key = text.strip()[:_QUEUED_CHARS]
        steered = self._state.steered
        if key in steered:
            steered.remove(key)
            return
        prompt = claude_words.typed(text).prompt
        if mode != "prompt" or not prompt or not self._is_typed(prompt):
            return
        if claude_words.is_client_command(prompt.removeprefix("/")):
            return
        steered.append(key)
        del steered[:-_REMEMBERED]
        self._hear(prompt)
        yield self._record(RecordKind.PROMPT, head(prompt))

    def _queue(self) -> Iterator[Record]:
        state = self._state
        queue = state.queue
        content = flat_text(self._line.content)
        match self._line.operation:
            case "enqueue":
                queue.append(content.strip()[:_QUEUED_CHARS])
                del queue[:-_REMEMBERED]
            case "dequeue":
                if queue:
                    del queue[0]
            case "popAll":
                queue.clear()
            case "remove":
                text = content or (queue[0] if queue else "")
                key = text.strip()[:_QUEUED_CHARS]
                if key in queue:
                    queue.remove(key)
                if text:
                    self._id = self._native_id("queue:")
                    yield from self._queued(text)

    def _ai_title(self) -> Iterator[Record]:
        yield from self._title(self._line.aiTitle, 2)

    def _custom_title(self) -> Iterator[Record]:
        yield from self._title(self._line.customTitle, 3)

    def _old_summary(self) -> Iterator[Record]:
        # Most of these name another session of the folder.
        if self._line.leafUuid and self._line.leafUuid == self._state.last_uuid:
            yield from self._title(self._line.summary, 2)

    def _title(self, text: str | None, rank: int) -> Iterator[Record]:
        title = " ".join((text or "").split())[:_TITLE_CHARS]
        if title and self._name(title, rank):
            self._id = self._native_id("line:")
            yield self._record(RecordKind.TITLE, title)

    def _name(self, title: str, rank: int) -> bool:
        state = self._state
        if rank < state.title_rank or (rank, title) == (state.title_rank, state.title):
            return False
        state.title, state.title_rank = title, rank
        return True

    # the record itself

    def _native_id(self, prefix: str) -> str:
        if self._line.uuid:
            return prefix + self._line.uuid
        digest = hashlib.blake2b(self._raw, digest_size=16).hexdigest()
        return (prefix or "line:") + digest

    def _record(
        self,
        kind: RecordKind,
        text: str,
        *,
        part: int = 0,
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
        state = self._state
        return Record(
            native_id=self._id,
            part=part,
            kind=kind,
            at=state.at,
            text=text,
            line=self._number,
            tool=tool,
            tool_name=tool_name,
            call=call,
            failed=failed,
            command=command,
            reads=reads,
            writes=writes,
            patch=patch,
            answers=answers,
            cwd=state.cwd,
            branch=state.branch,
        )


def is_absolute(path: str) -> bool:
    """Whether this is an absolute path, of POSIX or of Windows."""
    return path.startswith(("/", "\\\\")) or path[1:3] in (":\\", ":/")


_CONVERSATION = frozenset(("user", "assistant"))
_TELLING = frozenset((None, "away_summary", "informational"))
_HOOK_OUTPUT = frozenset(
    ("hook_success", "hook_additional_context", "async_hook_response")
)
_KINDS: dict[str, Callable[[LineRecords], Iterator[Record]]] = {
    "user": LineRecords._user,
    "assistant": LineRecords._assistant,
    "system": LineRecords._system,
    "attachment": LineRecords._attachment,
    "queue-operation": LineRecords._queue,
    "ai-title": LineRecords._ai_title,
    "custom-title": LineRecords._custom_title,
    "summary": LineRecords._old_summary,
}
