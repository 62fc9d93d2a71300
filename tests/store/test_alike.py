"""What looks alike across sessions: exact, bounded, and only ever proposed."""

import itertools
import random
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import strategies as st

from memtui.curate import Curator
from memtui.paths import store_path
from memtui.search.near import SAME, Sign, Signs, bag_of, jaccard
from memtui.settings import Settings
from memtui.store.curate import alike
from memtui.store.queries import Proposal, ProposalKind, StoreView
from memtui.store.search import docs
from tests.soaking import few_or_many
from tests.store.filling import DAY, NOON, Filling

LEASE = "The lease clock starts when the event is queued, not at the first attempt"
AGAIN = "The lease clock starts when an event is queued and not at the first attempt"


def proposals(data: Path, project: str | None = None) -> list[Proposal]:
    with StoreView(store_path(data)) as view:
        return view.duplicates(project)


def pairs(data: Path, kind: str = "duplicate") -> set[tuple[str, str]]:
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        rows = conn.execute(
            "select memory, other from proposal where kind = ?", (kind,)
        ).fetchall()
    conn.close()
    return {(memory, other) for memory, other in rows}


def two(
    data: Path, one: str, other: str, *, apart: bool = True, elsewhere: bool = False
) -> None:
    """Memories ``old`` and ``new`` of two sessions, or of one."""
    with Filling(data) as fill:
        project = fill.project()
        second = fill.project("tern") if elsewhere else project
        first = fill.session("s1", project=project)
        later = fill.session("s2", project=second, at=NOON + DAY) if apart else first
        fill.observation("old", session=first, project=project, title=one)
        fill.observation(
            "new", session=later, project=second, title=other, at=NOON + DAY
        )


def test_what_two_sessions_say_alike_is_proposed(data: Path) -> None:
    two(data, LEASE, AGAIN)
    (found,) = proposals(data)
    assert found.kind is ProposalKind.DUPLICATE
    assert (found.memory.id, found.other.id) == ("old", "new")
    assert found.share >= SAME
    assert found.beside("old").id == "new"


@pytest.mark.parametrize(
    "other",
    [
        "The lease clock of the replica needs a proxy",
        "The lease clock starts when the event is queued in src/queue.go",
    ],
)
def test_other_words_or_other_files_are_not_alike(data: Path, other: str) -> None:
    two(data, f"{LEASE} in src/lease.go", other)
    assert pairs(data) == set()


def test_of_one_session_nothing_is_proposed(data: Path) -> None:
    two(data, LEASE, AGAIN, apart=False)
    assert pairs(data) == set()


def test_projects_are_not_compared_with_each_other(data: Path) -> None:
    two(data, LEASE, AGAIN, elsewhere=True)
    assert pairs(data) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Retry a failed delivery 3 times", "Retry a failed delivery 5 times"),
        ("Deploy the worker on Fridays", "Never deploy the worker on Fridays"),
    ],
)
def test_a_later_correction_of_a_kept_memory_is_proposed_to_supersede_it(
    data: Path, one: str, other: str
) -> None:
    two(data, one, other)
    assert proposals(data) == []  # nobody kept the first: two candidates, no conflict
    with Curator(data, Settings()) as curator:
        curator.keep(["old"])
    (found,) = proposals(data)
    assert found.kind is ProposalKind.SUPERSEDE
    assert (found.memory.id, found.other.id) == ("old", "new")


def test_nothing_is_merged_or_dropped_by_itself(data: Path) -> None:
    two(data, LEASE, AGAIN)
    with StoreView(store_path(data)) as view:
        assert {m.id for m in view.memories()} == {"old", "new"}
        assert all(not m.superseded_by for m in view.memories())


def test_what_was_told_apart_is_not_proposed_again(data: Path) -> None:
    two(data, LEASE, AGAIN)
    with Curator(data, Settings()) as curator:
        curator.not_alike(["old", "new"])
        with Filling(data) as fill:  # the distiller says them again
            alike.put(fill.conn, ["old", "new"])
        assert proposals(data) == []
        with StoreView(store_path(data)) as view:
            assert view.related("old") == []
        curator.undo()
    assert [p.other.id for p in proposals(data)] == ["new"]


