"""``memtui`` without a verb: the app, or what to do where there is nothing yet."""

import os
import sys

from memtui import paths
from memtui.cli import output
from memtui.errors import MemtuiError
from memtui.settings import Settings, load


def open_app(
    *,
    demo: bool = False,
    screen: str | None = None,
    query: str = "",
    all_projects: bool = False,
) -> int:
    """Open the app and return its exit code.

    Raises:
        MemtuiError: this is no terminal, or there is nothing to show.
    """
    if not (on_a_terminal() or in_a_browser()):
        raise MemtuiError(
            "The app needs a terminal.", hint="memtui list and memtui --help do not."
        )
    known = load()
    if not demo and not in_a_browser() and not has_anything(known):
        answer = _ask_what_to_do()
        if answer == "q":
            return 0
        demo = answer == "d"
    if demo:
        return _open_demo(known, screen, query)
    from memtui.tui import run

    return run(
        paths.data_dir(),
        known,
        screen=screen,
        filter=query,
        all_projects=all_projects,
        home=paths.home(),
        cwd=paths.here(),
    )


def on_a_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def in_a_browser() -> bool:
    """Whether ``memtui serve`` started us for a page: keys come from there."""
    return os.environ.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def has_anything(known: Settings) -> bool:
    """Whether there is a store, or a transcript to read into one."""
    if paths.store_path().exists():
        return True
    from memtui.readers import READERS

    return any(
        next(reader.find(folder), None) is not None
        for reader in READERS.values()
        for folder in reader.folders(paths.home())
    )


def _open_demo(known: Settings, screen: str | None, query: str) -> int:
    from memtui.demo import temporary
    from memtui.tui import run

    with temporary() as data:
        return run(
            data, known, demo=True, screen=screen, filter=query, all_projects=True
        )


def _ask_what_to_do() -> str:
    """d, e or q: what a person without any transcript wants."""
    output.note("No transcripts were found. Looked in:")
    for place in _looked_in():
        output.note(f"  {place}")
    output.note("memtui fills up as soon as an agent has worked on this machine.")
    return output.pressed("d shows a made-up demo, e opens it empty, q leaves", "deq")


def _looked_in() -> list[str]:
    """Every folder that any agent may keep transcripts in, as a person writes it."""
    from memtui.readers import READERS

    home = paths.home()
    folders = [f for reader in READERS.values() for f in reader.folders(home)]
    return [
        f"~/{f.relative_to(home)}" if f.is_relative_to(home) else str(f)
        for f in dict.fromkeys(folders)
    ]
