"""The terminal application. ``run`` opens it; nothing is imported before that."""

import asyncio
import gc
import importlib
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memtui.settings import Settings

if TYPE_CHECKING:  # imported when the app is opened
    from memtui.tui.app import MemtuiApp

__all__ = ["run"]

STARTED_S: Final = 1.0
"""So long after the start garbage may be left lying."""
LOOK_S: Final = 1.0
"""So often it is looked whether there is still a terminal."""
NEXT: Final = (
    "memtui.store.search.find_typed",
    "memtui.tui.screens.search",
    "memtui.tui.screens.curate",
    "memtui.tui.screens.sessions",
    "memtui.tui.screens.chooser",
)
"""What is likely to be asked for next, and would hold up the event loop."""


def run(
    data: Path,
    settings: Settings,
    *,
    demo: bool = False,
    screen: str | None = None,
    filter: str = "",  # noqa: A002 (the name of the option)
    all_projects: bool = False,
    home: Path | None = None,
    cwd: Path | None = None,
) -> int:
    """Open the app and stay until the person leaves; the exit code.

    Args:
        data: folder of the store; it need not exist yet.
        demo: a demo store: nothing of the person's is read.
        screen: the screen that opens: timeline, search, curate, injection,
            sessions or stats.
        filter: the query that it opens with.
        all_projects: show all projects even inside a known one.
        home: where transcripts are looked for; None: the person's home.
        cwd: None: where the process was started.

    Raises:
        Exception: what ended the app, once the terminal is as it was; the command
            line writes it into the log and says so in one line.
    """
    gc.disable()  # nothing that starts an app is garbage: a tenth of the time, measured
    from memtui.tui.start import make_app

    app = make_app(
        data,
        settings,
        demo=demo,
        screen=screen,
        query=filter,
        all_projects=all_projects,
        home=home,
        cwd=cwd,
    )

    code = _until_left(app, mouse=settings.mouse)
    if app.failure is not None:
        raise app.failure
    return app.return_code or code or 0


def _make_ready() -> None:
    """Import what a first key would wait for; look for garbage from then on.

    What is there by then stays, and is passed over every time.
    """
    for module in NEXT:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()


async def _leave_with_terminal(app: "MemtuiApp") -> None:
    """End an app whose terminal is gone, also where no signal says so (nohup)."""
    from memtui.tui.driver import is_gone

    terminal = sys.stdin.fileno()
    while not is_gone(terminal):
        await asyncio.sleep(LOOK_S)
    app.exit(128 + signal.SIGHUP)


def _until_left(app: "MemtuiApp", *, mouse: bool) -> int | None:
    """Run the app; kill and a closed window end it as q does: terminal and threads."""
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)}

    async def running() -> int | None:
        ready = threading.Thread(target=_make_ready, name="memtui-ready", daemon=True)
        asyncio.get_running_loop().call_later(STARTED_S, ready.start)
        for number in before:
            asyncio.get_running_loop().add_signal_handler(
                number, app.exit, 128 + number
            )
        watching = asyncio.create_task(_leave_with_terminal(app))
        code = await app.run_async(mouse=mouse)
        watching.cancel()
        if app.desk.farewell:
            sys.stderr.write(f"{app.desk.farewell}\n")
        return code

    try:
        return asyncio.run(running())
    finally:
        for number, handler in before.items():  # the loop left the default ones
            signal.signal(number, handler)
