"""The config from the command line: what holds, changing it, keeping it whole."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.errors import SettingsError
from memtui.settings import Settings, keys, parse
from memtui.settings.reference import config_template, settings_reference
from memtui.settings.toml_edit import with_value
from tests.cli.conftest import Cli


@pytest.fixture
def config(home: Path) -> Path:
    """Where the file is looked for."""
    return home / ".config" / "memtui" / "config.toml"


def test_path_names_the_file_also_before_there_is_one(cli: Cli, config: Path) -> None:
    assert cli("config", "path").out == f"{config}\n"


def test_a_value_that_was_set_is_the_one_that_holds(cli: Cli, config: Path) -> None:
    assert cli("config", "set", "budget", "3000").code == 0
    assert cli("config", "get", "budget").out == "3000\n"
    assert config.read_text() == "budget = 3000\n"


def test_what_sessions_are_told_follows_the_config_at_once(
    cli: Cli, config: Path, data: Path
) -> None:
    cli("sync")
    cli("add", "Leases are rows", "--type", "decision", "--global")
    told = data / "export" / "_default" / "startup.json"
    assert told.exists()
    cli("config", "set", "types.decision.inject", "never")
    assert not told.exists()
    config.write_text("")  # by hand: then with the next sync
    assert not told.exists()
    cli("sync")
    assert told.exists()


@pytest.mark.parametrize("verb", [("get",), ("set", "3000")])
def test_a_key_that_is_near_is_offered(cli: Cli, verb: tuple[str, ...]) -> None:
    name, *value = verb
    assert "Did you mean 'budget'?" in cli("config", name, "bugdet", *value).err
    assert "Did you mean" not in cli("config", name, "nosuch", *value).err


def test_tables_lists_and_switches_are_set_by_dotted_keys(
    cli: Cli, config: Path
) -> None:
    cli("config", "set", "types.decision.inject", "auto")
    cli("config", "set", "types.decision.weight", "1.5")
    cli("config", "set", "ignore", "secrets/**", "*.pem")
    cli("config", "set", "groups.backend", "~/api", "~/worker")
    cli("config", "set", "mouse", "off")
    assert tomllib.loads(config.read_text()) == {
        "types": {"decision": {"inject": "auto", "weight": 1.5}},
        "ignore": ["secrets/**", "*.pem"],
        "groups": {"backend": ["~/api", "~/worker"]},
        "mouse": False,
    }
    assert cli("config", "get", "types.decision.inject").out == "auto\n"


def test_comments_and_order_stay(cli: Cli, config: Path) -> None:
    config.parent.mkdir(parents=True)
    config.write_text(
        "# mine\nbudget = 1000  # small\n\nignore = [\n  'a', # why\n]\n\n"
        "[types.gotcha]\nweight = 2\n"
    )
    cli("config", "set", "budget", "2000")
    cli("config", "set", "ignore", "b")
    cli("config", "set", "types.gotcha.weight", "1")
    cli("config", "set", "theme", "light")
    assert config.read_text() == (
        '# mine\nbudget = 2000  # small\n\nignore = ["b"]\ntheme = "light"\n\n'
        "[types.gotcha]\nweight = 1\n"
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["budgt", "1"], 2),
        (["budget", "1"], 2),
        (["budget", "much"], 2),
        (["types.decision.inject", "sometimes"], 2),
        (["types.Decision", "x"], 2),
        (["roots.claude", "/x"], 2),
        (["curate_from_agents", "true"], 1),
        (["budget"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_would_not_hold_is_not_written(
    cli: Cli, config: Path, words: list[str], code: int
) -> None:
    ran = cli("config", "set", *words)
    assert ran.code == code
    assert not config.exists()


def test_a_link_into_dotfiles_stays_a_link(
    cli: Cli, config: Path, tmp_path: Path
) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("budget = 1000\n")
    config.parent.mkdir(parents=True)
    config.symlink_to(real)
    cli("config", "set", "budget", "2000")
    assert config.is_symlink()
    assert real.read_text() == "budget = 2000\n"


def test_edit_starts_with_every_key_as_a_comment(
    cli: Cli, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "sed -i 's/^#budget = .*/budget = 1234/'")
    assert cli("config", "edit").code == 0
    assert parse(config.read_text()).budget == 1234


def test_an_edit_that_is_not_valid_is_not_saved(
    cli: Cli, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("budget = 1000\n")
    monkeypatch.setenv("EDITOR", "sed -i 's/1000/none/'")
    ran = cli("config", "edit")
    assert ran.code == 1
    assert "not saved" in ran.err
    assert config.read_text() == "budget = 1000\n"


def test_a_broken_file_can_still_be_edited(
    cli: Cli, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("budget = none\n")
    assert cli("list").code == 1
    monkeypatch.setenv("EDITOR", "sed -i 's/none/1000/'")
    assert cli("config", "edit").code == 0


def test_the_template_is_valid_with_every_comment_taken_away() -> None:
    assert parse(config_template()) == Settings()
    bare = "\n".join(
        line[1:]
        for line in config_template().splitlines()
        if line.startswith("#") and not line.startswith("# ")
    )
    assert set(tomllib.loads(bare)) == set(keys())
    assert parse(bare).budget == Settings().budget


def test_every_setting_is_explained_in_a_sentence() -> None:
    for item in settings_reference():
        assert item.meaning.endswith(".")


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
_TOML = st.lists(
    st.sampled_from(
        [
            "budget = 1000", "# budget = 1", "", "[types.gotcha]", "weight = 1 # w",
            "[roots]", "claude-code = ['/a',", "'/b']", 'theme = "x # y"', "[groups]",
            "'a b' = ['c']", "ignore = [", "  'x', # one", "]", "[types . decision]",
            "mouse=true",
        ]
    ),
    max_size=9,
).map("\n".join)  # fmt: skip


@given(
    _TOML,
    st.sampled_from(["budget", "theme", "ignore", "types.gotcha.weight", "groups.x"]),
    st.integers(0, 9) | st.booleans() | _TEXTS | st.lists(_TEXTS, max_size=3),
)
def test_setting_one_value_changes_that_value_only(
    text: str, key: str, value: object
) -> None:
    try:
        before = tomllib.loads(text)
        made = with_value(text, key, value)
    except (tomllib.TOMLDecodeError, SettingsError):
        return
    place = before
    *tables, name = key.split(".")
    for table in tables:
        place = place.setdefault(table, {})
    if name not in place:  # nothing had to give way
        assert set(text.splitlines()) <= set(made.splitlines())
    place[name] = value
    assert tomllib.loads(made) == before
