"""Keys that a person chose: what they do, where they show, what is refused."""

import pytest

from memtui.errors import SettingsError
from memtui.paths import config_path
from memtui.tui import keymap
from memtui.tui.actions import ACTIONS
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, status


def written(text: str) -> None:
    path = keymap.keymap_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


async def test_a_chosen_key_does_it_and_shows_everywhere(make_app: MakeApp) -> None:
    written('keep = "y f7"\ncopy = "c"\nscope = "C"\ncompress = "Z"\nundo = "f8"\n')
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert " y keep" in screen_text(app).splitlines()[-1]
        await press(pilot, "y")
        assert status(app).endswith("f8 undo")
        await press(pilot, "f8")
        assert status(app).startswith("Undone: keep")
        await press(pilot, "s")
        assert not status(app).startswith("Kept")
        await press(pilot, "f7")
        assert status(app).startswith("Kept")
        await press(pilot, "question_mark")
        helped = screen_text(app)
        assert "y       keep; in the trash: restore" in helped
        assert "f8 U" in helped
        await press(pilot, "escape")
        await press(pilot, "colon", *"keep")
        assert "keep; in the trash: restore" in screen_text(app)


async def test_a_keymap_that_is_wrong_is_said_and_ours_stays(make_app: MakeApp) -> None:
    written('keep = "p"\n')
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "keep and pin both have p on Timeline" in status(app)
        await press(pilot, "s")
        assert status(app).startswith("Kept")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keep = 3", 'keep needs a key in quotes, as "s".'),
        ('keep = ""', 'keep needs a key in quotes, as "s".'),
        ('keep = "ctrll+s"', "keep has no key 'ctrll+s'."),
        ('kep = "s"', "no action kep."),
        ('theme = "s"', "no action theme."),
        ("keep = ", "not valid TOML"),
        ('keep = "question_mark"', "keep and help both have ? on Timeline."),
    ],
)
def test_what_is_refused_is_named(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        keymap.parse(text)
    assert said in caught.value.message


def test_two_keys_may_be_swapped() -> None:
    swapped = keymap.parse('keep = "p"\npin = "s"')
    assert swapped.bindings()["curate.keep"] == "p"
    assert swapped.bindings()["curate.pin"] == "s"
    assert swapped.told("Kept 3 memories. u undo") == "Kept 3 memories. u undo"


def test_a_comma_is_a_key_of_its_own() -> None:
    moved = keymap.parse('settings = "f9"\nsearches = ", f6"')
    assert moved.bindings()["timeline.searches"] == "comma,f6"


def test_the_template_holds_every_action_and_changes_nothing() -> None:
    text = keymap.template()
    assert keymap.parse(text).keys == {}
    live = "\n".join(line.removeprefix("#") for line in text.splitlines()
                     if line[:1] == "#" and line[:2] != "# ")  # fmt: skip
    everything = keymap.parse(live)
    assert set(everything.keys) == {action.name for action in ACTIONS if action.keys}
    assert everything.told("d again prunes 3 memories") == "d again prunes 3 memories"


def test_the_file_lies_beside_the_config() -> None:
    assert keymap.keymap_path().parent == config_path().parent
