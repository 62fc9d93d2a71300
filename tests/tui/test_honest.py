"""What the screens say is so: days, counts, names, empty lists, long acts."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memtui.curate import Change, Curator
from memtui.model import Memory, Project
from memtui.search.grammar import Query
from memtui.settings import Settings
from memtui.store.queries import View
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.facets import facets_of
from memtui.tui.lines import plain
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.screens.reader import title_of
from memtui.tui.widgets.memory_list import by_project
from tests.store.filling import Filling
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
from tests.tui.settling import until

Act = Callable[[Curator], Change]


def ms(month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


async def test_a_day_of_winter_begins_where_it_did_then(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    with Filling(data) as fill:
        project = fill.project("harbor-api")
        late = fill.session("s-late", project=project, title="Late")
        # half past eleven in the evening in winter; half past midnight by summer time
        fill.observation("aaa", session=late, project=project, at=ms(2, 10, 22, 30))
        fill.observation("bbb", session=late, project=project, at=ms(2, 10, 23, 30))
    desk = Desk(data=data, settings=Settings(glyphs="unicode"), home=home, cwd=home)
    now = ms(7, 1)
    app = MemtuiApp(desk, now=lambda: now, read=False, every_project=True)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        lines = [line.strip() for line in screen_text(app).splitlines()]
        days = [n for n, line in enumerate(lines) if " February" in line]
        assert [lines[n].split(" ─")[0] for n in days] == [
            "Wed 11 February", "Tue 10 February",
        ]  # fmt: skip
        assert "00:30" in lines[days[0] + 2]
        assert "23:30" in lines[days[1] + 2]


async def test_an_empty_tab_shows_no_memory_of_the_one_before(
    make_app: MakeApp,
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("]", "]", "]")
        await settled(pilot)
        assert "Nothing to review." in screen_text(app)
        assert "Evidence" not in screen_text(app)


async def test_the_pager_is_not_opened_for_nothing(make_app: MakeApp) -> None:
    app = make_app("timeline", query="type:gotcha since:2099-01-01")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "|")
        assert status(app) == "No memory is under the cursor."


async def test_an_act_that_takes_a_while_says_that_it_goes_on(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        act, begun, goes_on = app.desk.pen.act, asyncio.Event(), asyncio.Event()

        async def slowly(wanted: Act) -> Change:
            begun.set()
            await goes_on.wait()
            return await act(wanted)

        monkeypatch.setattr(app.desk.pen, "act", slowly)
        await pilot.press("s")
        await begun.wait()
        await until(pilot, lambda: status(app) == "Writing what was decided.")
        goes_on.set()
        await settled(pilot)
        assert status(app).startswith("Kept 1 memory.")


async def test_what_was_done_is_not_said_to_go_on(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.tui.screens.everywhere.SLOW_S", 0.0)
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        for _ in range(5):
            await press(pilot, "s")
            assert status(app).startswith("Kept 1 memory.")


async def test_a_timeline_that_hides_everything_does_not_say_that_nothing_was_read(
    make_app: MakeApp, store: Path
) -> None:
    with view(store) as known:
        ids = known.memory_ids(view=View())
    Curator(store, Settings(), export=lambda *_: None).exclude(ids)
    app = make_app("timeline")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        assert "Nothing was read" not in screen_text(app)
        assert ". shows what is hidden" in " ".join(screen_text(app).split())
        await press(pilot, ".")
        assert app.screen.list.count >= len(ids)  # type: ignore[attr-defined]


async def test_the_kept_tab_counts_what_it_lists(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "]", "]")
        assert app.screen.list.count == app.desk.counts.kept  # type: ignore[attr-defined]


async def test_the_facets_of_a_tab_count_what_it_shows(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        await press(pilot, "]", "]")
        screen = app.screen
        assert isinstance(screen, CurateScreen)
        found = {facet.query: facet.count for facet in screen.facet_rail.known()}
        assert "is:candidate" not in found
        assert found["is:kept"] >= screen.list.count


def test_two_projects_of_one_name_are_one_facet(data: Path) -> None:
    with Filling(data) as fill:
        for number in (1, 2):
            session = fill.session(
                f"s{number}",
                project=(project := fill.project(f"site{number}")),
            )
            fill.observation(f"m{number}", session=session, project=project)
        fill.conn.execute("update project set name = 'site'")
    with view(data) as known:
        found = facets_of(known, Query(), View(), (), now=0)
    assert [(f.name, f.count) for f in found if f.group == "Project"] == [("site", 2)]


async def test_a_kept_filter_leaves_the_keys_of_the_list_below(
    make_app: MakeApp,
) -> None:
    app = make_app("search")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, *"outbox")
        assert screen_text(app).splitlines()[-1].strip().startswith("enter keep")
        await press(pilot, "enter")
        assert "? keys" in screen_text(app).splitlines()[-1]


async def test_narrow_figures_say_whole_how_much_the_busiest_day_had(
    make_app: MakeApp,
) -> None:
    app = make_app("stats")
    async with app.run_test(size=(48, 50)) as pilot:
        await settled(pilot)
        assert "18 on Thu 19 Nov\n" in screen_text(app)


async def test_stats_and_the_list_of_sessions_count_the_same(
    make_app: MakeApp,
) -> None:
    app = make_app("stats")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        figures = screen_text(app)
        await press(pilot, "5")
        shown = app.screen.list.count  # type: ignore[attr-defined]
        assert f"{shown} sessions" in figures


def test_two_projects_of_one_name_are_told_apart_by_their_folders(
    store: Path,
) -> None:
    with view(store) as known:
        one, two, other = known.memories(limit=3)
    rows: Sequence[Memory] = [
        _in(one, Project(id="1", name="site", path="/home/mira/src/site")),
        _in(two, Project(id="2", name="site", path="/home/mira/old/site")),
        _in(other, Project(id="3", name="tern", path="/home/mira/src/tern")),
    ]
    sections, _ = by_project(rows, "{n}")
    assert [section.data.title for section in sections] == [  # type: ignore[attr-defined]
        "site  in /home/mira/src", "site  in /home/mira/old", "tern",
    ]  # fmt: skip


def _in(memory: Memory, project: Project) -> Memory:
    from dataclasses import replace

    return replace(memory, project=project)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (100, "Webhooks lost since the failover|harbor-api  fix/outbox-order  claude"),
        (56, "Webhooks lost since the failover|harbor-api  claude"),
        (45, "Webhooks lost since the…|harbor-api  claude"),
        (41, "Webhooks lost since the…|harbor-api  cc"),
        (20, "Webhooks lost…|cc"),
    ],
)
def test_the_title_of_a_session_gives_way_last(
    width: int, shown: str, store: Path
) -> None:
    with view(store) as known:
        session = known.sessions(limit=1)[0]
    title, _, where = title_of(session, width)
    assert f"{plain([title])}|{plain([where]).strip()}" == shown
