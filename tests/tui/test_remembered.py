"""What is kept between two starts, and that it is never needed."""

import json
from pathlib import Path

import pytest

from memtui.cli.saving import saved
from memtui.errors import SettingsError
from memtui.paths import state_path
from memtui.settings import Settings
from memtui.settings.searches import SavedSearches
from memtui.tui.remembered import remembered
from memtui.tui.start import make_app as real_app
from tests.tui.conftest import WIDE, press, screen_text, settled, status


async def test_the_next_start_opens_the_timeline_in_the_last_scope(
    store: Path, home: Path
) -> None:
    app = real_app(store, Settings(), home=home, cwd=home)
    app._reads = False
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "P", *"harbor", "enter")
        await press(pilot, "5")
    again = real_app(store, Settings(), home=home, cwd=home)
    again._reads = False
    async with again.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert again.current_mode == "timeline"
        assert "harbor-api" in screen_text(again).splitlines()[2]
    elsewhere = real_app(store, Settings(), home=home, cwd=Path("/"))
    elsewhere._reads = False
    async with elsewhere.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert elsewhere.desk.project is None


async def test_a_search_is_saved_taken_and_forgotten(store: Path, home: Path) -> None:
    app = real_app(store, Settings(), home=home, cwd=home, screen="timeline")
    app._reads = False
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "b")
        assert status(app).startswith("No search is saved yet.")
        await press(pilot, "slash", *"type:gotcha", "enter")
        await press(pilot, "b", "enter")
        assert status(app) == "Saved: type:gotcha"
        await press(pilot, "escape", "escape")
        assert app.screen.scope_line.text == ""  # type: ignore[attr-defined]
        await press(pilot, "b", "enter")
        assert app.screen.scope_line.text == "type:gotcha"  # type: ignore[attr-defined]
        assert saved().all() == {"type:gotcha": "type:gotcha"}
        await press(pilot, "b", "enter")
        assert status(app) == "Forgotten: type:gotcha"
    assert saved().all() == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"scopes": 3, "searches": "x", "screen": 7}', "\x00"]
)
def test_a_file_of_another_kind_counts_as_empty(text: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    found = remembered(path)
    assert found.scopes == {}
    assert SavedSearches(tmp_path / "no", before=path).all() == {}


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    found = remembered(blocked / "state.json")
    found.scope(Path("/src/tern"), None)
    found.write()
    assert found.scopes == {"/src/tern": ""}
    with pytest.raises(SettingsError, match="cannot be written"):
        SavedSearches(blocked / "searches.json").save("traps", "type:gotcha")


def test_the_file_is_readable_by_its_owner_and_by_people(tmp_path: Path) -> None:
    path = tmp_path / "state" / "state.json"
    found = remembered(path)
    found.scope(Path("/src/tern"), "a-uuid")
    found.write()
    assert path.parent.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text())["scopes"] == {"/src/tern": "a-uuid"}


async def test_the_demo_remembers_nothing(store: Path, home: Path) -> None:
    app = real_app(store, Settings(), home=home, cwd=home, demo=True)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "5")
    assert not state_path().exists()
