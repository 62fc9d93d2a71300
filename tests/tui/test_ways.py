"""One step back leads to where one came from; the status line names what is broken."""

import pytest

from memtui.tui.lines import plain
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.screens.timeline import TimelineScreen
from memtui.tui.widgets.frame import StatusLine
from tests.tui.conftest import NARROW, WIDE, MakeApp, press, screen_text, settled


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_esc_comes_back_from_the_turn_to_the_row(
    size: tuple[int, int], make_app: MakeApp
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", "o")
        assert app.current_mode == "sessions"
        await press(pilot, "escape")
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        assert screen.list.cursor == 2
        assert screen.list.has_focus


async def test_esc_comes_back_from_the_memories_of_a_turn_and_their_filter(
    make_app: MakeApp,
) -> None:
    app = make_app("timeline", query="type:gotcha")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "5", "enter", "o")
        assert app.current_mode == "timeline"
        assert "session:" in screen_text(app)
        await press(pilot, "escape")
        assert app.current_mode == "sessions"
        await press(pilot, "1")
        assert app.screen.scope_line.text == "type:gotcha"  # type: ignore[attr-defined]


async def test_a_screen_opened_by_its_digit_has_no_way_back(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "o", "3", "5", "escape", "escape", "escape")
        assert app.current_mode == "sessions"


@pytest.mark.parametrize("width", [48, 60, 80, 120])
async def test_a_broken_link_is_named_at_any_width_and_faults_give_way(
    width: int, make_app: MakeApp
) -> None:
    app = make_app("curate")
    app.desk.demo = False
    async with app.run_test(size=(width, 30)) as pilot:
        await settled(pilot)
        app.desk.machine.faults = 343
        app.desk.machine.delivery, app.desk.machine.broken = "hook not installed", True
        app.desk.machine.synced_at = 1_795_090_600_000
        screen = app.screen
        assert isinstance(screen, CurateScreen)
        screen.refresh_frame()
        await settled(pilot)
        last = screen_text(app).splitlines()[-2]
        assert "hook not installed" in last
        right = plain(app.screen.query_one(StatusLine).right)
        assert ("343 faults" in right) == (width >= 60)
