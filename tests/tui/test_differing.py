"""Memories that were changed on two machines, chosen in the app."""

from pathlib import Path

import pytest

from tests.bundle.machines import Machine
from tests.tui.conftest import (
    NARROW,
    NOW,
    WIDE,
    MakeApp,
    press,
    screen_text,
    settled,
    status,
)

PALETTE = (":", *"two versions", "enter")


@pytest.fixture
def here(store: Path) -> Machine:
    return Machine(store, now=NOW)


@pytest.fixture
def changed(here: Machine, tmp_path: Path) -> list[str]:
    """Two memories, each changed here and, later, on another machine."""
    there = Machine(tmp_path / "there", now=NOW + 1_000_000)
    ids = [here.add("The lease expires early"), here.add("The queue drains slowly")]
    there.read(here)
    for one in ids:
        here.act("prune", [one])
        there.act("edit", one, title="Put better elsewhere")
    here.read(there)
    return ids


async def test_both_versions_are_shown_and_y_takes_the_other(
    make_app: MakeApp, here: Machine, changed: list[str]
) -> None:
    app = make_app("timeline")
    app.desk.demo = False
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "2 memories changed on two machines" in screen_text(app)
        await press(pilot, *PALETTE, "enter")
        shown = screen_text(app)
        assert "- kept, decision" in shown
        assert "+ pruned, decision" in shown
        assert "Put better elsewhere" in shown
        await press(pilot, "y")
        assert status(app) == "As on the other machine now. u undo"
        await settled(pilot)
        assert "1 memory changed on two machines" in screen_text(app)
        await press(pilot, *PALETTE, "n")
        assert status(app) == "It stays as it is here. u undo"
        await settled(pilot)
        assert "changed on two machines" not in screen_text(app)
        await press(pilot, *PALETTE)
        assert status(app) == "Nothing was changed on two machines."
    states = sorted(here.said()[one].state for one in changed)
    assert states == ["kept", "pruned"]


async def test_esc_chooses_nothing(
    make_app: MakeApp, here: Machine, changed: list[str]
) -> None:
    app = make_app("timeline")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, *PALETTE, "escape")
        await press(pilot, *PALETTE, "enter", "escape")
    assert len(here.conflicts()) == 2
