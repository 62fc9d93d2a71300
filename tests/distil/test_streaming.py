"""A session of any length: turn by turn, and no more of it in memory at a time."""

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.distil import distil, turns
from memtui.distil.turns import ordered
from memtui.model import Agent, RecordKind, Tool
from memtui.records import Record, SessionFacts
from tests.distil.talk import Talk, worked
from tests.distil.test_properties import _records

FACTS = SessionFacts(agent=Agent.CODEX, native_id="s", cwd="/home/ida/ferry")


@given(_records())
def test_records_one_after_the_other_give_what_all_of_them_give(
    records: list[Record],
) -> None:
    assert distil(FACTS, iter(ordered(records)), in_order=True) == distil(
        FACTS, records
    )


@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_count(chance: random.Random) -> None:
    talk = Talk()
    for number in range(6):
        worked(talk.says(f"Always use tool{number}, never npm, in step {number}."))
        talk.edits("a.py").answers(f"The feed fails because `f{number}` is not in UTC.")
    told = talk.distilled()
    chance.shuffle(talk.records)
    assert talk.distilled() == told != []


def test_a_plan_refused_in_a_later_turn_is_no_decision() -> None:
    plan = "# Move the board to the edge\n\nUse `board.py` instead of the old one."
    talk = worked(Talk().says("How do we move the board?")).plans(plan)
    assert talk.by_rule("plan")
    used = talk.records.pop(-2)
    result = talk.records.pop()
    talk.records.append(used)
    talk.says("No, leave it where it is.")
    talk.records.append(
        Record(
            native_id="late", kind=RecordKind.TOOL_RESULT, at=result.at, text="",
            line=99, tool=Tool.PLAN, call=used.call, failed=True,
        )
    )  # fmt: skip
    assert not talk.by_rule("plan")


def test_a_turn_too_long_for_memory_is_told_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "TURN_BYTES", 20_000)
    talk = Talk().says("Find out why the feed fails.")
    for _ in range(40):
        worked(talk)
    talk.edits("feed.py").answers("The feed fails because `feed.py` cannot read UTC.")
    assert any("cannot read UTC" in one.title for one in talk.distilled())


def test_of_a_long_session_two_turns_are_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "TURN_BYTES", 1 << 20)
    distil(FACTS, _long(2), in_order=True)  # what is made once is not counted
    tracemalloc.start()
    try:
        assert distil(FACTS, _long(3_000), in_order=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 << 20  # of 60 MB


def _long(count: int) -> Iterator[Record]:
    yield Record(
        native_id="p", kind=RecordKind.PROMPT, at=1, line=1,
        text="From now on always use pnpm in this repository, never npm.",
    )  # fmt: skip
    for number in range(2, count):
        yield Record(
            native_id=f"r{number}", kind=RecordKind.RESPONSE, at=number, line=number,
            text=f"Looked at part {number}.\n```\n" + f"{number} " * 3_500 + "\n```\n",
        )  # fmt: skip
