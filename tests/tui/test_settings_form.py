"""Settings changed in the app: shown, checked, written, in force at once."""

import pytest

from memtui.paths import config_path
from memtui.settings import keys, load
from tests.tui.conftest import NARROW, WIDE, MakeApp, press, screen_text, settled


async def test_every_key_is_listed_with_what_it_means_and_what_holds(
    make_app: MakeApp,
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma")
        seen = ""
        for _ in keys():
            seen += screen_text(app)
            await press(pilot, "down")
        for key in keys():
            assert f"{key} " in seen
        assert "Size of the text a session is told" in seen


async def test_a_number_is_checked_before_it_is_written(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"budget", "enter")
        await press(pilot, *["backspace"] * 4, *"40", "enter")
        assert "budget must be 200 to 9,500, not 40." in screen_text(app)
        assert not config_path().exists()
        await press(pilot, *"00", "enter")
        assert "budget = 4000" in screen_text(app)
        assert load().budget == 4_000
        assert "budget = 4000" in config_path().read_text()


async def test_a_switch_turns_and_holds_at_once(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"resume_line", "enter")
        assert app.desk.settings.resume_line
        assert "resume_line = true" in screen_text(app)
        await press(pilot, *"resume_line", "enter")
        assert not load().resume_line


async def test_lists_and_names_are_taken(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"skip_tools", "enter", *"Bash, Web", "enter")
        await press(pilot, *"glyphs", "enter", *"ascii", "enter", "escape")
        assert app.desk.settings.skip_tools == ("Bash", "Web")
        assert app.look.glyphs.ascii


async def test_comments_of_the_file_stay(make_app: MakeApp) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text("# mine\nmouse = true  # always\n")
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"mouse", "enter", "escape")
    assert config_path().read_text() == "# mine\nmouse = false  # always\n"


async def test_a_variable_that_wins_is_named(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMTUI_MOUSE", "1")
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"mouse", "enter")
        assert "MEMTUI_MOUSE holds as long as it is set." in screen_text(app)


async def test_what_only_the_file_may_say_opens_it(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    monkeypatch.setattr(
        "memtui.tui.editor.edit_file", lambda _, path: opened.append(path)
    )
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "comma", *"curate_from", "enter")
        await settled(pilot)
    assert opened == [config_path()]
    assert "#curate_from_agents = false" in config_path().read_text()
