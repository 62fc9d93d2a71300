"""The text against the last export, and against what a session received."""

from memtui.tui.screens.injection import InjectionScreen
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, status


async def test_capital_d_walks_from_the_export_to_the_delivery_and_back(
    make_app: MakeApp,
) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        text = screen_text(app)
        await press(pilot, "D")
        assert status(app).endswith("the last export.")
        await press(pilot, "D")
        assert "what the session of" in status(app)
        assert "received" in status(app)
        await press(pilot, "D")
        assert screen_text(app) == text


async def test_what_was_told_and_is_not_any_more_has_a_minus(
    make_app: MakeApp,
) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        assert screen.delivered is not None
        told = set(screen.delivered.text.splitlines())
        assert {"<", "</"} == {line.split("memtui")[0] for line in told if "<" in line}
        places = [
            n
            for n, part in enumerate(screen.list.blocks)
            if part.item is not None and part.text in told
        ]
        screen.list.move_to(places[0])
        gone = screen.list.current
        assert gone is not None
        await press(pilot, "x", "escape", "D", "D")
        minus = [part.text for part in screen.list.blocks if part.rank == "-"]
        assert gone.text in minus