def test_the_trash_is_out_of_the_list_but_told_beside_the_memory(data: Path) -> None:
    two(data, LEASE, AGAIN)
    with Curator(data, Settings()) as curator:
        curator.prune(["old"])
    assert proposals(data) == []
    with StoreView(store_path(data)) as view:
        (found,) = view.related("new")
    assert found.beside("new").id == "old"


def test_what_a_person_writes_is_compared_too(data: Path) -> None:
    two(data, LEASE, "Ports are assigned by the broker at start")
    with Curator(data, Settings()) as curator:
        change = curator.edit("new", title=AGAIN)
        assert pairs(data) == {("old", "new")}
        assert change.entry is not None
        curator.undo()
    assert pairs(data) == set()


def test_a_memory_that_is_gone_is_proposed_no_more(data: Path) -> None:
    two(data, LEASE, AGAIN)
    with Filling(data) as fill:
        fill.conn.execute("delete from observation where id = 'old'")
        docs.mask_memories(fill.conn, ["old"])
    assert pairs(data) == set()
    with closing(sqlite3.connect(store_path(data))) as conn, conn:
        left = conn.execute("select distinct memory from alike").fetchall()
    conn.close()
    assert left == [("new",)]


WORDS = [f"w{number}" for number in range(14)]
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
    min_size=2, max_size=alike.MOST,
)  # fmt: skip


@st.composite
def _like_one_text(draw: st.DrawFn) -> list[str]:
    """Texts of any length round one of thirty words: alike, or only just not."""
    known = [f"v{number}" for number in range(45)]
    said = draw(st.lists(st.sampled_from(known), min_size=4, max_size=30, unique=True))
    texts = []
    for _ in range(draw(st.integers(2, alike.MOST))):
        left_out = draw(st.sets(st.sampled_from(said), max_size=8))
        besides = draw(st.sets(st.sampled_from(known), max_size=8))
        kept = [word for word in said if word not in left_out]
        texts.append(" ".join(draw(st.permutations([*kept, *sorted(besides)]))))
    return texts


@few_or_many(
    15,
    150,
    st.one_of(TEXTS, _like_one_text()),
    st.randoms(use_true_random=False),
)
def test_every_pair_above_the_line_is_found_in_any_order(
    texts: list[str], chance: random.Random
) -> None:
    order = list(range(len(texts)))
    chance.shuffle(order)
    with tempfile.TemporaryDirectory() as folder:
        with Filling(Path(folder)) as fill:
            project = fill.project()
            for number in order:
                session = fill.session(f"s{number}", project=project)
                fill.observation(
                    f"m{number}", session=session, project=project, title="note",
                    body=texts[number], at=NOON + number,
                )  # fmt: skip
            again = chance.sample(order, len(order) // 2)
            alike.put(fill.conn, [f"m{number}" for number in again])
        found = pairs(Path(folder))
    said = [f"note\n{text}" for text in texts]
    wanted = {
        (f"m{a}", f"m{b}")
        for a, b in itertools.combinations(range(len(texts)), 2)
        if jaccard(bag_of(said[a]), bag_of(said[b])) >= SAME
        and min(len(bag_of(said[a])), len(bag_of(said[b]))) >= alike.LEAST
        and Signs(said[a]).differ(Signs(said[b])) is Sign.NOTHING
    }
    assert found == wanted


def test_a_crowd_that_says_the_same_stays_linked_and_cheap(data: Path) -> None:
    crowd = 3 * alike.MOST
    with Filling(data) as fill:
        project = fill.project()
        for number in range(crowd):
            session = fill.session(f"s{number}", project=project)
            fill.observation(
                f"m{number:02}", session=session, project=project, title=LEASE,
                at=NOON + number,
            )  # fmt: skip
    found = pairs(data)
    assert len(found) <= crowd * alike.MOST
    reached, waiting = {"m00"}, ["m00"]
    while waiting:
        here = waiting.pop()
        beside = {a if b == here else b for a, b in found if here in (a, b)} - reached
        reached |= beside
        waiting += beside
    assert len(reached) == crowd
