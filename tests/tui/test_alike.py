"""Duplicates, side by side, and review: what a person is asked to look at again."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from memtui.curate import Curator
from memtui.model import Memory, ObservationId, State, Trust
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.views.proposals import Proposal, ProposalKind
from memtui.tui.alike import groups_of
from memtui.tui.app import MemtuiApp
from memtui.tui.desk import Desk
from memtui.tui.merging import Merge
from tests.store.filling import DAY, NOON, Filling
from tests.tui.conftest import NARROW, NOW, WIDE, press, screen_text, settled, status

LEASE = "The lease clock starts when the event is queued, not at the first attempt"
AGAIN = "The lease clock starts when an event is queued and not at the first attempt"


def fill(data: Path) -> None:
    """Two sessions that say the same."""
    with Filling(data) as filling:
        project = filling.project()
        for name, title, at in (("old", LEASE, NOON - DAY), ("new", AGAIN, NOON)):
            session = filling.session(f"s-{name}", project=project, at=at)
            filling.observation(
                name, session=session, project=project, title=title, at=at,
                body=f"What the {name} one says.",
            )  # fmt: skip


def app_on(data: Path, home: Path) -> MemtuiApp:
    desk = Desk(data=data, settings=Settings(), home=home, cwd=home, demo=True)
    return MemtuiApp(
        desk, now=lambda: NOW, start="curate", read=False, every_project=True
    )


async def test_what_looks_alike_stands_together_in_its_tab(
    data: Path, home: Path
) -> None:
    fill(data)
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "Duplicates 1" in screen_text(app)
        app.screen.action_tab("duplicates")  # type: ignore[attr-defined]
        await settled(pilot)
        text = screen_text(app)
        assert "both say the same" in text
        assert "% of the words are shared" in text
        assert text.count("The lease clock starts when") >= 2


async def test_x_tells_them_apart_for_good(data: Path, home: Path) -> None:
    fill(data)
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.action_tab("duplicates")  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "X")
        assert status(app) == "Not alike: 2 memories. u undo"
        assert "No duplicates found among 2 memories." in screen_text(app)


async def test_side_by_side_the_chosen_words_become_one_memory(
    data: Path, home: Path
) -> None:
    fill(data)
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.action_tab("duplicates")  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "enter", "l", "space", "j", "space")
        text = screen_text(app)
        assert "group 1 of 1   harbor-api" in text
        assert "Result" in text
        await press(pilot, "m")
        await settled(pilot)
        assert status(app) == "Merged 2 into 1. u undo"
    with StoreView(store_path(data)) as view:
        kept = view.memory("old")
        assert view.memory("new").superseded_by == "old"
    assert kept.state is State.KEPT
    assert kept.title == AGAIN
    assert kept.body == "What the old one says.\n\nWhat the new one says."


async def test_two_marked_ones_open_side_by_side_and_each_fact_is_asked_about(
    data: Path, home: Path
) -> None:
    fill(data)
    with Curator(data, Settings(), actor="person") as curator:
        curator.edit("old", facts=["The lease lasts 30 s"])
        curator.edit("new", facts=["The queue waits 26 s"])
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        row = app.screen.list.current  # type: ignore[attr-defined]
        assert row is not None
        await press(pilot, "G", "space", "g", "m")
        text = screen_text(app)
        assert "Result" in text
        assert "2 facts" in text
        await press(pilot, "j", "j", "space")
        assert "1 fact" in screen_text(app)
        await press(pilot, "m")
        assert status(app) == "Merged 2 into 1. u undo"
    with StoreView(store_path(data)) as view:
        kept = view.memory(row.id)
        (other,) = {"old", "new"} - {row.id}
        assert view.memory(other).superseded_by == row.id
        assert kept.facts == view.memory(other).facts


async def test_in_a_small_terminal_both_sides_and_the_result_are_in_sight(
    data: Path, home: Path
) -> None:
    fill(data)
    app = app_on(data, home)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        app.screen.action_tab("duplicates")  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "m")
        text = screen_text(app)
        for words in ("A   ", "B   ", "Result", "esc leave", "What the new one"):
            assert words in text


async def test_capital_s_beside_each_other_lets_one_replace_the_other(
    data: Path, home: Path
) -> None:
    fill(data)
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.action_tab("duplicates")  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "enter", "l", "S")
        await settled(pilot)
    with StoreView(store_path(data)) as view:
        assert view.memory("old").superseded_by == "new"


async def test_review_says_why_and_s_says_that_it_is_still_true(
    data: Path, home: Path
) -> None:
    fill(data)
    with Curator(data, Settings(), actor="person") as curator:
        curator.keep(["old"])
        curator.review(["old"], NOW - DAY)
    app = app_on(data, home)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.action_tab("review")  # type: ignore[attr-defined]
        await settled(pilot)
        row = next(r for r in screen_text(app).splitlines() if "lease clock" in r)
        assert " date " in row
        await press(pilot, "s")
        assert "Nothing to review." in screen_text(app)


def memory(name: str) -> Memory:
    return Memory(
        id=ObservationId(name), type="gotcha", title=name, body=f"{name} text",
        at=NOON, trust=Trust.USER, rule="prompt.always", confidence=0.9,
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_every_pair_is_in_one_group_and_no_memory_in_two(
    pairs: list[tuple[int, int]],
) -> None:
    proposals = [
        Proposal(
            kind=ProposalKind.DUPLICATE, memory=memory(f"m{a}"), other=memory(f"m{b}"),
            why="says the same", share=0.7,
        )
        for a, b in pairs
        if a != b
    ]  # fmt: skip
    groups = groups_of(proposals)
    ids = [row.id for group in groups for row in group.rows]
    assert len(ids) == len(set(ids))
    for one in proposals:
        holding = [g for g in groups if one in g.pairs]
        assert len(holding) == 1
        assert {one.memory.id, one.other.id} <= {row.id for row in holding[0].rows}


def test_the_title_is_of_one_side_and_the_text_of_any() -> None:
    merge = Merge(a=memory("a"), b=memory("b"), limit=600)
    assert (merge.title, merge.body) == ("a", "a text")
    merge = merge.toggled()
    assert merge.title == "b"
    merge = merge.moved("B", 1).toggled()
    assert merge.body == "a text\n\nb text"
    assert merge.moved("A").toggled().body == "b text"
    assert merge.moved("A").toggled().moved("B").toggled().body == ""


def test_the_facts_are_of_both_until_one_side_is_left_out() -> None:
    a, b = (replace(memory(n), facts=(f"{n} fact", "same")) for n in "ab")
    merge = Merge(a=a, b=b, limit=600).moved(step=2)
    assert merge.facts == ("a fact", "same", "b fact")
    assert merge.toggled().facts == ("b fact", "same")
    assert merge.toggled().moved("B").toggled().facts == ()
    assert merge.moved(step=1).field == "facts"


def test_where_there_are_no_facts_none_are_asked_about() -> None:
    merge = Merge(a=memory("a"), b=memory("b"), limit=600)
    assert merge.moved(step=2).field == "text"
