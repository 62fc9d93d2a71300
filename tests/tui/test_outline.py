"""Very wide terminals list the prompts of the open session."""

from pathlib import Path

from memtui.settings import Settings
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.screens.sessions import SessionsScreen
from tests.store.filling import NOON, Filling
from tests.tui.conftest import WIDE, MakeApp, press, settled


async def test_enter_in_the_outline_goes_to_the_prompt(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        await press(pilot, "l", "l")
        assert screen.outline.has_focus
        await press(pilot, "j", "j")
        prompt = screen.outline.current
        assert prompt is not None
        turn, said = prompt
        await press(pilot, "enter")
        block = screen.reader.current
        assert screen.reader.has_focus
        assert block is not None
        assert block.turn == turn
        assert " ".join(said.split())[:20] in " ".join(block.record.text.split())


async def test_the_outline_knows_prompts_that_the_reader_did_not_read_yet(
    data: Path, home: Path
) -> None:
    with Filling(data) as fill:
        session = fill.session("s-long", project=fill.project(), title="Long")
        for turn in range(1, 201):
            fill.record(
                f"r{turn}", f"step {turn}", session=session, turn=turn, seq=turn
            )
    desk = Desk(data=data, settings=Settings(), home=home, cwd=home)
    app = MemtuiApp(desk, now=lambda: NOON, start="sessions", read=False)
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert screen.outline.count == 200
        assert len(screen.reader.blocks) < 100
        await press(pilot, "l", "l", "G", "enter")
        assert screen.reader.has_focus
        assert screen.reader.current is not None
        assert screen.reader.current.record.text == "step 200"
        await press(pilot, "k", "k")
        assert screen.outline.current == (198, "step 198")


async def test_with_less_room_there_is_no_outline(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert not screen.outline.display
        await press(pilot, "l", "l")
        assert screen.reader.has_focus


async def test_the_scrollbar_stands_where_a_jump_led(make_app: MakeApp) -> None:
    app = make_app("timeline")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", "o")
        reader = app.screen.panes()[1]  # type: ignore[attr-defined]
        assert reader.scroll_y > 0
        assert reader.vertical_scrollbar.position == reader.scroll_y
