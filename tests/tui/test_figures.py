"""Every figure that is a filter leads to what it counts."""

from pathlib import Path

from memtui.settings import Settings
from memtui.tui.desk import Desk
from memtui.tui.figures import read_figures
from memtui.tui.screens.sessions import SessionsScreen
from memtui.tui.screens.stats import StatsScreen
from memtui.tui.screens.timeline import TimelineScreen
from tests.store.filling import DAY, HOUR, NOON, Filling
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, view


async def test_enter_on_a_type_shows_as_many_memories_as_it_says(
    make_app: MakeApp,
) -> None:
    app = make_app("stats")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        stats = app.screen
        assert isinstance(stats, StatsScreen)
        assert stats.figures is not None
        entry = stats.left.current
        assert entry is not None
        name, count = stats.figures.types[0]
        assert entry.leads == ("timeline", f"type:{name}")
        await press(pilot, "enter")
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        assert screen.list.count == count
        await press(pilot, "escape")
        assert app.current_mode == "stats"


async def test_an_agent_leads_to_its_sessions(make_app: MakeApp) -> None:
    app = make_app("stats")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        stats = app.screen
        assert isinstance(stats, StatsScreen)
        await press(pilot, "l", "J")
        assert stats.right.current is not None
        assert stats.right.current.leads[0] == "sessions"
        await press(pilot, "enter")
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert "agent:claude-code" in screen_text(app)
        assert {row.agent.value for row in screen.list.known()} == {"claude-code"}


async def test_in_the_reader_j_goes_to_the_next_block_and_the_list_stays(
    make_app: MakeApp,
) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        await press(pilot, "enter")
        row, block = screen.list.cursor, screen.reader.cursor
        await press(pilot, "j", "j")
        assert screen.list.cursor == row
        assert screen.reader.cursor == block + 2


def test_turns_stand_on_the_day_they_were_made(data: Path, home: Path) -> None:
    before = NOON - 2 * DAY
    with Filling(data) as filling:
        session = filling.session(project=filling.project())
        for turn, at in enumerate((before, before + HOUR, NOON), 1):
            filling.record(f"r{turn}", "go on", session=session, turn=turn, at=at)
        filling.conn.execute("update session set turns = 3, started_at = ?", (before,))
    desk = Desk(data=data, settings=Settings(), home=home, cwd=home)
    with view(data) as look:
        turns = read_figures(look, desk, NOON).turns
    assert sorted(turns.values()) == [1, 2]
