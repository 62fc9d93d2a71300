"""What Codex's tools are told and what they answer, in memtui's words."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from memtui.model import Tool
from memtui.readers.loose_json import decode_any, decode_object
from memtui.readers.texts import TOOL_CHARS, head, head_and_tail, printed
from memtui.readers.told import (
    anything,
    dicts,
    fields,
    questions,
    string,
    whole_lines,
)

TOOLS: dict[str, Tool] = {
    "shell": Tool.SHELL,
    "shell_command": Tool.SHELL,
    "exec_command": Tool.SHELL,
    "local_shell": Tool.SHELL,
    "local_shell_call": Tool.SHELL,
    "container.exec": Tool.SHELL,
    "unified_exec": Tool.SHELL,
    "write_stdin": Tool.SHELL,
    "apply_patch": Tool.EDIT,
    "read_file": Tool.READ,
    "view_image": Tool.READ,
    "grep_files": Tool.SEARCH,
    "list_dir": Tool.SEARCH,
    "tool_search": Tool.SEARCH,
    "tool_search_call": Tool.SEARCH,
    "update_plan": Tool.TODO,
    "request_user_input": Tool.ASK,
    "spawn_agent": Tool.TASK,
    "send_input": Tool.TASK,
    "resume_agent": Tool.TASK,
    "wait": Tool.TASK,
    "wait_agent": Tool.TASK,
    "close_agent": Tool.TASK,
    "web_search": Tool.WEB,
    "web_search_call": Tool.WEB,
}
"""By Codex's own names; any other is ``Tool.OTHER``."""

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_PATCHES = re.compile(r"(?:^|&&|;|\n)[ \t]*apply_patch\b")
_TOUCHED = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$", re.M)

# What the client sets before a command's output.
_HEADER = re.compile(
    r"(?:(?:Chunk ID|Exit code|Wall time|Process exited with code"
    r"|Process running with session ID|Original token count|Total output lines)\b"
    r"[^\n]*\n)+Output:(?:\n|\Z)"
)
_EXIT = re.compile(r"^(?:Exit code:|Process exited with code) (-?\d+)", re.M)
_FAILURE = re.compile(
    r"\s*(?:error\b|failed\b|apply_patch verification failed|execution error"
    r"|exec_command failed|unsupported call|aborted by user|command aborted"
    r"|(?:exec command|patch) rejected by user)",
    re.I,
)


