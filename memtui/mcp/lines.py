"""What a client writes, line by line: what is no message is answered here.

The SDK passes over what it cannot read, and a client waits for ever for an answer
to a request with a slip in it. It would also keep a line of any length.
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Final

import anyio.to_thread
import mcp_types as types
from mcp.shared._stream_protocols import WriteStream
from mcp.shared.message import SessionMessage

MOST_BYTES: Final = 1 << 20
"""Of one line; nothing that a tool takes comes near it."""
_ENDS: Final = 512
"""Bytes of a longer line's beginning and end, in which its id is looked for."""
_PLAIN_ID: Final = rb'"id"\s*:\s*(\d{1,15}|"[^"\\]{1,80}")'
_FIRST: Final = re.compile(_PLAIN_ID)
_LAST: Final = re.compile(_PLAIN_ID + rb"[^{}]*\}\s*$")

Wrong = types.JSONRPCError


class Lines:
    """The messages that a client writes, as text that the SDK can read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.answers: WriteStream[SessionMessage] | None = None
        """Where a client is told what is wrong with its line."""

    async def __aiter__(self) -> AsyncIterator[str]:
        while line := await anyio.to_thread.run_sync(self._next):
            if isinstance(line, Wrong):
                await self._tell(line)
                continue
            text = line.decode("utf-8", "replace")
            wrong = _wrong(text)
            if wrong is not None:
                await self._tell(wrong)
            elif _is_message(text):
                yield text

    def _next(self) -> bytes | Wrong:
        """The next line; of one that is too long, what its sender is told."""
        line = self._file.readline(MOST_BYTES + 1)
        if len(line) <= MOST_BYTES:
            return line
        first, last = line[:_ENDS], line[-_ENDS:]
        while not line.endswith(b"\n"):
            line = self._file.readline(1 << 16)
            if not line:
                break
            last = (last + line)[-_ENDS:]
        found = _FIRST.search(first.partition(b'"params"')[0]) or _LAST.search(last)
        return _error(
            json.loads(found[1].decode("utf-8", "replace")) if found else None,
            types.INVALID_REQUEST,
            f"A request of more than {MOST_BYTES:,} bytes is not read.",
        )

    async def _tell(self, wrong: Wrong) -> None:
        if self.answers is not None:
            await self.answers.send(SessionMessage(wrong))


def _is_message(text: str) -> bool:
    try:
        read = types.jsonrpc_message_adapter.validate_json(text, by_name=False)
    except ValueError:
        return False
    # A request whose id is none that MCP knows would pass for a notification.
    if not isinstance(read, types.JSONRPCNotification) or '"id"' not in text:
        return True
    return read.method.startswith("notifications/") or "id" not in json.loads(text)


def _wrong(text: str) -> Wrong | None:
    """What is wrong with a line that somebody waits for; None where nobody does."""
    if not text.strip() or _is_message(text):
        return None
    try:
        said = json.loads(text)
    except RecursionError:
        return _error(None, types.INVALID_REQUEST, "This is nested too deeply.")
    except ValueError:
        return _error(None, types.PARSE_ERROR, "This line is no JSON.")
    if not isinstance(said, dict):
        return _error(None, types.INVALID_REQUEST, "A message is one JSON object.")
    if "id" not in said and isinstance(said.get("method"), str):
        return None  # a notification: nobody waits
    if "method" not in said and ("result" in said or "error" in said):
        return None  # an answer to something that was never asked
    if isinstance(said.get("method"), str) and not _is_plain(said.get("params")):
        return _error(
            said.get("id"), types.INVALID_PARAMS,
            "params must be an object, of whole characters, not too deep.",
        )  # fmt: skip
    return _error(
        said.get("id"), types.INVALID_REQUEST,
        'A request has "jsonrpc": "2.0", an id (a text or a whole number) and the '
        "name of a method.",
    )  # fmt: skip


def _is_plain(params: object) -> bool:
    text = json.dumps({"jsonrpc": "2.0", "method": "x", "params": params})
    return params is None or _is_message(text)


def _error(id_: Any, code: int, message: str) -> Wrong:  # noqa: ANN401 - whatever was said
    whole = isinstance(id_, int) and not isinstance(id_, bool)
    if isinstance(id_, str):
        whole = id_.isprintable() and len(id_) <= 200
    return Wrong(
        jsonrpc="2.0",
        id=id_ if whole else None,
        error=types.ErrorData(code=code, message=message),
    )
