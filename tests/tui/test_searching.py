"""The search screen: what is read, said and offered."""

from dataclasses import replace

from memtui.tui.app import MemtuiApp
from tests.tui.conftest import MakeApp, press, screen_text, settled


def limited(app: MemtuiApp, days: int) -> MemtuiApp:
    """The app with an age limit on what lists read."""
    app.desk.settings = replace(app.desk.settings, history_days=days)
    return app


async def test_lists_look_as_far_back_as_was_set_and_a_key_or_all_lifts_it(
    make_app: MakeApp,
) -> None:
    app = limited(make_app("timeline"), 1)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        few = app.screen.list.count  # type: ignore[attr-defined]
        assert "1 day" in screen_text(app).splitlines()[2]
        await press(pilot, ".")
        await settled(pilot)
        assert app.screen.list.count > few > 0  # type: ignore[attr-defined]
        assert "1 day" not in screen_text(app).splitlines()[2]
        await press(pilot, ".")
        app.desk.ever = True
        assert app.desk.view.since is None
