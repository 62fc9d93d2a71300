"""What is seen before everything is known, in low terminals, and from a turn."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.model import Memory, ObservationId, Trust
from memtui.store.queries import StoreView, Zone
from memtui.tui import editor
from memtui.tui.format import DAY_MS
from memtui.tui.screens.sessions import SessionsScreen
from memtui.tui.screens.timeline import TimelineScreen, grouped, sections_of
from tests.tui.conftest import MakeApp, press, screen_text, settled, view
from tests.tui.settling import until


async def test_the_newest_rows_are_there_while_the_rest_is_counted(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    groups = StoreView.groups

    def slowly(self: StoreView, *args: object, **kwargs: object) -> object:
        go_on.wait(20)
        return groups(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(StoreView, "groups", slowly)
    monkeypatch.setattr("memtui.tui.screens.opening.NEWEST", 12)
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen))
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        await until(pilot, lambda: bool(screen.list.count))
        await until(pilot, lambda: "1 counting" in screen_text(app))
        assert screen.list.count == 12
        first = screen.list.current
        await pilot.press("j")
        await until(pilot, lambda: screen.list.current != first)
        second = screen.list.current
        go_on.set()
        await settled(pilot)
        assert screen.list.count > 12
        assert screen.list.row(0) == first
        assert screen.list.current == second


@given(st.lists(st.tuples(st.integers(0, 3 * DAY_MS), st.integers(0, 3)), max_size=30))
def test_the_first_window_loses_no_row_and_its_sections_fit(
    made: list[tuple[int, int]],
) -> None:
    rows = [
        Memory(
            id=ObservationId(f"m{n}"), type="gotcha", title="t", body="", at=at,
            trust=Trust.USER, rule="r", confidence=1.0, session=f"s{session}",
        )
        for n, (at, session) in enumerate(sorted(made, reverse=True))
    ]  # fmt: skip
    groups, ordered = grouped(rows, Zone())
    assert sorted(r.id for r in ordered) == sorted(r.id for r in rows)
    assert [g.newest_at for g in groups] == sorted(
        (g.newest_at for g in groups), reverse=True
    )
    sections = sections_of(groups)
    assert sum(section.rows for section in sections) == len(rows)


TO_THE_FIRST_PAINT = """
import sys
from pathlib import Path
import memtui.cli.app, memtui.cli.ending
from memtui.settings import Settings
from memtui.tui.app import MemtuiApp
from memtui.tui.screens.memories import MemoriesScreen
from memtui.tui.start import make_app
def painted(app):
    print(app.screen.list.count, *sys.modules)
    app.exit()
MemtuiApp._open_store = painted  # what comes next
MemoriesScreen._show_first_detail = lambda screen: None  # and what its lane does
make_app(Path(sys.argv[1]), Settings(), demo=True).run(headless=True, size=(120, 36))
"""
LATER = (
    "anthropic", "sqlite_utils", "watchdog", "rich.markdown", "mcp", "click",
    "zstandard", "Stemmer", "memtui.distil", "memtui.search.prepare",
    "memtui.search.match", "memtui.store.search.find", "memtui.store.views.relations",
    "memtui.store.curate.journal", "memtui.tui.screens.chooser", "msgspec",
    "memtui.tui.widgets.block_list", "memtui.tui.widgets.detail",
)  # fmt: skip


def test_nothing_that_the_first_paint_does_not_show_is_imported_before_it(
    store: Path,
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", TO_THE_FIRST_PAINT, store],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    rows, *loaded = next(
        line for line in run.stdout.splitlines() if "memtui.tui.app" in line
    ).split()
    assert int(rows[-2:]) > 30
    assert set(LATER) & set(loaded) == set()


async def test_below_sixteen_rows_status_and_keys_share_the_last_row(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=(100, 12)) as pilot:
        await settled(pilot)
        last = screen_text(app).splitlines()[-1]
        assert last.split()[:2] == ["1", "of"]
        assert "enter open" in last
        assert "? keys" in last
        await press(pilot, "d")
        assert "d again prunes 1 memory" in screen_text(app).splitlines()[-1]


async def test_a_memory_written_from_a_turn_leads_back_to_it(
    make_app: MakeApp, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        editor, "edit_text", lambda app, text: "The horizon waits for idle sessions\n"
    )
    app = make_app("sessions")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "j")
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        block = screen.reader.current
        assert block is not None
        await press(pilot, "i", "enter")
    with view(store) as look:
        made = next(
            m for m in look.memories(limit=5) if m.title.startswith("The horizon")
        )
        assert made.evidence[0].record == block.record.native_id
        turn = look.turn_of(made.evidence[0])
    assert turn.number == block.turn
