"""What OpenCode's tools are told and what they answer, in memtui's words."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from memtui.model import Tool
from memtui.readers.opencode.words import answers_in
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
    "bash": Tool.SHELL,
    "edit": Tool.EDIT,
    "write": Tool.EDIT,
    "multiedit": Tool.EDIT,
    "patch": Tool.EDIT,
    "apply_patch": Tool.EDIT,
    "read": Tool.READ,
    "glob": Tool.SEARCH,
    "grep": Tool.SEARCH,
    "list": Tool.SEARCH,
    "lsp": Tool.SEARCH,
    "codesearch": Tool.SEARCH,
    "question": Tool.ASK,
    "plan_exit": Tool.PLAN,
    "submit_plan": Tool.PLAN,
    "task": Tool.TASK,
    "todowrite": Tool.TODO,
    "todoread": Tool.TODO,
    "webfetch": Tool.WEB,
    "websearch": Tool.WEB,
}
"""By OpenCode's own names; any other is ``Tool.OTHER``."""

_PATCHED: Final = re.compile(
    r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$", re.M
)


class Call(msgspec.Struct, frozen=True):
    """What a tool was told, and what came back as far as it did."""

    name: str
    tool: Tool
    text: str
    command: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    answered: bool = False
    output: str = ""
    failed: bool = False
    patch: str = ""
    answers: tuple[tuple[str, str], ...] = ()


def call_of(name: str, state: Mapping[str, Any]) -> Call:
    """A tool part's name and state, in memtui's words."""
    tool = TOOLS.get(name, Tool.OTHER)
    told = _dict(state.get("input"))
    meta = _dict(state.get("metadata"))
    status = string(state, "status")
    output = string(state, "error") if status == "error" else string(state, "output")
    shell = tool is Tool.SHELL
    exit_code = meta.get("exit") if shell else None
    edits = _edited(told, meta) if tool is Tool.EDIT else ()
    return Call(
        name=name,
        tool=tool,
        text=head_and_tail(_WORDINGS.get(tool, anything)(told) or anything(told)),
        command=head(string(told, "command"), TOOL_CHARS) if shell else "",
        reads=_path(told) if tool is Tool.READ else (),
        writes=edits,
        answered=status in ("completed", "error"),
        output=output,
        failed=status == "error" or (isinstance(exit_code, int) and exit_code != 0),
        patch=_patch(told, meta) if tool is Tool.EDIT and status != "error" else "",
        answers=_answers(told, meta, output) if tool is Tool.ASK else (),
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _path(told: Mapping[str, Any]) -> tuple[str, ...]:
    path = string(told, "filePath") or string(told, "path")
    return (path,) if path else ()


def _edited(told: Mapping[str, Any], meta: Mapping[str, Any]) -> tuple[str, ...]:
    paths = [*_path(told), *_PATCHED.findall(string(told, "patchText"))]
    paths += [string(file, "filePath") for file in dicts(meta.get("files"))]
    return tuple(dict.fromkeys(filter(None, paths)))


def _patch(told: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    diff = string(meta, "diff")
    start = diff.find("@@ ")
    if start >= 0:
        return whole_lines(diff[start:].rstrip("\n"))
    content = string(told, "content")
    if not content or meta.get("exists"):
        return ""
    lines = content.removesuffix("\n").split("\n")
    added = "\n".join(f"+{line}" for line in lines)
    return whole_lines(f"@@ -0,0 +1,{len(lines)} @@\n{added}")


def _answers(
    told: Mapping[str, Any], meta: Mapping[str, Any], output: str
) -> tuple[tuple[str, str], ...]:
    asked = dicts(told.get("questions"))
    given = meta.get("answers")
    if not isinstance(given, list):
        return answers_in(output)
    pairs = []
    for question, answer in zip(asked, given, strict=False):
        text = ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
        if text:
            pairs.append((string(question, "question"), text))
    return tuple(pairs)


def _search(told: Mapping[str, Any]) -> str:
    return fields(told, "pattern", "query", "path", "include", between=" ")


_BOXES: Final = {"completed": "[x]", "in_progress": "[-]"}


def _todo(told: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{_BOXES.get(string(todo, 'status'), '[ ]')} {string(todo, 'content')}"
        for todo in dicts(told.get("todos"))
    )


_WORDINGS: Final[dict[Tool, Callable[[Mapping[str, Any]], str]]] = {
    Tool.SHELL: lambda told: string(told, "command"),
    Tool.EDIT: lambda told: "\n".join(_edited(told, {})),
    Tool.READ: lambda told: "\n".join(_path(told)),
    Tool.SEARCH: _search,
    Tool.ASK: questions,
    Tool.PLAN: lambda told: string(told, "plan"),
    Tool.TASK: lambda told: fields(told, "description", "prompt"),
    Tool.TODO: _todo,
    Tool.WEB: lambda told: fields(told, "url", "query"),
}
