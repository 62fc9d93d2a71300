"""Sessions renamed, projects made one, and what the status line asks about."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual.widgets import Input

from memtui.store import connect
from memtui.tui.messages import CoverageMoved
from memtui.tui.screens.sessions import SessionsScreen
from tests.tui.conftest import (
    NARROW,
    NOW,
    WIDE,
    MakeApp,
    press,
    screen_text,
    settled,
    status,
    view,
)

PALETTE = (":", *"same", "enter")


def ask(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store / "memtui.db")) as conn:
        conn.execute(statement)
        conn.commit()


@pytest.fixture
def twice(store: Path) -> Path:
    """A store with two projects that have one remote."""
    ask(
        store,
        "update project set remote = 'https://example.com/a.git' where name in"
        " ('tern', 'harbor-api')",
    )
    return store


async def test_capital_r_renames_the_session_and_u_takes_it_back(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, SessionsScreen)
        session = app.screen.list.current
        assert session is not None
        await press(pilot, "R", "ctrl+u", *"Storm", "enter")
        assert status(app) == f"Renamed, was “{session.title}”. u undo"
        assert "Storm" in screen_text(app)
        with view(store) as look:
            assert look.session(session.id).title == "Storm"
        await press(pilot, "u")
        with view(store) as look:
            assert look.session(session.id).title == session.title


async def test_a_memory_leads_to_its_sessions_name_and_esc_leaves_it(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        with view(store) as look:
            before = look.journal(1)
        await press(pilot, "R", *"x", "escape")
        with view(store) as look:
            assert look.journal(1) == before


async def test_two_projects_that_may_be_one_are_said_and_enter_makes_them_one(
    make_app: MakeApp, twice: Path
) -> None:
    app = make_app("stats")
    app.desk.demo = False
    with view(twice) as look:
        (pair,) = look.same_projects()
    app.desk.project = pair.other
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "1 project seen twice" in screen_text(app)
        assert "seen twice" in screen_text(app).partition("Storage")[2]
        await press(pilot, *PALETTE)
        assert "Is this one project?" in screen_text(app)
        await press(pilot, "enter")
        assert "is now part of" in status(app)
        assert status(app).endswith("u undo")
        assert app.desk.project == pair.into
        await settled(pilot)
        assert "seen twice" not in screen_text(app)
        await press(pilot, *PALETTE)
        assert status(app) == "No two projects look like one."
    with view(twice) as look:
        assert look.same_projects() == []


async def test_the_second_answer_keeps_them_two(make_app: MakeApp, twice: Path) -> None:
    app = make_app("timeline")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        with view(twice) as look:
            before = len(look.projects())
        await press(pilot, *PALETTE, "down", "enter")
        assert "stay two projects." in status(app)
        with view(twice) as look:
            assert (len(look.projects()), look.same_projects()) == (before, [])
        await press(pilot, "u")
        with view(twice) as look:
            assert len(look.same_projects()) == 1


async def test_projects_are_merged_moved_and_named_from_the_palette(
    make_app: MakeApp, store: Path, tmp_path: Path
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, ":", *"name project", "enter", *"tern", "enter", *"Bird")
        await press(pilot, "enter")
        assert status(app) == "tern is called Bird too. u undo"
        await press(pilot, ":", *"move project", "enter", *"tern", "enter", "ctrl+u")
        await press(pilot, *str(tmp_path), "enter")
        assert status(app) == f"tern is at {tmp_path} now. u undo"
        await press(pilot, ":", *"merge projects", "enter", *"tern", "enter")
        await press(pilot, *"harbor", "enter")
        assert status(app) == "harbor-api is now part of tern. u undo"
    with view(store) as look:
        (tern,) = (one for one in look.listed_projects() if one.project.name == "tern")
    assert (tern.project.path, tern.aliases) == (str(tmp_path), ("Bird",))


async def test_a_session_whose_file_is_gone_says_since_when(
    make_app: MakeApp, store: Path
) -> None:
    ask(store, f"update transcript set gone_at = {NOW - 48 * 86_400_000}")
    app = make_app("sessions")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        assert "file gone since Fri 2 Oct, kept here" in status(app)
        assert " gone " in screen_text(app).splitlines()[5]
        await press(pilot, "enter")
        assert "file gone since Fri 2 Oct, kept here" in status(app)


async def test_the_status_line_says_what_is_only_swept(make_app: MakeApp) -> None:
    app = make_app("timeline")
    app.desk.demo = False
    text = "watching 499 of 2,001 folders, sweeping every 3 s"
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.post_message(CoverageMoved(text))
        await settled(pilot)
        assert text in screen_text(app)
        app.post_message(CoverageMoved(""))
        await settled(pilot)
        assert "watching" not in screen_text(app)


async def test_an_act_for_which_there_is_no_room_is_said_and_ends_nothing(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = connect.connected

    def full(uri: str) -> sqlite3.Connection:
        conn = opened(uri)
        conn.execute("pragma max_page_count = 1")
        return conn

    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        monkeypatch.setattr(connect, "connected", full)
        await press(pilot, "R", "ctrl+u")
        app.screen.query_one(Input).value = "x" * 300_000
        await press(pilot, "enter")
        assert status(app).startswith("The disk is full: nothing more can be written")
        await press(pilot, "6")
        assert "Turns per day" in screen_text(app)
