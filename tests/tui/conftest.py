"""A demo store with a fixed clock, and the app on a copy of it."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from memtui import demo
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from tests.tui.settling import press, settled

NOW = int(datetime(2026, 11, 19, 14, 44, tzinfo=UTC).timestamp() * 1000)
WIDE, NARROW = (120, 36), (80, 24)

MakeApp = Callable[..., MemtuiApp]

__all__ = [
    "NARROW", "NOW", "WIDE", "MakeApp", "before", "press", "screen_text", "settled",
    "status", "view",
]  # fmt: skip


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC here."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's own waits for a process at rest are left out: ``settled`` waits."""

    async def at_once(min_sleep: float = 0, max_sleep: float = 0) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("textual.app.wait_for_idle", at_once)
    monkeypatch.setattr("textual.pilot.wait_for_idle", at_once)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data folder, built once; tests work on copies."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        patch.setenv("HOME", str(folder.parent))
        time.tzset()
        demo.build(folder, today_ms=NOW)
    return folder


@pytest.fixture
def store(demo_store: Path, data: Path) -> Path:
    """A copy of the demo's data folder for this test alone."""
    shutil.copytree(demo_store, data)
    return data


@pytest.fixture
def make_app(store: Path, home: Path) -> MakeApp:
    """The app on the demo store: fixed clock, nothing read in the background."""

    def make(
        start: str = "timeline",
        *,
        query: str = "",
        cwd: Path | None = None,
        theme: str = "dark",
        glyphs: str = "unicode",
        every_project: bool = True,
    ) -> MemtuiApp:
        desk = Desk(
            data=store,
            settings=Settings(theme=theme, glyphs=glyphs),
            home=home,
            cwd=cwd or Path("/"),
            demo=True,
            queries={start: query} if query else {},
        )
        return MemtuiApp(
            desk, now=lambda: NOW, start=start, read=False, every_project=every_project
        )

    return make


def before(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    """For snapshots: settle, then press keys."""

    async def run(pilot: Pilot[int]) -> None:
        await settled(pilot)
        await press(pilot, *keys)

    return run


def screen_text(app: App[int]) -> str:
    """What the terminal shows, as plain lines."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def status(app: App[int]) -> str:
    """The left of the status line."""
    from memtui.tui.lines import plain
    from memtui.tui.widgets.frame import StatusLine

    return plain(app.screen.query_one(StatusLine).left)


def view(data: Path) -> StoreView:
    """A look at the store that the app wrote to."""
    return StoreView(data / "memtui.db")
