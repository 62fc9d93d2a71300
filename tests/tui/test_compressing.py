"""Refining from the app: estimate, run, pause, proposals beside what they replace."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from memtui.paths import store_path
from memtui.store.compress.compressing import Runs
from memtui.store.compress.model_proposals import Draft, ProposedKind
from memtui.store.compress.runs import NewItem, NewRun, Settled
from memtui.store.queries import StoreView
from memtui.tui import editor
from memtui.tui.app import MemtuiApp
from memtui.tui.screens.compressing import CompressScreen
from memtui.tui.screens.curate import CurateScreen
from tests.compress.stub import Stub, serving
from tests.tui.conftest import (
    NARROW,
    NOW,
    WIDE,
    MakeApp,
    before,
    press,
    screen_text,
    settled,
    status,
)
from tests.tui.settling import until

pytestmark = pytest.mark.tui

Compare = Callable[..., bool]


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The server."""
    with serving(Stub()) as served:
        yield served


def configured(app: MemtuiApp, **settings: Any) -> MemtuiApp:
    """The app with these settings."""
    app.desk.settings = replace(app.desk.settings, **settings)
    return app


@pytest.fixture
def proposed(store: Path) -> list[str]:
    """Two proposals of a run; ids of what they would replace."""
    with StoreView(store_path(store)) as view:
        kept = next(m for m in view.memories(limit=500) if m.state == "kept")
        candidate = view.inbox()[0]
        session = view.session(kept.session)
    run = NewRun(
        pass_="sessions", provider="anthropic", host="api.anthropic.com",
        model="claude-haiku-5-5", batch=False, budget=1_000_000,
    )  # fmt: skip
    item = NewItem(
        kind="session", subject=session.id, agent=session.agent.value, digest="d"
    )
    drafts = [
        Draft(
            id="aaaaaaaaaaaa", kind=ProposedKind.NEW, type="gotcha",
            title="The lease clock starts with the first attempt", at=NOW - 3_000,
            body="Stamped when enqueued, time in the queue counted as work.",
            instead=(kept.id, candidate.id), evidence=kept.evidence,
            why="Says when, which the earlier ones leave open.",
        ),
        Draft(
            id="bbbbbbbbbbbb", kind=ProposedKind.PROMOTE, type="decision",
            title=kept.title, body=kept.body, at=NOW - 4_000, holds=kept.id,
            why="It held through three refactorings.",
        ),
    ]  # fmt: skip
    assert session.project is not None
    with Runs(store_path(store)) as runs:
        number = runs.begin(run, [item], at=NOW - 9_000)
        request = runs.take(number, 1, 5_000, at=NOW - 8_000)
        assert request is not None
        told = Settled(outcome="answered", cost=1_204, tokens_in=9_410, tokens_out=812)
        runs.settle(
            request, told, run=number, at=NOW - 7_000, drafts=drafts,
            project=session.project.id, agent=session.agent.value, session=session.id,
        )  # fmt: skip
    return [str(kept.id), str(candidate.id)]


async def opened(pilot: Pilot[int]) -> None:
    """The estimate is there: it is counted on a thread."""
    await settled(pilot)
    await pilot.press("C")
    await until(pilot, lambda: isinstance(pilot.app.screen, CompressScreen))
    screen = pilot.app.screen
    assert isinstance(screen, CompressScreen)
    await until(pilot, lambda: screen.told is not None)
    await settled(pilot)


async def ended(pilot: Pilot[int], screen: CompressScreen) -> None:
    """The run has stopped, and what another would cost is counted."""

    def is_so() -> bool:
        return bool(screen.ended) and not screen._at_work and screen.told is not None

    await until(pilot, is_so)
    await settled(pilot)


async def test_the_estimate_names_everything_and_sends_nothing(
    make_app: MakeApp, stub: Stub
) -> None:
    app = configured(make_app("curate"), compress_url=stub.url)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        shown = screen_text(app)
        for said in ("127.0.0.1", "claude-haiku-5-5", "at most $", "never more than",
                     "y send it"):  # fmt: skip
            assert said in shown, said
        await press(pilot, "escape")
        assert isinstance(app.screen, CurateScreen)
    assert stub.requests == []


async def test_a_run_ends_in_proposals_that_s_accepts_and_u_takes_back(
    make_app: MakeApp, stub: Stub, store: Path
) -> None:
    app = configured(make_app("curate"), compress_url=stub.url)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        await press(pilot, "y")
        screen = app.screen
        assert isinstance(screen, CompressScreen)
        await ended(pilot, screen)
        shown = screen_text(app)
        assert "Done, $" in shown
        assert "Ledger, the last requests" in shown
        assert "answered" in shown
        await press(pilot, "escape")
        await settled(pilot)
        await press(pilot, "right_square_bracket")
        await settled(pilot)
        curate = app.screen
        assert isinstance(curate, CurateScreen)
        assert curate.tab == "proposed"
        count = curate.list.count
        assert count > 0
        first = curate.chosen()
        await press(pilot, "s")
        await settled(pilot)
        assert status(app) == "Accepted 1 proposal. u undo"
        with StoreView(store_path(store)) as view:
            assert view.memory(first[0]).state == "kept"
        await press(pilot, "u")
        await settled(pilot)
        assert curate.list.count == count
        await press(pilot, "a", "d", "d")
        await settled(pilot)
        assert f"Rejected {count} proposals." in status(app)
        with StoreView(store_path(store)) as view:
            assert view.proposed() == []
            assert {one.outcome for one in view.ledger()} == {"answered"}
    assert len(stub.asked) > 1


