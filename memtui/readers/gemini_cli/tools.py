"""What Gemini's tools are told and what they answer, in memtui's words."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from memtui.model import Tool
from memtui.readers.gemini_cli.lines import ToolCall
from memtui.readers.loose_json import decode_any, decode_object
from memtui.readers.texts import TOOL_CHARS, head, head_and_tail
from memtui.readers.told import (
    anything,
    dicts,
    fields,
    questions,
    string,
    whole_lines,
)

TOOLS: Final[dict[str, Tool]] = {
    "run_shell_command": Tool.SHELL,
    "replace": Tool.EDIT,
    "edit": Tool.EDIT,
    "write_file": Tool.EDIT,
    "read_file": Tool.READ,
    "read_many_files": Tool.READ,
    "get_internal_docs": Tool.READ,
    "glob": Tool.SEARCH,
    "grep_search": Tool.SEARCH,
    "search_file_content": Tool.SEARCH,
    "list_directory": Tool.SEARCH,
    "codebase_investigator": Tool.TASK,
    "delegate_to_agent": Tool.TASK,
    "invoke_agent": Tool.TASK,
    "ask_user": Tool.ASK,
    "exit_plan_mode": Tool.PLAN,
    "write_todos": Tool.TODO,
    "tracker_create_task": Tool.TODO,
    "tracker_update_task": Tool.TODO,
    "tracker_list_tasks": Tool.TODO,
    "google_web_search": Tool.WEB,
    "web_fetch": Tool.WEB,
}
"""By Gemini's own names; any other is ``Tool.OTHER``."""

_FAILED: Final = frozenset(("error", "cancelled", "canceled", "failed"))
_EXIT: Final = re.compile(r"^\[?Exit Code: -?[1-9]", re.M)
_UNTRUSTED: Final = re.compile(r"\A\s*<untrusted_context>\n?|\n?</untrusted_context>")
_REJECTED: Final = re.compile(
    r"Plan rejected\. User feedback: (.*?)(?:\n\nThe plan is stored at: .*)?\Z", re.S
)
_WITHIN: Final = re.compile(
    r"(?:workspace director(?:y|ies): |Directory listing for |within )"
    r"((?:/|[A-Za-z]:[\\/])[^\n,]*?)(?=[:.]?(?:\n|,|\Z)| or within | \()"
)


class Call(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a tool was told, in memtui's words."""

    name: str
    tool: Tool = Tool.OTHER
    command: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    text: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    text: str
    failed: bool = False
    patch: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    """What the person typed when refusing."""


def call_of(name: str, told: Mapping[str, Any]) -> Call:
    """A call in memtui's words."""
    tool = TOOLS.get(name, Tool.OTHER)
    paths = _paths(told)
    shell = tool is Tool.SHELL
    return Call(
        name=name,
        tool=tool,
        command=head(string(told, "command"), TOOL_CHARS) if shell else "",
        reads=paths if tool is Tool.READ else (),
        writes=paths if tool is Tool.EDIT else (),
        text=head_and_tail(_WORDINGS.get(tool, anything)(told) or anything(told)),
    )


def is_answered(told: ToolCall) -> bool:
    """Whether a call has an answer yet."""
    return bool(told.result) or bool(told.resultDisplay) or told.status in _FAILED


def answer_of(call: Call, told: ToolCall) -> Answer:
    """The answer that the client wrote beside a call."""
    display = decode_any(told.resultDisplay)
    text = output_of(decode_any(told.result))
    if not text and isinstance(display, str):
        text = display
    failed = told.status in _FAILED
    if call.tool is Tool.SHELL:
        failed = failed or bool(_EXIT.search(text))
    rejection = _REJECTED.match(text) if call.tool is Tool.PLAN else None
    patch = display.get("fileDiff") if isinstance(display, dict) else None
    return Answer(
        text=text,
        failed=failed or (call.tool is Tool.PLAN and text.startswith("Plan rejected")),
        patch=_hunks(patch) if isinstance(patch, str) else "",
        answers=_answers(told, text) if call.tool is Tool.ASK else (),
        typed=rejection[1].strip() if rejection else "",
    )


def output_of(result: object) -> str:
    """The text of a tool's result, whichever way the version wrote it."""
    if isinstance(result, str):
        return result
    if isinstance(result, dict):
        result = [result]
    texts = []
    for part in dicts(result):
        response = part.get("functionResponse")
        if isinstance(response, dict):
            texts.append(_response(response.get("response")))
        elif "inlineData" in part or "fileData" in part:
            texts.append("[file]")
        else:
            texts.append(string(part, "text"))
    return _UNTRUSTED.sub("", "\n".join(filter(None, texts)))


def places_in(told: Mapping[str, Any], output: str) -> list[str]:
    """Folders and files that a call names: the project may lie above one."""
    return [*_paths(told), *_WITHIN.findall(output[:2_000])]


def _response(response: object) -> str:
    if not isinstance(response, dict):
        return response if isinstance(response, str) else ""
    for key in ("output", "error", "content", "result"):
        value = response.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            return output_of(value) or msgspec.json.encode(value).decode()
    return anything(response)


def _paths(told: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("file_path", "absolute_path", "path", "dir_path")
    paths = [string(told, key) for key in keys]
    many = told.get("paths")
    paths += [p for p in (many if isinstance(many, list) else ()) if isinstance(p, str)]
    return tuple(dict.fromkeys(filter(None, paths)))


def _answers(told: ToolCall, text: str) -> tuple[tuple[str, str], ...]:
    """The client names a question by its place in the list."""
    asked = dicts(decode_object(told.args).get("questions"))
    given = decode_object(text.encode("utf-8", "replace")).get("answers")
    if not isinstance(given, dict):
        return ()
    pairs = []
    for place, answer in given.items():
        at = int(place) if str(place).isdecimal() else -1
        if 0 <= at < len(asked) and isinstance(answer, str) and answer:
            pairs.append((string(asked[at], "question"), answer))
    return tuple(pairs)


def _hunks(diff: str) -> str:
    """A unified diff without what stands before its first hunk."""
    start = diff.find("@@ ")
    return whole_lines(diff[start:].rstrip("\n")) if start >= 0 else ""


def _file(told: Mapping[str, Any]) -> str:
    return "\n".join(_paths(told))


def _search(told: Mapping[str, Any]) -> str:
    keys = ("pattern", "query", "include", "include_pattern", "dir_path", "path")
    return fields(told, *keys, between=" ")


def _task(told: Mapping[str, Any]) -> str:
    return fields(told, "agent_name", "agentName", "objective", "prompt", "query")


_BOXES: Final = {"completed": "[x]", "in_progress": "[-]"}


def _todo(told: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{_BOXES.get(string(todo, 'status'), '[ ]')} {string(todo, 'description')}"
        for todo in dicts(told.get("todos"))
    )


_WORDINGS: Final[dict[Tool, Callable[[Mapping[str, Any]], str]]] = {
    Tool.SHELL: lambda told: string(told, "command"),
    Tool.EDIT: _file,
    Tool.READ: _file,
    Tool.SEARCH: _search,
    Tool.ASK: questions,
    Tool.PLAN: lambda told: fields(told, "plan", "plan_filename", "plan_path"),
    Tool.TASK: _task,
    Tool.TODO: _todo,
    Tool.WEB: lambda told: fields(told, "query", "url", "prompt"),
}
