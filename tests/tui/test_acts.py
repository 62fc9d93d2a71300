"""Every act of curation by its key: what changes, what is said, what comes back."""

from pathlib import Path

from memtui.model import State
from memtui.store.queries import View
from memtui.tui.screens.curate import CurateScreen
from memtui.tui.screens.timeline import TimelineScreen
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, status, view


def curate(app: object) -> CurateScreen:
    screen = app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, CurateScreen)
    return screen


async def test_s_keeps_the_row_which_leaves_and_the_next_slides_under(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        rows = curate(app).list
        first, second = rows.row(0), rows.row(1)
        assert first is not None
        assert second is not None
        await press(pilot, "s")
        assert status(app) == "Kept 1 memory. u undo"
        assert rows.current is not None
        assert rows.current.id == second.id
        assert rows.cursor == 0
    with view(store) as look:
        assert look.memory(first.id).state is State.KEPT


async def test_u_takes_the_act_back_and_capital_u_does_it_again(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = curate(app).list.current
        assert row is not None
        await press(pilot, "s", "u")
        assert status(app).startswith("Undone")
        assert status(app).endswith("U redo")
        with view(store) as look:
            assert look.memory(row.id).state is State.CANDIDATE
        await press(pilot, "U")
        with view(store) as look:
            assert look.memory(row.id).state is State.KEPT


async def test_what_is_undone_stands_under_the_cursor_again(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j")
        row = curate(app).list.current
        assert row is not None
        await press(pilot, "s", "G")
        assert row not in curate(app).list.known()
        await press(pilot, "u")
        assert curate(app).list.current == row
        await press(pilot, "j", "U")
        assert row not in curate(app).list.known()


async def test_undo_works_after_a_restart(make_app: MakeApp, store: Path) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = curate(app).list.current
        await press(pilot, "p")
    assert row is not None
    again = make_app("timeline")
    async with again.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "u")
    with view(store) as look:
        assert look.memory(row.id).state is State.CANDIDATE


async def test_one_d_only_arms_and_says_so(make_app: MakeApp, store: Path) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = curate(app).list.current
        assert row is not None
        await press(pilot, "d")
        assert status(app) == "d again prunes 1 memory, esc leaves it"
        await press(pilot, "escape", "d")
        assert status(app) == "d again prunes 1 memory, esc leaves it"
    with view(store) as look:
        assert look.memory(row.id).state is State.CANDIDATE


async def test_d_on_another_row_arms_anew(make_app: MakeApp, store: Path) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "d", "j", "d")
        assert status(app) == "d again prunes 1 memory, esc leaves it"
    with view(store) as look:
        trash = look.memories(view=View(states=frozenset({State.PRUNED}), hidden=True))
    assert len(trash) == 7


async def test_d_twice_prunes_and_s_in_the_trash_restores(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = curate(app).list.current
        assert row is not None
        await press(pilot, "d", "d")
        assert status(app) == "Pruned 1 memory. u undo"
        with view(store) as look:
            assert look.memory(row.id).state is State.PRUNED
        await press(pilot, "left_square_bracket")
        assert curate(app).tab == "trash"
        shown = curate(app).list
        places = [n for n in range(shown.count) if shown.row(n).id == row.id]  # type: ignore[union-attr]
        shown.move_to(places[0])
        await press(pilot, "s")
    with view(store) as look:
        assert look.memory(row.id).state is State.CANDIDATE


async def test_p_toggles_the_pin_in_place_on_the_timeline(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        row = screen.list.current
        assert row is not None
        await press(pilot, "p")
        assert status(app).startswith("Pinned, place ")
        assert screen.list.current is not None
        assert screen.list.current.id == row.id
        assert screen.list.current.pinned
        await press(pilot, "p")
        assert screen.list.current.pinned is False


async def test_x_excludes_and_says_that_search_still_finds_it(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        row = screen.list.current
        assert row is not None
        await press(pilot, "x")
        assert "Excluded. Still found by search." in status(app)
    with view(store) as look:
        assert look.memory(row.id).excluded


async def test_marks_are_acted_on_as_one_undoable_step(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space", "space")
        marked = tuple(curate(app).list.marks)
        assert "3 marked" in screen_text(app)
        assert "keep 3" in screen_text(app)
        await press(pilot, "s")
        assert status(app) == "Kept 3 memories. u undo"
        assert not curate(app).list.marks
        await press(pilot, "u")
    with view(store) as look:
        states = {look.memory(one).state for one in marked}
    assert states == {State.CANDIDATE}


async def test_v_marks_what_the_cursor_passes_and_esc_clears(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "v", "j", "j", "k")
        assert len(curate(app).list.marks) == 2
        await press(pilot, "escape")
        assert not curate(app).list.marks


async def test_a_marks_all_found(make_app: MakeApp) -> None:
    app = make_app("timeline", query="type:gotcha")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        assert len(screen.list.marks) == screen.list.count > 5


async def test_t_opens_the_chooser_and_letters_narrow_it(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = curate(app).list.current
        assert row is not None
        await press(pilot, "t")
        assert "Type of this memory" in screen_text(app)
        await pilot.press(*"pref")
        await press(pilot, "enter")
        assert f"Now a preference, was a {row.type}." in status(app)
    with view(store) as look:
        assert look.memory(row.id).type == "preference"


async def test_capital_t_promotes_one_rung(make_app: MakeApp, store: Path) -> None:
    app = make_app("timeline", query="type:progress")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TimelineScreen)
        row = screen.list.current
        assert row is not None
        await press(pilot, "T")
    with view(store) as look:
        assert look.memory(row.id).type == "discovery"


async def test_c_changes_the_scope(make_app: MakeApp, store: Path) -> None:
    app = make_app("timeline", query="is:kept")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        await press(pilot, "c")
        await press(pilot, *"global", "enter")
    with view(store) as look:
        assert look.memory(row.id).scope == "global"


async def test_m_names_the_one_that_stays_and_merges_when_pressed_again(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "m")
        assert status(app) == "Nothing to merge. Mark the others with space first."
        await press(pilot, "space", "space")
        rest = tuple(curate(app).list.marks)
        into = curate(app).list.current
        assert into is not None
        assert into.id not in rest
        await press(pilot, "m")
        assert status(app).startswith(f"m again merges 3 into “{into.title[:20]}")
        with view(store) as look:
            assert look.memory(rest[0]).superseded_by == ""
        await press(pilot, "m")
        assert "Merged 3 into 1" in status(app)
    with view(store) as look:
        assert {look.memory(one).superseded_by for one in rest} == {into.id}


async def test_capital_s_says_which_one_holds(make_app: MakeApp, store: Path) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        old = curate(app).list.current
        await press(pilot, "space")
        new = curate(app).list.current
        assert old is not None
        assert new is not None
        await press(pilot, "S")
    with view(store) as look:
        assert look.memory(old.id).superseded_by == new.id


async def test_an_act_on_more_than_a_hundred_is_armed(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        ids = [f"no such memory {n}" for n in range(101)]
        curate(app).list.mark_all(ids)
        await press(pilot, "s")
        assert status(app).startswith("s again keeps 101 memories")


async def test_a_kept_one_says_so(make_app: MakeApp) -> None:
    app = make_app("timeline", query="is:kept")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "s")
        assert status(app) == "Already kept."