async def test_a_run_can_be_paused_and_resumed(make_app: MakeApp, stub: Stub) -> None:
    out, go_on = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        out.set()
        go_on.wait(60)

    stub.on_request = hold
    app = configured(make_app("curate"), compress_url=stub.url)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        screen = app.screen
        assert isinstance(screen, CompressScreen)
        await pilot.press("y")
        await until(pilot, out.is_set)
        await pilot.press("p")
        await until(pilot, screen._stopping.is_set)
        go_on.set()
        await ended(pilot, screen)
        assert len(stub.asked) == 1
        assert "Paused" in screen_text(app)
        await press(pilot, "r")
        await until(pilot, lambda: screen._at_work or "Done" in screen.ended)
        await ended(pilot, screen)
        assert "Done" in screen.ended
    assert len(stub.asked) > 1


async def test_all_that_would_be_sent_can_be_read_first(
    make_app: MakeApp, stub: Stub
) -> None:
    app = configured(make_app("curate"), compress_url=stub.url)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        screen = app.screen
        assert isinstance(screen, CompressScreen)
        assert screen.told is not None
        count = len(screen.told.plan.tasks)
        for number in (0, 1 % count):
            await pilot.press("v")
            await until(pilot, lambda n=number: _shows(screen, n))  # type: ignore[misc]
        await settled(pilot)
        assert f"of {count}" in screen_text(app)
        assert "You distil one session" in screen_text(app)
        assert stub.requests == []
        shown = screen._pane.text
        await press(pilot, "escape", "y")
        await ended(pilot, screen)
    texts = [request.text for request in stub.asked]
    plain = ["".join(text.split()) for text in texts]
    words = "".join(shown.split("\n", 2)[2].split()).partition("Theformoftheanswer")[0]
    assert words in plain


def _shows(screen: CompressScreen, number: int) -> bool:
    return screen.preview is not None and screen.preview.number == number


async def test_a_run_that_was_paused_can_be_cancelled(
    make_app: MakeApp, stub: Stub
) -> None:
    app = configured(make_app("curate"), compress_url=stub.url)
    stub.plays.append((401, {}))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        screen = app.screen
        assert isinstance(screen, CompressScreen)
        await pilot.press("y")
        await ended(pilot, screen)
        assert "Paused" in screen_text(app)
        screen.ended = ""
        await pilot.press("x")
        await ended(pilot, screen)
        assert "Cancelled" in screen_text(app)
        assert "is not finished" not in screen_text(app)
    assert len(stub.asked) == 1


async def test_who_leaves_in_the_midst_of_a_request_is_told_what_goes_on(
    make_app: MakeApp, stub: Stub
) -> None:
    out, go_on = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        out.set()
        go_on.wait(60)

    stub.on_request = hold
    app = configured(make_app("curate"), compress_url=stub.url)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        await pilot.press("y")
        await until(pilot, out.is_set)
        await pilot.press("ctrl+q")
    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert "compress resume" in app.desk.farewell
    assert len(stub.asked) == 1


async def test_without_a_key_it_says_what_to_set(make_app: MakeApp) -> None:
    app = configured(make_app("curate"), compress_url="https://models.example")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await opened(pilot)
        text = " ".join(screen_text(app).split())
        assert "There is no key for models.example. Set compress_key_command" in text
        assert "keyring set memtui models.example" in text
        await press(pilot, "y")
        assert isinstance(app.screen, CompressScreen)
        assert not app.screen._at_work


async def test_what_is_for_memories_is_not_done_to_proposals(
    make_app: MakeApp, proposed: list[str]
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "right_square_bracket")
        await settled(pilot)
        for key in ("p", "x", "t", "T", "m", "S", "c"):
            await press(pilot, key)
            await settled(pilot)
            assert "no memory yet" in status(app), key


async def test_an_editor_that_is_left_without_a_word_changed_accepts_nothing(
    make_app: MakeApp, proposed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    word = ["lease"]
    monkeypatch.setattr(
        editor, "edit_text", lambda _, text: text.replace("lease", word[0])
    )
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "right_square_bracket")
        await settled(pilot)
        await press(pilot, "e")
        await settled(pilot)
        assert status(app).startswith("Not accepted: no word was changed.")
        word[0] = "loan"
        await press(pilot, "e")
        await settled(pilot)
        assert "Accepted 1 proposal" in status(app)


async def test_the_detail_stands_beside_what_would_be_replaced(
    make_app: MakeApp, proposed: list[str]
) -> None:
    app = make_app("curate")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "right_square_bracket")
        await settled(pilot)
        shown = screen_text(app)
        assert "Instead of" in shown
        assert all(one in shown for one in proposed)
        assert "Says when, which" in shown


async def test_stats_show_the_ledger(make_app: MakeApp, proposed: list[str]) -> None:
    app = make_app("stats")
    async with app.run_test(size=(160, 60)) as pilot:
        await settled(pilot)
        shown = screen_text(app)
        assert "Asked of models" in shown
        assert "$0.0013" in shown  # of 1,204 millionths, rounded up


# Pictures


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_an_estimate_looks_so(
    size: tuple[int, int], make_app: MakeApp, snap_compare: Compare
) -> None:
    app = configured(
        make_app("curate"), compress_url="http://localhost:11434",
        prices={"claude*": (0.1, 0.5)},
    )  # fmt: skip
    assert snap_compare(app, terminal_size=size, run_before=opened)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_proposals_look_so(
    size: tuple[int, int],
    make_app: MakeApp,
    proposed: list[str],
    snap_compare: Compare,
) -> None:
    keys = before("right_square_bracket")
    assert snap_compare(make_app("curate"), terminal_size=size, run_before=keys)


def test_the_ledger_stands_below_an_estimate(
    make_app: MakeApp, proposed: list[str], snap_compare: Compare
) -> None:
    app = configured(make_app("curate"), compress_url="http://localhost:11434")
    assert snap_compare(app, terminal_size=WIDE, run_before=opened)
