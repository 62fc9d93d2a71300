"""What a held key passes by is not read."""

import pytest

from memtui.model import Memory
from memtui.store.queries import StoreView
from memtui.tui import lanes, rest
from memtui.tui.screens.memories import MemoriesScreen
from tests.tui.conftest import WIDE, MakeApp, settled


async def test_of_rows_that_a_held_key_passes_the_last_one_is_read(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    feedback = StoreView.feedback

    def noted(self: StoreView, memory: Memory) -> object:
        read.append(memory.id)
        return feedback(self, memory)

    monkeypatch.setattr(rest, "HELD_S", 60.0)
    monkeypatch.setattr(rest, "REST_S", 1.0)
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, MemoriesScreen)
        monkeypatch.setattr(StoreView, "feedback", noted)
        for _ in range(5):
            screen.list.action_cursor_down()
        await settled(pilot)
        assert screen.rest.moved_at
        assert screen.memory() is not None
        assert read == [screen.memory().id]  # type: ignore[union-attr]
        assert screen.detail.on_top == read[0]


async def test_rows_are_asked_for_ahead_and_not_with_every_key(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, MemoriesScreen)
        asked = []
        window = StoreView.group_memories

        def noted(self: StoreView, *args: object, **kwargs: object) -> object:
            asked.append(1)
            return window(self, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(StoreView, "group_memories", noted)
        for _ in range(20):
            screen.list.action_cursor_down()
        await settled(pilot)
        assert screen.list.cursor == 20
        assert not asked  # the first window reaches further


async def test_lanes_keep_little_of_the_store_in_memory(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        for lane in (app.desk.lists, app.desk.details, app.desk.counting):
            (kept,) = await lane.read(
                lambda v: v._conn.execute("pragma cache_size").fetchone()
            )
            assert kept == -lanes.CACHE_KIB
