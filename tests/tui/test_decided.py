"""What Curate says about a decision before it is made, and after."""

from datetime import UTC, datetime

from memtui.model import State
from memtui.settings import Settings
from memtui.tui.known import place_of
from memtui.tui.lines import plain
from memtui.tui.widgets.frame import StatusLine
from tests.tui.conftest import NOW, WIDE, MakeApp, press, screen_text, settled, view


async def test_the_detail_of_a_candidate_ends_with_what_keeping_would_mean(
    make_app: MakeApp,
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert "If kept" in text
        assert "rank " in text.partition("If kept")[2]


async def test_the_rank_foretold_is_the_rank_it_gets(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        with view(app.desk.data) as look:
            foretold = place_of(look, Settings(), row)
        await press(pilot, "s")
        with view(app.desk.data) as look:
            kept = look.memory(row.id)
            assert kept.state is State.KEPT
            assert place_of(look, Settings(), kept) == foretold
    assert foretold.startswith("rank ")


async def test_what_was_kept_today_is_counted_until_it_is_taken_back(
    make_app: MakeApp,
) -> None:
    app = make_app("curate")
    today = int(datetime.now(tz=UTC).timestamp() * 1000)
    app._now = lambda: today
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        before = kept_today(app)
        await press(pilot, "s", "p", "escape")
        assert kept_today(app) == before + 2
        await press(pilot, "u", "escape")
        assert kept_today(app) == before + 1
    assert today > NOW


def kept_today(app: object) -> int:
    right = plain(app.screen.query_one(StatusLine).right)  # type: ignore[attr-defined]
    words = right.split()
    return int(words[1]) if words[:1] == ["kept"] else 0
