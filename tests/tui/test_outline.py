"""Very wide terminals list the prompts of the open session."""

from memtui.tui.screens.sessions import SessionsScreen
from memtui.tui.widgets.outline import prompt_of
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
        turn = screen.outline.current
        assert turn is not None
        await press(pilot, "enter")
        block = screen.reader.current
        assert screen.reader.has_focus
        assert block is not None
        assert block.turn == turn.number
        assert prompt_of(turn)[:20] in " ".join(block.record.text.split())


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
