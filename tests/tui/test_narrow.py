"""What is told in little room is told whole, or says that it was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.tui.lines import flow, plain, width_of
from memtui.tui.widgets.text_pane import TextPane
from tests.tui.conftest import MakeApp, press, screen_text, settled, view

words = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40)
spans = st.lists(st.tuples(words, st.sampled_from(["", "muted", "bold primary"])))


@given(line=spans, width=st.integers(4, 60))
def test_flowing_spans_loses_no_letter_and_keeps_the_width(
    line: list[tuple[str, str]], width: int
) -> None:
    lines = flow(line, width)
    assert "".join("".join(map(plain, lines)).split()) == "".join(plain(line).split())
    assert all(width_of([(plain(row).rstrip(), "")]) <= width for row in lines)


@pytest.mark.parametrize("size", [(48, 50), (60, 40), (80, 24), (120, 36)])
async def test_an_empty_list_names_the_next_key_whole(
    size: tuple[int, int], make_app: MakeApp
) -> None:
    query = "type:nothing-of-this-kind-was-ever-recorded-by-anyone-in-here"
    app = make_app("search", query=query)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        shown = " ".join(screen_text(app).split())
        assert "backspace drops the last chip" in shown


@pytest.mark.parametrize("size", [(48, 50), (60, 40), (80, 24), (120, 36)])
async def test_curate_shows_the_count_of_every_tab(
    size: tuple[int, int], make_app: MakeApp
) -> None:
    app = make_app("curate")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        counts = app.desk.counts
        tabs = screen_text(app).splitlines()[2].split()
        for count in (counts.inbox, counts.kept, counts.trash):
            assert f"{count}" in tabs


@pytest.mark.parametrize("screen", ["stats", "curate"])
async def test_a_line_that_does_not_fit_says_so(screen: str, make_app: MakeApp) -> None:
    app = make_app(screen)
    async with app.run_test(size=(48, 50)) as pilot:
        await settled(pilot)
        whole = screen_text(app)
        await press(pilot, "escape")
        cut = [line for line in whole.splitlines() if len(line.rstrip()) >= 48]
        assert all(line.rstrip()[-1] in "─━…" for line in cut[2:])


@pytest.mark.parametrize("size", [(48, 50), (60, 40), (80, 24)])
@pytest.mark.parametrize("screen", ["timeline", "curate", "sessions"])
async def test_help_tells_every_key_whole(
    screen: str, size: tuple[int, int], make_app: MakeApp
) -> None:
    app = make_app(screen)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        sheet = app.screen.query_one("_Sheet", TextPane)
        shown = sheet.text.splitlines()
        assert "This list" in shown[0]
        assert any("Everywhere" in line for line in shown)
        assert not [line for line in shown if "…" in line]


@pytest.mark.parametrize("width", [48, 60])
async def test_the_scope_is_named_in_any_width(width: int, make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=(width, 40)) as pilot:
        await settled(pilot)
        project = app.desk.project = view(app.desk.data).projects()[0]
        app.store_changed()
        await settled(pilot)
        assert project.name in screen_text(app).splitlines()[3]
