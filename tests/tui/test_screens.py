"""What the keys of each screen do, as a person sees it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.model import Agent, State
from memtui.settings import Settings
from memtui.store.queries import View
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.screens.injection import InjectionScreen
from memtui.tui.screens.search import SearchScreen
from memtui.tui.screens.sessions import SessionsScreen
from memtui.tui.screens.timeline import TimelineScreen
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


def first_turn(screen: SearchScreen) -> int:
    """Where the first find is that is a turn."""
    rows = [screen.hits.row(n) for n in range(screen.hits.count)]
    return next(n for n, hit in enumerate(rows) if hit is not None and not hit.memory)


def line_on_screen(screen: TimelineScreen) -> int:
    """The line of the list's viewport on which the cursor stands."""
    rows = screen.list
    return rows.sections.line_of(rows.cursor) - rows.scroll_offset.y


async def test_digits_open_the_six_screens(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        seen = []
        for digit in "654321":
            await press(pilot, "escape", digit)
            seen.append(app.current_mode)
    assert seen == ["stats", "sessions", "injection", "curate", "search", "timeline"]


async def test_typing_filters_the_timeline_and_esc_restores_it(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        everything = screen.list.count
        await press(pilot, "slash", *"type:gotcha")
        found = screen.list.count
        assert 0 < found < everything
        assert all(row.type == "gotcha" for row in screen.list.known())
        await press(pilot, "escape")
        assert screen.list.count == everything


async def test_backspace_drops_the_last_chip(make_app: MakeApp) -> None:
    app = make_app(query="type:gotcha is:kept")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "backspace")
        assert app.screen.scope_line.text == "type:gotcha"  # type: ignore[attr-defined]


async def test_a_facet_becomes_a_chip(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "f")
        await press(pilot, *"secur", "enter")
        assert "type:security" in screen_text(app)


async def test_enter_on_the_rail_makes_a_chip(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        await press(pilot, "h")
        facet = screen.facet_rail.current
        assert facet is not None
        await press(pilot, "enter")
        assert screen.scope_line is not None
        assert screen.scope_line.text.strip() == facet.query
        assert screen.list.count == facet.count


async def test_capital_g_goes_to_the_end_and_g_back_again(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        rows = app.screen.list  # type: ignore[attr-defined]
        await press(pilot, "G")
        assert rows.cursor == rows.count - 1
        assert rows.current is not None
        await press(pilot, "g")
        assert (rows.cursor, rows.scroll_offset.y) == (0, 0)
        await press(pilot, "g")
        assert rows.cursor == rows.count - 1


async def test_capital_j_and_k_go_from_session_to_session(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        rows = app.screen.list  # type: ignore[attr-defined]
        first = rows.current.session
        await press(pilot, "J")
        assert rows.current.session != first
        await press(pilot, "K")
        assert rows.current.session == first


async def test_a_session_scrolled_into_keeps_its_header_in_sight(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        rows = app.screen.list  # type: ignore[attr-defined]
        rows.scroll_to(y=4, animate=False, immediate=True)
        await settled(pilot)
        shown = screen_text(app).splitlines()[3]
        assert shown.strip().startswith(rows.row(0).session_title[:30])


async def test_below_100_columns_enter_gives_the_detail_the_body(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        assert "Evidence" in screen_text(app)
        assert "esc back" in screen_text(app)
        await press(pilot, "escape")
        assert "Evidence" not in screen_text(app)


async def test_z_gives_the_focused_pane_the_body_and_back(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "z")
        assert "Evidence" not in screen_text(app)
        await press(pilot, "z")
        assert "Evidence" in screen_text(app)


async def test_o_lands_on_the_turn_that_shows_the_memory(make_app: MakeApp) -> None:
    app = make_app(query="is:kept")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        memory = app.screen.list.current  # type: ignore[attr-defined]
        await press(pilot, "o")
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        assert screen.session is not None
        assert screen.session.id == memory.session
        block = screen.reader.current
        assert block is not None
        wanted = {e.record for e in memory.evidence}
        found = {block.record.native_id}
        found |= {block.result.native_id} if block.result else set()
        assert wanted & found


async def test_new_rows_are_counted_and_the_cursor_stays(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        await press(pilot, "G")
        there = screen.list.current
        line = (
            screen.list.sections.line_of(screen.list.cursor)
            - screen.list.scroll_offset.y
        )
        with Curator(store, Settings(), actor="person") as curator:
            with view(store) as look:
                project = look.projects()[0]
            curator.add("Written elsewhere meanwhile", type="gotcha", project=project)
        app.store_changed()
        await settled(pilot)
        assert screen.list.current is not None
        assert there is not None
        assert screen.list.current.id == there.id
        moved = (
            screen.list.sections.line_of(screen.list.cursor)
            - screen.list.scroll_offset.y
        )
        assert moved == line
        assert "1 new  g shows" in screen_text(app)
        await press(pilot, "g")
        assert "Written elsewhere" in screen_text(app)
        assert "new  g shows" not in screen_text(app)


async def test_search_finds_while_typing(make_app: MakeApp) -> None:
    app = make_app("search")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, *"outb")
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        assert screen.hits.count > 3
        assert "outbox" in screen_text(app)


async def test_resting_within_a_word_keeps_what_it_found(make_app: MakeApp) -> None:
    app = make_app("search")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, *"outb")
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        await until(pilot, lambda: "best first" in screen_text(app))
        await settled(pilot)
        assert screen.hits.count > 3


async def test_enter_on_a_found_turn_opens_its_session(make_app: MakeApp) -> None:
    app = make_app("search", query="outbox")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        await until(pilot, lambda: "best first" in screen_text(app))
        await settled(pilot)
        screen.hits.move_to(first_turn(screen))
        hit = screen.hits.current
        assert hit is not None
        assert hit.record is not None
        await press(pilot, "enter")
        opened = app.screen
        assert isinstance(opened, SessionsScreen)
        block = opened.reader.current
        assert block is not None
        assert block.turn == hit.turn


async def test_a_turn_cannot_be_kept_and_says_why(make_app: MakeApp) -> None:
    app = make_app("search", query="outbox")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        screen.hits.move_to(first_turn(screen))
        await press(pilot, "s")
        assert "This is a turn" in status(app)


async def test_brackets_walk_the_tabs_of_curate(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        seen = []
        for _ in range(6):
            await press(pilot, "right_square_bracket")
            assert isinstance(app.screen, CurateScreen)
            seen.append((app.screen.tab, app.screen.list.count))
    assert [name for name, _ in seen] == [
        "backlog",
        "kept",
        "review",
        "duplicates",
        "trash",
        "inbox",
    ]
    assert dict(seen)["kept"] > 20
    assert dict(seen)["trash"] == 7


async def test_the_starter_set_is_ten_marked_and_s_keeps_them(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    app.desk.starter = True
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, CurateScreen)
        assert len(app.screen.list.marks) == 10
        assert "The 10 best are marked." in status(app)
        await press(pilot, "s")
        assert status(app) == "Kept 10 memories. u undo"


async def test_the_injection_shows_the_text_that_the_hook_prints(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        assert screen.injection is not None
        told = [part.text for part in screen.list.blocks if part.kind != "cut"]
        told = [text for text in told if text != ""]
        text = [line for line in screen.injection.text.splitlines() if line]
        assert [line for line in told if line] == text
        assert "pinned" in screen_text(app)


async def test_greater_moves_a_pin_down(make_app: MakeApp, store: Path) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        first = screen.memory()
        assert first is not None
        assert first.pinned
        await press(pilot, "greater_than_sign")
        part = screen.list.current
        assert part is not None
        assert part.id == first.id
        assert part.rank == "2"


async def test_x_on_the_injection_takes_the_line_out(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        memory = screen.memory()
        assert memory is not None
        await press(pilot, "x")
        assert screen.injection is not None
        assert memory.id not in screen.injection.text


async def test_d_on_a_session_says_that_sessions_stay(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "d")
        assert status(app) == "Sessions are never deleted. x excludes its memories."


async def test_more_and_less_detail_in_the_reader(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        usual = len(screen.reader.blocks)
        await press(pilot, "enter", "minus")
        fewer = len(screen.reader.blocks)
        await press(pilot, "minus")
        prompts = len(screen.reader.blocks)
        assert prompts < fewer < usual
        assert status(app) == "Shown: prompts."


async def test_enter_unfolds_a_tool_call(make_app: MakeApp) -> None:
    app = make_app("sessions")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, SessionsScreen)
        await press(pilot, "enter")
        tools = [n for n, b in enumerate(screen.reader.blocks) if b.result is not None]
        screen.reader.move_to(tools[0])
        before = screen.reader.virtual_size.height
        await press(pilot, "enter")
        assert screen.reader.virtual_size.height > before


async def test_started_inside_a_project_it_shows_that_project(
    make_app: MakeApp, store: Path
) -> None:
    with view(store) as look:
        project = look.projects()[0]
        alone = look.count(view=View(project=project.id))
    app = make_app(cwd=Path(project.path) / "internal", every_project=False)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert f"{project.name}, newest first" in screen_text(app)
        assert app.screen.list.count == alone  # type: ignore[attr-defined]


async def test_capital_p_chooses_another_project(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "P")
        await press(pilot, *"tern", "enter")
        assert "tern, newest first" in screen_text(app)


async def test_the_palette_runs_what_it_names(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await press(pilot, *"stats", "enter")
        assert app.current_mode == "stats"


async def test_help_lists_the_keys_and_finds_one(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        assert "This list" in screen_text(app)
        assert "Everywhere" in screen_text(app)
        await press(pilot, "slash", *"undo")
        assert "undo" in screen_text(app)
        assert "This list" not in screen_text(app)
        await press(pilot, "escape")
        assert "Everywhere" not in screen_text(app)


async def test_capital_h_shows_what_was_decided(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "p")
        await press(pilot, "H")
        assert "What was decided" in screen_text(app)


async def test_faults_are_listed_by_file(make_app: MakeApp, store: Path) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "exclamation_mark")
        assert "could not be read" in screen_text(app)


async def test_a_foreign_letter_says_once_how_to_go_on(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "ф")
        assert status(app).startswith("Keys are Latin letters.")


async def test_a_theme_is_shown_as_the_cursor_passes_and_esc_takes_it_back(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.action_theme()  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "down")
        assert app.theme == "memtui-light"
        await press(pilot, "escape")
        assert app.theme == "memtui-dark"


async def test_ctrl_c_twice_leaves(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+c")
        assert status(app) == "ctrl+c again quits."
        await press(pilot, "ctrl+c")
        assert app.return_code == 0


async def test_q_goes_back_from_a_pane_and_then_leaves(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "q")
        assert app.is_running
        assert isinstance(app.screen, TimelineScreen)
        assert app.screen.focused is app.screen.list
        await press(pilot, "q")
        assert app._exit


async def test_editing_in_the_editor_is_the_decision(
    make_app: MakeApp,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nsed -i 's/^\\([A-Z].*\\)$/Changed: \\1/' \"$2\"\n")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"{script} --wait")
    lend_without_a_terminal(monkeypatch)
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, CurateScreen)
        row = app.screen.list.current
        assert row is not None
        await press(pilot, "e")
    with view(store) as look:
        assert look.memory(row.id).title.startswith("Changed: ")


async def test_an_unchanged_text_is_not_saved(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    lend_without_a_terminal(monkeypatch)
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "e")
        assert status(app) == "Not saved: the text came back unchanged."


def lend_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot has no terminal to lend: the editor runs beside it."""
    from contextlib import nullcontext

    from memtui.tui.app import MemtuiApp

    monkeypatch.setattr(MemtuiApp, "suspend", lambda self: nullcontext())


async def test_y_copies_and_says_how_many(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "y")
        assert app.clipboard
        assert status(app) == f"Copied {len(app.clipboard):,} characters by OSC 52."


async def test_y_names_the_tool_that_took_it_too(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, taken = tmp_path / "wl-copy", tmp_path / "taken"
    tool.write_text(f"#!/bin/sh\n/bin/cat > '{taken}'\n")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "y")
        assert status(app).endswith(" characters by OSC 52 and wl-copy.")
        assert taken.read_text() == app.clipboard


async def test_a_store_that_cannot_be_read_says_so(
    make_app: MakeApp, store: Path
) -> None:
    (store / "memtui.db").write_bytes(b"this is no database at all" * 100)
    for side in ("memtui.db-wal", "memtui.db-shm"):
        (store / side).unlink(missing_ok=True)
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "The store is damaged" in screen_text(app)


async def test_a_click_on_the_footer_does_what_it_says(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        at = screen_text(app).splitlines()[-1].index("? keys")
        await pilot.click("#keys", offset=(at, 0))
        await settled(pilot)
        assert "Everywhere" in screen_text(app)


async def test_a_click_selects_and_two_open(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        rows = app.screen.list  # type: ignore[attr-defined]
        y = rows.sections.line_of(3)
        await pilot.click("#list", offset=(20, y))
        await settled(pilot)
        assert rows.cursor == 3
        await pilot.click("#list", offset=(20, y), times=2)
        await settled(pilot)
        assert "Evidence" in screen_text(app)


def test_every_agent_has_a_way_to_resume() -> None:
    from memtui.tui.screens.everywhere import resume_call

    assert all(resume_call(agent, "id")[-1] == "id" for agent in Agent)
    for hostile in ("--dangerously-skip-permissions", "-p", "a b", "a;b", "../a", ""):
        assert not any(resume_call(agent, hostile) for agent in Agent)


async def test_pruned_ones_are_not_on_the_timeline(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        rows = app.screen.list.known()  # type: ignore[attr-defined]
        assert all(row.state is not State.PRUNED for row in rows)


async def test_w_exports_and_says_when_no_client_reads_it(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("injection")
    app.desk.demo = False
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "w")
        assert status(app).startswith("Exported, but no client reads it yet.")
        app.desk.demo = True
        await press(pilot, "w")
        assert status(app) == "Nothing changed since the last export."
    assert list((store / "export").rglob("startup.json"))


async def test_the_detail_says_what_came_of_a_memory(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        memory = app.screen.list.current  # type: ignore[attr-defined]
        with closing(sqlite3.connect(store / "memtui.db")) as conn, conn:
            conn.executemany(
                "insert into feedback(session_id, memory, at, touched)"
                " values (?, ?, 1, ?)",
                [(1, memory.id, 1), (2, memory.id, 0)],
            )
        await press(pilot, "j")
        await press(pilot, "k")
        left, right = zip(*(line.rsplit("│", 1) for line in screen_text(app).split("\n")
                            if "│" in line), strict=True)  # fmt: skip
        told = "delivered to 2 sessions: its files touched in 1"
        assert told in " ".join(" ".join(right).split())
        assert told not in " ".join(left)


async def test_a_store_that_takes_long_to_read_is_read_again_seldom(
    make_app: MakeApp,
) -> None:
    app = make_app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.desk.reread_s = 100.0
        version = app.desk.version
        for _ in range(3):
            app.follow_store()
        assert app.desk.version == version + 1
        assert app._following is not None
        app._follow_now()
        assert app.desk.version == version + 2
        assert app._following is None
        await settled(pilot)
        app.desk.reread_s = 0.01
        for _ in range(3):
            app.follow_store()
        assert app.desk.version == version + 5
