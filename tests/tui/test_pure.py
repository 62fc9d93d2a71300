"""The parts that draw nothing: layout of sections, widths, words, colours, keys."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from memtui.tui import actions, glyphs, texts, theme
from memtui.tui import format as formats
from memtui.tui.difference import differences
from memtui.tui.lines import clip, ends, message, plain, width_of
from memtui.tui.screens.everywhere import EverywhereScreen
from memtui.tui.widgets.sections import Section, Sections
from tests.tui.conftest import NOW

sections = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=30)


@given(sections, st.integers(1, 3))
def test_every_line_of_a_list_is_a_header_or_one_row(
    sizes: list[tuple[int, int]], height: int
) -> None:
    made = [Section(n, None, head, rows) for n, (head, rows) in enumerate(sizes)]
    layout = Sections(made, row_height=height)
    places = [layout.at_line(y) for y in range(layout.height)]
    assert layout.at_line(layout.height) is None
    seen = [place.row for place in places if place is not None and place.row >= 0]
    assert seen == [row for row in range(layout.count) for _ in range(height)]
    for row in range(layout.count):
        found = layout.at_line(layout.line_of(row))
        assert found is not None
        assert (found.row, found.line) == (row, 0)


@given(st.text(max_size=60), st.integers(1, 40))
def test_fit_takes_exactly_its_cells(text: str, width: int) -> None:
    assert cell_len(formats.fit(text, width)) == width


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300), st.integers(4, 60))
def test_wrapping_loses_no_word_and_exceeds_no_width(text: str, width: int) -> None:
    lines = formats.wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


@given(st.text("ab() -漢é\u0301", max_size=200), st.integers(8, 40))
def test_what_a_line_of_the_injection_shows_stands_so_in_its_text(
    said: str, width: int
) -> None:
    text = "- " + " ".join(said.split())
    rows = formats.wrap(text, width, hang=2)
    assert all(row.strip() in text for row in rows)
    assert all(row.startswith("  ") for row in rows[1:])
    assert all(cell_len(row) <= width for row in rows)


def test_wrapping_a_text_without_blanks_looks_at_each_character_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = Counter[str]()

    def counted(text: str) -> int:
        looked["cells"] += len(text)
        return cell_len(text)

    monkeypatch.setattr(formats, "cell_len", counted)
    text = "漢字" * 5_000
    assert len(formats.wrap(text, 80)) == 250
    assert looked["cells"] < 10 * len(text)


@given(st.text(max_size=50), st.text(max_size=50), st.integers(0, 80))
def test_ends_never_exceed_the_width(left: str, right: str, width: int) -> None:
    assert width_of(ends(width, [(left, "")], [(right, "")])) <= max(width, 0)
    assert width_of(clip([(left, ""), (right, "")], width)) <= width


@pytest.mark.parametrize(
    ("ago", "shown"),
    [(0, "0m"), (8, "8m"), (60 * 3, "3h"), (60 * 48, "2d"), (60 * 24 * 36, "5w"),
     (60 * 24 * 70, "2mo"), (60 * 24 * 400, "1y")],
)  # fmt: skip
def test_ages_are_short(ago: int, shown: str) -> None:
    assert formats.age(NOW - ago * 60_000, NOW) == shown


def test_a_message_shows_its_key_as_a_key() -> None:
    line = message("Pruned 3 memories. u undo")
    assert line == [
        ("Pruned 3 memories. ", ""),
        ("u", "bold primary"),
        (" undo", "muted"),
    ]
    assert plain(message("Already kept.")) == "Already kept."


@pytest.mark.parametrize("ours", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
def test_our_themes_reach_the_contrast(ours: object) -> None:
    variables = {**ours.variables}  # type: ignore[attr-defined]
    ground = Color.parse(ours.background)  # type: ignore[attr-defined]

    def of(color: str) -> float:
        return theme.ratio(Color.parse(color), ground)

    assert of(ours.foreground) >= 12  # type: ignore[attr-defined]
    assert of(variables["muted"]) >= 6.4
    assert of(variables["faint"]) >= 4.5
    for role in ("primary", "secondary", "accent", "warning", "error", "success"):
        assert of(getattr(ours, role)) >= 6, role


def test_no_key_has_two_meanings_on_a_screen() -> None:
    for screen in actions.SCREENS:
        keys = [k for a in actions.ACTIONS if screen in a.on for k in a.keys]
        twice = [key for key, count in Counter(keys).items() if count > 1]
        assert not twice, (screen, twice)


def test_every_action_is_answered_where_it_is_offered() -> None:
    from memtui.tui.desk import Desk  # noqa: F401  (the screens' own argument)
    from memtui.tui.screens.opening import make_screen

    missing = []
    for name in actions.SCREENS:
        cls = screen_class(name)
        for action in actions.ACTIONS:
            method = "action_" + action.name.split("(")[0]
            if name in action.on and not hasattr(cls, method):
                missing.append((name, action.name))
    assert not missing
    assert callable(make_screen)


def screen_class(name: str) -> type[EverywhereScreen]:
    from importlib import import_module

    module = import_module(f"memtui.tui.screens.{name}")
    found: type[EverywhereScreen] = getattr(module, f"{name.capitalize()}Screen")
    return found


def test_the_footer_shows_only_what_works() -> None:
    for screen in actions.SCREENS:
        for wide in (True, False):
            keys = actions.footer(screen, wide=wide)
            assert len(keys) <= (8 if wide else 7)
            assert keys[-1].action == "help"
            assert all(screen in actions.BY_NAME[key.action].on for key in keys)


def test_ascii_glyphs_are_ascii() -> None:
    assert all(ascii_.isascii() for _, _, ascii_ in glyphs.table())


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({"TERM": "linux", "LANG": "en_US.UTF-8"}, glyphs.ASCII),
     ({"TERM": "xterm-256color", "LC_ALL": "C"}, glyphs.ASCII),
     ({"TERM": "xterm-256color", "LANG": "de_DE.UTF-8"}, glyphs.UNICODE),
     ({"TERM": "xterm-256color"}, glyphs.UNICODE)],
)  # fmt: skip
def test_auto_picks_what_the_terminal_can_draw(
    environ: dict[str, str], expected: glyphs.Glyphs
) -> None:
    assert glyphs.for_terminal("auto", environ) is expected


def test_differences_name_what_went_and_what_came() -> None:
    changes = [(c.sign, c.text) for c in differences("a\nb\nc", "a\nB\nc\nd")]
    assert changes == [("", "a"), ("-", "b"), ("+", "B"), ("", "c"), ("+", "d")]


def test_the_editors_text_is_read_back_by_memory() -> None:
    text = "; a remark\n# one\nTitle\n\nBody\nmore\n# two\nOther\n"
    assert texts.edited(text) == {"one": ("Title", "Body\nmore"), "two": ("Other", "")}
