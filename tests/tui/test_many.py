"""Fifty thousand marks, decided in one step that one key takes back."""

from pathlib import Path

import pytest

from memtui.model import State
from memtui.settings import Settings
from memtui.store.queries import View
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.screens.timeline import TimelineScreen
from tests.store.filling import NOON, Filling
from tests.tui.conftest import WIDE, press, settled, status, view

MANY = 50_000


def fill(data: Path, count: int) -> None:
    """One memory as ingest writes it, and as many copies of its row as are wanted."""
    with Filling(data) as filling:
        project = filling.project()
        session = filling.session(project=project)
        filling.observation("m00000", session=session, project=project)
        columns = [
            row["name"]
            for row in filling.conn.execute("pragma table_info(observation)")
            if row["name"] not in ("id", "at")
        ]
        same = ", ".join(columns)
        filling.conn.execute(
            f"""
            with recursive n(n) as (select 1 union all select n + 1 from n
                where n + 1 < :count)
            insert into observation (id, at, {same})
            select format('m%05d', n.n), o.at - n.n * 1000, {same}
            from n, observation o where o.id = 'm00000'
            """,
            {"count": count},
        )


@pytest.mark.parametrize("count", [2_000, pytest.param(MANY, marks=pytest.mark.soak)])
async def test_all_that_is_marked_is_decided_and_undone_in_one_step(
    count: int, data: Path, home: Path
) -> None:
    fill(data, count)
    desk = Desk(data=data, settings=Settings(), home=home, cwd=home)
    app = MemtuiApp(desk, now=lambda: NOON, read=False, every_project=True)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        await press(pilot, "a")
        assert status(app).startswith(f"{count:,} memories marked.")
        await press(pilot, "x", "x")
        assert status(app) == f"Excluded {count:,} memories. u undo"
        with view(data) as known:
            assert known.count(cap=count) == 0
            (entry,) = known.journal(5)
            assert entry.count == count
        await press(pilot, "u")
        assert status(app).startswith("Undone: exclude")
        assert screen.list.count == count
    with view(data) as known:
        candidates = View(states=frozenset({State.CANDIDATE}))
        assert known.count(view=candidates, cap=count + 1) == count