class Call(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a tool was told, kept until its result comes."""

    name: str
    tool: Tool = Tool.OTHER
    command: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    patch: str = ""
    """What it changes if it succeeds."""
    questions: dict[str, str] = {}
    """By their ids, of ``Tool.ASK``."""


class Outcome(msgspec.Struct, frozen=True):
    """What a tool answered."""

    text: str
    failed: bool = False
    answers: tuple[tuple[str, str], ...] = ()


def told_of(raw: bytes) -> Mapping[str, Any]:
    """What a call was told: JSON, JSON in a string, or plain text as ``input``."""
    value = decode_any(raw)
    if isinstance(value, str):
        inner = decode_any(value.encode("utf-8", "replace"))
        value = inner if isinstance(inner, dict) else {"input": value}
    return value if isinstance(value, dict) else {}


def call_of(name: str, told: Mapping[str, Any], namespace: str = "") -> Call:
    """The call in memtui's words, without its text."""
    tool = Tool.OTHER if namespace else TOOLS.get(name, Tool.OTHER)
    full = f"{namespace}__{name}" if namespace else name
    if tool is Tool.SHELL:
        command = _command(told)
        if _is_patch(command):
            return _edit(full, command)
        return Call(name=full, tool=tool, command=head(command, TOOL_CHARS))
    if tool is Tool.EDIT:
        return _edit(full, string(told, "input") or string(told, "patch"))
    path = string(told, "file_path") or string(told, "path")
    return Call(
        name=full,
        tool=tool,
        reads=(path,) if path and tool is Tool.READ else (),
        questions={
            string(one, "id"): string(one, "question")
            for one in dicts(told.get("questions"))
        }
        if tool is Tool.ASK
        else {},
    )


def text_of(call: Call, told: Mapping[str, Any]) -> str:
    """What the call says to a person: a command, paths, a question, steps."""
    if call.tool is Tool.SHELL and call.command:
        return call.command
    if call.tool is Tool.EDIT and call.writes:
        return head_and_tail("\n".join(call.writes))
    wording = _WORDINGS.get(call.tool, anything)
    return head_and_tail(wording(told) or anything(told))


def outcome_of(call: Call, raw: bytes) -> Outcome:
    """What a tool answered, without what the client set before it."""
    text, failed = _printed(raw)
    if call.tool is Tool.ASK and not failed:
        return Outcome(text=text, answers=_answers(call, raw))
    return Outcome(text=text, failed=failed)


def _printed(raw: bytes) -> tuple[str, bool]:
    value, failed = decode_any(raw), False
    if isinstance(value, dict):
        failed = value.get("success") is False
        value = value.get("content") or value.get("output")
    text = value if isinstance(value, str) else _joined(value)
    if text.startswith('{"output"'):
        wrapped = decode_object(text.encode("utf-8", "replace"))
        if isinstance(printed := wrapped.get("output"), str):
            meta = wrapped.get("metadata")
            code = meta.get("exit_code") if isinstance(meta, dict) else None
            return with_exit(printed, code), failed or bool(code)
    if found := _HEADER.match(text):
        exited = _EXIT.search(found[0])
        code = exited[1] if exited and exited[1] != "0" else None
        return with_exit(text[found.end() :], code), failed or bool(code)
    return with_exit(text, None), failed or bool(_FAILURE.match(text))


def _joined(value: object) -> str:
    texts = (string(one, "text") or f"[{one.get('type')}]" for one in dicts(value))
    return "\n".join(texts)


def with_exit(text: str, code: object) -> str:
    """What a command printed, after its exit code where that tells a failure."""
    text = text.strip("\n").rstrip()
    text = f"Exit code {code}\n{text}".rstrip() if code else text
    return printed(text)


def _answers(call: Call, raw: bytes) -> tuple[tuple[str, str], ...]:
    given = told_of(raw).get("answers")
    if not isinstance(given, dict):
        return ()
    pairs = []
    for identity, answer in given.items():
        picked = answer.get("answers") if isinstance(answer, dict) else answer
        parts = picked if isinstance(picked, list) else [picked]
        said = ", ".join(str(part).removeprefix("user_note: ") for part in parts)
        if said:
            pairs.append((call.questions.get(identity) or identity, said))
    return tuple(pairs)


def _command(told: Mapping[str, Any]) -> str:
    """The script that a shell was given, without the shell."""
    value = told.get("cmd", told.get("command", told.get("chars", "")))
    if isinstance(value, str):
        return value
    words = [str(word) for word in value] if isinstance(value, list) else []
    if len(words) == 3 and words[1] in ("-lc", "-c", "-Command", "/c"):
        return words[2]
    return shlex.join(words) if words[:1] != ["apply_patch"] else "\n".join(words)


def _is_patch(command: str) -> bool:
    """Whether a script does nothing but apply a patch."""
    before, begins, _ = command.partition(_BEGIN)
    after = command.rpartition(_END)[2].strip()
    return bool(begins and _PATCHES.search(before)) and "\n" not in after


def _edit(name: str, patch: str) -> Call:
    parts = (part.partition(_END)[0] for part in patch.split(_BEGIN)[1:])
    body = "\n".join(part.strip("\r\n") for part in parts)
    touched = dict.fromkeys(path.strip() for path in _TOUCHED.findall(body))
    return Call(
        name=name,
        tool=Tool.EDIT,
        writes=tuple(touched),
        patch=whole_lines(body),
    )


def _search(told: Mapping[str, Any]) -> str:
    keys = ("pattern", "query", "path", "dir_path", "include")
    return fields(told, *keys, between=" ")


def _path(told: Mapping[str, Any]) -> str:
    return string(told, "file_path") or string(told, "path")


def _task(told: Mapping[str, Any]) -> str:
    return fields(told, "agent_type", "message", "prompt", "input")


_BOXES = {"completed": "[x]", "in_progress": "[-]"}


def _todo(told: Mapping[str, Any]) -> str:
    steps = [
        f"{_BOXES.get(string(one, 'status'), '[ ]')} {string(one, 'step')}"
        for one in dicts(told.get("plan"))
    ]
    return "\n".join(filter(None, (string(told, "explanation"), *steps)))


def _web(told: Mapping[str, Any]) -> str:
    return fields(told, "url", "query", "pattern")


_WORDINGS: dict[Tool, Callable[[Mapping[str, Any]], str]] = {
    Tool.READ: _path,
    Tool.SEARCH: _search,
    Tool.ASK: questions,
    Tool.TASK: _task,
    Tool.TODO: _todo,
    Tool.WEB: _web,
}
