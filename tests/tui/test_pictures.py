"""What every screen looks like, cell by cell: sizes, themes, NO_COLOR, ASCII."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from memtui.errors import StoreError
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.lanes import ReadLane
from tests.screenshots import STORE_BYTES
from tests.store.filling import NOON
from tests.tui.conftest import NARROW, WIDE, MakeApp, before, screen_text
from tests.tui.settling import settled, until
from tests.tui.test_many import fill

Compare = Callable[..., bool]
SCREENS = ("timeline", "search", "curate", "injection", "sessions", "stats")
SIDE, HALF, LOW = (48, 50), (60, 40), (60, 16)


@pytest.fixture(autouse=True)
def size_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's size depends on when SQLite last tidied up."""
    monkeypatch.setattr(
        "memtui.store.views.numbers.store_bytes", lambda path: STORE_BYTES
    )


def query_of(screen: str) -> str:
    return "outbox " if screen == "search" else ""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_looks_so(
    screen: str, size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app(screen, query=query_of(screen))
    assert snap_compare(app, terminal_size=size, run_before=before())


@pytest.mark.parametrize("screen", ["timeline", "search", "sessions"])
def test_a_very_wide_terminal_has_a_third_pane(
    screen: str, make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app(screen, query=query_of(screen))
    assert snap_compare(app, terminal_size=(160, 45), run_before=before())


@pytest.mark.parametrize("screen", ["timeline", "curate", "injection"])
def test_a_screen_looks_so_in_light(
    screen: str, make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app(screen, theme="light")
    assert snap_compare(app, terminal_size=WIDE, run_before=before())


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_looks_so_without_colour(
    screen: str,
    make_app: MakeApp,
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(screen, query=query_of(screen))
    assert snap_compare(app, terminal_size=WIDE, run_before=before())


@pytest.mark.parametrize("screen", ["timeline", "curate", "stats"])
def test_a_screen_looks_so_in_ascii(
    screen: str, make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app(screen, glyphs="ascii")
    assert snap_compare(app, terminal_size=NARROW, run_before=before())


def test_an_ansi_theme_uses_the_terminals_own_colours(
    make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline", theme="ansi-dark")
    assert snap_compare(app, terminal_size=WIDE, run_before=before("j"))


@pytest.mark.parametrize("size", [SIDE, LOW], ids=["48x50", "60x16"])
def test_a_side_terminal_drops_what_it_can(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline")
    assert snap_compare(app, terminal_size=size, run_before=before())


@pytest.mark.parametrize("size", [SIDE, HALF], ids=["48x50", "60x40"])
@pytest.mark.parametrize(
    "screen", ["search", "curate", "injection", "sessions", "stats"]
)
def test_a_side_terminal_shows_every_screen(
    screen: str, size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app(screen, query=query_of(screen))
    assert snap_compare(app, terminal_size=size, run_before=before())


def test_below_the_smallest_size_it_says_so(
    make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline")
    assert snap_compare(app, terminal_size=(38, 9), run_before=before())


@pytest.mark.parametrize(
    "keys",
    [("t",), ("question_mark",), ("colon",), ("space", "space"), ("d",), ("H",)],
    ids=["chooser", "help", "palette", "marks", "armed", "journal"],
)
def test_what_rises_over_curate_looks_so(
    keys: tuple[str, ...], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("curate")
    assert snap_compare(app, terminal_size=WIDE, run_before=before(*keys))


@pytest.mark.parametrize("size", [SIDE, HALF], ids=["48x50", "60x40"])
@pytest.mark.parametrize(
    "keys",
    [("question_mark",), ("colon",), ("j", "space", "g", "m")],
    ids=["help", "palette", "side-by-side"],
)
def test_what_rises_over_a_side_terminal_looks_so(
    keys: tuple[str, ...],
    size: tuple[int, int],
    make_app: MakeApp,
    snap_compare: Compare,
) -> None:
    app = make_app("curate")
    assert snap_compare(app, terminal_size=size, run_before=before(*keys))


@pytest.mark.parametrize("size", [NARROW, WIDE, SIDE], ids=["80x24", "120x36", "48x50"])
def test_enter_opens_the_detail(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline")
    assert snap_compare(app, terminal_size=size, run_before=before("j", "j", "enter"))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
def test_o_opens_the_turn(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline")
    assert snap_compare(app, terminal_size=size, run_before=before("j", "j", "o"))


@pytest.mark.parametrize("size", [NARROW, SIDE], ids=["80x24", "48x50"])
def test_nothing_found_says_what_to_do(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline", query="type:gotcha since:2099-01-01")
    assert snap_compare(app, terminal_size=size, run_before=before())


@pytest.mark.parametrize("size", [SIDE, HALF], ids=["48x50", "60x40"])
def test_a_side_terminal_shows_a_session(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("sessions")
    assert snap_compare(app, terminal_size=size, run_before=before("enter", "J"))


@pytest.mark.parametrize(
    ("screen", "size"),
    [
        *(
            (screen, NARROW)
            for screen in ("timeline", "sessions", "injection", "stats")
        ),
        *((screen, SIDE) for screen in ("timeline", "curate", "injection")),
        *((screen, HALF) for screen in ("search", "sessions", "stats")),
    ],
)
def test_a_store_that_is_lost_says_what_to_do(
    screen: str,
    size: tuple[int, int],
    make_app: MakeApp,
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: object) -> None:
        raise StoreError("The store cannot be read: disk I/O error.")

    monkeypatch.setattr(ReadLane, "read", fail)
    app = make_app(screen, query=query_of(screen))
    assert snap_compare(app, terminal_size=size, run_before=before())


@pytest.mark.parametrize("size", [NARROW, SIDE, HALF], ids=["80x24", "48x50", "60x40"])
def test_a_large_store_shows_the_newest_while_it_counts(
    size: tuple[int, int],
    make_app: MakeApp,
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, groups, close = threading.Event(), StoreView.groups, Desk.close

    def slowly(self: StoreView, *args: object, **kwargs: object) -> object:
        go_on.wait(60)
        return groups(self, *args, **kwargs)  # type: ignore[arg-type]

    def no_longer(self: Desk) -> None:
        go_on.set()  # leaving waits for what is being read
        close(self)

    monkeypatch.setattr(StoreView, "groups", slowly)
    monkeypatch.setattr(Desk, "close", no_longer)
    monkeypatch.setattr("memtui.tui.screens.opening.NEWEST", 12)

    async def first_rows(pilot: Pilot[int]) -> None:
        await until(pilot, lambda: "counting" in screen_text(pilot.app))
        await settled(pilot, held="reload")

    app = make_app()
    assert snap_compare(app, terminal_size=size, run_before=first_rows)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
def test_many_thousand_rows_and_marks_look_so(
    size: tuple[int, int],
    data: Path,
    home: Path,
    snap_compare: Compare,
) -> None:
    fill(data, 12_345)
    desk = Desk(data=data, settings=Settings(glyphs="unicode"), home=home, cwd=home)
    app = MemtuiApp(desk, now=lambda: NOON, read=False, every_project=True)
    keys = before("G", "space", "a")
    assert snap_compare(app, terminal_size=size, run_before=keys)
