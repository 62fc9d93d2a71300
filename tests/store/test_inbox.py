"""The inbox: best first, at most thirty of a project, and it can be emptied."""

from pathlib import Path

from memtui.curate import Curator
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.views.inbox import LIMIT
from tests.store.filling import HOUR, NOON, Filling


def ids(data: Path, project: str | None = None) -> list[str]:
    with StoreView(data / "memtui.db") as view:
        return [memory.id for memory in view.inbox(project)]


def backlog(data: Path) -> list[str]:
    with StoreView(data / "memtui.db") as view:
        return [memory.id for memory in view.backlog()]


def test_the_best_come_first_and_a_persons_words_before_all(data: Path) -> None:
    with Filling(data) as fill:
        here = fill.project(met=NOON + HOUR)
        fill.observation("weak", project=here, confidence=0.2)
        fill.observation("tool", project=here, confidence=0.99, trust="tool")
        fill.observation("strong", project=here, confidence=0.9)
        fill.observation("light", project=here, confidence=0.9, type="progress")
    assert ids(data) == ["strong", "light", "weak", "tool"]


def many(data: Path, count: int, *, met: int) -> None:
    with Filling(data) as fill:
        here = fill.project(met=met)
        for n in range(count):
            fill.observation(
                f"o{n:03}", project=here, at=NOON - n, confidence=n / count
            )


def test_no_more_than_thirty_of_a_project_are_asked_about(data: Path) -> None:
    many(data, 50, met=NOON + HOUR)
    assert ids(data) == [f"o{n:03}" for n in range(49, 49 - LIMIT, -1)]
    assert len(backlog(data)) == 20
    assert set(backlog(data)).isdisjoint(ids(data))


def test_deciding_about_old_ones_brings_no_more_of_them(data: Path) -> None:
    many(data, 50, met=NOON + HOUR)
    first = ids(data)
    with Curator(data, Settings(), export=lambda *_: None) as pen:
        pen.keep(first[:10])
        pen.prune(first[10:29])
    assert ids(data) == first[29:]
    with StoreView(data / "memtui.db") as view:
        counts = view.counts()
    assert (counts.inbox, counts.backlog, counts.kept) == (1, 20, 10)


def test_what_comes_later_is_always_asked_about(data: Path) -> None:
    many(data, 50, met=NOON + HOUR)
    with Curator(data, Settings(), export=lambda *_: None) as pen:
        pen.prune(ids(data))
    with Filling(data) as fill:
        fill.observation(
            "new", project=1, at=NOON + 2 * HOUR, confidence=0.1, trust="tool"
        )
    assert ids(data) == ["new"]


def test_each_project_has_its_own_thirty(data: Path) -> None:
    with Filling(data) as fill:
        for name in ("one", "two"):
            here = fill.project(name, met=NOON + HOUR)
            for n in range(40):
                fill.observation(f"{name}{n}", project=here)
    assert len(ids(data)) == 60
    assert len(ids(data, "uuid-one")) == 30


def test_a_retyped_candidate_is_still_asked_about(data: Path) -> None:
    many(data, 2, met=NOON + HOUR)
    with Curator(data, Settings(), export=lambda *_: None) as pen:
        pen.retype(["o000"], "decision")
        pen.supersede(["o001"], "o000")
    assert ids(data) == ["o000"]


def test_memories_without_a_project_are_asked_about_too(data: Path) -> None:
    with Filling(data) as fill:
        fill.observation("lone", project=None)
    assert ids(data) == ["lone"]
