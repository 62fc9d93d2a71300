"""What every screen looks like, cell by cell: sizes, themes, NO_COLOR, ASCII."""

from collections.abc import Callable

import pytest

from tests.tui.conftest import NARROW, WIDE, MakeApp, before

Compare = Callable[..., bool]
SCREENS = ("timeline", "search", "curate", "injection", "sessions", "stats")
SIDE, HALF, LOW = (48, 50), (60, 40), (60, 16)


@pytest.fixture(autouse=True)
def size_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's size depends on when SQLite last tidied up."""
    monkeypatch.setattr("memtui.store.numbers.store_bytes", lambda path: 680_000)


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
@pytest.mark.parametrize("screen", ["search", "curate", "injection", "stats"])
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


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x36"])
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


def test_nothing_found_says_what_to_do(
    make_app: MakeApp, snap_compare: Compare
) -> None:
    app = make_app("timeline", query="type:gotcha since:2099-01-01")
    assert snap_compare(app, terminal_size=NARROW, run_before=before())
