"""What a person can set, and what they are told when it cannot be followed."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.errors import SettingsError, UsageError
from memtui.model import TYPES, Rung
from memtui.settings import InjectWhen, Settings, keys, load, parse
from memtui.settings.live import LiveSettings

NO_VARIABLES: dict[str, str] = {}


def complaint_of(call: Callable[[], object]) -> str:
    """What its error says; nothing where there was none."""
    try:
        call()
    except (SettingsError, UsageError) as error:
        return error.message
    return ""


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml", environ=NO_VARIABLES) == Settings()


def test_flags_win_over_variables_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("budget = 1000\nceiling = 8000\nrecent_sessions = 1\n")
    found = load(
        path,
        environ={"MEMTUI_BUDGET": "2000", "MEMTUI_CEILING": "7000"},
        flags={"budget": 3000, "theme": None},
    )
    assert (found.budget, found.ceiling, found.recent_sessions) == (3000, 7000, 1)
    assert found.theme == "auto"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("budgt = 1", "config.toml: unknown key 'budgt'.", "Did you mean 'budget'?"),
        (
            "budget = true",
            "config.toml: budget must be a whole number, not True.",
            "",
        ),
        ("budget = 1", "config.toml: budget must be 200 to 9,500, not 1.", ""),
        ("budget = '4'", "config.toml: budget must be a whole number, not '4'.", ""),
        ("auto_confidence = nan", "must be 0 to 1, not nan", ""),
        (
            "glyphs = 'emoji'",
            "config.toml: glyphs must be one of auto, unicode, ascii, not 'emoji'.",
            "",
        ),
        ("ignore = 'a'", 'ignore must be a list of texts, as ["a", "b"], not', ""),
        ("ignore = [1]", 'ignore must be a list of texts, as ["a", "b"], not', ""),
        (
            "[roots]\nclaude = ['/a']",
            "config.toml: unknown key 'claude' in [roots].",
            "Did you mean 'claude-code'?",
        ),
        (
            "[types.gotcha]\nrungs = 'work'",
            "config.toml: unknown key 'rungs' in [types.gotcha].",
            "Did you mean 'rung'?",
        ),
        ("[types.gotcha]\nrung = 'high'", "types.gotcha.rung must be one of", ""),
        (
            "[types.gotcha]\nglyph = 'ab'",
            "glyph must be one character one cell wide",
            "",
        ),
        (
            "[types.gotcha]\nglyph = '漢'",
            "glyph must be one character one cell wide",
            "",
        ),
        ("[types.'Big One']\n", "must be a name of a to z, digits and -", ""),
        ("inject = 'auto'", "unknown key 'inject'", "Did you mean 'team_inject'?"),
        ("x9 = 1", "unknown key 'x9'", "Known: budget, ceiling, "),
        ("budget = ", "config.toml: not valid TOML", "Run: memtui config edit"),
    ],
)
def test_what_cannot_be_followed_is_named_by_file_and_key(
    text: str, message: str, hint: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_wrong_variable_is_named_itself() -> None:
    with pytest.raises(SettingsError, match="MEMTUI_BUDGET: budget must be a whole"):
        load(environ={"MEMTUI_BUDGET": "much"})


def test_variables_spell_every_kind_of_value() -> None:
    found = load(
        environ={
            "MEMTUI_MOUSE": "off",
            "MEMTUI_RESUME_LINE": "1",
            "MEMTUI_AUTO_CONFIDENCE": "0.5",
            "MEMTUI_SKIP_TOOLS": "Bash, WebFetch",
            "MEMTUI_THEME": "light",
        }
    )
    assert not found.mouse
    assert found.resume_line
    assert found.auto_confidence == 0.5
    assert found.skip_tools == ("Bash", "WebFetch")
    assert found.theme == "light"


def test_no_variable_lets_agents_curate() -> None:
    assert not load(environ={"MEMTUI_CURATE_FROM_AGENTS": "true"}).curate_from_agents


def test_no_variable_says_where_sessions_are_sent_or_with_which_key() -> None:
    hostile = {
        "MEMTUI_COMPRESS_URL": "https://elsewhere.example",
        "MEMTUI_COMPRESS_PROVIDER": "openai",
        "MEMTUI_COMPRESS_KEY_COMMAND": "cat,/etc/passwd",
        "MEMTUI_COMPRESS_KEY_FILE": "/etc/passwd",
        "MEMTUI_PRIVATE_PROJECTS": "nothing",
    }
    assert load(environ=hostile) == Settings()


@pytest.mark.parametrize(
    "pair", ["[1]", "[1, -2]", "[true, 1]", '["1", 2]', "3", "[nan, 1]", "[inf, 1]"]
)
def test_a_price_is_two_numbers_of_dollars(pair: str) -> None:
    with pytest.raises(SettingsError, match="dollars for a million tokens"):
        parse(f'[prices]\n"some-model" = {pair}')


def test_budgets_are_of_sources_and_folders() -> None:
    found = parse('[budgets]\ncompact = 0\n"~/api" = 300\n"/a@b@startup" = 9500')
    assert found.budgets == {"compact": 0, "~/api": 300, "/a@b@startup": 9_500}


@pytest.mark.parametrize(
    "line", ["resume = 300", '"api" = 300', '"api@compact" = 300', '"@compact" = 300',
             "compact = 9501", "compact = 20", "compact = true", 'compact = "300"'],
)  # fmt: skip
def test_a_budget_is_of_a_known_text_and_within_limits(line: str) -> None:
    with pytest.raises(SettingsError, match="budgets"):
        parse(f"[budgets]\n{line}")


def test_a_type_of_ones_own_takes_the_looks_of_its_rung() -> None:
    found = parse('[types.runbook]\nrung = "permanent"\ninject = "never"')
    runbook = found.types["runbook"]
    assert (runbook.rung, runbook.half_life_days) == (Rung.PERMANENT, None)
    assert runbook.glyph == TYPES["decision"].glyph
    assert found.injects("runbook") is InjectWhen.NEVER
    assert set(found.types) == {*TYPES, "runbook"}


def test_a_built_in_type_keeps_what_the_file_does_not_name() -> None:
    found = parse("[types.gotcha]\nweight = 2\nhalf_life_days = 0")
    gotcha = found.types["gotcha"]
    assert (gotcha.weight, gotcha.half_life_days) == (2, None)
    assert gotcha.glyph == TYPES["gotcha"].glyph
    assert found.injects("gotcha") is InjectWhen.CURATED


def test_a_type_that_left_the_config_still_has_a_form() -> None:
    assert Settings().type_of("runbook").name == "runbook"


def test_an_unreadable_file_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "config.toml", environ=NO_VARIABLES)


@given(st.text())
def test_no_text_of_a_config_ends_in_anything_but_its_own_error(text: str) -> None:
    complaint = complaint_of(lambda: parse(text))
    assert not complaint or complaint.startswith("config.toml: ")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(keys()), _VALUES)
def test_no_value_of_a_known_key_ends_in_anything_but_its_own_error(
    key: str, value: object
) -> None:
    complaint = complaint_of(lambda: load(environ=NO_VARIABLES, flags={key: value}))
    assert not complaint or key in complaint


@given(st.sampled_from(keys()), st.text())
def test_words_of_a_variable_are_a_value_or_an_error(key: str, words: str) -> None:
    variable = f"MEMTUI_{key.upper()}"
    complaint = complaint_of(lambda: load(environ={variable: words}))
    assert not complaint or variable in complaint


def test_every_key_can_be_written_in_the_file() -> None:
    text = """
        budget = 3000
        ceiling = 9000
        item_limit = 400
        recent_sessions = 3
        resume_line = true
        prompt_recall = true
        file_history = true
        mcp_all_projects = true
        auto_confidence = 0.8
        history_days = 365
        ignore = ["secrets/**"]
        skip_tools = ["WebFetch"]
        disabled_rules = ["commit"]
        theme = "light"
        glyphs = "ascii"
        mouse = false
        curate_from_agents = true
        compress_provider = "openai"
        compress_url = "http://localhost:11434/v1"
        compress_model = "qwen4"
        compress_budget = 0.5
        compress_window = 64_000
        compress_stream = false
        compress_key_command = ["pass", "show", "api"]
        compress_key_file = "~/.config/memtui/key"
        private_projects = ["~/clients/*"]
        team_folder = "docs/memory"
        team_author = "Ada"
        team_inject = "auto"
        status_line = true
        [prices]
        "qwen*" = [0, 0]
        [roots]
        claude-code = ["/old/.claude/projects"]
        [groups]
        backend = ["/src/api", "/src/worker"]
        [budgets]
        compact = 2000
        [retention]
        "~/api" = "90d"
        [types.decision]
        inject = "auto"
    """
    found = parse(text)
    assert set(tomllib.loads(text)) == set(keys())
    for key in keys():
        assert getattr(found, key) != getattr(Settings(), key) or key == "types"
    assert found.injects("decision") is InjectWhen.AUTO


def test_a_running_process_takes_up_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    live = LiveSettings(path)
    path.write_text("budget = 1000\n")
    assert live.changed()
    assert live.current.budget == 1000
    assert not live.changed()


def test_a_running_process_keeps_what_it_had_when_the_file_is_wrong(
    tmp_path: Path,
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("budget = 1000\n")
    told: list[SettingsError] = []
    live = LiveSettings(path, on_trouble=told.append)
    path.write_text("budget = none\n")
    assert live.changed()
    assert told == [live.trouble]
    assert live.current.budget == 1000
    assert live.trouble is not None
    path.write_text("budget = 2000\n")
    assert live.changed()
    assert live.current.budget == 2000
    assert not live.trouble
