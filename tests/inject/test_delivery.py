"""Our text is known again in a transcript, whole or cut."""

import time

import pytest
from hypothesis import given

from memtui.inject import delivery
from memtui.inject.values import Injection, RecentSession
from memtui.model import Memory
from memtui.settings import Settings
from tests.inject.samples import MEMORIES, NEWEST, PROJECT, choose, memory


def injection(*memories: Memory) -> Injection:
    typed = RecentSession(id="s", at=NEWEST, prompt="say it again [aaaaaaaaaaaa]")
    return choose(
        memories, budget=4_000, project=PROJECT, settings=Settings(),
        recent_sessions=[typed], newest_at=NEWEST,
    )  # fmt: skip


def test_a_delivery_names_its_export_and_its_memories() -> None:
    made = injection(memory("one"), memory("two", body="[bbbbbbbbbbbb]"))
    (found,) = delivery.find(f"SessionStart hook additional context: {made.text}")
    assert found.export == made.export
    assert found.items == tuple(i.id for i in made.items if i.memory)
    assert found.project == "harbor-api"
    assert found.whole


def test_a_text_that_the_client_cut_is_found_and_not_whole() -> None:
    made = injection(memory("one"), memory("two", type="bugfix"))
    (found,) = delivery.find(made.text[: made.text.index("two") + 5])
    assert len(found.items) == 1
    assert not found.whole


def test_a_text_with_a_changed_word_is_not_whole() -> None:
    (found,) = delivery.find(injection(memory("one")).text.replace("one", "two"))
    assert not found.whole


def test_two_texts_in_one_record_are_two_deliveries() -> None:
    one, two = injection(memory("one")), injection(memory("two"))
    found = delivery.find(f"{one.text}\n{two.text}")
    assert [d.export for d in found] == [one.export, two.export]


def test_stripping_leaves_the_rest() -> None:
    made = injection(memory("one"))
    assert delivery.without(f"before {made.text} after") == "before  after"
    assert delivery.without("no fence here") == "no fence here"


@given(MEMORIES)
def test_whatever_was_chosen_comes_back_whole(memories: list[Memory]) -> None:
    made = injection(*memories)
    found = delivery.find(made.text)
    assert [d.export for d in found] == ([made.export] if made.text else [])
    assert all(d.whole for d in found)
    assert [i for d in found for i in d.items] == [i.id for i in made.items if i.memory]


def test_an_end_belongs_to_the_opening_before_it() -> None:
    opening = '<memtui-memory export="aaaaaaaaaaaa">'
    assert delivery.without(f"a {opening} b\n</memtui-memory> c") == (
        "a  b\n</memtui-memory> c"
    )
    assert delivery.without(f"a {opening}\n{opening}\n</memtui-memory> c") == "a  c"


@pytest.mark.parametrize("after", ["\n", "", " ", "\nx\n"])
def test_a_hostile_text_takes_no_longer_than_its_length(after: str) -> None:
    text = ('<memtui-memory export="aaaaaaaaaaaa">' + after) * 10_000
    started = time.process_time()
    delivery.find(text)
    delivery.without(text)
    assert time.process_time() - started < 2  # some 0.1 s; minutes if quadratic
