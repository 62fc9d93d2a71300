"""The first start, the background reading, and that nothing is left behind."""

import asyncio
import re
import threading
from pathlib import Path

import pytest

from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.lanes import ReadLane
from memtui.tui.messages import ReadingAdvanced
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.start import make_app as real_app
from tests.factories import transcript
from tests.tui.conftest import NARROW, WIDE, MakeApp, press, screen_text, settled
from tests.tui.settling import until


async def test_without_transcripts_it_says_where_it_looked(
    home: Path, data: Path
) -> None:
    app = real_app(data, Settings(), home=home, cwd=home)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert "No transcripts found in ~/.claude" in text
        assert "memtui --demo" in text


async def test_every_agent_that_is_there_is_said_to_be_read(
    home: Path, data: Path
) -> None:
    for folder in (".claude/projects", ".codex/sessions", ".gemini/tmp"):
        (home / folder).mkdir(parents=True)
    desk = Desk(data=data, settings=Settings(), home=home, cwd=home)
    app = MemtuiApp(desk, read=False)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.post_message(ReadingAdvanced(text="reading", done=3, total=12))
        await until(pilot, lambda: "in all" in screen_text(app))
        rows = [line.split() for line in screen_text(app).splitlines()]
        for name in ("claude", "codex", "gemini"):
            assert any(row[:1] == [name] and row[-1] == "reading" for row in rows)
        assert any(row[:4] == ["in", "all", "12", "files"] for row in rows)


async def test_the_first_reading_ends_in_the_marked_starter_set(
    home: Path, data: Path
) -> None:
    transcript(home=home)
    app = real_app(data, Settings(), home=home, cwd=home, all_projects=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.current_mode == "curate")
        screen = app.screen
        assert isinstance(screen, CurateScreen)
        await until(pilot, lambda: bool(screen.list.marks))
        await settled(pilot)
        assert re.search(r"The (\d+ best are|best one is) marked\.", screen_text(app))
        await press(pilot, "s")
        assert "Kept" in screen_text(app)
    assert list((data / "export").rglob("*.json"))


async def test_new_lines_show_while_it_is_open(home: Path, data: Path) -> None:
    transcript(home=home)
    app = real_app(data, Settings(), home=home, cwd=home, all_projects=True)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.current_mode == "curate")
        await press(pilot, "escape", "1")
        count = app.screen.list.count  # type: ignore[attr-defined]
        assert count
        transcript(
            turns=["always run the linter before you commit anything in this repo"],
            home=home,
            start_ms=1_795_090_600_000,
        )
        await until(pilot, lambda: app.screen.list.count > count)  # type: ignore[attr-defined]


async def test_no_thread_is_left_when_it_ends(make_app: MakeApp) -> None:
    before = set(threading.enumerate())
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "s", "2", "escape", "5")
    left = [t.name for t in set(threading.enumerate()) - before if t.is_alive()]
    assert not [name for name in left if name.startswith("memtui")]


ENDLESS = (
    "with recursive n(x) as (select 1 union all select x + 1 from n) select * from n"
)


async def test_a_read_that_nobody_waits_for_stops(store: Path) -> None:
    lane = ReadLane(store / "memtui.db")
    started, ended = threading.Event(), threading.Event()

    def endless(look: StoreView) -> None:
        started.set()
        try:
            for _ in look._conn.execute(f"select count(*) from ({ENDLESS})"):
                pass
        finally:
            ended.set()

    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(lane.read(endless))
    assert await loop.run_in_executor(None, started.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await loop.run_in_executor(None, ended.wait, 10)
    assert await lane.read(lambda look: look.count()) > 0
    lane.close()


def test_the_theme_follows_the_terminals_ground(store: Path, home: Path) -> None:
    from memtui.tui.desk import Desk

    def theme_for(**environ: str) -> str:
        desk = Desk(data=store, settings=Settings(), home=home, cwd=home)
        app = MemtuiApp(desk, read=False, environ=environ)
        desk.close()
        return app.theme

    assert theme_for(COLORFGBG="15;0") == "memtui-dark"
    assert theme_for(COLORFGBG="0;15") == "memtui-light"
    assert theme_for() == "memtui-dark"
