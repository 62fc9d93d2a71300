"""What Claude Code's tools are told and what they answer, in memtui's words."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from memtui.model import Tool
from memtui.readers.texts import SPOKEN_CHARS, TOOL_CHARS, head, head_and_tail
from memtui.readers.told import (
    anything,
    dicts,
    fields,
    questions,
    string,
    whole_lines,
)

_FAILURE = re.compile(r"(?:Error: )?Exit code [1-9]|<tool_use_error>")

TOOLS: dict[str, Tool] = {
    "Bash": Tool.SHELL,
    "PowerShell": Tool.SHELL,
    "Edit": Tool.EDIT,
    "MultiEdit": Tool.EDIT,
    "Write": Tool.EDIT,
    "NotebookEdit": Tool.EDIT,
    "Update": Tool.EDIT,
    "Read": Tool.READ,
    "NotebookRead": Tool.READ,
    "Glob": Tool.SEARCH,
    "Grep": Tool.SEARCH,
    "LS": Tool.SEARCH,
    "LSP": Tool.SEARCH,
    "ToolSearch": Tool.SEARCH,
    "AskUserQuestion": Tool.ASK,
    "ExitPlanMode": Tool.PLAN,
    "exit_plan_mode": Tool.PLAN,
    "Task": Tool.TASK,
    "Agent": Tool.TASK,
    "TodoWrite": Tool.TODO,
    "TodoRead": Tool.TODO,
    "TaskCreate": Tool.TODO,
    "TaskUpdate": Tool.TODO,
    "TaskList": Tool.TODO,
    "TaskGet": Tool.TODO,
    "WebFetch": Tool.WEB,
    "WebSearch": Tool.WEB,
    "web_search": Tool.WEB,
    "web_fetch": Tool.WEB,
}
"""By Claude Code's own names; any other is ``Tool.OTHER``."""


class Call(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a tool was told, kept until its result comes."""

    name: str
    tool: Tool = Tool.OTHER
    command: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What ``toolUseResult`` adds to a tool's printed answer."""

    patch: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    plan: str = ""


NOTHING = Outcome()


def call_of(name: str, told: Mapping[str, Any]) -> Call:
    """The call in memtui's words, without its text."""
    tool = TOOLS.get(name, Tool.OTHER)
    path = string(told, "file_path") or string(told, "notebook_path")
    paths = (path,) if path else ()
    shell = tool is Tool.SHELL
    return Call(
        name=name,
        tool=tool,
        command=head(string(told, "command"), TOOL_CHARS) if shell else "",
        reads=paths if tool is Tool.READ else (),
        writes=paths if tool is Tool.EDIT else (),
    )


def text_of(call: Call, told: Mapping[str, Any]) -> str:
    """What the call says to a person: a command, a path, a question, a plan."""
    if call.tool is Tool.PLAN:
        return head(string(told, "plan"), SPOKEN_CHARS)
    wording = _WORDINGS.get(call.tool, anything)
    return head_and_tail(wording(told) or anything(told))


def reports_failure(text: str) -> bool:
    """Whether a tool's answer begins by saying that it failed."""
    return text[:1] in ("E", "<") and bool(_FAILURE.match(text))


def outcome_of(tool: Tool, raw: bytes) -> Outcome:
    """What the client noted beside the answer, for the tools where it counts."""
    if tool is Tool.EDIT:
        return _edit_outcome(raw)
    if tool is Tool.ASK:
        return _ask_outcome(raw)
    if tool is Tool.PLAN:
        return _plan_outcome(raw)
    return NOTHING


class _Hunk(msgspec.Struct):
    oldStart: int = 0  # noqa: N815 the client's names
    oldLines: int = 0  # noqa: N815
    newStart: int = 0  # noqa: N815
    newLines: int = 0  # noqa: N815
    lines: list[str] = msgspec.field(default_factory=list)


class _EditResult(msgspec.Struct):
    type: str | None = None
    content: str | None = None
    structuredPatch: list[_Hunk] | None = None  # noqa: N815


class _AskResult(msgspec.Struct):
    answers: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None


class _PlanResult(msgspec.Struct):
    plan: str | None = None


_edit_decoder = msgspec.json.Decoder(_EditResult)
_ask_decoder = msgspec.json.Decoder(_AskResult)
_plan_decoder = msgspec.json.Decoder(_PlanResult)

_Unreadable = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _edit_outcome(raw: bytes) -> Outcome:
    try:
        result = _edit_decoder.decode(raw)
    except _Unreadable:
        return NOTHING
    parts: list[str] = []
    for hunk in result.structuredPatch or ():
        parts.append(
            f"@@ -{hunk.oldStart},{hunk.oldLines} +{hunk.newStart},{hunk.newLines} @@"
        )
        parts.extend(hunk.lines)
    if not parts and result.type == "create" and result.content:
        lines = result.content.split("\n")
        if not lines[-1]:
            lines.pop()
        parts = [f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)]
    return Outcome(patch=whole_lines("\n".join(parts)))


def _ask_outcome(raw: bytes) -> Outcome:
    try:
        result = _ask_decoder.decode(raw)
    except _Unreadable:
        return NOTHING
    notes = result.annotations or {}
    pairs = []
    for question, given in (result.answers or {}).items():
        answer = ", ".join(map(str, given)) if isinstance(given, list) else str(given)
        beside = notes.get(question)
        note = string(beside, "notes") if isinstance(beside, dict) else ""
        if note and note not in answer:
            answer = f"{answer} ({note})" if answer else note
        if answer:
            pairs.append((question, answer))
    return Outcome(answers=tuple(pairs))


def _plan_outcome(raw: bytes) -> Outcome:
    try:
        result = _plan_decoder.decode(raw)
    except _Unreadable:
        return NOTHING
    return Outcome(plan=head(result.plan or "", SPOKEN_CHARS))


def _shell(told: Mapping[str, Any]) -> str:
    return string(told, "command")


def _file(told: Mapping[str, Any]) -> str:
    return string(told, "file_path") or string(told, "notebook_path")


def _search(told: Mapping[str, Any]) -> str:
    return fields(
        told, "pattern", "query", "path", "glob", "type", "operation", "filePath",
        between=" ",
    )  # fmt: skip


def _task(told: Mapping[str, Any]) -> str:
    return fields(told, "description", "prompt")


_BOXES = {"completed": "[x]", "in_progress": "[-]"}


def _todo(told: Mapping[str, Any]) -> str:
    todos = [
        f"{_BOXES.get(string(todo, 'status'), '[ ]')} {string(todo, 'content')}"
        for todo in dicts(told.get("todos"))
    ]
    if todos:
        return "\n".join(todos)
    return fields(told, "taskId", "status", "subject", "description")


def _web(told: Mapping[str, Any]) -> str:
    return fields(told, "url", "query", "prompt")


_WORDINGS: dict[Tool, Callable[[Mapping[str, Any]], str]] = {
    Tool.SHELL: _shell,
    Tool.EDIT: _file,
    Tool.READ: _file,
    Tool.SEARCH: _search,
    Tool.ASK: questions,
    Tool.TASK: _task,
    Tool.TODO: _todo,
    Tool.WEB: _web,
}
