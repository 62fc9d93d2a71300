"""OpenCode's newer messages: whole in one row of ``session_message``.

Told as the messages and parts of before, so that both come to the same records. A
session that was carried over has its messages in both tables; the older ones count.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from memtui.readers.told import dicts, string

Body = dict[str, Any]


def message_of(kind: str, told: Mapping[str, Any]) -> tuple[Body, list[Body]]:
    """A message as it was told before, and its parts in order."""
    making = _MAKING.get(kind)
    role = "user" if kind in _SENT else "assistant"
    info: Body = {"role": role, "time": told.get("time")}
    if kind == "compaction":
        info["summary"] = True
    if isinstance(error := told.get("error"), dict):
        said = {"message": string(error, "message")}
        info["error"] = {"name": string(error, "type"), "data": said}
    return info, list(making(told)) if making else []


def _user(told: Mapping[str, Any]) -> Iterator[Body]:
    yield {"type": "text", "text": string(told, "text")}
    for file in dicts(told.get("files")):
        yield {"type": "file", "filename": string(file, "name") or string(file, "uri")}
    for agent in dicts(told.get("agents")):
        yield {"type": "agent", "name": string(agent, "name")}


def _made_up(told: Mapping[str, Any]) -> Iterator[Body]:
    """What the client says in the person's name."""
    yield {"type": "text", "text": string(told, "text"), "synthetic": True}


def _shell(told: Mapping[str, Any]) -> Iterator[Body]:
    """A command that the person ran at the prompt."""
    time = told.get("time")
    done = isinstance(time, dict) and time.get("completed") is not None
    yield {
        "type": "tool",
        "tool": "bash",
        "callID": string(told, "callID"),
        "state": {
            "status": "completed" if done else "running",
            "input": {"command": string(told, "command")},
            "output": string(told, "output"),
            "time": _span(time, "created", "completed"),
        },
    }


def _assistant(told: Mapping[str, Any]) -> Iterator[Body]:
    for block in dicts(told.get("content")):
        yield _tool(block) if block.get("type") == "tool" else block


def _tool(block: Mapping[str, Any]) -> Body:
    state = block.get("state")
    state = state if isinstance(state, dict) else {}
    error = state.get("error")
    printed = (string(one, "text") for one in dicts(state.get("content")))
    input_ = state.get("input")
    return {
        "type": "tool",
        "tool": string(block, "name"),
        "callID": string(block, "id"),
        "state": {
            "status": string(state, "status"),
            "input": input_ if isinstance(input_, dict) else {"input": input_ or ""},
            "output": "\n".join(filter(None, printed)),
            "error": string(error, "message") if isinstance(error, dict) else "",
            "metadata": state.get("structured"),
            "time": _span(block.get("time"), "ran", "completed"),
        },
    }


def _compaction(told: Mapping[str, Any]) -> Iterator[Body]:
    yield {"type": "text", "text": string(told, "summary")}


def _span(time: object, start: str, end: str) -> Body:
    told = time if isinstance(time, dict) else {}
    return {"start": told.get(start) or told.get("created"), "end": told.get(end)}


_MAKING: Final[dict[str, Callable[[Mapping[str, Any]], Iterator[Body]]]] = {
    "user": _user,
    "synthetic": _made_up,
    "system": _made_up,
    "shell": _shell,
    "assistant": _assistant,
    "compaction": _compaction,
}
_SWITCHES: Final = frozenset({"agent-switched", "model-switched"})
_SENT: Final = frozenset({"user", "synthetic", "system", "shell"}) | _SWITCHES

KINDS: Final = frozenset(_MAKING) | _SWITCHES
"""Types of such rows; any other is only archived."""
