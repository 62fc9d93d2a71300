"""Everything that is drawn to be chosen can be clicked."""

import pytest
from textual.pilot import Pilot

from memtui.tui.screens.search import SearchScreen
from memtui.tui.screens.sessions import SessionsScreen
from memtui.tui.screens.timeline import TimelineScreen
from memtui.tui.widgets.line_list import LineList
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled

VERY_WIDE = (160, 45)


async def click(pilot: Pilot[int], words: str, *, times: int = 1) -> None:
    """On the first place where these words are drawn."""
    for y, line in enumerate(screen_text(pilot.app).splitlines()):
        if (x := line.find(words)) >= 0:
            await pilot.click(offset=(x + len(words) - 2, y), times=times)
            await settled(pilot)
            return
    raise AssertionError(f"not drawn: {words}")


async def test_two_clicks_on_a_facet_of_the_rail_narrow_the_list(
    make_app: MakeApp,
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=VERY_WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        before = screen.list.count
        await click(pilot, "   gotcha", times=2)
        assert screen.query_now.text.strip() == "type:gotcha"
        assert 0 < screen.list.count < before


async def test_a_click_on_a_facet_below_the_query_narrows_the_search(
    make_app: MakeApp,
) -> None:
    app = make_app("search", query="outbox ")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        before = screen.hits.count
        await click(pilot, "discovery")
        assert "type:discovery" in screen.query_now.text
        assert 0 < screen.hits.count < before


async def test_a_click_on_a_tab_opens_its_screen(make_app: MakeApp) -> None:
    app = make_app("timeline")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await click(pilot, "5 Sessions")
        assert isinstance(app.screen, SessionsScreen)


@pytest.mark.parametrize(("start", "marks"), [("timeline", 1), ("sessions", 0)])
async def test_a_click_in_the_mark_column_marks_what_can_be_decided(
    start: str, marks: int, make_app: MakeApp
) -> None:
    app = make_app(start)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        rows = app.screen.query_one("#list", LineList)
        await pilot.click("#list", offset=(1, 3))
        await settled(pilot)
        assert len(rows.marks) == marks
        assert rows.cursor > 0


async def test_n_and_capital_n_walk_the_hits_of_a_session(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        await press(pilot, "enter")
        screen.look_for("transaction")
        places = []
        for key in "nnN":
            await press(pilot, key)
            block = screen.reader.current
            assert block is not None
            said = block.record.text + (block.result.text if block.result else "")
            assert "transaction" in said
            places.append(screen.reader.cursor)
        assert places[0] < places[1]
        assert places[2] == places[0]
