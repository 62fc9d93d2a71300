"""Files in which agents remember by themselves, read in the app beside what is kept."""

from pathlib import Path

import pytest

from memtui.tui.app import MemtuiApp
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

FILES = (":", *"agents' files", "enter")
AGENTS = """\
# Harbor

- Requests time out after 30 s
- Deploys go by tag, never on a Friday\x1b[2J
- Answer in plain words
"""


@pytest.fixture
def place(tmp_path: Path, store: Path, home: Path) -> Path:
    """A folder that agents have files for, and two memories beside them."""
    folder = tmp_path / "harbor"
    (folder / ".git").mkdir(parents=True)
    (folder / "AGENTS.md").write_text(AGENTS)
    (home / ".gemini").mkdir(parents=True)
    (home / ".gemini" / "GEMINI.md").write_text("Say what was tested.\n")
    machine = Machine(store, now=NOW)
    for title in ("Requests time out after 60 s", "Deploys go by tag, never on Friday"):
        machine.add(title)
    return folder


def app_at(make_app: MakeApp, folder: Path) -> MemtuiApp:
    app = make_app("stats", cwd=folder)
    app.desk.demo = False
    return app


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_file_is_read_with_what_it_repeats_and_contradicts_and_stays_as_it_is(
    make_app: MakeApp, place: Path, size: tuple[int, int]
) -> None:
    app = app_at(make_app, place)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, *FILES)
        listed = screen_text(app)
        assert "1 the same, 1 contradicted" in listed
        assert "~/.gemini/GEMINI.md" in listed
        assert "2 files, harbor" in listed
        await press(pilot, "enter")
        rows = [line.strip() for line in screen_text(app).splitlines()]
        at = rows.index("3  - Requests time out after 30 s")
        assert rows[at + 1] == "! contradicts  Requests time out after 60 s  (kept)"
        assert rows[at + 2] == "4  - Deploys go by tag, never on a Friday"
        assert rows[at + 3].endswith(
            "the same as  Deploys go by tag, never on Friday  (kept)"
        )
        assert rows[at + 4] == "5  - Answer in plain words"
        await press(pilot, "escape")
        assert "1 the same, 1 contradicted" in screen_text(app)
        await press(pilot, "down", "enter")
        assert "Say what was tested." in screen_text(app)
        await press(pilot, "escape", "escape")
    assert (place / "AGENTS.md").read_text() == AGENTS


async def test_where_there_is_none_and_in_the_demo_it_is_said(
    make_app: MakeApp, tmp_path: Path
) -> None:
    app = app_at(make_app, tmp_path)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, *FILES)
        assert status(app).startswith("No agent has a memory file of its own for ")
        app.desk.demo = True
        await press(pilot, *FILES)
        assert status(app) == "The demo reads no files of this machine."


async def test_what_was_shared_says_so_whole_and_offers_no_turn_that_is_elsewhere(
    make_app: MakeApp, store: Path, tmp_path: Path
) -> None:
    other = Machine(tmp_path / "other", now=NOW)
    other.add("The harbour lease is renewed by hand")
    here = Machine(store, now=NOW)
    here.read(other, own=False)
    app = make_app("curate", query="harbour")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        shown = screen_text(app)
        assert "shared" in shown
        assert "shar…" not in shown
        assert "It came with somebody else's bundle" in shown
        assert "opens the turn" not in shown
        await press(pilot, "o")
        assert status(app) == "It has no turn: it came without one."
