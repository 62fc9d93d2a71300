"""The app behind textual-serve, on 127.0.0.1 and behind a gate.

textual-serve starts one process of the app for each page that is open, and ends it
with the page. What it would print stays out, so does its page, which asks another
host for a font: ours does not, and a policy lets the browser load from here alone.
"""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from memtui.errors import MemtuiError
from memtui.web.gate import COOKIE, Gate, Verdict

HOST: Final = "127.0.0.1"

Answer = Callable[[Any], Awaitable[Any]]


def listening(port: int) -> socket.socket:
    """A socket on this machine alone; port 0: any that is free.

    Raises:
        MemtuiError: the port is taken, or not to be had.
    """
    own = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind((HOST, port))
        own.listen()  # who comes before the server is ready waits for it
    except OSError as error:
        own.close()
        raise MemtuiError(
            f"Port {port} cannot be had: {error.strerror}.",
            hint="--port names another one; without it any free one is taken.",
        ) from error
    return own


def check() -> None:
    """Make sure that there is what serves.

    Raises:
        MemtuiError: the extra is not installed.
    """
    try:
        import textual_serve.server  # noqa: F401 - dear, and only asked for here
    except ImportError as error:
        raise MemtuiError(
            "memtui serve needs textual-serve.", hint="pip install 'memtui[web]'"
        ) from error


def run(own: socket.socket, gate: Gate, command: str) -> None:
    """Serve until interrupted or ended.

    Args:
        command: what a shell runs for each page: the app.
    """
    asyncio.run(_serve(own, gate, command))


async def _serve(own: socket.socket, gate: Gate, command: str) -> None:
    from aiohttp import web

    first: Any = web.middleware(_guarded(gate))
    application = web.Application(middlewares=[first])
    application.add_subapp(gate.path.rstrip("/"), await _inner(gate, command))
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    try:
        await web.SockSite(runner, own, shutdown_timeout=1.0).start()
        await ended.wait()
    finally:
        await runner.cleanup()


async def _inner(gate: Gate, command: str) -> Any:  # noqa: ANN401 - an aiohttp application
    """textual-serve's own application, without what it prints on starting."""
    from textual_serve.server import Server

    server: Any = Server(
        command, host=HOST, port=gate.port, title="memtui", public_url=gate.origin
    )

    async def quiet(_: object) -> None:
        return

    server.on_startup = quiet
    server.templates_path = Path(__file__).with_name("templates")
    return await server._make_app()


def _guarded(gate: Gate) -> Callable[[Any, Answer], Awaitable[Any]]:
    """Ask the gate first; say to the browser what it may load."""
    from aiohttp import web

    async def guarded(request: Any, handler: Answer) -> Any:  # noqa: ANN401
        verdict = gate.judge(
            host=request.headers.get("Host", ""),
            path=request.path,
            origin=request.headers.get("Origin"),
            cookie=request.cookies.get(COOKIE, ""),
            token=request.query.get("token"),
        )
        if verdict is Verdict.ENTER:
            entered = {"Location": gate.path, "Set-Cookie": gate.cookie}
            return web.Response(status=303, headers=entered | policy(gate))
        if verdict is not Verdict.PASS:
            return web.Response(status=403, text=f"{verdict}\n", headers=policy(gate))
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(policy(gate))
            raise
        if not response.prepared:  # a socket is
            response.headers.update(policy(gate))
        return response

    return guarded


def policy(gate: Gate) -> dict[str, str]:
    """Headers by which a browser loads from here alone, shows it in no frame of
    another page and tells nobody the address."""
    own = f"ws://{HOST}:{gate.port}"
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' "
            f"'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            f"connect-src 'self' {own}; frame-ancestors 'none'; base-uri 'none'; "
            "form-action 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
