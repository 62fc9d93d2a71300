"""Purge from the app: typed, never by one key, and nothing brings it back."""

from pathlib import Path

import pytest

from memtui.errors import NotFound
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.screens.prompt import Prompt
from tests.tui.conftest import (
    NARROW,
    WIDE,
    MakeApp,
    press,
    screen_text,
    settled,
    status,
    view,
)

PALETTE = (":", *"purge", "enter")


async def test_the_words_are_typed_and_the_memory_is_gone(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, CurateScreen)
        row = app.screen.list.current
        assert row is not None
        await press(pilot, *PALETTE)
        assert isinstance(app.screen, Prompt)
        shown = screen_text(app)
        assert "Purge deletes 1 memory for good; no undo. Type purge 1:" in shown
        await press(pilot, *"purge 2", "enter")
        assert isinstance(app.screen, Prompt)
        with view(store) as look:
            assert look.memory(row.id).title == row.title
        await press(pilot, "ctrl+u", *"purge 1", "enter")
        await settled(pilot)
        assert status(app) == "Purged 1 memory. Nothing takes that back."
        await press(pilot, "u")
    with view(store) as look, pytest.raises(NotFound):
        look.memory(row.id)


async def test_escape_purges_nothing(make_app: MakeApp, store: Path) -> None:
    app = make_app("timeline")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        with view(store) as look:
            before = len(look.memories(limit=1_000))
        await press(pilot, *PALETTE)
        assert isinstance(app.screen, Prompt)
        await press(pilot, *"purge 1", "escape")
        with view(store) as look:
            assert len(look.memories(limit=1_000)) == before
