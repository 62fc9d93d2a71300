"""Commands and changes of which a Codex transcript has no item.

A model may call its tools from a script, and a person may run a command at the
prompt: then only what the client showed of it is written down.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from memtui.model import RecordKind
from memtui.readers.codex import tools
from memtui.readers.codex.context import Context
from memtui.readers.codex.tools import Call, Outcome
from memtui.readers.told import string, whole_lines
from memtui.records import Record

_INTERACTION = "unified_exec_interaction"
"""Words to a program that runs already: its call stands as an item."""


def command(context: Context, shown: Mapping[str, Any]) -> Iterator[Record]:
    """A command that ended, with what it printed."""
    if shown.get("source") == _INTERACTION:
        return
    call = tools.call_of("shell", shown)
    printed = shown.get("aggregated_output") or shown.get("formatted_output")
    code = shown.get("exit_code")
    failed = shown.get("status") in ("failed", "declined") or code not in (0, None)
    text = tools.with_exit(printed if isinstance(printed, str) else "", code)
    yield from _both(context, shown, call, Outcome(text=text, failed=failed))


def change(context: Context, shown: Mapping[str, Any]) -> Iterator[Record]:
    """Files that were changed."""
    changes = shown.get("changes")
    changes = changes if isinstance(changes, dict) else {}
    call = Call(
        name="apply_patch",
        tool=tools.TOOLS["apply_patch"],
        writes=tuple(changes),
        patch=whole_lines("\n".join(_patches(changes))),
    )
    failed = shown.get("success") is False or shown.get("status") in (
        "failed",
        "declined",
    )
    told = string(shown, "stderr" if failed else "stdout").strip()
    yield from _both(context, shown, call, Outcome(text=told, failed=failed))


def _both(
    context: Context, shown: Mapping[str, Any], call: Call, outcome: Outcome
) -> Iterator[Record]:
    identity = string(shown, "call_id") or string(shown, "id")
    text = tools.text_of(call, shown)
    yield context.record(RecordKind.TOOL_USE, text, call=identity, told=call)
    yield context.record(
        RecordKind.TOOL_RESULT,
        outcome.text,
        part=1,
        call=identity,
        failed=outcome.failed,
        told=call,
        patch="" if outcome.failed else call.patch,
    )


def _patches(changes: Mapping[str, Any]) -> Iterator[str]:
    for path, one in changes.items():
        if not isinstance(one, dict):
            continue
        kind = string(one, "type")
        yield f"*** {kind.capitalize()} File: {path}"
        if kind == "update":
            yield string(one, "unified_diff")
        elif kind == "add":
            yield "\n".join(f"+{line}" for line in string(one, "content").splitlines())
