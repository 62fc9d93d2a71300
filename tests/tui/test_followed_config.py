"""The config file is followed while the app is open."""

from pathlib import Path

from memtui.paths import config_path
from memtui.settings import load
from memtui.settings.live import LiveSettings
from memtui.tui.app import POLL_S, MemtuiApp
from memtui.tui.desk import Desk
from tests.tui.conftest import NOW, WIDE, status
from tests.tui.settling import settled, until


async def test_an_edited_config_holds_at_once_and_a_bad_one_is_said(
    store: Path, home: Path
) -> None:
    file = config_path()
    file.parent.mkdir(parents=True)
    file.write_text("budget = 4000\n")
    desk = Desk(data=store, settings=load(), home=home, cwd=Path("/"), demo=True)
    live = LiveSettings()
    app = MemtuiApp(desk, now=lambda: NOW, read=False, live=live)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        file.write_text("budget = 3210\n")
        await until(pilot, lambda: desk.settings.budget == 3210)
        file.write_text("budget = []\n")
        await until(pilot, lambda: "budget" in status(app))
        assert desk.settings.budget == 3210
        await settled(pilot)
    assert POLL_S < 2
