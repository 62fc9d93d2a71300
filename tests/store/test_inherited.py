"""Sessions that begin with another's history: linked, whatever comes first."""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.model import Agent, RecordKind
from memtui.records import Record, SessionFacts
from memtui.store.ingest.batch import Applied, Batch, Position
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView

CODEX = Agent.CODEX


@dataclass(frozen=True)
class Told:
    """A transcript of one record a line; every other one is a prompt."""

    name: str
    lines: int
    base: str = ""
    base_end: int = 0

    def batches(self, size: int = 100) -> Iterator[Batch]:
        numbers = range(1, self.lines + 1)
        for start in range(0, self.lines, size):
            some = numbers[start : start + size]
            yield Batch(
                agent=CODEX,
                path=f"/{self.name}.jsonl",
                facts=SessionFacts(
                    agent=CODEX,
                    native_id=self.name,
                    started_at=1,
                    ended_at=2,
                    base=self.base,
                    base_end=self.base_end,
                ),
                records=[self._record(number) for number in some],
                lines=[b"{}\n" for _ in some],
                first_line=some[0],
                position=Position(line=some[-1]),
            )

    def _record(self, number: int) -> Record:
        kind = RecordKind.PROMPT if number % 2 else RecordKind.RESPONSE
        name = f"{self.name}{number}"
        return Record(native_id=name, kind=kind, at=number, text=name, line=number)


ROOT = Told("a", 6)
FORK = Told("b", 4, base="a", base_end=4)
FORK_OF_FORK = Told("c", 2, base="b", base_end=6)


def put(store: Store, *told: Told, size: int = 100) -> list[Applied]:
    return [store.apply(batch) for one in told for batch in one.batches(size)]


def shown(path: Path, session: str) -> list[tuple[str, int]]:
    """Records of a session with their turns, in order."""
    conn = sqlite3.connect(path)
    found = conn.execute(
        "select r.native_id, l.turn from link l join record r on r.id = l.record_id"
        " join session s on s.id = l.session_id where s.native_id = ?"
        " order by l.turn, l.seq",
        (session,),
    ).fetchall()
    conn.close()
    return found


WHOLE = {
    "a": [("a1", 1), ("a2", 1), ("a3", 2), ("a4", 2), ("a5", 3), ("a6", 3)],
    "b": [("a1", 1), ("a2", 1), ("a3", 2), ("a4", 2),
          ("b1", 3), ("b2", 3), ("b3", 4), ("b4", 4)],
    "c": [("a1", 1), ("a2", 1), ("a3", 2), ("a4", 2),
          ("b1", 3), ("b2", 3), ("c1", 4), ("c2", 4)],
}  # fmt: skip


@pytest.fixture
def path(data: Path) -> Path:
    return data / "memtui.db"


COUNT = itertools.count()


@given(order=st.permutations((ROOT, FORK, FORK_OF_FORK)), size=st.integers(1, 7))
def test_history_is_taken_over_whatever_comes_first(
    data: Path, order: Sequence[Told], size: int
) -> None:
    path = data / f"{next(COUNT)}.db"
    with Store(path) as store:
        put(store, *order, size=size)
    assert {name: shown(path, name) for name in "abc"} == WHOLE


def test_a_fork_adds_links_and_no_records(path: Path) -> None:
    with Store(path) as store:
        before = put(store, ROOT)
        forked = put(store, FORK)
    assert [one.records for one in before + forked] == [6, 4]
    assert [one.sessions for one in before + forked] == [1, 1]
    with StoreView(path) as view:
        session = view.session("b")
        assert (session.records, session.turns) == (4, 4)


def test_what_was_taken_over_is_not_distilled_again(path: Path) -> None:
    with Store(path) as store:
        (_, forked) = put(store, ROOT, FORK)
        own = store.session_records(forked.session or 0)
    assert [record.native_id for record in own] == ["b1", "b2", "b3", "b4"]


def test_a_session_goes_on_after_its_history_came(path: Path) -> None:
    first, rest = FORK.batches(2)
    with Store(path) as store:
        store.apply(first)
        put(store, ROOT)
        store.apply(rest)
    assert shown(path, "b") == WHOLE["b"]


def test_what_the_base_says_later_is_its_own(path: Path) -> None:
    with Store(path) as store:
        put(store, ROOT, FORK, Told("a", 9))
    assert shown(path, "b") == WHOLE["b"]
    assert len(shown(path, "a")) == 9


@pytest.mark.parametrize("again", [ROOT, FORK, FORK_OF_FORK], ids=lambda t: t.name)
def test_stating_one_of_them_anew_changes_nothing(path: Path, again: Told) -> None:
    with Store(path) as store:
        put(store, ROOT, FORK, FORK_OF_FORK)
        (batch,) = again.batches()
        with store.anew(f"/{again.name}.jsonl"):
            store.apply(
                Batch(
                    agent=CODEX,
                    path=batch.path,
                    facts=batch.facts,
                    records=batch.records,
                    anew=True,
                )
            )
    assert {name: shown(path, name) for name in "abc"} == WHOLE


def test_sessions_that_claim_to_continue_each_other_end_somewhere(path: Path) -> None:
    one = Told("a", 4, base="b", base_end=3)
    other = Told("b", 4, base="a", base_end=3)
    itself = Told("c", 2, base="c", base_end=9)
    with Store(path) as store:
        put(store, one, other, itself, one)
    assert [name for name, _ in shown(path, "c")] == ["c1", "c2"]
    assert {name for name, _ in shown(path, "a")} >= {"a1", "a2", "a3", "a4"}
