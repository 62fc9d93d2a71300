"""The protocol: our tools over the official SDK, on stdin and stdout."""

import sys
import threading
from types import TracebackType
from typing import Any, Final, Self, cast

import anyio
import anyio.to_thread
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage

from memtui import __version__
from memtui.curate import agent_here
from memtui.mcp import arguments
from memtui.mcp.lines import Lines
from memtui.mcp.tools import INSTRUCTIONS, TOOLS, Desk, Tool, agent_named
from memtui.model import Agent

PATIENCE_SECONDS: Final = 10.0
"""After the last word of a client its questions are still answered for so long."""

_Context = ServerRequestContext[Any]


def make_server(desk: Desk) -> Server[Any]:
    """The server of one client, its calls answered one at a time."""
    one_at_a_time = anyio.CapacityLimiter(1)

    async def list_tools(
        _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(
            tools=[_described(tool) for tool in TOOLS.values()]
        )

    async def call_tool(
        context: _Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            known = ", ".join(TOOLS)
            raise MCPError(
                types.INVALID_PARAMS,
                f"There is no tool {params.name[:80]!r}. There are: {known}.",
            )
        taken_back = threading.Event()
        try:
            found = await anyio.to_thread.run_sync(
                desk.call, tool, params.arguments, _agent(context), taken_back,
                abandon_on_cancel=True, limiter=one_at_a_time,
            )  # fmt: skip
        finally:
            taken_back.set()
        return types.CallToolResult(
            content=[
                types.TextContent(type="text", text=text)
                for text in (found.text, found.note)
                if text
            ],
            is_error=found.failed,
        )

    return Server(
        "memtui",
        version=__version__,
        title="memtui",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve(desk: Desk) -> None:
    """Answer on stdin and stdout until the client closes its end."""
    try:
        anyio.run(_serve, desk)
    finally:
        desk.close()


async def _serve(desk: Desk) -> None:
    server = make_server(desk)
    lines = Lines(sys.stdin.buffer)
    # The SDK only iterates over what it is given to read.
    source = cast("anyio.AsyncFile[str]", lines)
    async with stdio_server(stdin=source) as (reading, writing):
        lines.answers = writing
        owed = Owed()
        await server.run(
            Asked(reading, owed), Told(writing, owed),
            server.create_initialization_options(),
        )  # fmt: skip


class Owed:
    """Questions of a client that have no answer yet."""

    def __init__(self) -> None:
        self._ids: set[types.RequestId] = set()
        self._paid = anyio.Event()

    def note(self, item: SessionMessage | Exception) -> None:
        """A question came, or was taken back."""
        message = item.message if isinstance(item, SessionMessage) else None
        if isinstance(message, types.JSONRPCRequest):
            self._ids.add(message.id)
        elif getattr(message, "method", "") == "notifications/cancelled":
            self._pay((getattr(message, "params", None) or {}).get("requestId"))

    def settle(self, item: SessionMessage) -> None:
        """An answer went out."""
        if isinstance(item.message, types.JSONRPCResponse | types.JSONRPCError):
            self._pay(item.message.id)

    async def paid(self) -> None:
        """Wait until nothing is owed."""
        while self._ids:
            self._paid = anyio.Event()
            await self._paid.wait()

    def _pay(self, id_: object) -> None:
        if isinstance(id_, str | int):
            self._ids.discard(id_)
        self._paid.set()


class Asked:
    """What a client says. It has not ended before what was asked is answered.

    The SDK drops the questions at hand when its input ends; but a script writes
    them, closes its end and then reads.
    """

    def __init__(
        self, inner: ReadStream[SessionMessage | Exception], owed: Owed
    ) -> None:
        self._inner, self._owed = inner, owed

    async def receive(self) -> SessionMessage | Exception:
        """The next thing said.

        Raises:
            EndOfStream: there is no more.
        """
        try:
            item = await self._inner.receive()
        except anyio.EndOfStream:
            with anyio.move_on_after(PATIENCE_SECONDS):
                await self._owed.paid()
            raise
        self._owed.note(item)
        return item

    async def aclose(self) -> None:
        """Listen no more."""
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class Told:
    """What a client is told."""

    def __init__(self, inner: WriteStream[SessionMessage], owed: Owed) -> None:
        self._inner, self._owed = inner, owed

    async def send(self, item: SessionMessage, /) -> None:
        """Say it."""
        await self._inner.send(item)
        self._owed.settle(item)

    async def aclose(self) -> None:
        """Say no more."""
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _described(tool: Tool) -> types.Tool:
    reads = tool.look is not None
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=arguments.schema(tool.takes),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=reads,
            destructive_hint=False,
            idempotent_hint=reads,
            open_world_hint=False,
        ),
    )


def _agent(context: _Context) -> Agent | None:
    """Whose call it is: by the client's own name, else by its variables."""
    params = context.session.client_params
    named = agent_named(params.client_info.name) if params else None
    return named or agent_here()
