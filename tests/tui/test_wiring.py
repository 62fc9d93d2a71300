"""Putting the hook into a client from the app, and never from the demo."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, status


async def chosen(pilot: Pilot[int], app: MemtuiApp, action: str) -> None:
    """Run an action of the palette and wait for what it shows."""
    await app.screen.run_action(action)
    await settled(pilot)


@pytest.mark.parametrize("action", ["hooks", "unhook"])
async def test_the_demo_wires_no_client(
    action: str, make_app: MakeApp, home: Path
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await chosen(pilot, app, action)
        assert status(app) == "This is the demo store: no client is ever wired to it."
        await press(pilot, "y")
    assert not (home / ".claude").exists()


async def test_the_hook_is_put_in_after_a_yes_and_taken_out_again(
    make_app: MakeApp, home: Path
) -> None:
    app = make_app()
    app.desk.demo = False
    settings = home / ".claude" / "settings.json"
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await chosen(pilot, app, "hooks")
        assert "+" in screen_text(app)
        await press(pilot, "y")
        assert status(app).startswith("Installed.")
        assert "session-start" in settings.read_text()
        await chosen(pilot, app, "unhook")
        await press(pilot, "y")
        assert status(app).startswith("Uninstalled.")
    assert not settings.exists()


async def test_a_no_changes_nothing(make_app: MakeApp, home: Path) -> None:
    app = make_app()
    app.desk.demo = False
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await chosen(pilot, app, "hooks")
        await press(pilot, "escape")
        assert status(app) == "Nothing was changed."
    assert not (home / ".claude").exists()


async def test_the_demo_looks_for_no_troubles_of_this_machine(
    store: Path, home: Path
) -> None:
    from memtui.settings import Settings

    desk = Desk(data=store, settings=Settings(), home=home, cwd=home, demo=True)
    found = await desk.troubles()
    desk.demo = False
    real = await desk.troubles()
    desk.close()
    assert found == []
    assert real
