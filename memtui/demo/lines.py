"""Source lines of the demo's records, much like each agent's own.

They are what ``show --raw`` and ``export --raw`` give back. A real transcript
says far more in each line; what a person looks for in one is here.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from memtui.model import Agent, RecordKind
from memtui.records import Record, SessionFacts


def line_of(facts: SessionFacts, record: Record) -> bytes:
    """A source line, much like the agent's own."""
    shape = _SHAPES[facts.agent]
    body = shape(facts, record)
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


def _claude_line(facts: SessionFacts, record: Record) -> dict[str, Any]:
    by_agent = record.kind in (
        RecordKind.RESPONSE, RecordKind.THINKING, RecordKind.TOOL_USE,
    )  # fmt: skip
    role = "assistant" if by_agent else "user"
    return {
        "type": role, "uuid": record.native_id, "sessionId": facts.native_id,
        "timestamp": _stamp(record), "cwd": record.cwd, "gitBranch": record.branch,
        "version": "2.1.210", "isSidechain": bool(facts.parent),
        "message": {"role": role, "content": [_block(record)]},
    }  # fmt: skip


def _block(record: Record) -> dict[str, Any]:
    if record.kind is RecordKind.TOOL_USE:
        told = {"command": record.command} if record.command else {"text": record.text}
        return {
            "type": "tool_use", "id": record.call, "name": record.tool_name,
            "input": told,
        }  # fmt: skip
    if record.kind is RecordKind.TOOL_RESULT:
        return {
            "type": "tool_result", "tool_use_id": record.call,
            "content": record.text, "is_error": record.failed,
        }  # fmt: skip
    kind = "thinking" if record.kind is RecordKind.THINKING else "text"
    return {"type": kind, kind: record.text}


def _codex_line(facts: SessionFacts, record: Record) -> dict[str, Any]:
    names = {
        RecordKind.TOOL_USE: "function_call",
        RecordKind.TOOL_RESULT: "function_call_output",
        RecordKind.THINKING: "reasoning",
    }
    payload = {
        "type": names.get(record.kind, "message"), "id": record.native_id,
        "role": "user" if record.kind is RecordKind.PROMPT else "assistant",
        "call_id": record.call, "text": record.text,
    }  # fmt: skip
    return {
        "timestamp": _stamp(record), "type": "response_item",
        "payload": {key: value for key, value in payload.items() if value},
    }  # fmt: skip


def _message_line(facts: SessionFacts, record: Record) -> dict[str, Any]:
    said = record.kind is RecordKind.PROMPT
    return {
        "id": record.native_id, "sessionID": facts.native_id,
        "timestamp": _stamp(record), "type": "user" if said else "assistant",
        "content": record.text,
    }  # fmt: skip


_SHAPES: Final[dict[Agent, Callable[[SessionFacts, Record], dict[str, Any]]]] = {
    Agent.CLAUDE_CODE: _claude_line,
    Agent.CODEX: _codex_line,
    Agent.GEMINI_CLI: _message_line,
    Agent.OPENCODE: _message_line,
}


def _stamp(record: Record) -> str:
    assert record.at is not None
    moment = datetime.fromtimestamp(record.at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
