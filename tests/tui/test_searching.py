"""The search screen: what is read, said and offered."""

import asyncio
from dataclasses import replace

import pytest

from memtui.errors import MemtuiError
from memtui.store.search import vectors
from memtui.store.search.vectors import Vectors
from memtui.tui.app import MemtuiApp
from tests.store.test_vectors import Topics, alike
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


async def test_a_near_word_is_offered_and_tab_takes_it(make_app: MakeApp) -> None:
    app = make_app("search", query="horizn")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        shown = " ".join(screen_text(app).split())
        assert "Nothing matches horizn. Did you mean horizon? tab takes it" in shown
        await press(pilot, "tab")
        await settled(pilot)
        assert app.screen.scope_line.text == "horizon"  # type: ignore[attr-defined]
        assert app.screen.hits.count  # type: ignore[attr-defined]
        assert "Did you mean" not in screen_text(app)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((80, 24), "horizn stands nowhere. Did you mean horizon?  / then tab takes it"),
        ((48, 50), "Did you mean horizon?  / then tab takes it"),
    ],
)
async def test_a_near_word_is_offered_beside_what_was_found(
    size: tuple[int, int], said: str, make_app: MakeApp
) -> None:
    app = make_app("search", query="outbox horizn -kubernets ")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert app.screen.hits.count  # type: ignore[attr-defined]
        assert screen_text(app).splitlines()[3].strip() == said
        await press(pilot, "slash", "tab")
        await settled(pilot)
        text = app.screen.scope_line.text  # type: ignore[attr-defined]
        assert text == "outbox horizon -kubernets "


async def test_a_sheet_says_why_a_find_stands_where_it_stands(
    make_app: MakeApp,
) -> None:
    app = make_app("search", query="the serial ids type:gotcha")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "W")
        await settled(pilot)
        shown = " ".join(screen_text(app).split())
        for part in (
            "Why it is found", "place 1 of", "every word: ", "relevance 1.00 × memory",
            "left out: the", "narrowed by: type:gotcha", "not looked at: the trash",
        ):  # fmt: skip
            assert part in shown


async def test_a_bad_expression_says_what_is_wrong_with_it(make_app: MakeApp) -> None:
    for screen in ("search", "timeline", "sessions"):
        app = make_app(screen, query="outbox /(30/")
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            assert "/(30/ is no regular expression: missing )." in screen_text(app)


async def test_a_timeline_without_matches_leads_to_all_that_was_said(
    make_app: MakeApp,
) -> None:
    app = make_app("timeline", query="gofmt-was-never-remembered")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "enter searches what was said, too" in screen_text(app)
        await press(pilot, "enter")
        await settled(pilot)
        assert app.current_mode == "search"
        assert app.screen.scope_line.text.startswith("gofmt-was")  # type: ignore[attr-defined]


async def test_the_turn_that_a_find_opens_marks_it_and_n_goes_on(
    make_app: MakeApp,
) -> None:
    app = make_app("search", query="/horizons?/")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        turns = [h for h in app.screen.hits.known() if h.memory is None]  # type: ignore[attr-defined]
        assert turns
        while app.screen.hits.current.memory is not None:  # type: ignore[attr-defined]
            await press(pilot, "down")
        await press(pilot, "enter")
        await settled(pilot)
        assert app.current_mode == "sessions"
        at = app.screen.reader.cursor  # type: ignore[attr-defined]
        await press(pilot, "n")
        await settled(pilot)
        moved = app.screen.reader.cursor != at  # type: ignore[attr-defined]
        assert moved or "No more hits." in screen_text(app)


async def test_sessions_are_listed_by_their_best_rows(make_app: MakeApp) -> None:
    app = make_app("sessions", query="horizon")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "Best first" in screen_text(app)
        assert app.screen.list.count  # type: ignore[attr-defined]


def hinted() -> None:
    """What loading the model says without the extra."""
    raise MemtuiError("Searching by meaning needs the extra semantic.", hint="pip …")


async def test_without_the_extra_the_app_says_what_is_missing(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.tui.screens.wondering.Embedder", hinted)
    app = make_app("search", query="horizon")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await app.screen.run_action("meaning")
        await settled(pilot)
        assert "needs the extra semantic. pip …" in screen_text(app)
        assert "best first, by meaning" not in screen_text(app)


async def test_while_one_rests_everything_gets_a_vector_and_is_found_by_it(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.tui.screens.wondering.Embedder", Topics)
    monkeypatch.setattr("memtui.tui.screens.wondering.PAUSE_S", 0.01)
    monkeypatch.setattr(vectors, "cosines", alike)
    app = make_app("search", query="horizon")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        own = Vectors(app.desk.data / "memtui.db")
        lacking = len(own.missing(10_000))
        await app.screen.run_action("meaning")
        while len(own.all()[0]) < lacking:
            await asyncio.sleep(0.01)
        await settled(pilot)
        assert "By meaning too" in screen_text(app)
        assert app.screen.hits.count  # type: ignore[attr-defined]
        await app.screen.run_action("meaning")
        await settled(pilot)
        assert "By words alone again." in screen_text(app)
