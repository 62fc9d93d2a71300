"""The journal names what was decided and leads to it; a recent session can go."""

from pathlib import Path

from memtui.inject.values import Section
from memtui.tui.screens.injection import InjectionScreen
from tests.tui.conftest import WIDE, MakeApp, press, screen_text, settled, status, view


async def test_the_journal_says_what_an_act_was_about(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        await press(pilot, "s", "escape")
        await press(pilot, "H")
        lines = screen_text(app).splitlines()
        first = next(n for n, line in enumerate(lines) if "What was decided" in line)
        assert "keep" in lines[first + 1]
        assert row.title[:40] in lines[first + 1]


async def test_enter_in_the_journal_opens_the_memory(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        await press(pilot, "d", "d")
        await press(pilot, "H", "enter")
        shown = screen_text(app).partition("As it stands now")[2]
        assert row.id in shown
        assert "in the trash" in shown


async def test_enter_on_an_act_on_several_asks_which(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space")
        ids = tuple(app.screen.list.marks)  # type: ignore[attr-defined]
        await press(pilot, "s")
        await press(pilot, "H", "enter")
        assert "2 memories" in screen_text(app)
        await press(pilot, "enter")
        assert any(one in screen_text(app) for one in ids)


async def test_undo_names_what_it_took_back(make_app: MakeApp) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        await press(pilot, "s", "u")
        assert status(app).startswith(f"Undone: keep “{row.title[:20]}")


async def test_x_leaves_a_recent_session_out_and_u_brings_it_back(
    make_app: MakeApp, store: Path
) -> None:
    app = make_app("injection")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, InjectionScreen)
        recent = recent_ids(screen)
        at = [
            n
            for n, part in enumerate(screen.list.blocks)
            if part.item and part.item.id == recent[0]
        ]
        screen.list.move_to(at[0])
        await press(pilot, "x")
        assert "Excluded from recent sessions" in status(app)
        assert recent[0] not in recent_ids(screen)
        with view(store) as look:
            assert look.session(recent[0]).excluded
        await press(pilot, "u")
        assert recent_ids(screen) == recent


def recent_ids(screen: InjectionScreen) -> list[str]:
    assert screen.injection is not None
    items = screen.injection.items
    return [item.id for item in items if item.section is Section.RECENT]


async def test_a_detail_names_what_is_related_and_the_palette_opens_it(
    make_app: MakeApp,
) -> None:
    app = make_app(query='"Slow transactions no longer"')
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        related = screen_text(app).partition("Related")[2]
        assert "same file" in related
        app.screen.action_related()  # type: ignore[attr-defined]
        await settled(pilot)
        assert "Serial ids follow inserts" in screen_text(app)
        await press(pilot, *"serial", "enter")
        sheet = screen_text(app).partition("As it stands now")[2]
        assert "Serial ids follow inserts" in sheet
