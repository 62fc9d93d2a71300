"""Small things that a person meets in the first hour."""

from pathlib import Path

import pytest

from memtui.model import Memory
from memtui.store.queries import StoredFault
from memtui.tui import troubles
from memtui.tui.lines import plain
from memtui.tui.screens.search import SearchScreen
from memtui.tui.screens.sessions import SessionsScreen
from tests.tui.conftest import NARROW, WIDE, MakeApp, press, screen_text, settled


async def test_digits_page_through_the_screens_past_an_empty_search(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        seen = []
        for digit in "123456":
            await press(pilot, digit)
            seen.append(app.current_mode)
        await press(pilot, "2", "3")
        assert app.current_mode == "curate"
    assert seen == ["timeline", "search", "curate", "injection", "sessions", "stats"]


async def test_a_search_may_begin_with_a_digit(make_app: MakeApp) -> None:
    app = make_app("search")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "escape", "slash", *"404")
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        assert screen.scope_line is not None
        assert screen.scope_line.text == "404"


@pytest.mark.parametrize("screen", ["timeline", "curate", "sessions", "stats"])
async def test_in_ascii_nothing_of_ours_is_beyond_ascii(
    screen: str, make_app: MakeApp
) -> None:
    app = make_app(screen, glyphs="ascii")
    app.desk.demo = False
    async with app.run_test(size=(60, 40)) as pilot:
        await settled(pilot)
        app.desk.machine.faults, app.desk.machine.delivery = 3, "delivered 13:52"
        app.screen.refresh_frame()  # type: ignore[attr-defined]
        await settled(pilot)
        beyond = {letter for letter in screen_text(app) if not letter.isascii()}
    assert beyond == set()


async def test_facets_say_how_many_rows_each_would_leave(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        gotchas = sum(row.type == "gotcha" for row in all_rows(app))
        await press(pilot, "f", *"gotcha")
        line = next(r for r in screen_text(app).splitlines() if "▲ gotcha  " in r[:14])
        assert line.split()[-1] == f"{gotchas}"


def all_rows(app: object) -> list[Memory]:
    rows = app.screen.list  # type: ignore[attr-defined]
    return [rows.row(n) for n in range(rows.count)]


async def test_a_found_memory_shows_its_title_from_the_beginning(
    make_app: MakeApp,
) -> None:
    app = make_app("search", query="outbox")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        lines = screen_text(app).splitlines()
        shown = 0
        for number, hit in enumerate(screen.hits.known()):
            line = 4 + 2 * number
            if hit.memory is None or line >= len(lines) - 3:
                continue
            assert hit.memory.title[:20] in lines[line]
            shown += 1
        assert shown


async def test_a_found_turn_is_not_told_twice(make_app: MakeApp) -> None:
    app = make_app("search", query="outbox")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        rows = app.screen.hits  # type: ignore[attr-defined]
        for hit in rows.known():
            above, below = (plain(r) for r in rows.draw_row(hit, 74, marked=False))
            said = above[13:45].strip()
            assert not below.strip().startswith(said)


async def test_sessions_in_which_nothing_was_said_are_hidden(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert all(row.turns or row.title for row in screen.list.known())


@pytest.mark.parametrize(
    "screen", ["timeline", "search", "curate", "injection", "sessions", "stats"]
)
async def test_the_help_is_not_cut_in_a_small_terminal(
    screen: str, make_app: MakeApp
) -> None:
    app = make_app(screen)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("escape")
        await press(pilot, "question_mark")
        box = [row for row in screen_text(app).splitlines() if row.count("│") > 1]
        assert box
        assert not [row for row in box if "…" in row]


async def test_a_store_that_cannot_be_read_says_what_to_do(
    make_app: MakeApp, store: Path
) -> None:
    for file in store.glob("memtui.db*"):
        file.write_bytes(b"this is no database at all" * 400)
    app = make_app()
    async with app.run_test(size=(400, 36)) as pilot:  # its folder's name may be long
        await settled(pilot)
        text = " ".join(screen_text(app).split())
        assert "The store " in text
        assert "enter tries again : doctor" in text


def test_the_faults_of_a_file_are_counted_on_one_line() -> None:
    faults = [
        StoredFault(agent="codex", path="/home/dev/a.jsonl", line=n, reason="no JSON")
        for n in range(1, 344)
    ]
    faults.append(
        StoredFault(agent="codex", path="/home/dev/b.jsonl", line=7, reason="torn")
    )
    lines = list(map(plain, troubles.lines_of([], faults, Path("/home/dev"), 80)))
    assert lines[0] == "~/a.jsonl"
    assert lines[1].split() == ["343", "lines", "no", "JSON"]
    assert lines[3].split() == ["line", "7", "torn"]
    assert len(lines) == 4
