"""Lines that are kept when a list scrolls show what they would if drawn anew."""

import random

import pytest

from memtui.model import Memory
from memtui.tui.app import MemtuiApp
from memtui.tui.lines import Line
from memtui.tui.screens.memories import MemoriesScreen
from memtui.tui.widgets.line_list import LineList
from memtui.tui.widgets.memory_list import MemoryList
from tests.tui.conftest import NARROW, WIDE, MakeApp, press, screen_text, settled

KEYS = "jjjjjkGgJKv ax.zhl"


def drawn_anew(app: MemtuiApp) -> str:
    """The screen when nothing that was drawn before is kept."""
    for widget in app.screen.query(LineList):
        widget.forget_lines()
    return screen_text(app)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
async def test_what_is_kept_is_what_would_be_drawn(
    make_app: MakeApp, seed: int, size: tuple[int, int]
) -> None:
    app = make_app()
    chance = random.Random(seed)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for _ in range(12):
            key = chance.choice(KEYS)
            await press(pilot, "space" if key == " " else key)
            kept = screen_text(app)
            assert kept == drawn_anew(app)


async def test_a_row_down_draws_the_rows_that_change_and_no_more(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = MemoryList.draw_row

    def noted(self: MemoryList, row: Memory, width: int, *, marked: bool) -> list[Line]:
        drawn.append(row.id)
        return draw(self, row, width, marked=marked)

    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, MemoriesScreen)
        while not screen.list.scroll_offset.y:
            await press(pilot, "j")
        monkeypatch.setattr(MemoryList, "draw_row", noted)
        for _ in range(3):
            before = screen.list.scroll_offset.y
            drawn.clear()
            await press(pilot, "j")
            assert screen.list.scroll_offset.y > before
            assert len(set(drawn)) <= 2 + screen.list.scroll_offset.y - before
