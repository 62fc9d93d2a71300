"""How texts are weighed without the index."""

import pytest

from memtui.search import match, rank
from memtui.search.grammar import parse
from memtui.search.weigh import Text, relevances


def weighed(terms: list[tuple[str, int]], *texts: str) -> list[float]:
    """Relevances of bodies, in order, in an index of a thousand rows."""
    found = relevances(terms, {n: Text("", t) for n, t in enumerate(texts)}, 1_000)
    return [found[n] for n in range(len(texts))]


def test_the_rarer_word_weighs_more() -> None:
    rare, common = weighed([('"otter"', 2), ('"lease"', 400)], "an otter", "a lease")
    assert rare > common > 0


@pytest.mark.parametrize("said", ["retries", "retrying", "Retry!", "x_retry"])
def test_a_word_counts_in_all_its_forms(said: str) -> None:
    (found,) = weighed([('"retry"', 5)], f"it is {said} here")
    assert found > 0


def test_a_word_inside_another_does_not_count() -> None:
    assert weighed([('"lease"', 5)], "please") == [0.0]


def test_a_phrase_counts_only_in_its_order() -> None:
    inside, apart = weighed([('"lease clock"', 5)], "the lease-clock", "clock, lease")
    assert inside > apart == 0


def test_a_title_weighs_more_than_a_body() -> None:
    texts = {1: Text("otters", "something"), 2: Text("something", "otters")}
    found = relevances([('"otters"', 3)], texts, 1_000)
    assert found[1] > found[2]


def test_unspaced_scripts_count_within_a_run() -> None:
    inside, out = weighed([('"服务"', 3)], "东京都的服务器", "数据库")
    assert inside > out == 0
    (expression,) = match.terms(parse("服务器", now_ms=0))
    inside, out = weighed([(expression, 3)], "东京都的服务器", "服务。机器")
    assert inside > out == 0


def test_of_what_belongs_together_the_best_three_count() -> None:
    assert rank.together([1.0, 4.0, 2.0, 1.0]) == pytest.approx(4.0 + 1.4 + 0.49)
    assert rank.together([]) == 0
